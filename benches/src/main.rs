//! Measures what tracking costs, against what users could run instead; see `README.md`.

mod alone;
mod clock;
mod command;
mod compile;
mod known_misses;
mod memory;
mod outcome;
mod print;
mod process;
mod program;
mod row;
mod rows;
mod samples;
mod shape;
mod subjects;

use std::io::{self, Write};
use std::process::ExitCode;

use command::{Command, Compare};
use known_misses::KnownMisses;
use outcome::Outcome;
use process::MeasureError;
use row::Scope;

fn main() -> ExitCode {
    match Command::parse(std::env::args().skip(1)) {
        Ok(Command::Compare(options)) => compare(&options),
        Ok(Command::Measure { subject, n }) => measure(&subject, n),
        Err(usage) => {
            let _ = writeln!(io::stderr(), "{usage}");
            ExitCode::from(2)
        }
    }
}

/// Prints the table.
fn compare(options: &Compare) -> ExitCode {
    let scope = Scope {
        quick: options.quick,
        compile: options.compile,
    };
    let mut rows = rows::rows(scope);
    rows.retain(|row| options.selects(row.name));
    if rows.is_empty() {
        let _ = writeln!(io::stderr(), "no row has that in its name; there are:");
        for row in rows::rows(scope) {
            let _ = writeln!(io::stderr(), "  {}", row.name);
        }
        return ExitCode::from(2);
    }
    let outcomes = outcome::measure(rows, options, &KnownMisses::ours());
    let mut out = io::stdout().lock();
    let written = if options.json {
        writeln!(out, "{:#}", print::json::list(&outcomes))
    } else {
        print::table::write(&mut out, &outcomes)
    };
    if written.is_err() {
        return ExitCode::FAILURE;
    }
    let failures: Vec<_> = outcomes
        .iter()
        .filter_map(|o| failure_of(o, options.quick))
        .collect();
    for failure in &failures {
        let _ = writeln!(io::stderr(), "{failure}");
    }
    ExitCode::from(u8::from(!failures.is_empty()))
}

/// Returns why a row makes the command fail: it could not be measured or, with `--quick`, is out of
/// bounds.
fn failure_of(outcome: &Outcome, quick: bool) -> Option<String> {
    let tools = std::env::var_os("OBJGRAPH_REQUIRE_TOOLS").is_some_and(|value| value == "1");
    let name = outcome.row.name;
    match &outcome.result {
        Ok(measured) if quick && !measured.within => Some(format!(
            "{name}: {:.4} is out of bounds, which are {:.4}",
            measured.ratio, measured.bound
        )),
        Err(trouble @ MeasureError::Failed(_)) => Some(format!("{name}: {trouble}")),
        Err(trouble @ MeasureError::Missing(_)) if tools => Some(format!("{name}: {trouble}")),
        _ => None,
    }
}

/// Prints the readings of one subject.
fn measure(subject: &str, n: usize) -> ExitCode {
    let Some(readings) = subjects::measure(subject, n) else {
        let _ = writeln!(io::stderr(), "there is no subject {subject}");
        return ExitCode::from(2);
    };
    let mut out = io::stdout().lock();
    let mut lines = readings
        .iter()
        .map(|(key, value)| writeln!(out, "{key} {value:e}"));
    let written = lines.all(|line| line.is_ok());
    // Exits without freeing what the subject left in memory.
    std::process::exit(i32::from(!written))
}
