//! The highest counts of each type so far.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::order;

/// A type that has grown.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TypeGrowth {
    /// The name of the type, without its modules by default.
    pub name: String,
    /// Number of live objects.
    pub count: usize,
    /// Number of objects above the highest count so far.
    pub delta: usize,
}

/// The highest counts so far. Each instance reports growth since its own last call, and calls on
/// other instances do not disturb it; [`growth`](crate::growth()) uses one for the process.
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
    /// Returns the types above their highest counts, most growth first, and raises these counts.
    pub(super) fn update(&mut self, counts: BTreeMap<String, usize>) -> Vec<TypeGrowth> {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let mut grown = Vec::new();
        for (name, count) in counts {
            let peak = self.peaks.entry(name.clone()).or_default();
            if count > *peak {
                grown.push(TypeGrowth {
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

/// Returns the state that all callers of [`growth`](crate::growth()) share.
pub(super) fn shared() -> MutexGuard<'static, Growth> {
    GROWTH.lock().unwrap_or_else(PoisonError::into_inner)
}
