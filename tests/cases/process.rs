//! Runs a test again, in a process of its own.

use std::process::Command;

/// Set in the child process to the name of the test that it runs.
const CASE: &str = "OBJGRAPH_CASE";

/// What a case printed in its own process.
#[derive(Debug)]
pub(crate) struct ProcessOutput {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) succeeded: bool,
}

/// Runs `case` in a process of its own and returns what it printed; returns `None` in that process.
///
/// `test` is the path of the calling test in this program, such as `reports::growth`.
///
/// # Panics
///
/// If the process cannot be started.
pub(crate) fn run(test: &str, case: impl FnOnce()) -> Option<ProcessOutput> {
    run_with(test, &[], case)
}

/// As [`run`], with these environment variables set in the process.
pub(crate) fn run_with(
    test: &str,
    variables: &[(&str, &str)],
    case: impl FnOnce(),
) -> Option<ProcessOutput> {
    if is_child(test) {
        case();
        return None;
    }
    Some(print(test, command(test).envs(variables.iter().copied())))
}

/// As [`run_with`], where the harness does not say that one test runs at a time.
pub(crate) fn run_side_by_side(
    test: &str,
    variables: &[(&str, &str)],
    case: impl FnOnce(),
) -> Option<ProcessOutput> {
    if is_child(test) {
        case();
        return None;
    }
    let mut command = bare_command(test);
    command.arg("--test-threads=2");
    Some(print(test, command.envs(variables.iter().copied())))
}

fn print(test: &str, command: &mut Command) -> ProcessOutput {
    let output = command.output().expect("this program starts again");
    let printed = ProcessOutput {
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        succeeded: output.status.success(),
    };
    assert!(
        printed.stdout.contains("running 1 test"),
        "no test is called {test}: {printed:?}"
    );
    printed
}

/// Whether this process was started to run the test alone.
pub(crate) fn is_child(test: &str) -> bool {
    std::env::var(CASE).is_ok_and(|running| running == test)
}

/// Returns the command that runs the test in a process of its own.
///
/// # Panics
///
/// If the path of this program is not known.
pub(crate) fn command(test: &str) -> Command {
    let mut command = bare_command(test);
    command.arg("--test-threads=1");
    command
}

fn bare_command(test: &str) -> Command {
    let program = std::env::current_exe().expect("the path of this program");
    let mut command = Command::new(program);
    command
        .args(["--exact", test, "--nocapture"])
        .env(CASE, test);
    command
}

/// Runs `case` in a process of its own, where it must succeed.
///
/// # Panics
///
/// If the case panics or aborts, with all that it printed.
pub(crate) fn succeeds(test: &str, case: impl FnOnce()) {
    if let Some(printed) = run(test, case) {
        assert!(
            printed.succeeded,
            "{test} failed:\n{}{}",
            printed.stdout, printed.stderr
        );
    }
}
