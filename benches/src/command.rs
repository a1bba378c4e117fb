//! Parses the command line.

/// The help text.
const USAGE: &str = "\
Usage: objgraph-bench compare [--quick] [--compile] [--json] [--rounds N]
                       [--only NAME]…
  --quick      small sizes, a minute or two; fails where bounds are broken
  --compile    compile costs too, which take minutes
  --json       a list of rows instead of a table
  --rounds N   at most N rounds; up to seven by default
  --only NAME  the rows with NAME in their names; may be given more than once";

/// A parsed command line.
#[derive(Debug)]
pub(crate) enum Command {
    Compare(Compare),
    /// One measurement in this process; `compare` starts these.
    Measure {
        subject: String,
        n: usize,
    },
}

/// The options of `compare`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Compare {
    pub(crate) quick: bool,
    pub(crate) compile: bool,
    pub(crate) json: bool,
    pub(crate) rounds: Option<usize>,
    pub(crate) only: Vec<String>,
}

impl Command {
    /// Parses the arguments; the error is the help text.
    pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, &'static str> {
        match arguments.next().as_deref() {
            Some("compare") => Compare::parse(arguments).map(Self::Compare),
            Some("measure") => {
                let subject = arguments.next().ok_or(USAGE)?;
                let n = arguments.next().and_then(|n| n.parse().ok()).ok_or(USAGE)?;
                Ok(Self::Measure { subject, n })
            }
            _ => Err(USAGE),
        }
    }
}

impl Compare {
    /// Returns whether the row with this name is selected.
    pub(crate) fn selects(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| name.contains(only))
    }

    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, &'static str> {
        let mut options = Self::default();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--quick" => options.quick = true,
                "--compile" => options.compile = true,
                "--json" => options.json = true,
                "--rounds" => {
                    let rounds = arguments.next().and_then(|n| n.parse().ok());
                    options.rounds = Some(rounds.filter(|&n| n > 0).ok_or(USAGE)?);
                }
                "--only" => options.only.push(arguments.next().ok_or(USAGE)?),
                _ => return Err(USAGE),
            }
        }
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::{Command, Compare};

    fn parse(line: &str) -> Option<Compare> {
        match Command::parse(line.split_whitespace().map(str::to_owned)) {
            Ok(Command::Compare(options)) => Some(options),
            _ => None,
        }
    }

    #[test]
    fn options_come_in_any_order() {
        let expected = Compare {
            quick: true,
            json: true,
            only: vec!["rc".to_owned(), "at".to_owned()],
            ..Compare::default()
        };
        assert_eq!(
            parse("compare --json --only rc --quick --only at"),
            Some(expected)
        );
        assert_eq!(parse("compare"), Some(Compare::default()));
    }

    #[test]
    fn unknown_arguments_are_rejected() {
        assert_eq!(parse("compare --fast"), None);
        assert_eq!(parse("compare --only"), None);
        assert_eq!(parse("compare --rounds 0"), None);
        assert_eq!(parse(""), None);
    }
}
