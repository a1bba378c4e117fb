//! The tests of `tests/fixtures/leaky_tests`: exactly those that leak fail, with the type that they
//! leak. They run in parallel in one process, one after another, and each in a process of its own.
// recount: no, it builds a fixture, whose tests leak on purpose.

#[path = "nested_cargo/mod.rs"]
mod nested_cargo;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use nested_cargo::{cargo, has_tool, text};
use objgraph_findings::{TargetKind, TestRecord, Verdict, read_tests};

/// The environment of a run.
type Variables<'v> = [(&'v str, &'v str)];

fn folder(package: &str) -> PathBuf {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    fixtures.join(package)
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("fixtures")
}

/// Runs cargo on the tests of the fixture `leaky_tests`, as in a terminal.
fn run(command: &[&str], rest: &[&str], variables: &Variables<'_>) -> Output {
    run_in("leaky_tests", command, rest, variables)
}

/// Runs cargo on the tests of a fixture.
fn run_in(package: &str, command: &[&str], rest: &[&str], variables: &Variables<'_>) -> Output {
    drop(nested_cargo::Fixture::new(package));
    let mut cargo = Command::new(cargo());
    cargo.args(command).arg("--target-dir").arg(target());
    cargo.args(rest).current_dir(folder(package));
    for name in [
        "OBJGRAPH_UPDATE",
        "OBJGRAPH_REQUIRE",
        "OBJGRAPH_RECORD",
        "GITHUB_ACTIONS",
        "GITHUB_STEP_SUMMARY",
    ] {
        cargo.env_remove(name);
    }
    for name in [
        "CARGO_BUILD_TARGET",
        "RUST_TEST_THREADS",
        "RUST_BACKTRACE",
        "RUSTFLAGS",
    ] {
        cargo.env_remove(name);
    }
    for name in ["NEXTEST", "NEXTEST_EXECUTION_MODE", "NEXTEST_PROFILE"] {
        cargo.env_remove(name);
    }
    cargo.envs(variables.iter().copied());
    cargo
        .env("CARGO_TERM_COLOR", "never")
        .output()
        .expect("cargo runs")
}

/// Returns the verdict on each test that `cargo test` printed.
fn verdicts(output: &str) -> BTreeMap<String, bool> {
    let lines = output.lines().filter_map(|line| {
        let (name, verdict) = line.strip_prefix("test ")?.split_once(" ... ")?;
        let passed = match verdict {
            "ok" => true,
            "FAILED" => false,
            _ => return None,
        };
        let name = name.trim_end_matches(" - should panic");
        Some((name.to_owned(), passed))
    });
    lines.collect()
}

/// Asserts that each test has the verdict that its name says.
fn check(verdicts: &BTreeMap<String, bool>, output: &str) {
    assert!(verdicts.len() >= 40, "{output}");
    let wrong: Vec<_> = verdicts
        .iter()
        .filter(|(name, passed)| {
            let should_fail = name.starts_with("leaks_") || name.starts_with("fails_");
            **passed == should_fail
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}\n{output}");
}

/// Returns the message of a test that failed.
fn message_of<'o>(output: &'o str, test: &str) -> &'o str {
    let start = format!("---- {test} stdout ----\n");
    let from = output.find(&start).expect("it failed") + start.len();
    let rest = &output[from..];
    rest[..rest.find("\n---- ").unwrap_or(rest.len())].trim()
}

