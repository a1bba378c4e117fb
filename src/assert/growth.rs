//! `assert_no_growth!`: a repeated operation leaves nothing behind.
//!
//! The operation runs in a scope of its own, which distinguishes its objects from those that other
//! threads make meanwhile. All objects that its thread made are measured too, and what they lead to.

mod quantities;
mod rule;

use std::sync::Arc;

use objgraph_core::__private::{Measure, Measurement, Origin};
use objgraph_core::{Node, NodeId, Scope, Snapshot, snapshot};

use super::check::WAIT;
use super::failure::{Failure, Point};
use super::patience::Patience;
use super::surroundings::Surroundings;
use crate::analysis::{Coverage, ShownNames};
use crate::report::untraced_in_line;
use crate::words::{count as count_of, wrapped_text};
use quantities::{Amounts, Observations, Quantity, Rise};
use rule::{CONFIRMED, ROUNDS};

/// Maximum number of quantities that a failure lists.
const LINES: usize = 10;
/// Maximum width of a headline.
const COLUMNS: usize = 79;

/// The number of times that the operation runs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Calls {
    round: u32,
    warm_up: u32,
}

impl Calls {
    /// Sets the number of calls in a round, and before the first round; `None` for the default.
    pub(super) fn new(round: Option<u32>, warm_up: Option<u32>) -> Self {
        Self {
            round: round.unwrap_or(8).max(1),
            warm_up: warm_up.unwrap_or(2),
        }
    }
}

/// Growth that may have happened, and could not be measured.
#[derive(Debug)]
pub(super) struct UnseenGrowth {
    coverage: Coverage,
    /// Types and sites of which other threads made more objects, outside of every scope.
    strays: Vec<String>,
}

/// Runs the operation in rounds, and measures all quantities after each call.
///
/// # Errors
///
/// If a quantity grew in each round.
pub(super) fn no_growth(
    calls: Calls,
    mut operation: impl FnMut(),
) -> Result<Option<UnseenGrowth>, Failure> {
    let round = calls.round as usize;
    let part = MeasuredPart::new();
    let mut run = || {
        let _entered = part.inside.enter();
        operation();
    };
    (0..calls.warm_up).for_each(|_| run());
    let mut observed = Observations::default();
    let mut last = part.measure();
    observed.add(&part.amounts(&last));
    let mut grown = Vec::new();
    for rounds in 1..=CONFIRMED {
        for _ in 0..round {
            run();
            last = part.measure();
            observed.add(&part.amounts(&last));
        }
        if rounds >= ROUNDS {
            grown = observed.grown(round);
            if grown.iter().all(Rise::is_stray) {
                break;
            }
        }
    }
    let (strays, mut grown): (Vec<Rise>, Vec<Rise>) = grown.into_iter().partition(Rise::is_stray);
    if !grown.is_empty() {
        part.settle(&mut grown);
    }
    if !grown.is_empty() {
        return Err(part.failure(&grown, calls));
    }
    Ok(UnseenGrowth::of(&part, &last, &strays))
}

/// The part of the process that is measured.
struct MeasuredPart {
    /// The scope in which the operation runs.
    inside: Scope,
    /// The scope in which the assertion runs.
    around: Option<Scope>,
    /// Whether nothing else runs: then objects outside of every scope belong to the operation.
    is_alone: bool,
    measure: Measure,
}

impl MeasuredPart {
    fn new() -> Self {
        let around = Scope::current();
        let inside = Scope::new("assert_no_growth!");
        Self {
            measure: Measure::of(&inside),
            inside,
            around,
            is_alone: Surroundings::now().alone,
        }
    }

    fn measure(&self) -> Measurement {
        self.measure.now(&|origin: Origin| {
            origin.is_of_this_thread
                || match origin.scope {
                    0 => self.is_alone,
                    scope => self.is_around(scope),
                }
        })
    }

    fn is_around(&self, scope: u32) -> bool {
        let around = self.around.as_ref().unwrap_or(&self.inside);
        around.contains(scope)
    }

    fn amounts(&self, measured: &Measurement) -> Amounts {
        Amounts::of(measured, |node| self.is_meant(measured, node))
    }

    /// Returns whether the items and texts in a node are measured. Those in objects of other scopes
    /// are not, even if a measured object leads there.
    fn is_meant(&self, measured: &Measurement, node: Node<'_>) -> bool {
        node.node_id().index() < measured.objects
            || node.scope() == 0
            || self.is_around(node.scope())
    }

