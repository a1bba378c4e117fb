//! Runs the programs that the rows need, round after round, and computes the figures of each row.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::command::Compare;
use crate::known_misses::KnownMisses;
use crate::process::MeasureError;
use crate::program::{Program, ProgramResult};
use crate::row::{Better, Figure, Other, OwnReading, Reading, Row};
use crate::samples::Samples;

/// A row and its result.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) row: Row,
    pub(crate) result: Result<RowFigures, MeasureError>,
}

/// The figures of a row.
#[derive(Clone, Debug)]
pub(crate) struct RowFigures {
    /// The median over the rounds.
    pub(crate) ours: f64,
    pub(crate) peer: Option<f64>,
    /// The median of the row's figure over the rounds.
    pub(crate) ratio: f64,
    /// The interquartile range, relative to the median.
    pub(crate) spread: f64,
    /// Other quotients.
    pub(crate) others: Vec<(&'static str, f64)>,
    /// Whether the target is met.
    pub(crate) holds: bool,
    /// Why the target is known to be missed, if it is.
    pub(crate) known: Option<String>,
    /// The bound of `--quick`.
    pub(crate) bound: f64,
    /// Whether the bound is met.
    pub(crate) within: bool,
}

/// The readings of each program, one entry for each round.
type Rounds = BTreeMap<Program, Vec<ProgramResult>>;

/// Runs everything that these rows need.
pub(crate) fn measure(rows: Vec<Row>, options: &Compare, known: &KnownMisses) -> Vec<Outcome> {
    let rounds = run(&rows, options);
    let outcome = |row: Row| {
        let result = result(&row, &rounds, known);
        Outcome { row, result }
    };
    rows.into_iter().map(outcome).collect()
}

/// Runs the programs in turn, every other round backwards, so that what slows the machine for a
/// while slows all of them.
fn run(rows: &[Row], options: &Compare) -> Rounds {
    let rounds = |program: Program| {
        let rounds = program.rounds(options.quick);
        options.rounds.map_or(rounds, |most| most.min(rounds))
    };
    let mut programs: Vec<Program> = Vec::new();
    for &program in rows.iter().flat_map(Row::programs) {
        if !programs.contains(&program) {
            programs.push(program);
        }
    }
    let mut results = Rounds::new();
    let most = programs.iter().map(|&program| rounds(program)).max();
    for round in 0..most.unwrap_or(0) {
        // Standard error may be closed.
        let _ = writeln!(io::stderr(), "round {} of {}", round + 1, most.unwrap_or(0));
        for &program in &programs {
            let previous = results.entry(program).or_default();
            if round < rounds(program) && previous.last().is_none_or(Result::is_ok) {
                previous.push(program.run());
            }
        }
        programs.reverse();
    }
    results
}

fn result(row: &Row, rounds: &Rounds, known: &KnownMisses) -> Result<RowFigures, MeasureError> {
    let ours = match &row.ours {
        OwnReading::Measured(ours) => ours,
        OwnReading::Skipped(reason) => return Err(MeasureError::NotMeasured((*reason).to_owned())),
    };
    let ours = numbers(ours, rounds)?;
    let peer = match &row.peer {
        Some(peer) => Some(numbers(peer, rounds)?),
        None => None,
    };
    let figures = figures(row.figure, &ours, peer.as_deref());
    let figures = Samples::new(figures).ok_or_else(MeasureError::no_number)?;
    let ratio = figures.median();
    let peer = peer.and_then(Samples::new).map(|peer| peer.median());
    let median = |reading: &Reading| Some(Samples::new(numbers(reading, rounds).ok()?)?.median());
    let other = |other: &Other| {
        let by = match &other.by {
            Some(by) => median(by)?,
            None => peer?,
        };
        Some((other.label, median(&other.reading)? / by))
    };
    let known = known.of(row.name);
    let bound = bound(row, known.map(|known| known.measured));
    let meets = |target: f64| match row.better {
        // Tolerates the variation of counters for the same code.
        Better::Lower => ratio <= target * 1.0005,
        Better::Higher => ratio >= target * 0.9995,
    };
    Ok(RowFigures {
        ours: Samples::new(ours)
            .ok_or_else(MeasureError::no_number)?
            .median(),
        peer,
        ratio,
        spread: figures.spread(),
        others: row.others.iter().filter_map(other).collect(),
        holds: meets(row.target),
        known: known.map(|known| known.reason.clone()),
        bound,
        within: meets(bound),
    })
}

/// Returns the numbers of a reading, one for each round.
fn numbers(reading: &Reading, rounds: &Rounds) -> Result<Vec<f64>, MeasureError> {
    let results = rounds.get(&reading.program).map_or(&[][..], Vec::as_slice);
    let number = |results: &ProgramResult| match results {
        Ok(results) => results
            .get(reading.key)
            .copied()
            .ok_or_else(MeasureError::no_number),
        Err(trouble) => Err(trouble.clone()),
    };
    results.iter().map(number).collect()
}

/// Returns the row's figure for each round, with the median of the peer if the numbers of rounds
/// differ.
fn figures(figure: Figure, ours: &[f64], peer: Option<&[f64]>) -> Vec<f64> {
    let Some(peer) = peer else {
        return ours.to_vec();
    };
    let of = |(&ours, &peer): (&f64, &f64)| match figure {
        Figure::Quotient => ours / peer,
        Figure::Difference => ours - peer,
        Figure::Ours => ours,
    };
    if ours.len() == peer.len() {
        return ours.iter().zip(peer).map(of).collect();
    }
    let median = Samples::new(peer.iter().copied()).map_or(f64::NAN, |peer| peer.median());
    ours.iter().map(|ours| of((ours, &median))).collect()
}

/// Returns the bound of `--quick`: a multiple of the target, or of a known miss, for which it is
/// smaller.
fn bound(row: &Row, known: Option<f64>) -> f64 {
    let (from, times) = match known {
        Some(known) => (known, row.slack.clamp(1.1, 1.5)),
        None => (row.target, row.slack),
    };
    match row.better {
        Better::Lower => from * times,
        Better::Higher => from / times,
    }
}

#[cfg(test)]
mod tests {
    use super::figures;
    use crate::row::Figure;

    #[test]
    fn rounds_are_compared_pairwise() {
        let of = |figure| figures(figure, &[2.0, 9.0], Some(&[1.0, 3.0]));
        assert_eq!(of(Figure::Quotient), [2.0, 3.0]);
        assert_eq!(of(Figure::Difference), [1.0, 6.0]);
        assert_eq!(of(Figure::Ours), [2.0, 9.0]);
    }

    #[test]
    fn a_peer_with_fewer_rounds_counts_by_its_median() {
        assert_eq!(
            figures(Figure::Quotient, &[2.0, 9.0], Some(&[1.0])),
            [2.0, 9.0]
        );
    }
}