#[test]
fn every_leak_is_blamed_on_the_test_that_made_it() {
    if !objgraph::ENABLED {
        return;
    }
    let output = text(&run(
        &["test", "--test", "all"],
        &["--", "--test-threads=8"],
        &[],
    ));
    check(&verdicts(&output), &output);

    let tree = message_of(&output, "leaks_tree");
    assert!(tree.contains("tests/all.rs:"), "{tree}");
    assert!(tree.contains("\n2 objects leaked (Node): leak-"), "{tree}");
    assert!(
        tree.contains("2 × Node            made at src/lib.rs:"),
        "{tree}"
    );
    assert!(tree.contains("fix: make `Node.parent` Weak"), "{tree}");
    assert!(
        tree.contains("objgraph/leaky_tests.all.leaks_tree.svg, and .dot"),
        "{tree}"
    );
    let pictures = target().join("objgraph");
    let svg =
        fs::read_to_string(pictures.join("leaky_tests.all.leaks_tree.svg")).expect("it was drawn");
    assert!(svg.contains("<svg") && pictures.join("leaky_tests.all.leaks_tree.dot").exists());

    for (test, words) in [
        ("leaks_pair_in_task", "objects leaked (Peer)"),
        ("leaks_pair_on_own_thread", "objects leaked (Peer)"),
        (
            "leaks_pair_where_another_type_is_allowed",
            "2 objects leaked (Peer)",
        ),
        ("leaks_tree_in_task", "2 objects leaked (Node)"),
        ("leaks_ring_on_a_small_stack", "20000 objects leaked (Link)"),
        (
            "leaks_tree_and_panics",
            "the test panicked, and leaked\n\nThe panic: and this too",
        ),
        (
            "leaks_tree_with_err",
            "the test failed, and leaked\n\nErr(\"and this too\")",
        ),
        ("leaks_tree_and_should_panic", "2 objects leaked (Node)"),
        (
            "leaks_tree_in_each_iteration",
            "+1 `Node` per call, made at src/lib.rs:",
        ),
        (
            "leaks_peer_kept_in_each_run",
            "+1 `Peer` per call, made at tests/all.rs:",
        ),
        (
            "leaks_node_by_count",
            "assert_count!(Node == 0): there are 1",
        ),
        ("leaks_window_when_dropped", "Window.focused → (the first)"),
        (
            "leaks_window_held_from_outside",
            "is held by 1 reference from outside",
        ),
        (
            "leaks_what_a_static_keeps_where_alive_counts",
            "1 object is still alive at the end: Node",
        ),
        (
            "fails_with_another_panic",
            "expected: \"as it should\"\n  message:  \"otherwise\"",
        ),
    ] {
        let message = message_of(&output, test);
        assert!(message.contains(words), "{test}: {words}\n{message}");
        assert!(message.lines().count() < 100, "{message}");
    }
    let alone = message_of(&output, "fails_without_leak");
    assert!(!alone.contains("leaked"), "{alone}");
}

#[test]
fn one_test_at_a_time_gives_the_same_verdicts() {
    if !objgraph::ENABLED {
        return;
    }
    let output = text(&run(
        &["test", "--test", "all"],
        &["--", "--test-threads=1"],
        &[],
    ));
    check(&verdicts(&output), &output);
}

/// Reads the records in a folder, by test.
fn records(folder: &Path) -> BTreeMap<String, TestRecord> {
    let files = fs::read_dir(folder).expect("the folder was created");
    let paths = files.map(|file| file.expect("it can be read").path());
    let files = paths.filter(|path| path.extension().is_some_and(|ext| ext == "jsonl"));
    let texts = files.map(|path| fs::read_to_string(path).expect("it can be read"));
    let records = texts.flat_map(|text| read_tests(&text).expect("each line is a record"));
    records
        .map(|record| (record.test.clone(), record))
        .collect()
}

#[test]
fn leaks_are_recorded_and_fail_no_test() {
    if !objgraph::ENABLED {
        return;
    }
    let folder = target().join("records");
    let _ = fs::remove_dir_all(&folder);
    let variables = [
        ("OBJGRAPH_RECORD", folder.to_str().expect("a path of text")),
        ("GITHUB_ACTIONS", "true"),
    ];
    let filter = ["--", "--test-threads=8"];
    let output = text(&run(&["test", "--test", "all"], &filter, &variables));
    let annotates = |line: &str| line.starts_with("::error") && line.contains("leaks_tree_in_task");
    assert!(!output.lines().any(annotates), "{output}");
    let verdicts = verdicts(&output);
    let records = records(&folder);
    assert!(records.len() >= 30, "{output}");
    for (name, record) in &records {
        // Other assertions of a test still fail, as do tests that fail by themselves.
        let has_passed = verdicts.get(name).copied();
        // Only the harness knows whether these results are errors.
        let is_judged_by_harness = ["fails_exit_code_in_ok", "fails_own_termination"];
        let passed = record.passed && !is_judged_by_harness.contains(&&**name);
        assert_eq!(has_passed, Some(passed), "{name}: {record:?}");
        assert_eq!((&*record.krate, record.target), ("all", TargetKind::Test));
        assert_eq!(record.package.as_deref(), Some("leaky_tests"));
        if name.starts_with("clean_") {
            assert!(!record.fails && record.passed, "{record:?}");
        }
        let is_leak = matches!(record.verdict, Verdict::Leaked | Verdict::Likely);
        assert_eq!(record.leaks.is_some(), is_leak, "{record:?}");
        assert!(!is_leak || record.fails, "{record:?}");
    }

    let tree = &records["leaks_tree"];
    assert_eq!((tree.verdict, tree.objects), (Verdict::Leaked, 2));
    assert!(tree.bytes > 0 && tree.passed && tree.fails);
    let kind = &tree.leaks.as_ref().expect("it leaked").kinds[0];
    assert_eq!(kind.fix.as_deref(), Some("make `Node.parent` Weak"));
    assert_eq!(kind.sites[0].file.as_deref(), Some("src/lib.rs"));
    assert_eq!(tree.points[0].file, "src/lib.rs");
    assert!(
        tree.text.starts_with("2 objects leaked (Node): leak-"),
        "{}",
        tree.text
    );
    assert!(!tree.text.contains("OBJGRAPH_UPDATE"), "{}", tree.text);
    let picture = tree.picture.as_deref().expect("it was drawn");
    assert!(
        fs::read_to_string(picture)
            .expect("it was drawn")
            .contains("<svg")
    );

    let panicked = &records["leaks_tree_and_panics"];
    assert_eq!(
        (panicked.passed, panicked.verdict),
        (false, Verdict::Leaked)
    );
    let alive = &records["leaks_what_a_static_keeps_where_alive_counts"];
    assert_eq!((alive.fails, alive.verdict), (true, Verdict::Clean));
    let should_panic = &records["leaks_tree_and_should_panic"];
    assert_eq!(
        (should_panic.passed, should_panic.verdict),
        (true, Verdict::Leaked)
    );
}

