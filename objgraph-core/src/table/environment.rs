//! What the environment chooses for a program, without a line of code.

use std::env;
use std::io::{self, Write as _};

use crate::type_pattern::Pattern;

/// What the environment chooses.
#[derive(Debug, Default)]
pub(crate) struct EnvironmentChoice {
    pub(crate) only: Option<Vec<Pattern>>,
    pub(crate) except: Vec<Pattern>,
    /// What is wrong with it. A variable with a mistake chooses nothing.
    flaws: Vec<String>,
}

impl EnvironmentChoice {
    pub(crate) fn read() -> Self {
        let variable = |name: &str| {
            let text = env::var_os(name)?;
            Some(text.to_string_lossy().into_owned()).filter(|text| !text.trim().is_empty())
        };
        Self::of(
            variable("OBJGRAPH_ONLY").as_deref(),
            variable("OBJGRAPH_EXCEPT").as_deref(),
        )
    }

    fn of(only: Option<&str>, except: Option<&str>) -> Self {
        let mut choice = Self::default();
        choice.only = only.and_then(|list| choice.patterns("OBJGRAPH_ONLY", list));
        let except = except.and_then(|list| choice.patterns("OBJGRAPH_EXCEPT", list));
        choice.except = except.unwrap_or_default();
        choice
    }

    fn patterns(&mut self, variable: &str, list: &str) -> Option<Vec<Pattern>> {
        let patterns = parts(list).map(Pattern::new);
        match patterns.collect::<Result<Vec<Pattern>, _>>() {
            Ok(patterns) => Some(patterns),
            Err(error) => {
                self.flaws.push(format!("{variable} is ignored: {error}"));
                None
            }
        }
    }

    /// Writes what is wrong on standard error, if it is open.
    pub(crate) fn report(&self) {
        for flaw in &self.flaws {
            let _ = writeln!(io::stderr().lock(), "objgraph: {flaw}");
        }
    }
}

/// Splits a list at its commas, but not at those between generic arguments.
fn parts(list: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    list.split(move |c: char| {
        match c {
            '<' | '(' | '[' => depth += 1,
            '>' | ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_split_between_types() {
        let of = |list| parts(list).collect::<Vec<_>>();
        assert_eq!(of("app::*,Token"), ["app::*", "Token"]);
        assert_eq!(of("Map<u8, String>,(A, B)"), ["Map<u8, String>", "(A, B)"]);
    }

    /// Law 11.
    #[test]
    fn a_variable_with_a_mistake_chooses_nothing_and_says_so() {
        let choice = EnvironmentChoice::of(Some("app::*, Token"), Some("Token,app:*"));
        assert_eq!(choice.only.map(|patterns| patterns.len()), Some(2));
        assert!(choice.except.is_empty());
        assert_eq!(
            choice.flaws,
            [
                "OBJGRAPH_EXCEPT is ignored: `app:*` can match no type: `:` stands alone; write `::` \
                 between modules, as in `app::*`"
            ]
        );
        let choice = EnvironmentChoice::of(None, None);
        assert!(choice.only.is_none() && choice.except.is_empty() && choice.flaws.is_empty());
    }
}
