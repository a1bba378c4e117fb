//! What can only be tried in a process of its own: its exit, and the end of its main thread.

use std::process::{Command, Output};

/// Which of the tests that are a child's is meant.
const WHICH: &str = "OBJGRAPH_TRUST_CHILD";

/// Whether this process was made by [`run`] for the test of this name.
pub fn is_child(test: &str) -> bool {
    std::env::var(WHICH).is_ok_and(|name| name == test)
}

/// Runs a test of this binary in a process of its own, and gives what it wrote; it must end well.
pub fn run(test: &str) -> String {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(WHICH, test)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&stdout).into_owned();
    let errors = String::from_utf8_lossy(&stderr);
    assert!(status.success(), "{test}: {status}\n{text}\n{errors}");
    text + &errors
}
