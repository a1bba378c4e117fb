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
    let mut text = coverage_of(Counts::of(copy), copy.repairs.plain.len());
    if has_gaps(copy) {
        text.push_str(" (--explain lists why)");
    }
    text
}

fn coverage_of(counts: Counts, plain_packages: usize) -> String {
    let mut text = match counts.types {
        0 => "no type".to_owned(),
        types => format!("{} of {types} types", counts.derived),
    };
    if counts.tests > 0 {
        let _ = write!(text, ", {} tests", counts.tests);
    }
    if counts.std_files > 0 {
        let files = plural(counts.std_files, "file", "files");
        let _ = write!(text, "; {files} fell back to std's pointers");
    }
    match plain_packages {
        0 => {}
        1 => text.push_str("; 1 package is built as it is"),
        n => {
            let _ = write!(text, "; {n} packages are built as they are");
        }
    }
    text
}

/// Returns whether something of the program is not instrumented, and may hide a leak.
fn has_gaps(copy: &Copy) -> bool {
    let counts = Counts::of(copy);
    counts.std_files > 0 || !copy.repairs.plain.is_empty() || counts.derived < counts.types
}

/// Returns what to repeat beside the findings if not all of the program is instrumented: how much is, and
/// each package whose leaks are not found.
fn gaps(copy: &Copy) -> String {
    if !has_gaps(copy) {
        return String::new();
    }
    let plain = copy.repairs.plain.keys();
    plain.fold(
        format!("\nInstrumented {}\n", coverage(copy)),
        |mut text, name| {
            let _ = writeln!(text, "Leaks in {name} are not found: it is built as it is");
            text
        },
    )
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
    anstream::print!("{}", gaps(copy));
}

/// Prints the table of tests, and each kind of leak once.
#[allow(clippy::print_stdout, reason = "it is what the command says")]
pub(crate) fn tests(copy: &Copy, findings: &Findings, is_json: bool) {
    if is_json {
        return print_json(copy, findings);
    }
    anstream::println!("{}", tests_text(&findings.tests).trim_end());
    anstream::print!("{}", gaps(copy));
}

/// Returns the whole report without colors, for other readers than the terminal.
pub(crate) fn text(copy: &Copy, findings: &Findings) -> String {
    let programs = findings.programs.iter();
    let mut text: String = programs
        .map(|report| format!("{}\n\n", report.text.trim_end()))
        .collect();
    if findings.programs.is_empty() || !findings.tests.is_empty() {
        text.push_str(tests_text(&findings.tests).trim_end());
        text.push('\n');
    }
    text.push_str(&gaps(copy));
    text
}

/// Returns the table of tests, and each kind of leak once.
fn tests_text(tests: &[TestRecord]) -> String {
    let mut text = summary(tests);
    let found: Vec<&TestRecord> = tests
        .iter()
        .filter(|test| test.verdict >= Verdict::Possibly || test.fails)
        .collect();
    if !found.is_empty() {
        text.push_str(&table(&found));
        text.push_str(&kinds(&found));
        text.push_str(&texts(&found));
    }
    text.push_str(&unproven(tests));
    text
}

/// Returns the reports that are about no kind of leak: possible leaks, growth, known leaks that are
/// gone.
fn texts(tests: &[&TestRecord]) -> String {
    let tests = tests.iter().filter(|test| test.leaks.is_none());
    let texts = tests.map(|test| format!("\nin {}:\n{}\n", test.test, test.text.trim_end()));
    texts.collect()
}

/// Returns what could not be traced in tests without a finding, and might hide one: each line once.
fn unproven(tests: &[TestRecord]) -> String {
    let tests = tests
        .iter()
        .filter(|test| test.verdict == Verdict::Unproven);
    let mut lines: BTreeMap<&str, usize> = BTreeMap::new();
    for line in tests.flat_map(|test| &test.notes) {
        *lines.entry(line).or_default() += 1;
    }
    if lines.is_empty() {
        return String::new();
    }
    let lines = lines.into_iter().map(|(line, count)| match count {
        1 => format!("  {line}\n"),
        n => format!("  {line} (in {n} tests)\n"),
    });
    let lines: String = lines.collect();
    format!("\n\nThese may hide a leak:\n{lines}")
}

/// `objgraph: 42 tests: 13 leak, 1 possibly leaks; 28 are clean`
fn summary(tests: &[TestRecord]) -> String {
    let fails = |test: &TestRecord| test.fails && test.verdict == Verdict::Clean;
    let count = |verdict| {
        let tests = tests.iter().filter(|test| !fails(test));
        tests.filter(|test| test.verdict == verdict).count()
    };
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
    let failed = tests.iter().filter(|test| fails(test)).count();
    let failed = (failed > 0).then(|| format!("{failed} failed another check"));
    let parts: Vec<String> = failed.into_iter().chain(parts).collect();
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
    const KIND: usize = 24;
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
        "test", "verdict", "kind", "size"
    );
    for test in tests {
        let kinds = test.leaks.iter().flat_map(|leaks| &leaks.kinds);
        let mut fingerprints = kinds.filter_map(|kind| kind.fingerprint.as_deref());
        let kind = fingerprints.next().unwrap_or("");
        let kind = match fingerprints.count() {
            0 => kind.to_owned(),
            more => format!("{kind} +{more}"),
        };
        let _ = writeln!(
            text,
            "{:width$}  {:VERDICT$}  {kind:KIND$}  {:>BYTES$}",
            shortened(&name(test), width),
            verdict(test),
            size(test.bytes),
        );
    }
    text
}

