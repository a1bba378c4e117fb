//! Runs commands, and finds the folders that they need.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Why there is no number.
#[derive(Clone, Debug)]
pub(crate) enum MeasureError {
    /// It was not requested, or is not available.
    NotMeasured(String),
    /// A tool is not installed.
    Missing(&'static str),
    /// A program failed.
    Failed(String),
}

impl MeasureError {
    /// The error for a program that ran and did not print the number.
    pub(crate) fn no_number() -> Self {
        Self::NotMeasured("no number".to_owned())
    }
}

impl fmt::Display for MeasureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotMeasured(why) => f.write_str(why),
            Self::Missing(tool) => write!(f, "{tool} is not installed"),
            Self::Failed(how) => f.write_str(how),
        }
    }
}

impl From<io::Error> for MeasureError {
    fn from(error: io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Returns the output of a command that succeeds, and otherwise an error with the last line that it
/// wrote.
pub(crate) fn output(command: &mut Command) -> Result<Output, MeasureError> {
    let name = PathBuf::from(command.get_program());
    let name = name
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let output = command
        .output()
        .map_err(|error| MeasureError::Failed(format!("{name}: {error}")))?;
    if output.status.success() {
        return Ok(output);
    }
    let written = String::from_utf8_lossy(&output.stderr);
    let last = written.lines().rfind(|line| !line.trim().is_empty());
    let last = last.unwrap_or("it wrote nothing");
    Err(MeasureError::Failed(format!(
        "{name}: {last} ({})",
        output.status
    )))
}

/// Returns the folder of this package.
pub(crate) fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the cargo that runs this program, or the one in `PATH`.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Returns the folder for what this program builds, inside the target folder that contains this
/// program.
pub(crate) fn own_target() -> io::Result<PathBuf> {
    let own = std::env::current_exe()?;
    // The program is in a folder named after the profile.
    let target = own.ancestors().nth(2).unwrap_or(&own);
    Ok(target.join("objgraph-bench"))
}