    /// Waits for other threads to drop what they are about to drop, and removes what has not grown
    /// then.
    fn settle(&self, grown: &mut Vec<Rise>) {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let mut patience = Patience::new(WAIT);
        loop {
            let now = self.amounts(&self.measure());
            let has_more = |one: &Rise| now.now(&one.quantity) > one.least;
            if grown.iter().any(|one| one.is_shared && has_more(one)) && patience.pause() {
                continue;
            }
            grown.retain(|one| !one.is_shared || has_more(one));
            return;
        }
    }

    fn failure(&self, grown: &[Rise], calls: Calls) -> Failure {
        if !crate::HAS_OBJECTS {
            return Failure::new("", "");
        }
        let snapshot = Arc::new(snapshot());
        let names = ShownNames::of(&snapshot);
        let mut body = String::new();
        let mut headline = grown[0].in_words(&names);
        let is_long = headline.chars().count() > COLUMNS;
        if let Some(made_at) = grown[0].made_at().filter(|_| is_long) {
            headline = grown[0].without_site(&names);
            body = format!("{made_at}\n");
        }
        for one in grown.iter().take(LINES).skip(1) {
            body.push_str(&wrapped_text(&one.in_words(&names)));
        }
        if grown.len() > LINES {
            body.push_str(&format!("… and {} more\n", grown.len() - LINES));
        }
        if !body.is_empty() {
            body.push('\n');
        }
        let Calls { round, warm_up } = calls;
        body.push_str(&format!(
            "There was more in each of {CONFIRMED} rounds of {}, after {warm_up} to warm up.\n\
             If it fills up and then stays the same, use `warm_up = n`. If it is emptied\n\
             now and then, use `repeat = n` with at least the number of calls between.\n",
            count_of(round as usize, "call", "calls")
        ));
        let points = grown.iter().filter_map(|one| {
            Some(Point {
                site: one.site()?.clone(),
                text: one.in_words(&names),
            })
        });
        let points: Vec<Point> = points.collect();
        let last: Vec<NodeId> = grown
            .iter()
            .filter_map(|one| self.last_of(&one.quantity, &snapshot))
            .collect();
        let failure = match last.is_empty() {
            true => Failure::new(headline, body),
            false => {
                body.push_str("\nFor example, the last of them:");
                Failure::alive(&snapshot, &last, "").instead(&headline, &body)
            }
        };
        failure.pointing_at(points)
    }

    /// Returns the object of this kind that was made last.
    fn last_of(&self, quantity: &Quantity, snapshot: &Snapshot) -> Option<NodeId> {
        snapshot
            .nodes()
            .filter(|node| match quantity {
                Quantity::Made(name, site) => {
                    node.type_info().name == *name && node.site() == site.as_ref()
                }
                Quantity::Type(name) => node.type_info().name == *name,
                _ => false,
            })
            .max_by_key(|node| {
                let is_inside = self.inside.contains(node.scope());
                (is_inside, node.epoch(), node.id())
            })
            .map(|node| node.node_id())
    }
}

impl UnseenGrowth {
    fn of(part: &MeasuredPart, last: &Measurement, strays: &[Rise]) -> Option<Self> {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let is_meant = |node: NodeId| part.is_meant(last, last.snapshot.node(node));
        let coverage = Coverage::of_nodes(&last.snapshot, is_meant);
        let names = ShownNames::of(&last.snapshot);
        let strays = strays.iter().map(|one| one.in_words(&names));
        let unseen = Self {
            coverage,
            strays: strays.collect(),
        };
        (unseen.is_untraced() || !unseen.strays.is_empty()).then_some(unseen)
    }

    /// Returns whether growth may hide in something that could not be traced. What other threads make
    /// outside of every scope is no reason to fail, since the operation may not be its cause.
    pub(super) fn is_untraced(&self) -> bool {
        !self.coverage.is_complete()
    }

    /// Returns what may have grown, as part of a line.
    pub(super) fn in_line(&self) -> String {
        let untraced = self.is_untraced().then(|| {
            format!(
                "growth may hide in what could not be traced: {}",
                untraced_in_line(&self.coverage)
            )
        });
        let strays = self.strays.first().map(|stray| {
            let more = match self.strays.len() - 1 {
                0 => String::new(),
                more => format!(", and {more} more"),
            };
            format!(
                "other threads made objects outside of every scope meanwhile ({stray}{more}); if \
                 the operation starts them, start them with objgraph::scope::spawn_in_current_scope"
            )
        });
        let all: Vec<String> = untraced.into_iter().chain(strays).collect();
        all.join("; and ")
    }

    /// Returns the failure of a strict test.
    pub(super) fn failure(&self) -> Failure {
        Failure::new(
            "growth may hide in what could not be traced",
            format!(
                "Strict checks fail where they cannot prove what they assert.\n\n{}",
                self.coverage
            ),
        )
    }
}
