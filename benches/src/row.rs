//! A row of the table, and where its numbers come from.

use crate::program::Program;

/// Which direction is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Better {
    /// The target is the maximum of the ratio.
    Lower,
    /// The target is the minimum of the ratio.
    Higher,
}

/// What the figure of a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Figure {
    /// Ours divided by the peer's.
    Quotient,
    /// Ours minus the peer's.
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

/// A further comparison, printed below a row and without a target.
#[derive(Clone, Debug)]
pub(crate) struct Other {
    pub(crate) label: &'static str,
    pub(crate) reading: Reading,
    /// The divisor; the row's peer if `None`.
    pub(crate) by: Option<Reading>,
}

/// The source of our number.
#[derive(Clone, Debug)]
pub(crate) enum OwnReading {
    /// It is measured.
    Measured(Reading),
    /// It is not measured this time, for this reason.
    Skipped(&'static str),
}

/// One row of the table.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// The name of the row, for `--only` and `known_misses.txt`.
    pub(crate) name: &'static str,
    /// The description of the row, in at most 30 characters.
    pub(crate) what: &'static str,
    pub(crate) figure: Figure,
    pub(crate) unit: Unit,
    pub(crate) target: f64,
    pub(crate) better: Better,
    /// The factor by which `--quick` may exceed the target; 1 for what does not vary.
    pub(crate) slack: f64,
    pub(crate) ours: OwnReading,
    pub(crate) peer: Option<Reading>,
    /// Further comparisons.
    pub(crate) others: Vec<Other>,
}

/// The unit of the numbers of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Seconds,
    Bytes,
    Instructions,
    PerSecond,
    Crates,
}

/// Which rows are measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope {
    /// Small sizes, for CI.
    pub(crate) quick: bool,
    /// Compile costs too, which take minutes.
    pub(crate) compile: bool,
}

impl Row {
    /// Creates a row for the quotient of two times, which must be at most `target`.
    pub(crate) fn new(name: &'static str, what: &'static str, target: f64, ours: Reading) -> Self {
        Self {
            name,
            what,
            figure: Figure::Quotient,
            unit: Unit::Seconds,
            target,
            better: Better::Lower,
            slack: 2.0,
            ours: OwnReading::Measured(ours),
            peer: None,
            others: Vec::new(),
        }
    }

    /// Skips the row, for this reason.
    pub(crate) fn skipped(mut self, reason: &'static str) -> Self {
        self.ours = OwnReading::Skipped(reason);
        self
    }

    pub(crate) fn against(mut self, peer: Reading) -> Self {
        self.peer = Some(peer);
        self
    }

    /// Adds a further comparison with the row's peer.
    pub(crate) fn beside(mut self, label: &'static str, reading: Reading) -> Self {
        let by = None;
        self.others.push(Other { label, reading, by });
        self
    }

    /// Adds a further quotient.
    pub(crate) fn beside_quotient(
        mut self,
        label: &'static str,
        reading: Reading,
        by: Reading,
    ) -> Self {
        let by = Some(by);
        self.others.push(Other { label, reading, by });
        self
    }

    pub(crate) fn figure(mut self, figure: Figure, unit: Unit) -> Self {
        self.figure = figure;
        self.unit = unit;
        self
    }

    pub(crate) fn slack(mut self, slack: f64) -> Self {
        self.slack = slack;
        self
    }

    pub(crate) fn at_least(mut self) -> Self {
        self.better = Better::Higher;
        self
    }

    /// Returns all programs that must run for this row; none if ours is not measured.
    pub(crate) fn programs(&self) -> impl Iterator<Item = &Program> {
        let ours = match &self.ours {
            OwnReading::Measured(reading) => Some(reading),
            OwnReading::Skipped(_) => None,
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
    /// Creates a reading of a subject of this program.
    pub(crate) fn own(subject: &'static str, n: usize, key: &'static str) -> Self {
        let program = Program::Subject(subject, n);
        Self { program, key }
    }

    pub(crate) fn of(program: Program, key: &'static str) -> Self {
        Self { program, key }
    }
}
