//! What the program wrote about itself.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use objgraph_findings::{ProgramReport, TestRecord, Verdict, read_program, read_tests};

use crate::cli::FailOn;
use crate::error::Error;

/// The reports of programs and the records of tests.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// The last report of each process.
    pub(crate) programs: Vec<ProgramReport>,
    /// In the order of their names.
    pub(crate) tests: Vec<TestRecord>,
}

impl Findings {
    /// Reads all files in a folder.
    pub(crate) fn read(folder: &Path) -> Result<Self, Error> {
        let failed = |error| Error::io(folder, error);
        let mut programs: BTreeMap<u32, ProgramReport> = BTreeMap::new();
        let mut tests = Vec::new();
        for entry in fs::read_dir(folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let extension = path.extension().and_then(|extension| extension.to_str());
            let read = || fs::read_to_string(&path).map_err(|error| Error::io(&path, error));
            let not_ours = |error: objgraph_findings::ReadError| {
                Error::Other(format!("{}: {error}", path.display()))
            };
            match extension {
                Some("json") => {
                    let report = read_program(&read()?).map_err(not_ours)?;
                    let last = programs.get(&report.pid);
                    if last.is_none_or(|last| last.number < report.number) {
                        programs.insert(report.pid, report);
                    }
                }
                Some("jsonl") => tests.extend(read_tests(&read()?).map_err(not_ours)?),
                _ => {}
            }
        }
        tests.sort_by(|one, other| key(one).cmp(&key(other)));
        Ok(Self {
            programs: programs.into_values().collect(),
            tests,
        })
    }

    /// Returns whether a program reported.
    pub(crate) fn has_report(&self) -> bool {
        !self.programs.is_empty()
    }

    /// Returns whether there is a finding of this kind or a surer one.
    pub(crate) fn fails(&self, on: FailOn) -> bool {
        let mut programs = self.programs.iter();
        programs.any(|program| on.includes(program.leaks.verdict()))
            || self.tests.iter().any(|test| test_fails(test, on))
    }
}

/// Returns whether the command fails for what was found in a test.
pub(crate) fn test_fails(test: &TestRecord, on: FailOn) -> bool {
    // A test can also grow, or no longer have a leak that is listed for it.
    let fails_otherwise = test.fails && test.verdict == Verdict::Clean;
    on.includes(test.verdict) || fails_otherwise && on != FailOn::None
}

/// The order of tests: by crate, then by name.
fn key(test: &TestRecord) -> (&str, &str) {
    (&test.krate, &test.test)
}
