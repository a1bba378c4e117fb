//! Growth: of which types there are more objects than ever before.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::stats::typestats;
use super::{LIMIT, advice, print};
use crate::report::write_growth;

/// A type that has grown.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Grown {
    /// The short name of the type.
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
/// use objgraph::Growth;
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
    /// The types of which there are more objects than at any look before, most growth first.
    pub fn grown(&mut self) -> Vec<Grown> {
        let mut grown = Vec::new();
        for (name, count) in typestats() {
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
        grown.sort_by(|a, b| b.delta.cmp(&a.delta).then_with(|| a.name.cmp(&b.name)));
        grown
    }
}

static GROWTH: Mutex<Growth> = Mutex::new(Growth {
    peaks: BTreeMap::new(),
});

fn own() -> MutexGuard<'static, Growth> {
    GROWTH.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The ten types that grew most since the last call: of which more objects are alive than at any
/// call before. At the first call that is every type.
#[must_use = "the next call tells what grew since this one"]
pub fn growth() -> Vec<Grown> {
    let mut grown = own().grown();
    grown.truncate(LIMIT);
    grown
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
    print(|out| {
        if advice::write(out)? {
            return Ok(());
        }
        let rows: Vec<_> = growth()
            .into_iter()
            .map(|g| (g.name, g.count, g.delta))
            .collect();
        write_growth(out, &rows)
    });
}
