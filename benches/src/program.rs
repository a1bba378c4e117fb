//! Runs programs in processes of their own, and reads their readings.

use std::collections::BTreeMap;
use std::process::Command;

use crate::alone::{self, DevBuild};
use crate::compile::{self, Build};
use crate::process::{MeasureError, folder, output};

/// A program that prints readings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Program {
    /// A subject of this program, with this size.
    Subject(&'static str, usize),
    /// A subject of this program on one processor, with this size.
    OneProcessor(&'static str, usize),
    /// Python's objgraph: the question, and the number of nodes.
    Python(&'static str, usize),
    /// Counts the instructions of one round of a program of `benches/alone`.
    Instructions(&'static str),
    /// Pointers in the profile `dev`: what is measured, and what is optimised.
    Dev(&'static str, DevBuild),
    /// Counts the instructions of one round of that.
    DevInstructions(&'static str, DevBuild),
    /// `Rc` of std while dhat records, this many times.
    Dhat(usize),
    /// rust-cc with finalization, on this many nodes.
    Finalizing(usize),
    /// The pointers with the feature `owners`: what is measured, and how many times.
    Owners(&'static str, usize),
    /// The chat server with this many objects: the profile, and the features.
    Chat(&'static str, &'static str, usize),
    /// A build of a crate.
    Build(Build),
    /// The number of crates of a default build.
    Crates,
}

/// Number of objects that are created in a sample of churn in the profile `dev`.
const DEV_ROUNDS: &str = "200000";

/// The readings of a program, or why there are none.
pub(crate) type ProgramResult = Result<BTreeMap<String, f64>, MeasureError>;

impl Program {
    /// Returns the number of rounds.
    pub(crate) fn rounds(self, quick: bool) -> usize {
        match self {
            Self::Instructions(_) | Self::DevInstructions(..) | Self::Crates => 1,
            Self::Python(..) | Self::Build(_) if quick => 1,
            Self::Python(..) | Self::Build(_) | Self::Chat(..) => 3,
            Self::Subject(_, n) | Self::OneProcessor(_, n) if n > 1_000_000 => 3,
            Self::Subject(..)
            | Self::OneProcessor(..)
            | Self::Dev(..)
            | Self::Dhat(_)
            | Self::Finalizing(_)
            | Self::Owners(..) => 7,
        }
    }

    /// Runs the program once.
    pub(crate) fn run(self) -> ProgramResult {
        match self {
            Self::Subject(subject, n) => {
                let own = std::env::current_exe()?;
                readings(Command::new(own).args(["measure", subject, &n.to_string()]))
            }
            Self::OneProcessor(subject, n) => {
                let probe = Command::new("taskset").arg("--version").output();
                if probe.is_err() {
                    return Err(MeasureError::Missing("taskset"));
                }
                let own = std::env::current_exe()?;
                let mut one = Command::new("taskset");
                one.args(["--cpu-list", "0"]).arg(own);
                readings(one.args(["measure", subject, &n.to_string()]))
            }
            Self::Python(what, n) => python(what, n),
            Self::Instructions(name) => {
                alone::require_callgrind()?;
                let program = alone::build(name, "")?;
                let count = alone::instructions(&program, &[])?;
                Ok(BTreeMap::from([("instructions".to_owned(), count)]))
            }
            Self::Dev(what, how) => {
                let program = alone::build_dev("dev_churn", how)?;
                readings(Command::new(program).args([what, DEV_ROUNDS]))
            }
            Self::DevInstructions(what, how) => {
                alone::require_callgrind()?;
                let program = alone::build_dev("dev_churn", how)?;
                let count = alone::instructions(&program, &[what])?;
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
            Self::Chat(profile, features, n) => {
                let program = alone::build_in(profile, "chat", features)?;
                readings(Command::new(program).arg(n.to_string()))
            }
            Self::Build(build) => {
                let (seconds, cpu) = compile::seconds(build)?;
                let readings = [("seconds", seconds), ("cpu", cpu)];
                Ok(readings.map(|(key, value)| (key.to_owned(), value)).into())
            }
            Self::Crates => {
                let crates = compile::crates()?;
                Ok(BTreeMap::from([("crates".to_owned(), crates)]))
            }
        }
    }
}

fn python(what: &str, n: usize) -> ProgramResult {
    let probe = Command::new("python3")
        .args(["-c", "import objgraph"])
        .output();
    if !probe.is_ok_and(|output| output.status.success()) {
        return Err(MeasureError::Missing("objgraph of Python"));
    }
    let script = folder().join("python/heap.py");
    readings(
        Command::new("python3")
            .arg(script)
            .args([what, &n.to_string()]),
    )
}

/// Parses lines of a name and a number.
fn readings(command: &mut Command) -> ProgramResult {
    let output = output(command)?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = |line: &str| {
        let (key, value) = line.split_once(' ')?;
        Some((key.to_owned(), value.parse().ok()?))
    };
    Ok(text.lines().filter_map(line).collect())
}
