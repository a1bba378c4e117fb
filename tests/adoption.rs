//! Crates of users, with lints that no crate here sets, derive `Tracked` and build.

mod nested_cargo;

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
