//! Patterns of type names: a name, or a text in which `*` stands for anything.

#![cfg_attr(
    not(any(debug_assertions, feature = "always")),
    allow(dead_code, reason = "where tracking is off, patterns are not read")
)]

use std::fmt;

use crate::type_name::{family_of, matches};

/// A pattern that some type may match.
#[derive(Clone, Debug)]
pub(crate) struct Pattern(String);

impl Pattern {
    pub(crate) fn new(text: &str) -> Result<Self, PatternError> {
        let text = text.trim();
        match flaw(text) {
            None => Ok(Self(text.to_owned())),
            Some(reason) => Err(PatternError {
                pattern: text.to_owned(),
                reason,
            }),
        }
    }

    /// Whether a type has a name that the pattern means.
    pub(crate) fn matches(&self, type_name: &str) -> bool {
        match self.0.contains('*') {
            true => is_like(type_name, &self.0) || is_like(family_of(type_name), &self.0),
            false => matches(type_name, &self.0),
        }
    }
}

/// The error for a pattern that can match no type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    pattern: String,
    reason: String,
}

impl PatternError {
    /// Returns the pattern.
    #[must_use]
    pub fn pattern(&self) -> &str {
        &self.pattern
    }
}

/// Says what is wrong with the pattern, and what to write.
impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pattern, reason } = self;
        write!(
            f,
            "`{}` can match no type: {reason}",
            pattern.escape_debug()
        )
    }
}

impl std::error::Error for PatternError {}

/// Whether a text is like a pattern, in which `*` stands for any text. O(text × stars).
fn is_like(text: &str, pattern: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return text == pattern;
    };
    let Some(mut text) = text.strip_prefix(start) else {
        return false;
    };
    let mut pieces: Vec<&str> = rest.split('*').collect();
    let end = pieces.pop().unwrap_or_default();
    // The first occurrence of each piece leaves most to those after it.
    for piece in pieces {
        match text.find(piece) {
            Some(at) => text = &text[at + piece.len()..],
            None => return false,
        }
    }
    text.ends_with(end)
}

