//! Cargo, run on the copy.

use std::env;
use std::ffi::OsString;
use std::io::{BufReader, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use cargo_metadata::diagnostic::DiagnosticLevel;
use cargo_metadata::{CompilerMessage, Message};
use indicatif::{ProgressBar, ProgressStyle};

use crate::error::Error;
use crate::wrapper;

/// How cargo is called for the copy.
#[derive(Clone, Debug)]
pub(crate) struct Cargo {
    /// The manifest in the copy.
    pub(crate) manifest: PathBuf,
    /// The target folder of the copy.
    pub(crate) target: PathBuf,
    /// The user's options.
    pub(crate) options: Vec<OsString>,
    /// Whether unstable features are used, and whether the compiler is a stable one.
    pub(crate) is_unstable: bool,
    pub(crate) is_stable_compiler: bool,
}

/// What a build produced.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) time: Duration,
    /// The errors of the compiler; none if the build succeeded.
    pub(crate) errors: Vec<CompilerMessage>,
    /// The warnings of the compiler about imports without a use.
    pub(crate) unused_imports: Vec<CompilerMessage>,
    /// What cargo itself printed.
    pub(crate) output: String,
    pub(crate) has_succeeded: bool,
}

impl Cargo {
    /// Returns a call of cargo on the copy, with this command as the wrapper of the compiler. Cargo's
    /// current folder is the user's, so that its configuration is found.
    pub(crate) fn command(&self, subcommand: &str) -> Result<Command, Error> {
        let this = env::current_exe().map_err(|error| Error::io("cargo-objgraph", error))?;
        let mut command = Command::new(program());
        command
            .arg(subcommand)
            .arg("--manifest-path")
            .arg(&self.manifest)
            .args(&self.options)
            .env("CARGO_TARGET_DIR", &self.target)
            .env(wrapper::IS_WRAPPER, "1")
            .env(
                wrapper::INNER,
                env::var_os("RUSTC_WRAPPER").unwrap_or_default(),
            )
            .env(
                wrapper::RUSTDOC,
                env::var_os("RUSTDOC").unwrap_or_else(|| "rustdoc".into()),
            )
            .env("RUSTC_WRAPPER", &this)
            .env("RUSTDOC", &this);
        if self.is_unstable {
            command.env(wrapper::UNSTABLE, "1");
            if self.is_stable_compiler {
                command.env(wrapper::BOOTSTRAP, "1");
            }
        }
        Ok(command)
    }

    /// Builds the copy, and collects what the compiler says.
    pub(crate) fn build(&self, subcommand: &[&str], title: &str) -> Result<Built, Error> {
        let mut command = self.command(subcommand[0])?;
        command.args(&subcommand[1..]);
        Built::of(command, title)
    }
}

impl Built {
    /// Runs a command of cargo that builds, and collects what the compiler says.
    pub(crate) fn of(mut command: Command, title: &str) -> Result<Self, Error> {
        let started = Instant::now();
        command
            .arg("--message-format=json,json-diagnostic-rendered-ansi")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command
            .spawn()
            .map_err(|error| Error::io(program(), error))?;
        let progress = Progress::new(title);
        let status = child.stderr.take().expect("it is piped");
        let lines = thread::spawn(move || progress.follow(BufReader::new(status)));
        let mut errors = Vec::new();
        let mut unused_imports = Vec::new();
        let messages = BufReader::new(child.stdout.take().expect("it is piped"));
        for message in Message::parse_stream(messages) {
            if let Ok(Message::CompilerMessage(message)) = message {
                let level = message.message.level;
                if level == DiagnosticLevel::Error || level == DiagnosticLevel::Ice {
                    errors.push(message);
                } else if message
                    .message
                    .code
                    .as_ref()
                    .is_some_and(|code| code.code == "unused_imports")
                {
                    unused_imports.push(message);
                }
            }
        }
        let status = child.wait().map_err(|error| Error::io(program(), error))?;
        let output = lines.join().unwrap_or_default();
        Ok(Self {
            time: started.elapsed(),
            errors,
            unused_imports,
            output,
            has_succeeded: status.success(),
        })
    }
}

/// The cargo that called this command.
pub(crate) fn program() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// What the compiler is, by `rustc -vV`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compiler {
    Stable,
    Nightly,
}

impl Compiler {
    /// Asks the compiler that builds of the project use.
    pub(crate) fn of(project: &Path) -> Result<Self, Error> {
        let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let output = Command::new(&rustc)
            .arg("-vV")
            .current_dir(project)
            .output()
            .map_err(|error| Error::io(&rustc, error))?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        Ok(Self::from_version(&text))
    }

    fn from_version(text: &str) -> Self {
        let release = text.lines().find_map(|line| line.strip_prefix("release: "));
        match release
            .is_some_and(|release| release.contains("-nightly") || release.contains("-dev"))
        {
            true => Self::Nightly,
            false => Self::Stable,
        }
    }
}

/// A line on the terminal that shows what cargo is doing.
#[derive(Debug)]
struct Progress {
    bar: ProgressBar,
}

impl Progress {
    fn new(title: &str) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self {
                bar: ProgressBar::hidden(),
            };
        }
        let bar = ProgressBar::new_spinner();
        let style = ProgressStyle::with_template("{prefix:>12.green.bold} {wide_msg}");
        bar.set_style(style.expect("the template is valid"));
        bar.set_prefix(title.to_owned());
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar }
    }

    /// Shows the crate that is being compiled, and returns everything that cargo printed.
    fn follow(self, lines: impl std::io::BufRead) -> String {
        let mut all = String::new();
        let mut count = 0;
        for line in lines.lines().map_while(Result::ok) {
            let line_text = line.trim_start();
            if let Some(name) = line_text.strip_prefix("Compiling ") {
                count += 1;
                let name = name.split(" (").next().unwrap_or(name);
                self.bar.set_message(format!("{count} crates: {name}"));
            } else if line_text.starts_with("Blocking") || line_text.starts_with("Download") {
                self.bar.set_message(line_text.to_owned());
            }
            all.push_str(&line);
            all.push('\n');
        }
        self.bar.finish_and_clear();
        all
    }
}

/// Prints a line in the manner of cargo: `   Repairing …`.
#[allow(clippy::print_stderr, reason = "it is what the command says")]
pub(crate) fn say(verb: &str, text: &str) {
    let style = anstyle::AnsiColor::Green.on_default().bold();
    anstream::eprintln!("{style}{verb:>12}{style:#} {text}");
}

/// Prints a warning in the manner of cargo.
#[allow(clippy::print_stderr, reason = "it is what the command says")]
pub(crate) fn warn(text: &str) {
    let style = anstyle::AnsiColor::Yellow.on_default().bold();
    anstream::eprintln!("{style}warning{style:#}: {text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compiler_is_known_by_its_release() {
        let nightly = "rustc 1.97.0-nightly (abc 2026-05-01)\nrelease: 1.97.0-nightly\n";
        assert_eq!(Compiler::from_version(nightly), Compiler::Nightly);
        assert_eq!(
            Compiler::from_version("rustc 1.95.0\nrelease: 1.95.0\n"),
            Compiler::Stable
        );
        assert_eq!(Compiler::from_version(""), Compiler::Stable);
    }
}
