//! Findings where a workflow of GitHub shows them: at lines of the source, and in the summary of the
//! job.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, io};

use objgraph_findings::{Kind, Verdict};

use crate::cli::FailOn;
use crate::copy::Copy;
use crate::findings::{Findings, test_fails};

/// What the environment says of the step of a workflow.
#[derive(Debug, Default)]
pub(crate) struct Step {
    /// Whether there is one.
    is_running: bool,
    /// The folder in which it checked out the repository.
    repository: Option<PathBuf>,
    /// The file for the summary of the job.
    summary: Option<PathBuf>,
}

/// A place in the source, relative to the repository: file, line and column.
type Place = (String, u32, u32);

/// What is written at a place.
#[derive(Debug)]
struct Note<'f> {
    /// Whether the command fails for it.
    is_error: bool,
    /// The test or the program in which it was found first.
    first: String,
    /// Number of others.
    more: usize,
    text: &'f str,
}

impl Step {
    pub(crate) fn now() -> Self {
        let path = |name| {
            env::var_os(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        Self {
            is_running: env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true"),
            repository: path("GITHUB_WORKSPACE"),
            summary: path("GITHUB_STEP_SUMMARY"),
        }
    }

    /// Writes annotations to `out`, and the text of the report to the summary.
    pub(crate) fn report(
        &self,
        copy: &Copy,
        findings: &Findings,
        text: &str,
        fail_on: FailOn,
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        if self.is_running {
            out.write_all(self.annotations(copy, findings, fail_on).as_bytes())?;
            out.flush()?;
        }
        if let Some(summary) = &self.summary {
            let mut file = OpenOptions::new().create(true).append(true).open(summary)?;
            file.write_all(markdown(text).as_bytes())?;
        }
        Ok(())
    }

    /// Returns one annotation for each place, `::error file=…,line=…::…`: the same line may leak in
    /// many tests, and GitHub shows few annotations.
    fn annotations(&self, copy: &Copy, findings: &Findings, fail_on: FailOn) -> String {
        let texts: Vec<(usize, String)> = findings
            .programs
            .iter()
            .enumerate()
            .flat_map(|(at, program)| {
                let kinds = program.leaks.kinds.iter();
                kinds.map(move |kind| (at, describe(kind)))
            })
            .collect();
        let mut notes: BTreeMap<Place, Note<'_>> = BTreeMap::new();
        let mut add = |place: Place, is_error: bool, within: String, text| {
            let first = within.clone();
            let note = notes.entry(place).or_insert(Note {
                is_error,
                first: within,
                more: 0,
                text,
            });
            note.is_error |= is_error;
            note.more += usize::from(note.first != first);
        };
        for test in &findings.tests {
            let is_error = test_fails(test, fail_on);
            for point in &test.points {
                let place = (self.path(copy, &point.file), point.line, point.column);
                let name = format!("{}::{}", test.krate, test.test);
                add(place, is_error, name, &point.text);
            }
        }
        let kinds = findings
            .programs
            .iter()
            .flat_map(|program| &program.leaks.kinds);
        for (kind, (program, text)) in kinds.zip(&texts) {
            let row = kind.sites.iter().find(|row| row.file.is_some());
            if let Some(row) = row.filter(|_| kind.verdict >= Verdict::Possibly) {
                let file = row.file.as_deref().unwrap_or_default();
                let place = (
                    self.path(copy, file),
                    row.line.unwrap_or(1),
                    row.column.unwrap_or(0),
                );
                let name = findings.programs[*program].program.clone();
                add(place, fail_on.includes(kind.verdict), name, text);
            }
        }
        notes.iter().fold(String::new(), |mut out, (place, note)| {
            // Writing to a string does not fail.
            let _ = writeln!(out, "{}", command(place, note));
            out
        })
    }

    /// Returns the path of a source file relative to the repository. The compiler knows it relative to
    /// the workspace, or in the copy.
    fn path(&self, copy: &Copy, file: &str) -> String {
        let file = Path::new(file);
        let original = copy.trees.iter().find_map(|tree| tree.original(file));
        let original = original.unwrap_or_else(|| copy.trees[0].original.join(file));
        let repository = self.repository.as_deref();
        let below = repository.and_then(|repository| original.strip_prefix(repository).ok());
        let path = below.filter(|_| original.is_file()).unwrap_or(file);
        path.display().to_string().replace('\\', "/")
    }
}

/// `2 objects leaked: make Node.next Weak`
fn describe(kind: &Kind) -> String {
    let objects = crate::report::plural(kind.objects, "object", "objects");
    let how = match kind.verdict {
        Verdict::Leaked => "leaked",
        Verdict::Likely => "likely leaked",
        _ => "possibly leaked",
    };
    let fingerprint = kind.fingerprint.as_ref();
    let fingerprint = fingerprint.map_or_else(String::new, |name| format!(" ({name})"));
    let fix = kind.fix.as_ref();
    let fix = fix.map_or_else(String::new, |fix| format!(": {}", fix.replace('`', "")));
    format!("{objects} {how}{fingerprint}{fix}")
}

fn command((file, line, column): &Place, note: &Note<'_>) -> String {
    let level = match note.is_error {
        true => "error",
        false => "warning",
    };
    let title = match note.more {
        0 => format!("leak in {}", note.first),
        more => format!("leak in {} and {more} more", note.first),
    };
    format!(
        "::{level} file={},line={line},col={column},title={}::{}",
        property(file),
        property(&title),
        data(note.text)
    )
}

/// Escapes a text for the message of a workflow command.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// Escapes a text for a property of a workflow command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Returns the report in a block that none of its lines ends.
fn markdown(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max();
    let fence = "`".repeat(longest.unwrap_or(0).max(2) + 1);
    format!(
        "### cargo objgraph\n\n{fence}text\n{}\n{fence}\n\n",
        text.trim()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_one_line_whatever_the_names_are() {
        let place = ("src/a,b:c.rs".to_owned(), 7, 3);
        let note = Note {
            is_error: true,
            first: "app::t".to_owned(),
            more: 2,
            text: "100% of it\nleaked",
        };
        assert_eq!(
            command(&place, &note),
            "::error file=src/a%2Cb%3Ac.rs,line=7,col=3,title=leak in app%3A%3At and 2 more::100%25 of it%0Aleaked"
        );
    }

    #[test]
    fn no_line_of_the_report_ends_the_block() {
        assert!(markdown("a\n````\nb").contains("`````text\na\n````\nb\n`````\n"));
    }
}