#[test]
fn a_record_that_cannot_be_written_loses_no_leak() {
    if !objgraph::ENABLED {
        return;
    }
    let file = target().join("no_folder");
    fs::create_dir_all(target()).expect("the folder can be created");
    fs::write(&file, "").expect("it can be written");
    let variables = [("OBJGRAPH_RECORD", file.to_str().expect("a path of text"))];
    let filter = ["--", "--exact", "leaks_tree", "clean_tree"];
    let output = text(&run(&["test", "--test", "all"], &filter, &variables));
    let expected = BTreeMap::from([
        ("leaks_tree".to_owned(), false),
        ("clean_tree".to_owned(), true),
    ]);
    assert_eq!(verdicts(&output), expected, "{output}");
    assert!(
        output.contains("objgraph: there is no record: "),
        "{output}"
    );
}

#[test]
fn a_process_for_each_test_gives_the_same_verdicts() {
    if !objgraph::ENABLED || !has_tool("cargo-nextest", "cargo-nextest", &["nextest", "-V"]) {
        return;
    }
    let output = text(&run(&["nextest", "run", "--no-fail-fast"], &[], &[]));
    let lines = output.lines().filter_map(|line| {
        let (verdict, rest) = line.trim().split_once(" [")?;
        let passed = match verdict {
            "PASS" => true,
            "FAIL" => false,
            _ => return None,
        };
        Some((rest.rsplit(' ').next()?.to_owned(), passed))
    });
    check(&lines.collect(), &output);
}

#[test]
fn github_annotations_point_to_the_place_that_made_the_leak() {
    if !objgraph::ENABLED {
        return;
    }
    let summary = target().join("leaky_tests_summary.md");
    let _ = fs::remove_file(&summary);
    let workspace = env!("CARGO_MANIFEST_DIR");
    let variables = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_WORKSPACE", workspace),
        (
            "GITHUB_STEP_SUMMARY",
            summary.to_str().expect("a path of text"),
        ),
    ];
    let filter = ["--", "leaks_tree_with", "--test-threads=8"];
    let output = text(&run(&["test", "--test", "all"], &filter, &variables));
    let annotations: Vec<&str> = output
        .lines()
        .filter(|line| line.starts_with("::error "))
        .collect();
    assert_eq!(annotations.len(), 2, "{output}");
    let place = "file=tests/fixtures/leaky_tests/src/lib.rs,line=";
    let fix = "make Node.parent Weak";
    assert!(
        annotations
            .iter()
            .all(|line| line.contains(place) && line.ends_with(fix)),
        "{annotations:?}"
    );
    let summary = fs::read_to_string(summary).expect("it was written");
    let heads: Vec<&str> = summary
        .lines()
        .filter(|line| line.starts_with("### "))
        .collect();
    assert_eq!(heads.len(), 2, "{summary}");
}

