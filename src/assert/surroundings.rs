//! The environment of the run: variables, arguments, and folders for files.

use std::env;
use std::path::{Path, PathBuf};

/// The settings that the environment makes.
#[derive(Clone, Debug, Default)]
pub(super) struct Surroundings {
    /// `OBJGRAPH_REQUIRE=1`: an assertion that cannot check fails.
    pub(super) require: bool,
    /// `OBJGRAPH_STRICT=1`: an assertion that cannot prove what it asserts fails.
    pub(super) strict: bool,
    /// `OBJGRAPH_UPDATE=1`: the file of known leaks is rewritten.
    pub(super) update: bool,
    /// `OBJGRAPH_COMMAND=1`: `cargo objgraph` runs the tests, and advice is for those who run it.
    pub(super) command: bool,
    /// `OBJGRAPH_RECORD`: the folder in which tests record what they found, in place of failing.
    pub(super) record: Option<PathBuf>,
    /// Whether a step of a GitHub workflow runs.
    pub(super) github: bool,
    /// The folder in which that step checked out the repository.
    pub(super) workspace: Option<PathBuf>,
    /// The file for the summary of the job.
    pub(super) summary: Option<PathBuf>,
    /// Whether only one test at a time runs in this process.
    pub(super) alone: bool,
}

impl Surroundings {
    /// Reads the environment.
    pub(super) fn now() -> Self {
        let is_set = |name| env::var_os(name).is_some_and(|value| value == "1");
        let path = |name| {
            env::var_os(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        Self {
            require: is_set("OBJGRAPH_REQUIRE"),
            strict: is_set("OBJGRAPH_STRICT"),
            update: is_set("OBJGRAPH_UPDATE"),
            command: is_set("OBJGRAPH_COMMAND"),
            record: path("OBJGRAPH_RECORD"),
            github: env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true"),
            workspace: path("GITHUB_WORKSPACE"),
            summary: path("GITHUB_STEP_SUMMARY"),
            alone: env::var_os("NEXTEST_EXECUTION_MODE")
                .is_some_and(|mode| mode == "process-per-test")
                || one_thread(env::args().skip(1), env::var("RUST_TEST_THREADS").ok()),
        }
    }
}

/// Returns whether the harness of `cargo test` runs one test at a time, given its arguments and the
/// value of `RUST_TEST_THREADS`.
pub(super) fn one_thread(
    arguments: impl Iterator<Item = String>,
    variable: Option<String>,
) -> bool {
    let mut arguments = arguments.peekable();
    let mut threads = variable;
    while let Some(argument) = arguments.next() {
        if let Some(number) = argument.strip_prefix("--test-threads=") {
            threads = Some(number.to_owned());
        } else if argument == "--test-threads" {
            threads = arguments.peek().cloned();
        }
    }
    threads.is_some_and(|number| number == "1")
}

/// Returns cargo's target folder: the folder above this program that cargo has marked, else the one
/// that `CARGO_TARGET_DIR` names, else `target` in the package.
pub(super) fn target_folder(package: Option<&Path>) -> PathBuf {
    let is_marked = |folder: &&Path| {
        folder.join(".rustc_info.json").is_file() || folder.join("CACHEDIR.TAG").is_file()
    };
    let program = env::current_exe().ok();
    let above = program
        .as_deref()
        .and_then(|program| program.ancestors().skip(1).find(is_marked));
    let above = above.map(Path::to_path_buf);
    above
        .or_else(|| env::var_os("CARGO_TARGET_DIR").map(PathBuf::from))
        .unwrap_or_else(|| package.unwrap_or(Path::new("")).join("target"))
}

/// Returns the path, relative to the current folder if it is below that.
pub(super) fn short(path: &Path) -> String {
    let here = env::current_dir().ok();
    let below = here.and_then(|here| path.strip_prefix(here).ok().map(Path::to_path_buf));
    below
        .unwrap_or_else(|| path.to_path_buf())
        .display()
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_one_thread_is_recognised() {
        let is_one = |arguments: &[&str], variable: Option<&str>| {
            let arguments = arguments.iter().map(|&argument| argument.to_owned());
            one_thread(arguments, variable.map(str::to_owned))
        };
        assert!(is_one(&["--test-threads=1"], None));
        assert!(is_one(&["x", "--test-threads", "1"], None));
        assert!(is_one(&[], Some("1")));
        assert!(!is_one(&["--test-threads=4"], Some("1")));
        assert!(!is_one(&["--test-threads"], None) && !is_one(&["1"], None));
    }

    #[test]
    fn the_target_folder_is_that_of_this_program() {
        let target = target_folder(None);
        let program = env::current_exe().expect("this program has a path");
        assert!(program.starts_with(&target), "{target:?}");
    }
}
