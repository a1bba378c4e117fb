//! `cargo objgraph run` and `cargo objgraph test`.

use std::io;
use std::path::Path;
use std::process::{Command, ExitCode, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::cargo::{program, say};
use crate::cli::{FailOn, Instrumented};
use crate::copy::Copy;
use crate::error::Error;
use crate::explain::explain;
use crate::findings::Findings;
use crate::github::Step;
use crate::report;
use crate::session::Session;

/// Where the program writes its reports; read by the runtime of objgraph.
const RUN: &str = "OBJGRAPH_RUN";
/// Where tests write what they found; read by `#[objgraph::test]`.
const RECORD: &str = "OBJGRAPH_RECORD";

/// That tests are run by this command; read by `#[objgraph::test]`.
const COMMAND: &str = "OBJGRAPH_COMMAND";

/// Runs the program.
pub(crate) fn run(options: &Instrumented) -> Result<ExitCode, Error> {
    let mut session = Session::new(options)?;
    let built = session.build(&["build"])?;
    report::built(&session.copy, &built);
    if options.explain {
        explain(&session.copy);
    }
    let folder = session.findings()?;
    let mut command = session.cargo.command("run")?;
    command.arg("--quiet").arg("--").args(&options.rest);
    let status = execute(&mut command, &folder)?;
    let findings = Findings::read(&folder)?;
    report::program(&session.copy, &findings, options.json);
    annotate(&session.copy, &findings, options)?;
    Ok(code(status, &findings, options.fail_on))
}

/// Runs the tests.
pub(crate) fn test(options: &Instrumented) -> Result<ExitCode, Error> {
    let mut session = Session::new(options)?;
    let is_only_built = options.has_cargo_flag("--no-run");
    let built = match is_only_built {
        true => session.build(&["test"])?,
        false => session.build(&["test", "--no-run"])?,
    };
    report::built(&session.copy, &built);
    if options.explain {
        explain(&session.copy);
    }
    if is_only_built {
        return Ok(ExitCode::SUCCESS);
    }
    let folder = session.findings()?;
    let mut command = session.cargo.command("test")?;
    command.arg("--").args(&options.rest);
    let status = execute(&mut command, &folder)?;
    let findings = Findings::read(&folder)?;
    report::tests(&session.copy, &findings, options.json);
    annotate(&session.copy, &findings, options)?;
    Ok(code(status, &findings, options.fail_on))
}

/// Reports to GitHub, in a step of a workflow. With `--json`, standard output is for the data.
fn annotate(copy: &Copy, findings: &Findings, options: &Instrumented) -> Result<(), Error> {
    let text = report::text(copy, findings);
    let mut out: Box<dyn io::Write> = match options.json {
        true => Box::new(io::stderr()),
        false => Box::new(io::stdout()),
    };
    Step::now()
        .report(copy, findings, &text, options.fail_on, &mut out)
        .map_err(|error| Error::io("the report for GitHub", error))
}

/// Runs a command to its end. Ctrl-C is for the program, which reports and ends.
fn execute(command: &mut Command, findings: &Path) -> Result<ExitStatus, Error> {
    #[cfg(unix)]
    signal_hook::flag::register(
        signal_hook::consts::SIGINT,
        Arc::new(AtomicBool::new(false)),
    )
    .map_err(|error| Error::io("SIGINT", error))?;
    command.env(RUN, findings).env(RECORD, findings);
    command.env(COMMAND, "1");
    let mut child = command
        .spawn()
        .map_err(|error| Error::io(program(), error))?;
    if cfg!(unix) {
        say("Running", &format!("process {}", child.id()));
    }
    child.wait().map_err(|error| Error::io(program(), error))
}

/// Returns the status to exit with: that of the program if it failed, else 1 if there are findings.
fn code(status: ExitStatus, findings: &Findings, fail_on: FailOn) -> ExitCode {
    match status.code() {
        Some(0) if findings.fails(fail_on) => ExitCode::from(1),
        Some(0) => ExitCode::SUCCESS,
        Some(code) => ExitCode::from(u8::try_from(code).unwrap_or(1)),
        // Ctrl-C is how a service ends: what it reported decides.
        None if signal(status) == INTERRUPT && findings.has_report() => {
            ExitCode::from(u8::from(findings.fails(fail_on)))
        }
        None => ExitCode::from(128 + signal(status)),
    }
}

/// The number of SIGINT.
const INTERRUPT: u8 = 2;

#[cfg(unix)]
fn signal(status: ExitStatus) -> u8 {
    use std::os::unix::process::ExitStatusExt as _;
    status
        .signal()
        .and_then(|signal| u8::try_from(signal).ok())
        .unwrap_or(0)
}

#[cfg(not(unix))]
fn signal(_: ExitStatus) -> u8 {
    0
}
