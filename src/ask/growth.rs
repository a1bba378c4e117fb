//! Growth: of which types there are more objects than ever before.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::stats::stats;
use crate::order;

/// A type that has grown.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Grown {
    /// The name of the type, short if nothing else was asked for.
    pub name: String,
    /// How many objects are alive.
    pub count: usize,
    /// How many more than ever before.
    pub delta: usize,
}

/// The highest counts seen so far. Each holder of one sees growth since it looked last, whoever
/// else looks; [`growth`] has one of its own.
///
/// ```
/// use objgraph::growth::Growth;
///
/// struct Bud;
/// let mut growth = Growth::default();
/// growth.grown();
/// let bud = objgraph::rc::Rc::new(Bud);
/// # if objgraph::ENABLED {
/// assert_eq!(growth.grown()[0].delta, 1);
/// assert!(growth.grown().iter().all(|grown| grown.name != "Bud"));
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Growth {
    peaks: BTreeMap<String, usize>,
}

impl Growth {
    /// The types of which there are more objects than at any look before, most growth first, with
    /// no limit. With options: [`Stats::growth_in`](crate::alive::Stats::growth_in).
    pub fn grown(&mut self) -> Vec<Grown> {
        stats().limit(None).growth_in(self)
    }

    /// Compares with the highest counts, which it brings up to these.
    pub(super) fn update(&mut self, counts: BTreeMap<String, usize>) -> Vec<Grown> {
        let mut grown = Vec::new();
        for (name, count) in counts {
            let peak = self.peaks.entry(name.clone()).or_default();
            if count > *peak {
                grown.push(Grown {
                    name,
                    count,
                    delta: count - *peak,
                });
                *peak = count;
            }
        }
        order::sort_by(&mut grown, |a, b| {
            b.delta.cmp(&a.delta).then_with(|| a.name.cmp(&b.name))
        });
        grown
    }
}

static GROWTH: Mutex<Growth> = Mutex::new(Growth {
    peaks: BTreeMap::new(),
});

pub(super) fn own() -> MutexGuard<'static, Growth> {
    GROWTH.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The ten types that grew most since the last call: of which more objects are alive than at any
/// call before. At the first call that is every type. [`stats`](crate::alive::stats) is the same with
/// options.
#[must_use = "the next call tells what grew since this one"]
pub fn growth() -> Vec<Grown> {
    stats().growth()
}

/// Prints what [`growth`] gives: the type, how many there are, how many more. Nothing if nothing
/// grew.
///
/// ```
/// objgraph::show_growth();
/// let kept = objgraph::rc::Rc::new("kept");
/// objgraph::show_growth(); // &str        1        +1
/// # drop(kept);
/// ```
pub fn show_growth() {
    stats().show_growth();
}
