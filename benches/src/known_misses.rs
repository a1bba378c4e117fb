//! Targets that are known to be missed, with what was measured: `known_misses.txt`.

use std::collections::BTreeMap;

/// The list, by the names of rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct KnownMisses(BTreeMap<String, KnownMiss>);

/// A target that is known to be missed.
#[derive(Clone, Debug)]
pub(crate) struct KnownMiss {
    /// The row's figure with `--quick`.
    pub(crate) measured: f64,
    /// Why the target is missed.
    pub(crate) reason: String,
}

impl KnownMisses {
    /// Returns the list of this package.
    pub(crate) fn ours() -> Self {
        Self::parse(include_str!("../known_misses.txt"))
    }

    /// Parses lines of a name, a number and a reason; lines that start with `#` are comments.
    fn parse(text: &str) -> Self {
        let lines = text.lines().map(str::trim);
        let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        let miss = |line: &str| {
            let (name, rest) = line.split_once(char::is_whitespace)?;
            let (measured, reason) = rest.trim_start().split_once(char::is_whitespace)?;
            let measured = measured.parse().ok()?;
            let reason = reason.trim_start().to_owned();
            Some((name.to_owned(), KnownMiss { measured, reason }))
        };
        Self(lines.filter_map(miss).collect())
    }

    /// Returns the entry for the row with this name.
    pub(crate) fn of(&self, name: &str) -> Option<&KnownMiss> {
        self.0.get(name)
    }

    /// Returns the names of the rows in the list.
    #[cfg(test)]
    fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::KnownMisses;
    use crate::row::{Better, Scope};
    use crate::rows::rows;

    #[test]
    fn every_line_names_a_row_that_misses_its_target() {
        let text = include_str!("../known_misses.txt");
        let lines = text
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        let known = KnownMisses::ours();
        assert_eq!(
            known.names().count(),
            lines.count(),
            "each line is one of the list"
        );

        let scope = Scope {
            quick: true,
            compile: true,
        };
        let rows = rows(scope);
        for name in known.names() {
            let row = rows.iter().find(|row| row.name == name);
            let row = row.unwrap_or_else(|| panic!("no row is called {name}"));
            let measured = known.of(name).map_or(f64::NAN, |known| known.measured);
            match row.better {
                Better::Lower => assert!(measured > row.target, "{name} does not miss"),
                Better::Higher => assert!(measured < row.target, "{name} does not miss"),
            }
        }
    }
}
