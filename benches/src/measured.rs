//! Runs what the rows need, round after round, and works out what each row says.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::command::Compare;
use crate::known_misses::KnownMisses;
use crate::program::{Program, Told, Trouble};
use crate::rows::{Better, Figure, Other, Ours, Reading, Row};
use crate::samples::Samples;

/// A row and what became of it.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) row: Row,
    pub(crate) result: Result<Measured, Trouble>,
}

/// What was measured for a row.
#[derive(Clone, Debug)]
pub(crate) struct Measured {
    /// Medians.
    pub(crate) ours: f64,
    pub(crate) peer: Option<f64>,
    /// The median over the rounds of the row's figure.
    pub(crate) ratio: f64,
    /// How far the quarters of that lie apart, as a part of it.
    pub(crate) spread: f64,
    /// Other quotients.
    pub(crate) others: Vec<(&'static str, f64)>,
    /// Whether the target holds.
    pub(crate) holds: bool,
    /// Why it is known not to hold, if it is.
    pub(crate) known: Option<String>,
    /// What `--quick` allows.
    pub(crate) bound: f64,
    /// Whether that holds.
    pub(crate) within: bool,
}

/// What the programs told, one entry for each round.
type Rounds = BTreeMap<Program, Vec<Told>>;

/// Runs all that these rows need.
pub(crate) fn measure(rows: Vec<Row>, options: &Compare, known: &KnownMisses) -> Vec<Outcome> {
    let rounds = run(&rows, options);
    let outcome = |row: Row| {
        let result = result(&row, &rounds, known);
        Outcome { row, result }
    };
    rows.into_iter().map(outcome).collect()
}

/// Runs the programs in turn, so that what slows the machine for a while slows all of them; every
/// other round goes backwards.
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
    let mut told = Rounds::new();
    let most = programs.iter().map(|&program| rounds(program)).max();
    for round in 0..most.unwrap_or(0) {
        // Nobody may be there to read it.
        let _ = writeln!(io::stderr(), "round {} of {}", round + 1, most.unwrap_or(0));
        for &program in &programs {
            let so_far = told.entry(program).or_default();
            if round < rounds(program) && so_far.last().is_none_or(Result::is_ok) {
                so_far.push(program.run());
            }
        }
        programs.reverse();
    }
    told
}

fn result(row: &Row, rounds: &Rounds, known: &KnownMisses) -> Result<Measured, Trouble> {
    let ours = match &row.ours {
        Ours::Measured(ours) => ours,
        Ours::Not(reason) => return Err(Trouble::NotMeasured((*reason).to_owned())),
    };
    let ours = numbers(ours, rounds)?;
    let peer = match &row.peer {
        Some(peer) => Some(numbers(peer, rounds)?),
        None => None,
    };
    let figures = figures(row.figure, &ours, peer.as_deref());
    let figures = Samples::new(figures).ok_or_else(Trouble::no_number)?;
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
        // What is counted differs by less than this for the same code.
        Better::Lower => ratio <= target * 1.0005,
        Better::Higher => ratio >= target * 0.9995,
    };
    Ok(Measured {
        ours: Samples::new(ours).ok_or_else(Trouble::no_number)?.median(),
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

/// A reading's numbers, one for each round.
fn numbers(reading: &Reading, rounds: &Rounds) -> Result<Vec<f64>, Trouble> {
    let told = rounds.get(&reading.program).map_or(&[][..], Vec::as_slice);
    let number = |told: &Told| match told {
        Ok(told) => told
            .get(reading.key)
            .copied()
            .ok_or_else(Trouble::no_number),
        Err(trouble) => Err(trouble.clone()),
    };
    told.iter().map(number).collect()
}

/// The row's figure for each round; for the medians alone where the rounds differ in number.
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

/// What `--quick` allows: twice the target, or half as much again as a known miss.
fn bound(row: &Row, known: Option<f64>) -> f64 {
    let (from, times) = match known {
        Some(known) if row.exact => (known, 1.1),
        Some(known) => (known, 1.5),
        None if row.exact => (row.target, 1.0),
        None => (row.target, 2.0),
    };
    match row.better {
        Better::Lower => from * times,
        Better::Higher => from / times,
    }
}

#[cfg(test)]
mod tests {
    use super::figures;
    use crate::rows::Figure;

    #[test]
    fn rounds_are_compared_with_each_other() {
        let of = |figure| figures(figure, &[2.0, 9.0], Some(&[1.0, 3.0]));
        assert_eq!(of(Figure::Quotient), [2.0, 3.0]);
        assert_eq!(of(Figure::Difference), [1.0, 6.0]);
        assert_eq!(of(Figure::Ours), [2.0, 9.0]);
    }

    #[test]
    fn a_peer_of_fewer_rounds_is_its_median() {
        assert_eq!(
            figures(Figure::Quotient, &[2.0, 9.0], Some(&[1.0])),
            [2.0, 9.0]
        );
    }
}
