//! What was found at the end of a test.

use serde::{Deserialize, Serialize};

use super::{Leaks, Verdict};

/// What was found at the end of a test, written in place of a failure where `OBJGRAPH_RECORD` names
/// a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestRecord {
    /// `objgraph-test`.
    pub schema: String,
    /// The version of the schema.
    pub version: u32,
    /// The name of the package.
    pub package: Option<String>,
    /// The kind of the build target.
    pub target: TargetKind,
    /// The name of the crate.
    #[serde(rename = "crate")]
    pub krate: String,
    /// The name of the test as the harness has it: `cart::empties`.
    pub test: String,
    /// Whether the body of the test succeeded: it returned, or panicked as it should.
    pub passed: bool,
    /// How sure it is that something leaked.
    pub verdict: Verdict,
    /// Whether the test would fail for this without `OBJGRAPH_RECORD`.
    pub fails: bool,
    /// Number of objects of the verdict.
    pub objects: usize,
    /// Number of bytes of these objects.
    pub bytes: u64,
    /// The kinds of leaks; `None` if nothing leaked or likely leaked.
    pub leaks: Option<Leaks>,
    /// Lines on what is not proven.
    pub notes: Vec<String>,
    /// Places in the source, each with a text about what leaked.
    pub points: Vec<Point>,
    /// The whole report for people; empty if there is nothing to report.
    pub text: String,
    /// The path of a picture, if one was written.
    pub picture: Option<String>,
}

impl TestRecord {
    /// The name of the schema.
    pub const SCHEMA: &str = "objgraph-test";
}

/// The kind of a build target with tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TargetKind {
    /// A library.
    Lib,
    /// A program or an example.
    Bin,
    /// An integration test or a benchmark.
    Test,
}

/// A place in the source, with a text about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// The file as the compiler received it.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1; 0 if it is not known.
    pub column: u32,
    /// What to write there.
    pub text: String,
}
