//! Crates of users, with lints that no crate here sets, derive `Tracked` and build. The compiler
//! and clippy give the same warnings as without the derive.
// recount: no, it builds crates of users.

mod nested_cargo;

use std::path::Path;
use std::process::Command;

use nested_cargo::{Fixture, Tracking, cargo, has_tool, text};

#[test]
fn a_crate_that_forbids_unsafe_code() {
    let fixture = Fixture::new("forbids_unsafe");
    for tracking in [Tracking::On, Tracking::Off] {
        let output = Command::new(fixture.build(tracking))
            .output()
            .expect("it runs");
        assert!(
            output.status.success(),
            "tracking {tracking:?}:\n{}",
            text(&output)
        );
    }
}

#[test]
fn a_crate_that_denies_lints() {
    let fixture = Fixture::new("denies_lints");
    fixture.cargo(&["build"], Tracking::On, &[]);
    fixture.cargo(&["build"], Tracking::Off, &[]);
    if has_tool("clippy", cargo(), &["clippy", "--version"]) {
        fixture.cargo(&["clippy"], Tracking::On, &["--", "-D", "warnings"]);
        fixture.cargo(&["clippy"], Tracking::Off, &["--", "-D", "warnings"]);
    }
}

/// Returns the warnings about the fixture `derives_dead_code`, each as its place and text.
fn dead_code(arguments: &[&str]) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/derives_dead_code");
    let output = Command::new(cargo())
        .args(["build", "--message-format", "short"])
        .args(arguments)
        .arg("--target-dir")
        .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("fixtures"))
        .current_dir(folder)
        .env_remove("CARGO_BUILD_TARGET")
        .env_remove("RUSTFLAGS")
        .env("CARGO_TERM_COLOR", "never")
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", text(&output));
    let output = text(&output);
    let warnings = output.lines().filter(|line| line.starts_with("src"));
    warnings.map(str::to_owned).collect()
}

#[test]
fn dead_code_is_reported_as_without_the_derive() {
    drop(Fixture::new("derives_dead_code"));
    let without = dead_code(&[]);
    assert!(without.len() > 8, "{without:#?}");
    let on = dead_code(&["--features", "derive"]);
    assert_eq!(without, on, "without the derive, and with it");
    let off = dead_code(&["--features", "derive", "--release"]);
    assert_eq!(on, off, "with tracking, and without");
}

#[test]
fn expansions_pass_under_lints_that_are_denied() {
    let fixture = Fixture::new("derives_pedantic");
    for tracking in [Tracking::On, Tracking::Off] {
        fixture.cargo(&["build"], tracking, &[]);
        if has_tool("clippy", cargo(), &["clippy", "--version"]) {
            fixture.cargo(&["clippy"], tracking, &["--", "-D", "warnings"]);
        }
    }
}
