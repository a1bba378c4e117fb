//! What can only be tried in a process of its own: its exit, and the end of its main thread.

use std::process::{Command, Output};

/// Which of the tests that are a child's is meant.
const WHICH: &str = "OBJGRAPH_TRUST_CHILD";

/// Whether this process was made by [`run`] for the test of this name.
pub fn is_child(test: &str) -> bool {
    std::env::var(WHICH).is_ok_and(|name| name == test)
}

/// The command for a test of this binary in a process of its own.
pub fn child(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(WHICH, test);
    command
}

/// Runs a test of this binary in a process of its own, and gives what it wrote; it must end well.
pub fn run(test: &str) -> String {
    run_with(test, |_| ())
}

/// The same, with more to say of the process.
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