/// Returns a number of bytes as the reports of objgraph show it: `1.9 KiB`.
fn size(bytes: u64) -> String {
    let mut value = bytes as f64;
    let mut units = ["B", "KiB", "MiB", "GiB"].into_iter();
    let mut unit = units.next().unwrap_or_default();
    for larger in units {
        if value < 1024.0 {
            break;
        }
        value /= 1024.0;
        unit = larger;
    }
    match unit {
        "B" => format!("{bytes} B"),
        unit => format!("{value:.1} {unit}"),
    }
}

fn verdict(test: &TestRecord) -> &'static str {
    match test.verdict {
        // It grew, or a known leak of it is gone.
        Verdict::Clean if test.fails => "fails",
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
        let _ = write!(text, "\nin {}{also}:\n{}\n", test.test, kind.trim_end());
        if let Some(picture) = &test.picture {
            let _ = writeln!(text, "   picture: {picture}");
        }
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

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use objgraph_findings::{Kind, Leaks, TargetKind, VERSION};

    use super::*;

    #[test]
    fn what_is_not_instrumented_is_counted() {
        let none = Counts::default();
        assert_eq!(coverage_of(none, 1), "no type; 1 package is built as it is");
        let some = Counts {
            derived: 3,
            types: 4,
            tests: 2,
            std_files: 1,
        };
        expect![
            "3 of 4 types, 2 tests; 1 file fell back to std's pointers; 2 packages are built as they are"
        ]
        .assert_eq(&coverage_of(some, 2));
    }

    fn record(test: &str, verdict: Verdict, bytes: u64, fingerprints: &[&str]) -> TestRecord {
        let kinds = fingerprints.iter().map(|fingerprint| Kind {
            verdict,
            fingerprint: Some((*fingerprint).to_owned()),
            text: format!("1. 2 objects kept alive by a cycle, {bytes} B\n   fix: make `A.b` Weak"),
            ..Kind::default()
        });
        TestRecord {
            schema: TestRecord::SCHEMA.to_owned(),
            version: VERSION,
            package: None,
            target: TargetKind::Lib,
            krate: "shop".to_owned(),
            test: test.to_owned(),
            passed: true,
            verdict,
            fails: verdict > Verdict::Possibly,
            objects: 2,
            bytes,
            leaks: Some(Leaks {
                kinds: kinds.collect(),
                ..Leaks::default()
            }),
            notes: Vec::new(),
            points: Vec::new(),
            text: String::new(),
            picture: None,
        }
    }

    #[test]
    fn the_table_has_the_tests_that_leak_and_each_kind_once() {
        let tests = [
            record("cart::empties", Verdict::Clean, 0, &[]),
            record(
                "cart::keeps",
                Verdict::Leaked,
                96,
                &["leak-24483d951a36ad84"],
            ),
            record(
                "a::module::with::a::very::long::path::to::one::test::with_a_name",
                Verdict::Leaked,
                1_234_567,
                &["leak-24483d951a36ad84", "leak-0123456789abcdef"],
            ),
            record(
                "window::closes",
                Verdict::Likely,
                64,
                &["leak-ffffffffffffffff"],
            ),
        ];
        let text = tests_text(&tests);
        expect![[r#"
            objgraph: 4 tests: 2 leak, 1 likely leaks, 1 is clean

            test                               verdict   kind                           size
            cart::keeps                        leaked    leak-24483d951a36ad84          96 B
            …path::to::one::test::with_a_name  leaked    leak-24483d951a36ad84 +1    1.2 MiB
            window::closes                     likely    leak-ffffffffffffffff          64 B

            in cart::keeps, and in 1 other test:
            1. 2 objects kept alive by a cycle, 96 B
               fix: make `A.b` Weak

            in a::module::with::a::very::long::path::to::one::test::with_a_name:
            1. 2 objects kept alive by a cycle, 1234567 B
               fix: make `A.b` Weak

            in window::closes:
            1. 2 objects kept alive by a cycle, 64 B
               fix: make `A.b` Weak
        "#]]
        .assert_eq(&text);
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH));
    }

    #[test]
    fn what_is_not_clean_is_never_silent() {
        let bare = |name: &str, verdict| TestRecord {
            leaks: None,
            ..record(name, verdict, 0, &[])
        };
        let grown = TestRecord {
            fails: true,
            text: "Vec in Cart.items grew".to_owned(),
            ..bare("grows", Verdict::Clean)
        };
        let possible = TestRecord {
            text: "1 object may have leaked".to_owned(),
            ..bare("holds", Verdict::Possibly)
        };
        let note = "1 live object could not be traced".to_owned();
        let unproven = TestRecord {
            notes: vec![note.clone()],
            ..bare("hides", Verdict::Unproven)
        };
        let text = tests_text(&[grown, possible, unproven]);
        for part in [
            "1 failed another check",
            "grows  fails",
            "Cart.items grew",
            "1 object may",
            &note,
        ] {
            assert!(text.contains(part), "{part:?} is not in {text}");
        }
    }

    #[test]
    fn nothing_to_report_is_one_line() {
        assert_eq!(tests_text(&[]), "objgraph: no test was checked");
        let one = record("a", Verdict::Clean, 0, &[]);
        assert_eq!(tests_text(&[one]), "objgraph: 1 test: 1 is clean");
    }
}
