//! What is printed at the end.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use objgraph_findings::{TestRecord, Verdict};
use serde_json::json;

use crate::build::Build;
use crate::cargo::say;
use crate::copy::Copy;
use crate::findings::Findings;

/// Width of the reports, in columns.
const WIDTH: usize = 80;

/// Says how the build went.
pub(crate) fn built(copy: &Copy, build: &Build) {
    let rounds = match build.rounds {
        0 => String::new(),
        1 => ", after 1 round of repair".to_owned(),
        n => format!(", after {n} rounds of repair"),
    };
    let seconds = build.time.as_secs_f64();
    say(
        "Built",
        &format!("the instrumented copy in {seconds:.1} s{rounds}"),
    );
    say("Instrumented", &coverage(copy));
}

/// Returns how much of the program is instrumented, in one line.
pub(crate) fn coverage(copy: &Copy) -> String {
    let counts = Counts::of(copy);
    let mut text = format!("{} of {} types", counts.derived, counts.types);
    if counts.tests > 0 {
        let _ = write!(text, ", {} tests", counts.tests);
    }
    if counts.std_files > 0 {
        let files = plural(counts.std_files, "file", "files");
        let _ = write!(text, "; {files} fell back to std's pointers");
    }
    if !copy.repairs.plain.is_empty() {
        let packages = plural(copy.repairs.plain.len(), "package", "packages");
        let _ = write!(text, "; {packages} built as they are");
    }
    if counts.std_files > 0 || !copy.repairs.plain.is_empty() || counts.derived < counts.types {
        text.push_str(" (--explain lists why)");
    }
    text
}

/// How much of the copy is instrumented.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) derived: usize,
    pub(crate) types: usize,
    pub(crate) tests: usize,
    pub(crate) std_files: usize,
}

impl Counts {
    pub(crate) fn of(copy: &Copy) -> Self {
        use objgraph_edits::{EditKind, Item};
        let mut counts = Self::default();
        for file in copy.files.values() {
            let repairs = copy.repairs.of(&file.original, &file.source);
            let left_out = repairs.map_or(0, |repairs| repairs.left_out.len());
            counts.types += left_out;
            counts.std_files += usize::from(repairs.is_some_and(|file| file.uses_std.is_some()));
            for edit in &file.edits {
                counts.derived += usize::from(matches!(edit.kind, EditKind::Derive { .. }));
                counts.tests += usize::from(matches!(edit.kind, EditKind::Test { .. }));
            }
            let skipped = file.skipped.iter();
            counts.types += skipped
                .filter(|skipped| matches!(skipped.item, Item::Type(_)))
                .count();
        }
        counts.types += counts.derived;
        counts
    }
}

/// Prints what the program reported when it ended.
#[allow(clippy::print_stdout, reason = "it is what the command says")]
pub(crate) fn program(copy: &Copy, findings: &Findings, is_json: bool) {
    if is_json {
        return print_json(copy, findings);
    }
    if findings.programs.is_empty() {
        anstream::println!(
            "The program wrote no report: it was killed, or has no `main` of its own."
        );
        return;
    }
    for report in &findings.programs {
        if findings.programs.len() > 1 {
            anstream::println!("\n== {}, process {}", report.program, report.pid);
        }
        anstream::println!("{}", report.text.trim_end());
    }
    print_pictures(findings);
}

#[allow(clippy::print_stdout, reason = "it is what the command says")]
fn print_pictures(findings: &Findings) {
    let programs = findings
        .programs
        .iter()
        .flat_map(|report| &report.leaks.kinds);
    let tests = findings.tests.iter().flat_map(|test| &test.leaks);
    let tests = tests.flat_map(|leaks| &leaks.kinds);
    let pictures = programs
        .chain(tests)
        .filter_map(|kind| kind.picture.as_deref());
    for picture in pictures {
        anstream::println!("picture: {picture}");
    }
}

/// Prints the table of tests, and each kind of leak once.
#[allow(clippy::print_stdout, reason = "it is what the command says")]
pub(crate) fn tests(copy: &Copy, findings: &Findings, is_json: bool) {
    if is_json {
        return print_json(copy, findings);
    }
    anstream::println!("{}", tests_text(&findings.tests));
    print_pictures(findings);
}

/// Returns the table of tests, and each kind of leak once.
fn tests_text(tests: &[TestRecord]) -> String {
    let mut text = summary(tests);
    let found: Vec<&TestRecord> = tests
        .iter()
        .filter(|test| test.verdict >= Verdict::Possibly)
        .collect();
    if !found.is_empty() {
        text.push_str(&table(&found));
        text.push_str(&kinds(&found));
    }
    text
}

