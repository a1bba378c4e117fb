//! What the command line asks for.

/// How the program is called.
const USAGE: &str = "\
Usage: objgraph-bench compare [--quick] [--compile] [--json] [--rounds N]
                       [--only NAME]…
  --quick      small sizes, a minute or two; fails where bounds are broken
  --compile    compile costs too, which take minutes
  --json       a list of rows instead of a table
  --rounds N   at most so many rounds; else up to seven
  --only NAME  the rows with NAME in their names; may be given more than once";

/// What is asked for.
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
    /// The command of these arguments, or how to call the program.
    pub(crate) fn of(mut arguments: impl Iterator<Item = String>) -> Result<Self, &'static str> {
        match arguments.next().as_deref() {
            Some("compare") => Compare::of(arguments).map(Self::Compare),
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
    /// Whether the row of this name is wanted.
    pub(crate) fn asks_for(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| name.contains(only))
    }

    fn of(mut arguments: impl Iterator<Item = String>) -> Result<Self, &'static str> {
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

    fn of(line: &str) -> Option<Compare> {
        match Command::of(line.split_whitespace().map(str::to_owned)) {
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
            of("compare --json --only rc --quick --only at"),
            Some(expected)
        );
        assert_eq!(of("compare"), Some(Compare::default()));
    }

    #[test]
    fn what_is_not_known_is_refused() {
        assert_eq!(of("compare --fast"), None);
        assert_eq!(of("compare --only"), None);
        assert_eq!(of("compare --rounds 0"), None);
        assert_eq!(of(""), None);
    }
}
