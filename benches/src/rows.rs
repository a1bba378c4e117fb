//! The lines of the table: what is measured, against what, and what must hold.

mod compile;
mod heap;
mod object;

use crate::program::Program;

/// Which of two numbers is wished for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Better {
    /// The target is the most that the ratio may be.
    Lower,
    /// The target is the least that the ratio may be.
    Higher,
}

/// What a row holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Figure {
    /// Ours divided by the peer's.
    Quotient,
    /// Ours less the peer's.
    Difference,
    /// Ours alone.
    Ours,
}

/// One number of one program.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    pub(crate) program: Program,
    pub(crate) key: &'static str,
}

/// Another comparison, told beside a row; nothing must hold of it.
#[derive(Clone, Debug)]
pub(crate) struct Other {
    pub(crate) label: &'static str,
    pub(crate) reading: Reading,
    /// What it is divided by; the row's peer if nothing.
    pub(crate) by: Option<Reading>,
}

/// Where our number comes from.
#[derive(Clone, Debug)]
pub(crate) enum Ours {
    /// It is measured.
    Measured(Reading),
    /// It is not measured this time, for this reason.
    Not(&'static str),
}

/// One line of the table.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// Its name, for `--only` and `known_misses.txt`.
    pub(crate) name: &'static str,
    /// What it says, in at most 34 characters.
    pub(crate) what: &'static str,
    pub(crate) figure: Figure,
    pub(crate) unit: Unit,
    pub(crate) target: f64,
    pub(crate) better: Better,
    /// How many times the target `--quick` allows: 1 for what is the same in each run.
    pub(crate) slack: f64,
    pub(crate) ours: Ours,
    pub(crate) peer: Option<Reading>,
    /// What else there is to compare.
    pub(crate) others: Vec<Other>,
}

/// What the numbers of a row count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Seconds,
    Bytes,
    Instructions,
    PerSecond,
    Crates,
}

/// What is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope {
    /// Small sizes, for CI.
    pub(crate) quick: bool,
    /// Compile costs too, which take minutes.
    pub(crate) compile: bool,
}

/// Every line, in the order of the table.
pub(crate) fn rows(scope: Scope) -> Vec<Row> {
    let mut rows = object::rows(scope);
    rows.extend(object::owners());
    rows.extend(heap::rows(scope));
    rows.extend(compile::rows(scope));
    rows
}

impl Row {
    /// A row whose figure is the quotient of two times, which must be at most `target`.
    fn new(name: &'static str, what: &'static str, target: f64, ours: Reading) -> Self {
        Self {
            name,
            what,
            figure: Figure::Quotient,
            unit: Unit::Seconds,
            target,
            better: Better::Lower,
            slack: 2.0,
            ours: Ours::Measured(ours),
            peer: None,
            others: Vec::new(),
        }
    }

    /// Not measured, for this reason.
    fn not(mut self, reason: &'static str) -> Self {
        self.ours = Ours::Not(reason);
        self
    }

    fn against(mut self, peer: Reading) -> Self {
        self.peer = Some(peer);
        self
    }

    /// Another one, divided by the row's peer.
    fn beside(mut self, label: &'static str, reading: Reading) -> Self {
        let by = None;
        self.others.push(Other { label, reading, by });
        self
    }

    /// Another quotient.
    fn beside_quotient(mut self, label: &'static str, reading: Reading, by: Reading) -> Self {
        let by = Some(by);
        self.others.push(Other { label, reading, by });
        self
    }

    fn figure(mut self, figure: Figure, unit: Unit) -> Self {
        self.figure = figure;
        self.unit = unit;
        self
    }

    fn slack(mut self, slack: f64) -> Self {
        self.slack = slack;
        self
    }

    fn at_least(mut self) -> Self {
        self.better = Better::Higher;
        self
    }

    /// All that must run for this row; nothing where ours is not measured.
    pub(crate) fn programs(&self) -> impl Iterator<Item = &Program> {
        let ours = match &self.ours {
            Ours::Measured(reading) => Some(reading),
            Ours::Not(_) => None,
        };
        let others = self.others.iter();
        let others = others.flat_map(|other| std::iter::once(&other.reading).chain(&other.by));
        let theirs = self.peer.iter().chain(others);
        let theirs = theirs.filter(move |_| ours.is_some());
        let readings = ours.into_iter().chain(theirs);
        readings.map(|reading| &reading.program)
    }
}

impl Reading {
    /// From a subject of this program.
    fn own(subject: &'static str, n: usize, key: &'static str) -> Self {
        let program = Program::Subject(subject, n);
        Self { program, key }
    }

    fn of(program: Program, key: &'static str) -> Self {
        Self { program, key }
    }
}
