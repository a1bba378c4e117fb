//! The command as a wrapper of rustc and rustdoc.
//!
//! Cargo calls it for every crate of a build (`RUSTC_WRAPPER`) and for documentation tests
//! (`RUSTDOC`). An instrumented crate depends on the facade of std, and the compiler accepts that
//! facade in place of std.

use std::env;
use std::ffi::{OsStr, OsString};
use std::process::{Command, ExitCode};

/// Set for the builds of the command: that this process is a wrapper.
pub(crate) const IS_WRAPPER: &str = "OBJGRAPH_WRAPPER";
/// The wrapper of the user, which runs below this one.
pub(crate) const INNER: &str = "OBJGRAPH_INNER_WRAPPER";
/// The user's rustdoc.
pub(crate) const RUSTDOC: &str = "OBJGRAPH_RUSTDOC";
/// Whether unstable features are used on a stable compiler.
pub(crate) const BOOTSTRAP: &str = "OBJGRAPH_BOOTSTRAP";
/// Whether unstable features are used.
pub(crate) const UNSTABLE: &str = "OBJGRAPH_UNSTABLE";

/// The crates whose source is part of objgraph, which use unstable features themselves.
const OWN_CRATES: [&str; 2] = ["objgraph_core", "objgraph"];

/// Runs the compiler or rustdoc with the arguments of this process.
pub(crate) fn run() -> ExitCode {
    let args: Vec<OsString> = env::args_os().skip(1).collect();
    let is_rustdoc = args
        .first()
        .is_none_or(|first| first.to_string_lossy().starts_with('-') || ends_with(first, ".rs"));
    let mut command = match is_rustdoc {
        true => {
            let program = env::var_os(RUSTDOC).unwrap_or_else(|| "rustdoc".into());
            let mut command = Command::new(program);
            command.args(&args);
            command
        }
        false => {
            let inner = env::var_os(INNER).filter(|inner| !inner.is_empty());
            let mut command = match inner {
                Some(inner) => {
                    let mut command = Command::new(inner);
                    command.arg(&args[0]);
                    command
                }
                None => Command::new(&args[0]),
            };
            command.args(&args[1..]);
            command
        }
    };
    let is_unstable = env::var_os(UNSTABLE).is_some();
    let extra = extra(&args, is_unstable);
    if is_unstable && env::var_os(BOOTSTRAP).is_some() && needs_unstable(&args) {
        command.env("RUSTC_BOOTSTRAP", "1");
    }
    command.args(extra);
    for name in [IS_WRAPPER, INNER, RUSTDOC, BOOTSTRAP, UNSTABLE] {
        command.env_remove(name);
    }
    replace(command)
}

#[cfg(unix)]
#[allow(clippy::print_stderr, reason = "it is what the command says")]
fn replace(mut command: Command) -> ExitCode {
    use std::os::unix::process::CommandExt as _;
    let error = command.exec();
    eprintln!(
        "error: cannot run {}: {error}",
        command.get_program().display()
    );
    ExitCode::from(101)
}

#[cfg(not(unix))]
#[allow(clippy::print_stderr, reason = "it is what the command says")]
fn replace(mut command: Command) -> ExitCode {
    match command.status() {
        Ok(status) => ExitCode::from(
            status
                .code()
                .and_then(|code| code.try_into().ok())
                .unwrap_or(101),
        ),
        Err(error) => {
            eprintln!(
                "error: cannot run {}: {error}",
                command.get_program().display()
            );
            ExitCode::from(101)
        }
    }
}

fn ends_with(arg: &OsStr, end: &str) -> bool {
    arg.to_string_lossy().ends_with(end)
}

/// Returns the path of the library that is passed as `--extern NAME=PATH`.
fn extern_path(args: &[OsString], name: &str) -> Option<String> {
    args.iter().find_map(|arg| {
        let arg = arg.to_str()?;
        Some(arg.strip_prefix(name)?.strip_prefix('=')?.to_owned())
    })
}

/// Returns whether a crate is instrumented: its manifest in the copy depends on the facade. The
/// facades depend on each other by other names.
fn is_instrumented(args: &[OsString]) -> bool {
    extern_path(args, "objgraph_std").is_some()
}

fn needs_unstable(args: &[OsString]) -> bool {
    let name = args
        .iter()
        .position(|arg| arg == "--crate-name")
        .and_then(|at| args.get(at + 1)?.to_str());
    is_instrumented(args) || name.is_some_and(|name| OWN_CRATES.contains(&name))
}

/// Returns the arguments that instrument a crate.
fn extra(args: &[OsString], is_unstable: bool) -> Vec<String> {
    if !is_instrumented(args) {
        return Vec::new();
    }
    let mut extra = Vec::new();
    for (facade, name) in [("objgraph_std", "std"), ("objgraph_alloc", "alloc")] {
        if let Some(path) = extern_path(args, facade) {
            extra.push("--extern".to_owned());
            extra.push(format!("{name}={path}"));
        }
    }
    if !args
        .iter()
        .any(|arg| arg.to_string_lossy().starts_with("--cap-lints"))
    {
        extra.push("--cap-lints".to_owned());
        extra.push("allow".to_owned());
    }
    if is_unstable {
        extra.push("-Zcrate-attr=feature(arbitrary_self_types)".to_owned());
    }
    extra
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extra_of(line: &str, is_unstable: bool) -> String {
        let args: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        extra(&args, is_unstable).join(" ")
    }

    #[test]
    fn a_crate_with_the_facade_gets_it_as_std() {
        let line = "rustc --crate-name a --extern objgraph_alloc=/x/a.rlib --extern objgraph_std=/x/s.rlib";
        assert_eq!(
            extra_of(line, false),
            "--extern std=/x/s.rlib --extern alloc=/x/a.rlib --cap-lints allow"
        );
    }

    #[test]
    fn other_crates_are_compiled_as_they_are() {
        assert_eq!(
            extra_of("rustc --crate-name a --extern serde=/x/s.rlib", true),
            ""
        );
        assert_eq!(extra_of("rustc -vV", true), "");
    }

    #[test]
    fn lints_are_capped_once() {
        let line = "rustc --cap-lints warn --extern objgraph_std=/s";
        assert_eq!(extra_of(line, false), "--extern std=/s");
    }
}
