//! What runs in a process of its own, and how its readings are got.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::alone;
use crate::compile::{self, Build};

/// A program that tells readings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Program {
    /// A subject of this program, of this size.
    Subject(&'static str, usize),
    /// Python's objgraph: what is asked, of how many nodes.
    Python(&'static str, usize),
    /// The instructions that one round of a program of `benches/alone` takes.
    Instructions(&'static str),
    /// `Rc` of std while dhat records, so many times.
    Dhat(usize),
    /// rust-cc with finalisation, on so many nodes.
    Finalizing(usize),
    /// The pointers with each handle known: what is measured, so many times.
    Owners(&'static str, usize),
    /// A build of a crate.
    Build(Build),
    /// The number of crates of a default build.
    Crates,
}

/// What a program told, or why it told nothing.
pub(crate) type Told = Result<BTreeMap<String, f64>, Trouble>;

/// Why there is no number.
#[derive(Clone, Debug)]
pub(crate) enum Trouble {
    /// Nobody asked for it, or it cannot be had.
    NotMeasured(String),
    /// A tool is not installed.
    Missing(&'static str),
    /// A program failed.
    Failed(String),
}

impl Trouble {
    /// A program ran and did not tell it.
    pub(crate) fn no_number() -> Self {
        Self::NotMeasured("no number".to_owned())
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotMeasured(why) => f.write_str(why),
            Self::Missing(tool) => write!(f, "{tool} is not installed"),
            Self::Failed(how) => f.write_str(how),
        }
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

impl Program {
    /// How often it runs.
    pub(crate) fn rounds(self, quick: bool) -> usize {
        match self {
            Self::Instructions(_) | Self::Crates => 1,
            Self::Python(..) | Self::Build(_) if quick => 1,
            Self::Python(..) | Self::Build(_) => 3,
            Self::Subject(_, n) if n > 1_000_000 => 3,
            Self::Subject(..) | Self::Dhat(_) | Self::Finalizing(_) | Self::Owners(..) => 7,
        }
    }

    /// Runs once.
    pub(crate) fn run(self) -> Told {
        match self {
            Self::Subject(subject, n) => {
                let own = std::env::current_exe()?;
                readings(Command::new(own).args(["measure", subject, &n.to_string()]))
            }
            Self::Python(what, n) => python(what, n),
            Self::Instructions(name) => {
                let count = alone::instructions(name)?;
                Ok(BTreeMap::from([("instructions".to_owned(), count)]))
            }
            Self::Dhat(times) => {
                let program = alone::build("dhat_churn", "dhat")?;
                readings(Command::new(program).arg(times.to_string()))
            }
            Self::Finalizing(n) => {
                let program = alone::build("finalizing", "finalization")?;
                readings(Command::new(program).arg(n.to_string()))
            }
            Self::Owners(what, times) => {
                let program = alone::build("owners", "owners")?;
                readings(Command::new(program).args([what, &times.to_string()]))
            }
            Self::Build(build) => {
                let (seconds, cpu) = compile::seconds(build)?;
                let told = [("seconds", seconds), ("cpu", cpu)];
                Ok(told.map(|(key, value)| (key.to_owned(), value)).into())
            }
            Self::Crates => {
                let crates = compile::crates()?;
                Ok(BTreeMap::from([("crates".to_owned(), crates)]))
            }
        }
    }
}

fn python(what: &str, n: usize) -> Told {
    let there = Command::new("python3")
        .args(["-c", "import objgraph"])
        .output();
    if !there.is_ok_and(|output| output.status.success()) {
        return Err(Trouble::Missing("objgraph of Python"));
    }
    let script = folder().join("python/heap.py");
    readings(
        Command::new("python3")
            .arg(script)
            .args([what, &n.to_string()]),
    )
}

/// Lines of a name and a number.
fn readings(command: &mut Command) -> Told {
    let output = output(command)?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = |line: &str| {
        let (key, value) = line.split_once(' ')?;
        Some((key.to_owned(), value.parse().ok()?))
    };
    Ok(text.lines().filter_map(line).collect())
}

/// The output of a command that succeeds; else the last line that it wrote.
pub(crate) fn output(command: &mut Command) -> Result<Output, Trouble> {
    let name = PathBuf::from(command.get_program());
    let name = name
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let output = command
        .output()
        .map_err(|error| Trouble::Failed(format!("{name}: {error}")))?;
    if output.status.success() {
        return Ok(output);
    }
    let written = String::from_utf8_lossy(&output.stderr);
    let last = written.lines().rfind(|line| !line.trim().is_empty());
    let last = last.unwrap_or("it wrote nothing");
    Err(Trouble::Failed(format!(
        "{name}: {last} ({})",
        output.status
    )))
}

/// The folder of this package.
pub(crate) fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The cargo that runs this, if one does.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// The folder for what this program builds, in the target folder that it was built in.
pub(crate) fn own_target() -> io::Result<PathBuf> {
    let own = std::env::current_exe()?;
    // It lies in a folder named after the profile.
    let target = own.ancestors().nth(2).unwrap_or(&own);
    Ok(target.join("objgraph-bench"))
}
