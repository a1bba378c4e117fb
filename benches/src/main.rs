//! What tracking costs, measured against what else one could run. `README.md` tells how.

mod alone;
mod clock;
mod command;
mod compile;
mod known_misses;
mod measured;
mod memory;
mod print;
mod program;
mod rows;
mod samples;
mod shape;
mod subjects;

use std::io::{self, Write};
use std::process::ExitCode;

use command::{Command, Compare};
use known_misses::KnownMisses;
use measured::Outcome;
use program::Trouble;
use rows::Scope;

fn main() -> ExitCode {
    match Command::of(std::env::args().skip(1)) {
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
    rows.retain(|row| options.asks_for(row.name));
    if rows.is_empty() {
        let _ = writeln!(io::stderr(), "no row has that in its name; there are:");
        for row in rows::rows(scope) {
            let _ = writeln!(io::stderr(), "  {}", row.name);
        }
        return ExitCode::from(2);
    }
    let outcomes = measured::measure(rows, options, &KnownMisses::ours());
    let mut out = io::stdout().lock();
    let written = if options.json {
        writeln!(out, "{:#}", print::json::list(&outcomes))
    } else {
        print::table::write(&mut out, &outcomes)
    };
    if written.is_err() {
        return ExitCode::FAILURE;
    }
    let broken: Vec<_> = outcomes
        .iter()
        .filter_map(|o| broken(o, options.quick))
        .collect();
    for broken in &broken {
        let _ = writeln!(io::stderr(), "{broken}");
    }
    ExitCode::from(u8::from(!broken.is_empty()))
}

/// What is wrong with a row, so that the command fails: it could not be measured, or, with
/// `--quick`, it is out of bounds.
fn broken(outcome: &Outcome, quick: bool) -> Option<String> {
    let tools = std::env::var_os("OBJGRAPH_REQUIRE_TOOLS").is_some_and(|value| value == "1");
    let name = outcome.row.name;
    match &outcome.result {
        Ok(measured) if quick && !measured.within => Some(format!(
            "{name}: {:.4} is out of bounds, which are {:.4}",
            measured.ratio, measured.bound
        )),
        Err(trouble @ Trouble::Failed(_)) => Some(format!("{name}: {trouble}")),
        Err(trouble @ Trouble::Missing(_)) if tools => Some(format!("{name}: {trouble}")),
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
    // What the subject left in memory need not be freed.
    std::process::exit(i32::from(!written))
}