#[test]
fn known_leaks_pass_and_stale_ones_fail() {
    if !objgraph::ENABLED {
        return;
    }
    // The list is beside the `Cargo.toml` of a package of its own, so that no other test reads it.
    let list = folder("known_leaks").join("objgraph-leaks.toml");
    struct Remove<'p>(&'p Path);
    impl Drop for Remove<'_> {
        fn drop(&mut self) {
            let _ = fs::remove_file(self.0);
        }
    }
    let _remove = Remove(&list);
    let known = |filter: &[&str], variables: &Variables<'_>| {
        let rest = [&["--"], filter].concat();
        let command = ["test", "--test", "known"];
        let output = text(&run_in("known_leaks", &command, &rest, variables));
        (verdicts(&output), output)
    };
    let passed = |verdicts: &BTreeMap<String, bool>| verdicts.values().all(|passed| *passed);

    let _ = fs::remove_file(&list);
    let (first, output) = known(&[], &[("OBJGRAPH_UPDATE", "1")]);
    assert!(first.len() == 4 && passed(&first), "{output}");
    let written = fs::read_to_string(&list).expect("it was written");
    assert_eq!(written.matches("[[leak]]").count(), 2, "{written}");
    assert!(
        written.contains("    \"known::leaks_tree_too\",\n"),
        "{written}"
    );

    // Texts of people remain; another run changes nothing, in whatever order tests run.
    let reviewed = written
        .replace("not reviewed yet: ", "The cache is to be rewritten: ")
        .replacen("link = \"\"", "link = \"https://example.org/12\"", 1);
    fs::write(&list, &reviewed).expect("it can be written");
    let (second, output) = known(&[], &[("OBJGRAPH_UPDATE", "1")]);
    assert!(passed(&second), "{output}");
    assert_eq!(fs::read_to_string(&list).expect("it is there"), reviewed);

    let (all, output) = known(&[], &[]);
    assert!(passed(&all), "{output}");
    let (some, output) = known(&["leaks_tree"], &[]);
    assert!(some.len() == 2 && passed(&some), "{output}");

    // One leak is fixed, and another is new.
    let (mended, output) = known(&[], &[("LEAKY_TESTS_MENDED", "1")]);
    let failed: Vec<&String> = mended
        .iter()
        .filter(|test| !test.1)
        .map(|test| test.0)
        .collect();
    assert_eq!(failed, ["leaks_pair"], "{output}");
    let message = message_of(&output, "leaks_pair");
    assert!(
        message.contains("a known leak no longer occurs: remove leak-"),
        "{message}"
    );
    assert!(
        message.contains("objgraph-leaks.toml lists for known::leaks_pair:"),
        "{message}"
    );
    let (another, output) = known(&[], &[("LEAKY_TESTS_ANOTHER", "1")]);
    let failed: Vec<&String> = another
        .iter()
        .filter(|test| !test.1)
        .map(|test| test.0)
        .collect();
    assert_eq!(failed, ["clean"], "{output}");

    let update = [("LEAKY_TESTS_MENDED", "1"), ("OBJGRAPH_UPDATE", "1")];
    let (_, output) = known(&[], &update);
    let written = fs::read_to_string(&list).expect("it was written");
    assert_eq!(
        written.matches("[[leak]]").count(),
        1,
        "{output}\n{written}"
    );

    fs::write(&list, "[[leak]]\nfingerprint = 3\n").expect("it can be written");
    let (broken, output) = known(&["leaks_tree_too"], &[]);
    assert!(!passed(&broken), "{output}");
    let message = message_of(&output, "leaks_tree_too");
    assert!(
        message.contains("objgraph-leaks.toml: line 2: expected a text"),
        "{message}"
    );
}

#[test]
fn without_tracking_a_note_is_printed_once_and_can_be_a_failure() {
    let command = ["test", "--release", "--test", "all"];
    let filter = ["--", "clean_t", "clean_result", "clean_should_panic"];
    let output = text(&run(&command, &filter, &[]));
    assert!(!verdicts(&output).is_empty(), "{output}");
    assert!(verdicts(&output).values().all(|passed| *passed), "{output}");
    assert_eq!(
        output.matches("tracking is off in this build").count(),
        1,
        "{output}"
    );
    let output = text(&run(&command, &filter, &[("OBJGRAPH_REQUIRE", "1")]));
    assert!(verdicts(&output).values().all(|passed| !passed), "{output}");
}
