//! Prints the table, 80 columns wide.

use std::io::{self, Write};

use crate::outcome::{Outcome, RowFigures};
use crate::row::{Better, Figure, Unit};

/// Writes the table, then notes on its rows.
pub(crate) fn write(out: &mut dyn Write, outcomes: &[Outcome]) -> io::Result<()> {
    writeln!(
        out,
        "{:<30} {:>9} {:>9} {:>9} {:>4} {:>8} {:>5}",
        "", "ours", "peer", "ratio", "±", "target", ""
    )?;
    for outcome in outcomes {
        let row = &outcome.row;
        let sign = match row.better {
            Better::Lower => '≤',
            Better::Higher => '≥',
        };
        let target = match (row.figure, row.unit) {
            (Figure::Difference | Figure::Ours, Unit::Seconds) => amount(row.target, row.unit),
            (_, Unit::Bytes) if row.target >= LARGE => amount(row.target, row.unit),
            _ => short(row.target),
        };
        let target = format!("{sign} {target}");
        match &outcome.result {
            Ok(measured) => {
                let peer = measured.peer.map(|peer| amount(peer, row.unit));
                writeln!(
                    out,
                    "{:<30} {:>9} {:>9} {:>9} {:>4} {target:>8} {}",
                    row.what,
                    amount(measured.ours, row.unit),
                    peer.unwrap_or_default(),
                    figure(measured.ratio, row.figure, row.unit),
                    percent(measured.spread),
                    if measured.holds { "holds" } else { "MISS" },
                )?;
                write_others(out, &measured.others)?;
            }
            Err(trouble) => writeln!(out, "{:<30} {trouble}; target {target}", row.what)?,
        }
    }
    write_misses(out, outcomes)
}

/// Writes the further comparisons, as many in a line as fit.
fn write_others(out: &mut dyn Write, others: &[(&str, f64)]) -> io::Result<()> {
    let mut line = String::new();
    for (label, ratio) in others {
        let other = format!("{label} {}", short(*ratio));
        if !line.is_empty() && line.chars().count() + other.chars().count() > 72 {
            writeln!(out, "    ({line})")?;
            line.clear();
        }
        if !line.is_empty() {
            line.push_str(", ");
        }
        line.push_str(&other);
    }
    if line.is_empty() {
        return Ok(());
    }
    writeln!(out, "    ({line})")
}

/// Writes what is missed and why, and which lines of the known misses can be removed.
fn write_misses(out: &mut dyn Write, outcomes: &[Outcome]) -> io::Result<()> {
    let measured = |outcome: &'_ Outcome| outcome.result.as_ref().ok().cloned();
    let rows = || {
        outcomes
            .iter()
            .filter_map(|o| Some((o.row.name, o, measured(o)?)))
    };
    for (name, outcome, measured) in rows().filter(|(.., measured)| !measured.holds) {
        let miss = miss(&measured, outcome);
        match &measured.known {
            Some(reason) => writeln!(out, "\n{name} misses by {miss}, as is known:\n  {reason}")?,
            None => writeln!(out, "\n{name} misses by {miss}")?,
        }
    }
    for (name, _, _) in rows().filter(|(.., measured)| measured.holds && measured.known.is_some()) {
        writeln!(
            out,
            "\n{name} holds: its line in known_misses.txt can go if --quick agrees"
        )?;
    }
    Ok(())
}

/// Returns by how much the target is missed.
fn miss(measured: &RowFigures, outcome: &Outcome) -> String {
    let times = match outcome.row.better {
        Better::Lower => measured.ratio / outcome.row.target,
        Better::Higher => outcome.row.target / measured.ratio,
    };
    if times < 2.0 {
        percent(times - 1.0)
    } else {
        format!("{} times", short(times))
    }
}

fn figure(value: f64, figure: Figure, unit: Unit) -> String {
    match figure {
        Figure::Quotient => short(value),
        Figure::Difference | Figure::Ours => amount(value, unit),
    }
}

/// From this number of bytes on, they are written as kB or MB.
const LARGE: f64 = 10_000.0;

/// Formats a number with its unit and three significant digits.
pub(super) fn amount(value: f64, unit: Unit) -> String {
    let scaled = |steps: &[(f64, &str)]| {
        let fits = steps.iter().find(|(size, _)| value.abs() >= *size);
        let (size, name) = fits.or(steps.last()).copied().unwrap_or((1.0, ""));
        format!("{} {name}", short(value / size))
    };
    match unit {
        Unit::Seconds => scaled(&[(1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")]),
        Unit::PerSecond => scaled(&[(1e6, "M/s"), (1e3, "k/s"), (1.0, "/s")]),
        Unit::Bytes if value.abs() >= LARGE => scaled(&[(1e6, "MB"), (1e3, "kB")]),
        Unit::Bytes => format!("{value:.1} B"),
        Unit::Instructions => format!("{value:.0}"),
        Unit::Crates => format!("{value:.0}"),
    }
}

/// Formats a number with three significant digits.
fn short(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 {
        "0".to_owned()
    } else if size < 0.001 {
        trimmed(&format!("{value:.1e}"))
    } else {
        let digits = (2 - size.log10().floor() as i32).clamp(0, 5) as usize;
        let text = format!("{value:.digits$}");
        match text.contains('.') {
            true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
            false => text,
        }
    }
}

/// Shortens `1.0e-4` to `1e-4`.
fn trimmed(text: &str) -> String {
    text.replace(".0e", "e")
}

fn percent(part: f64) -> String {
    format!("{:.0}%", part * 100.0)
}

#[cfg(test)]
mod tests {
    use super::{amount, short};
    use crate::row::{Scope, Unit};
    use crate::rows::rows;

    #[test]
    fn numbers_have_three_significant_digits() {
        let numbers = [
            0.0,
            1.0,
            1.256,
            21.94,
            123.4,
            98_765.0,
            0.0123,
            0.000_1,
            0.000_012_3,
        ];
        let texts = [
            "0", "1", "1.26", "21.9", "123", "98765", "0.0123", "1e-4", "1.2e-5",
        ];
        assert_eq!(numbers.map(short), texts);
    }

    #[test]
    fn units_fit_their_numbers() {
        assert_eq!(amount(0.000_000_012_34, Unit::Seconds), "12.3 ns");
        assert_eq!(amount(2.5, Unit::Seconds), "2.5 s");
        assert_eq!(amount(21_000_000.0, Unit::PerSecond), "21 M/s");
        assert_eq!(amount(56.0, Unit::Bytes), "56.0 B");
    }

    #[test]
    fn rows_fit_their_column_and_have_unique_names() {
        let rows = rows(Scope {
            quick: false,
            compile: true,
        });
        for row in &rows {
            assert!(row.what.chars().count() <= 30, "{}", row.what);
            let same = rows.iter().filter(|other| other.name == row.name);
            assert_eq!(same.count(), 1, "{}", row.name);
        }
    }
}
