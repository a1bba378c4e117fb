//! Runs tests that need a process of their own: its exit, and the end of its main thread.

use std::process::{Command, Output};

/// Variable with the name of the test that a child process runs.
const WHICH: &str = "OBJGRAPH_TRUST_CHILD";

/// Returns whether [`run`] started this process for the test of this name.
pub fn is_child(test: &str) -> bool {
    std::env::var(WHICH).is_ok_and(|name| name == test)
}

/// Returns the command that runs a test of this binary in a process of its own.
pub fn child(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(WHICH, test);
    command
}

/// Runs a test of this binary in a process of its own, which must succeed, and returns its output.
pub fn run(test: &str) -> String {
    run_with(test, |_| ())
}

/// Runs a test like [`run`], and configures the process before.
pub fn run_with(test: &str, prepare: impl FnOnce(&mut Command)) -> String {
    let mut command = child(test);
    prepare(&mut command);
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    let text = String::from_utf8_lossy(&stdout).into_owned();
    let errors = String::from_utf8_lossy(&stderr);
    assert!(status.success(), "{test}: {status}\n{text}\n{errors}");
    text + &errors
}