/// Returns why no type can match, and what to write.
fn flaw(text: &str) -> Option<String> {
    let says = |reason: &str| Some(reason.to_owned());
    if text.is_empty() {
        return says("it is empty; name a type, or write `*` for all");
    }
    if text.contains("**") {
        return Some(format!(
            "`**` has no meaning of its own; `*` stands for modules at any depth: write `{}`",
            text.replace("**", "*")
        ));
    }
    if let Some(odd) = text
        .chars()
        .find(|c| matches!(c, '?' | '/' | '\\' | '.' | '|' | '"'))
    {
        return Some(format!(
            "no name of a type has `{odd}`; modules end with `::`, and `*` stands for any text, as in \
             `app::*`"
        ));
    }
    for relative in ["crate", "self", "super"] {
        if text
            .strip_prefix(relative)
            .is_some_and(|rest| rest.starts_with("::"))
        {
            return Some(format!(
                "`{relative}` is not part of a name; write the name of the crate, as in `app::*`"
            ));
        }
    }
    if text.ends_with("::") {
        return Some(format!(
            "it ends with `::`; write `{text}*` for all types of the module"
        ));
    }
    if text.starts_with("::") {
        return Some(format!(
            "it begins with `::`; write `{0}`, or `*{text}` for any module",
            text.trim_start_matches(':')
        ));
    }
    if text.replace("::", "").contains(':') {
        return says("`:` stands alone; write `::` between modules, as in `app::*`");
    }
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let crate_name = text.split("::").next().unwrap_or_default();
    let has_hyphen = crate_name
        .split('-')
        .collect::<Vec<_>>()
        .windows(2)
        .all(|pair| {
            pair.iter()
                .all(|part| !part.is_empty() && part.chars().all(is_word))
        });
    if crate_name.contains('-') && has_hyphen {
        return Some(format!(
            "the name of a crate has `_` in place of `-`; write `{}`",
            text.replacen(crate_name, &crate_name.replace('-', "_"), 1)
        ));
    }
    let opened = text.matches('<').count();
    let closed = text.matches('>').count() - text.matches("->").count();
    if opened != closed && !text.contains('*') {
        return says("its `<` and `>` do not match; write the arguments in full, or none");
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Pattern, is_like};

    fn matching(pattern: &str, names: &[&'static str]) -> Vec<&'static str> {
        let pattern = Pattern::new(pattern).unwrap();
        let matching = names.iter().filter(|name| pattern.matches(name));
        matching.copied().collect()
    }

    const NAMES: [&str; 9] = [
        "app::Token",
        "app::hot::Token",
        "app::hot::Cell<other::Token>",
        "other::Token",
        "application::Token",
        "alloc::vec::Vec<app::Token>",
        "core::cell::RefCell<app::hot::Token>",
        "app::main::{{closure}}",
        "u8",
    ];

    #[test]
    fn a_name_means_what_it_means_elsewhere() {
        let tokens = [
            "app::Token",
            "app::hot::Token",
            "other::Token",
            "application::Token",
        ];
        assert_eq!(matching("Token", &NAMES), tokens);
        assert_eq!(matching("hot::Token", &NAMES), ["app::hot::Token"]);
        assert_eq!(matching("Cell", &NAMES), ["app::hot::Cell<other::Token>"]);
        assert_eq!(
            matching("Cell<Token>", &NAMES),
            ["app::hot::Cell<other::Token>"]
        );
        assert_eq!(
            matching("Vec<Token>", &NAMES),
            ["alloc::vec::Vec<app::Token>"]
        );
    }

    #[test]
    fn a_star_stands_for_any_text() {
        let of_app = [
            "app::Token",
            "app::hot::Token",
            "app::hot::Cell<other::Token>",
            "app::main::{{closure}}",
        ];
        assert_eq!(matching("app::*", &NAMES), of_app);
        assert_eq!(
            matching("app::hot::*", &NAMES),
            ["app::hot::Token", "app::hot::Cell<other::Token>"]
        );
        let tokens = [
            "app::Token",
            "app::hot::Token",
            "other::Token",
            "application::Token",
        ];
        assert_eq!(matching("*::Token", &NAMES), tokens);
        assert_eq!(
            matching("*::Cell", &NAMES),
            ["app::hot::Cell<other::Token>"]
        );
        assert_eq!(
            matching("*RefCell<*hot::*>", &NAMES),
            ["core::cell::RefCell<app::hot::Token>"]
        );
        assert_eq!(matching("*", &NAMES), NAMES);
        assert_eq!(
            matching("  app::*n ", &NAMES),
            ["app::Token", "app::hot::Token"]
        );
    }

    /// Law 11.
    #[test]
    fn a_pattern_that_can_match_nothing_says_what_to_write() {
        for (pattern, expected) in [
            ("", "it is empty; name a type, or write `*` for all"),
            ("app::**", "write `app::*`"),
            ("app/hot/*", "no name of a type has `/`"),
            ("app.Token", "no name of a type has `.`"),
            ("crate::hot::*", "`crate` is not part of a name"),
            ("app::", "write `app::*` for all types of the module"),
            ("::Token", "write `Token`, or `*::Token` for any module"),
            ("app:Token", "write `::` between modules"),
            ("my-app::*", "write `my_app::*`"),
            ("Node<Text", "write the arguments in full, or none"),
        ] {
            let error = Pattern::new(pattern).unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
            assert_eq!(error.pattern(), pattern);
        }
        for fine in [
            "fn(u8) -> u8",
            "Matrix<3, -1>",
            "*<*",
            "dyn Fn()",
            "(A, B)",
            "[u8; 4]",
            "&str",
        ] {
            assert!(Pattern::new(fine).is_ok(), "{fine}");
        }
    }

    /// What `is_like` means, without its haste.
    fn is_like_by_definition(text: &[u8], pattern: &[u8]) -> bool {
        match (text, pattern) {
            (_, [b'*', rest @ ..]) => {
                (0..=text.len()).any(|at| is_like_by_definition(&text[at..], rest))
            }
            ([first, text @ ..], [expected, rest @ ..]) => {
                first == expected && is_like_by_definition(text, rest)
            }
            (text, pattern) => text.is_empty() && pattern.is_empty(),
        }
    }

    proptest! {
        #[test]
        fn stars_match_as_defined(text in "[ab:]{0,12}", pattern in "[ab:*]{0,8}") {
            let expected = is_like_by_definition(text.as_bytes(), pattern.as_bytes());
            prop_assert_eq!(is_like(&text, &pattern), expected);
        }
    }
}
