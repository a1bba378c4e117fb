//! The report of a program.

use serde::{Deserialize, Serialize};

use super::Leaks;

/// What a program found about itself: at its end, or while it runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgramReport {
    /// `objgraph-program`.
    pub schema: String,
    /// The version of the schema.
    pub version: u32,
    /// The name of the executable.
    pub program: String,
    /// The id of the process.
    pub pid: u32,
    /// The number of the report in the process, from 1.
    pub number: u32,
    /// Why it was written.
    pub reason: Reason,
    /// The types of which more objects are alive than when the program started, most growth first.
    pub growth: Vec<GrowthRow>,
    /// What leaked, and how much could not be traced.
    pub leaks: Leaks,
    /// How many of the program's types can be traced.
    pub types: Types,
    /// The path of the snapshot, which `cargo objgraph leaks`, `why`, `convert` and others read.
    #[serde(default)]
    pub snapshot: Option<String>,
    /// The report for people, at most 80 columns wide.
    pub text: String,
}

impl ProgramReport {
    /// The name of the schema.
    pub const SCHEMA: &str = "objgraph-program";
}

/// Why a program reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// `main` returned.
    End,
    /// `main` panicked.
    Panic,
    /// The program called `std::process::exit`.
    Exit,
    /// It was interrupted, by Ctrl-C for example, and ends.
    Interrupt,
    /// It was asked for a report by a signal, and continues.
    Signal,
}

/// A type of which there are more objects than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrowthRow {
    /// The name of the type, without modules.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Number of live objects.
    pub objects: usize,
    /// How many more there are than when the program started.
    pub more: usize,
}

/// How many types of objects that were ever alive can be traced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Types {
    /// Number of types that can be traced.
    pub traced: usize,
    /// Number of types.
    pub total: usize,
}
