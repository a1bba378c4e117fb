//! The report for people.

use std::fmt::Write as _;

use crate::findings::growth_table;
use crate::report::{Reason, Report};

/// Writes the report: a line on when, what grew, what leaked, and the files.
pub(crate) fn text(report: &Report, leaks: &str) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write(&mut out, report, leaks);
    out
}

fn write(out: &mut String, report: &Report, leaks: &str) -> std::fmt::Result {
    let when = match report.reason {
        Reason::End => "at the end of `main`",
        Reason::Panic => "when `main` panicked",
        Reason::Exit => "when `std::process::exit` was called",
        Reason::Interrupt => "when it was interrupted",
        Reason::Signal => "while it runs",
    };
    writeln!(
        out,
        "objgraph: {} (process {}), {when}\n",
        report.program, report.pid
    )?;
    if !report.growth.is_empty() {
        let (table, more) = growth_table();
        write!(
            out,
            "Alive, and more than when the program started\n{table}"
        )?;
        match more {
            0 => writeln!(out)?,
            1 => writeln!(out, "… and 1 more type\n")?,
            more => writeln!(out, "… and {more} more types\n")?,
        }
    }
    writeln!(out, "{}", leaks.trim_end())?;
    let mut pictures = report.pictures.iter().flatten().peekable();
    if pictures.peek().is_some() || report.snapshot.is_some() {
        writeln!(out)?;
    }
    for picture in pictures {
        writeln!(out, "picture: {picture}")?;
    }
    if let Some(snapshot) = &report.snapshot {
        writeln!(out, "snapshot: {snapshot}")?;
    }
    Ok(())
}
