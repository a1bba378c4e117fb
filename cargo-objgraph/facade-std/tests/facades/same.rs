//! What programs do with std, they do with the facades.

use std::path::Path;
use std::process::{Command, Output};

use crate::build::{Facades, NIGHTLY, STABLE, compile};

fn output(program: &Path) -> Output {
    let mut command = Command::new(program);
    command
        .env_remove("OBJGRAPH_RUN")
        .env_remove("OBJGRAPH_RECORD");
    command.output().expect("the program can be started")
}

/// Compiles a program with std and with the facades, and compares what it prints and its status.
#[track_caller]
fn assert_same(name: &str, edition: &str, facades: &Facades) {
    let expected = output(&compile(name, edition, None, &[]));
    let found = output(&compile(name, edition, Some(facades), &[]));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let expected_text = text(&expected.stdout).replace("alloc::", "");
    assert_eq!(
        text(&found.stdout).replace("alloc::", ""),
        expected_text,
        "{name}, edition {edition}"
    );
    assert_eq!(found.status, expected.status, "{name}, edition {edition}");
    assert!(!expected.stdout.is_empty());
}

#[test]
fn every_edition() {
    for edition in ["2015", "2018", "2021", "2024"] {
        assert_same("everywhere", edition, &STABLE);
        assert_same("everywhere", edition, &NIGHTLY);
    }
}

#[test]
fn newer_items() {
    for edition in ["2021", "2024"] {
        assert_same("modern", edition, &STABLE);
        assert_same("modern", edition, &NIGHTLY);
    }
}

#[test]
fn a_crate_without_std() {
    for edition in ["2015", "2021", "2024"] {
        for facades in [None, Some(&*STABLE), Some(&*NIGHTLY)] {
            compile("no_std", edition, facades, &[]);
        }
        assert_same("uses_no_std", edition, &STABLE);
        assert_same("uses_no_std", edition, &NIGHTLY);
    }
}

#[test]
fn coercions_receivers_and_wakers() {
    assert_same("nightly", "2021", &NIGHTLY);
    assert_same("nightly", "2024", &NIGHTLY);
}