/// `objgraph: 42 tests: 13 leak, 1 possibly leaks; 28 are clean`
fn summary(tests: &[TestRecord]) -> String {
    let count = |verdict| tests.iter().filter(|test| test.verdict == verdict).count();
    let parts = [
        (Verdict::Leaked, "leak", "leaks"),
        (Verdict::Likely, "likely leak", "likely leaks"),
        (Verdict::Possibly, "possibly leak", "possibly leaks"),
        (
            Verdict::Unproven,
            "could not be traced to the end",
            "could not be traced to the end",
        ),
        (Verdict::Clean, "are clean", "is clean"),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(verdict, ..)| count(*verdict) > 0)
        .map(|(verdict, many, one)| match count(verdict) {
            1 => format!("1 {one}"),
            n => format!("{n} {many}"),
        })
        .collect();
    match tests.is_empty() {
        true => "objgraph: no test was checked".to_owned(),
        false => format!(
            "objgraph: {}: {}",
            plural(tests.len(), "test", "tests"),
            parts.join(", ")
        ),
    }
}

fn table(tests: &[&TestRecord]) -> String {
    let several = tests.iter().any(|test| test.krate != tests[0].krate);
    let name = |test: &TestRecord| match several {
        true => format!("{}::{}", test.krate, test.test),
        false => test.test.clone(),
    };
    const VERDICT: usize = 8;
    const KIND: usize = 21;
    const BYTES: usize = 9;
    let space = WIDTH - VERDICT - KIND - BYTES - 6;
    let longest = tests
        .iter()
        .map(|test| name(test).chars().count())
        .max()
        .unwrap_or(0);
    let width = longest.clamp(4, space);
    let mut text = format!(
        "\n\n{:width$}  {:VERDICT$}  {:KIND$}  {:>BYTES$}\n",
        "test", "verdict", "kind", "bytes"
    );
    for test in tests {
        let kinds = test.leaks.iter().flat_map(|leaks| &leaks.kinds);
        let mut fingerprints = kinds.filter_map(|kind| kind.fingerprint.as_deref());
        let kind = fingerprints.next().unwrap_or("");
        let more = fingerprints.count();
        let _ = writeln!(
            text,
            "{:width$}  {:VERDICT$}  {kind:KIND$}  {:>BYTES$}{}",
            shortened(&name(test), width),
            verdict(test.verdict),
            test.bytes,
            match more {
                0 => String::new(),
                n => format!("  and {n} more"),
            }
        );
    }
    text
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Clean => "clean",
        Verdict::Unproven => "unproven",
        Verdict::Possibly => "possibly",
        Verdict::Likely => "likely",
        Verdict::Leaked => "leaked",
    }
}

/// Returns the end of a name: its last part says most.
fn shortened(name: &str, width: usize) -> String {
    let count = name.chars().count();
    match count <= width {
        true => name.to_owned(),
        false => {
            let end: String = name.chars().skip(count - width + 1).collect();
            format!("…{end}")
        }
    }
}

/// Returns each kind of leak once, with the tests that have it.
fn kinds(tests: &[&TestRecord]) -> String {
    let mut seen: BTreeMap<&str, (usize, &TestRecord, &str)> = BTreeMap::new();
    let mut order = Vec::new();
    for test in tests {
        for kind in test.leaks.iter().flat_map(|leaks| &leaks.kinds) {
            let key = kind.fingerprint.as_deref().unwrap_or(&kind.text);
            let entry = seen.entry(key).or_insert_with(|| {
                order.push(key);
                (0, test, &kind.text)
            });
            entry.0 += 1;
        }
    }
    let mut text = String::new();
    for key in order {
        let (count, test, kind) = seen[key];
        let also = match count {
            1 => String::new(),
            n => format!(", and in {}", plural(n - 1, "other test", "other tests")),
        };
        let _ = write!(text, "\n\nin {}{also}:\n{}", test.test, kind.trim_end());
    }
    text
}

/// Prints the findings as data.
#[allow(clippy::print_stdout, reason = "it is what the command says")]
fn print_json(copy: &Copy, findings: &Findings) {
    let counts = Counts::of(copy);
    let files = copy.repairs.files.iter().filter_map(|(path, file)| {
        let reason = file.uses_std.as_ref()?;
        Some(json!({ "file": path, "reason": reason }))
    });
    let value = json!({
        "schema": "objgraph-command",
        "version": 1,
        "programs": findings.programs,
        "tests": findings.tests,
        "instrumented": {
            "derived": counts.derived,
            "types": counts.types,
            "files_with_std": files.collect::<Vec<_>>(),
            "plain_packages": copy.repairs.plain,
        },
    });
    println!("{value:#}");
}

pub(crate) fn plural(count: usize, one: &str, many: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        n => format!("{n} {many}"),
    }
}
