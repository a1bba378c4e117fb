//! The objects that objgraph calls leaked are those that valgrind calls lost.
//!
//! The fixture `random_program` does the same for the same seed whether tracking is on or off.
//! The tracked build prints the number of leaked objects; the other one, with the pointers of std,
//! runs under valgrind.
// recount: no, it builds programs for valgrind.

#![allow(clippy::print_stderr, reason = "a test may tell what it did")]

mod nested_cargo;

use std::path::Path;
use std::process::Command;
use std::thread;

use nested_cargo::{Fixture, Tracking, has_tool, text};

const SEEDS: u64 = 40;

/// Size of the allocation of `Rc::new` in the fixture; no other allocation there has this size.
const BLOCK: u64 = 1208;

/// The objects of one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Objects {
    /// Alive, and not leaked.
    held: u64,
    /// Leaked.
    leaked: u64,
}

#[test]
fn lost_blocks_are_leaked_objects() {
    if !has_tool("valgrind", "valgrind", &["--version"]) {
        return;
    }
    let fixture = Fixture::new("random_program");
    let tracked = fixture.build(Tracking::On);
    let plain = fixture.build(Tracking::Off);

    let workers = thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let runs: Vec<Objects> = thread::scope(|scope| {
        let seeds = |worker| (worker..SEEDS).step_by(workers as usize);
        let run = |seed| compare(seed, &tracked, &plain);
        let threads: Vec<_> = (0..workers)
            .map(|worker| scope.spawn(move || seeds(worker).map(run).collect::<Vec<_>>()))
            .collect();
        let of_thread = |thread: thread::ScopedJoinHandle<'_, Vec<Objects>>| {
            thread
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        threads.into_iter().flat_map(of_thread).collect()
    });

    // The programs differ enough: many leak, some do not, some objects are held.
    let leaking = runs.iter().filter(|run| run.leaked > 0).count();
    let holding = runs.iter().filter(|run| run.held > 0).count();
    let mixed = runs
        .iter()
        .filter(|run| run.held > 0 && run.leaked > 0)
        .count();
    eprintln!("{SEEDS} programs: {leaking} leak, {holding} hold objects, {mixed} do both");
    assert!(leaking >= 20 && holding >= 10 && mixed >= 10, "{runs:?}");
}

/// Runs both builds with this seed.
fn compare(seed: u64, tracked: &Path, plain: &Path) -> Objects {
    let output = Command::new(tracked).arg(seed.to_string()).output();
    let output = output.expect("the fixture runs");
    assert!(output.status.success(), "seed {seed}:\n{}", text(&output));
    let alive = number(&text(&output), "alive ");
    let leaked = number(&text(&output), "leaked ");
    let by_us = Objects {
        held: alive - leaked,
        leaked,
    };

    let report = format!("valgrind-{}-{seed}.xml", std::process::id());
    let report = Path::new(env!("CARGO_TARGET_TMPDIR")).join(report);
    let output = Command::new("valgrind")
        .args([
            "--leak-check=full",
            "--show-leak-kinds=all",
            "--leak-resolution=high",
        ])
        .args(["--num-callers=40", "--error-limit=no", "--xml=yes"])
        .arg(format!("--xml-file={}", report.display()))
        .arg(plain)
        .arg(seed.to_string())
        .output()
        .expect("valgrind runs");
    let printed = text(&output);
    let xml = std::fs::read_to_string(&report).unwrap_or_default();
    let _ = std::fs::remove_file(&report);
    assert!(
        output.status.success() && !xml.is_empty(),
        "seed {seed}:\n{printed}"
    );
    assert_eq!(
        number(&printed, "alive "),
        alive,
        "seed {seed}: the builds do not do the same"
    );
    let by_valgrind = blocks(&xml);
    assert_eq!(by_us, by_valgrind, "seed {seed}: objgraph, then valgrind");
    by_us
}

/// Counts the blocks of `Rc`s in a report of valgrind.
fn blocks(xml: &str) -> Objects {
    let mut objects = Objects { held: 0, leaked: 0 };
    for record in xml.split("<error>").skip(1) {
        let kind = between(record, "<kind>", "</kind>");
        let bytes = own_bytes(between(record, "<xwhat>", "</text>"));
        let blocks = number(record, "<leakedblocks>");
        if bytes != blocks * BLOCK {
            continue;
        }
        match kind {
            "Leak_DefinitelyLost" | "Leak_IndirectlyLost" => objects.leaked += blocks,
            "Leak_StillReachable" => objects.held += blocks,
            _ => panic!("{kind} is no verdict on {blocks} objects:\n{record}"),
        }
    }
    objects
}

/// Returns the bytes of the blocks of a record, without those that are lost with them:
/// `1,208 bytes in 1 blocks are …`, or `2,640 (1,208 direct, 1,432 indirect) bytes in …`.
fn own_bytes(text: &str) -> u64 {
    let text = text.replace(',', "");
    if text.contains(" direct ") {
        number(&text, "(")
    } else {
        number(&text, "<text>")
    }
}

/// Returns the number after `label`.
fn number(text: &str, label: &str) -> u64 {
    let at = text
        .find(label)
        .unwrap_or_else(|| panic!("no `{label}` in:\n{text}"));
    let rest = &text[at + label.len()..];
    let end = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    rest[..end]
        .parse()
        .unwrap_or_else(|_| panic!("no number after `{label}` in:\n{text}"))
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    let found = text
        .split_once(start)
        .and_then(|(_, rest)| rest.split_once(end));
    found.map_or("", |(found, _)| found)
}
