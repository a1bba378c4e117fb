//! `assert_count!`: how many objects of a type there are.

use std::any::type_name;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use objgraph_core::{NodeId, Scope, TypeInfo, count_of, objects, snapshot};

use super::check::WAIT;
use super::failure::Failure;
use super::patience::{Patience, is_shared};
use crate::ask::count;
use crate::report::in_line;

/// What is counted.
#[derive(Clone, Copy)]
pub struct Counted {
    name: &'static str,
    /// Counts all of the process, where it is a type and not the name of some.
    of_type: Option<fn() -> usize>,
}

impl Counted {
    /// The types of this name.
    #[must_use]
    pub const fn named(name: &'static str) -> Self {
        Self {
            name,
            of_type: None,
        }
    }

    /// This type.
    #[must_use]
    pub fn of<T: 'static>() -> Self {
        Self {
            name: type_name::<T>(),
            of_type: Some(count_of::<T>),
        }
    }

    fn is(&self, info: &TypeInfo) -> bool {
        match self.of_type {
            Some(_) => info.name == self.name,
            None => info.matches(self.name),
        }
    }

    /// Whether other threads may make or drop some.
    fn may_change(&self, number: usize) -> bool {
        let mut known: HashMap<&'static str, bool> = HashMap::new();
        let mut all = objects().into_iter().filter(|object| {
            let name = object.type_name();
            *known
                .entry(name)
                .or_insert_with(|| self.is(&TypeInfo::opaque(name, 0)))
        });
        number == 0 || all.any(|object| is_shared(object.holder()) || object.is_of_other_thread())
    }

    /// How many there are: in the scope, or where there is none, in the process.
    fn count(&self, scope: Option<&Scope>) -> usize {
        let Some(scope) = scope else {
            return self
                .of_type
                .map_or_else(|| count(self.name), |count| count());
        };
        let mut known: HashMap<&'static str, bool> = HashMap::new();
        let of_type = objects().into_iter().filter(|object| {
            let name = object.type_name();
            let is = known
                .entry(name)
                .or_insert_with(|| self.is(&TypeInfo::opaque(name, 0)));
            *is && scope.contains(object.scope())
        });
        of_type.count()
    }
}

impl fmt::Debug for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Counts, and waits for stragglers where the number is not what it should be.
///
/// # Errors
///
/// If it is not, in the end. `asserted` is how that was written.
pub(super) fn counts(
    counted: Counted,
    is_right: impl Fn(usize) -> bool,
    asserted: &str,
) -> Result<(), Failure> {
    let scope = Scope::current();
    let mut patience = Patience::new(WAIT);
    let number = loop {
        let number = counted.count(scope.as_ref());
        if is_right(number) {
            return Ok(());
        }
        if !(counted.may_change(number) && patience.pause()) {
            break number;
        }
    };
    let headline = match &scope {
        Some(scope) => format!(
            "assert_count!({asserted}): there are {number}, made in {}",
            in_line(scope.name())
        ),
        None => format!("assert_count!({asserted}): there are {number}"),
    };
    let snapshot = Arc::new(snapshot());
    let nodes = snapshot.nodes().filter(|node| {
        counted.is(node.type_info())
            && scope
                .as_ref()
                .is_none_or(|scope| scope.contains(node.scope()))
    });
    let nodes: Vec<NodeId> = nodes.map(|node| node.node_id()).collect();
    Err(match nodes.is_empty() {
        true => Failure::new(headline, ""),
        false => Failure::alive(&snapshot, &nodes, "").instead(&headline, ""),
    })
}
