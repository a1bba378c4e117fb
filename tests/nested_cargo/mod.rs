//! Runs cargo on a crate under `tests/fixtures`.
//!
//! Such a crate is a workspace of its own, so that it is built like a user's. All of them share a
//! target folder below the one of this workspace, and the versions of its lock file.

#![allow(
    dead_code,
    clippy::print_stderr,
    reason = "each test uses what it needs"
)]

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The profile of a build, which decides whether objgraph tracks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tracking {
    /// The profile `dev`.
    On,
    /// The profile `release`.
    Off,
}

/// A crate under `tests/fixtures`.
#[derive(Debug)]
pub(crate) struct Fixture {
    folder: PathBuf,
}

impl Fixture {
    /// Returns the crate in the folder of this name.
    pub(crate) fn new(name: &str) -> Self {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = workspace.join("tests/fixtures").join(name);
        if let Ok(lock) = std::fs::read(workspace.join("Cargo.lock")) {
            replace(&folder.join("Cargo.lock"), &lock);
        }
        Self { folder }
    }

    /// Runs a command of cargo.
    ///
    /// # Panics
    ///
    /// If the command fails, with everything that it printed.
    pub(crate) fn cargo(&self, command: &[&str], tracking: Tracking, rest: &[&str]) {
        let profile: &[&str] = match tracking {
            Tracking::On => &[],
            Tracking::Off => &["--release"],
        };
        let output = Command::new(cargo())
            .args(command)
            .args(profile)
            .arg("--target-dir")
            .arg(target())
            .args(rest)
            .current_dir(&self.folder)
            .env_remove("CARGO_BUILD_TARGET")
            .env("CARGO_TERM_COLOR", "never")
            .output()
            .expect("cargo runs");
        assert!(
            output.status.success(),
            "cargo {} failed in {} with tracking {tracking:?}:\n{}",
            command.join(" "),
            self.folder.display(),
            text(&output),
        );
    }

    /// Builds the crate, and returns the path of its program.
    pub(crate) fn build(&self, tracking: Tracking) -> PathBuf {
        self.cargo(&["build"], tracking, &[]);
        let profile = match tracking {
            Tracking::On => "debug",
            Tracking::Off => "release",
        };
        let name = self
            .folder
            .file_name()
            .expect("a fixture's folder has a name");
        let program = target().join(profile).join(name);
        program.with_extension(std::env::consts::EXE_EXTENSION)
    }
}

/// Writes a file that other processes may be reading: they see the old one or the new one, whole.
fn replace(path: &Path, content: &[u8]) {
    let folder = path.parent().expect("a file is in a folder");
    let mut file = tempfile::NamedTempFile::new_in(folder).expect("the folder can be written");
    file.write_all(content).expect("the file can be written");
    file.persist(path).expect("the file can be replaced");
}

/// Returns whether a tool is installed, by running it. If not, prints that the test is skipped, or
/// fails with `OBJGRAPH_REQUIRE_TOOLS=1`.
///
/// # Panics
///
/// If the tool is missing and required.
pub(crate) fn has_tool<S: AsRef<OsStr>>(name: &str, program: S, version: &[&str]) -> bool {
    let found = Command::new(program).args(version).output();
    if found.is_ok_and(|output| output.status.success()) {
        return true;
    }
    let required = std::env::var_os("OBJGRAPH_REQUIRE_TOOLS").is_some_and(|value| value == "1");
    assert!(!required, "{name} is missing, and OBJGRAPH_REQUIRE_TOOLS=1");
    // The harness captures `eprintln!` of a test that passes.
    let _ = writeln!(std::io::stderr(), "skipped: {name} is not installed");
    false
}

/// Returns the cargo that runs this test.
pub(crate) fn cargo() -> PathBuf {
    std::env::var_os("CARGO").map_or_else(|| "cargo".into(), PathBuf::from)
}

/// Returns what a program printed.
pub(crate) fn text(output: &Output) -> String {
    let streams = [&output.stdout, &output.stderr];
    streams
        .map(|stream| String::from_utf8_lossy(stream))
        .concat()
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("fixtures")
}
