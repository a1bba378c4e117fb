//! `assert_count!`: the number of objects of a type.

use std::any::type_name;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use objgraph_core::{ENABLED, NodeId, Scope, count_of, objects, public_name, snapshot, tracking};

use super::check::WAIT;
use super::failure::Failure;
use super::patience::{Patience, is_shared};
use crate::ask::{Meaning, meaning, suggestions};
use crate::words::in_line;

/// The types to count: one type, or all types of a name.
#[derive(Clone, Copy)]
pub struct TypeSelector {
    name: &'static str,
    /// Counts all objects in the process of one type; `None` for a name.
    of_type: Option<fn() -> usize>,
}

impl TypeSelector {
    /// Selects the types of this name.
    #[must_use]
    pub const fn named(name: &'static str) -> Self {
        Self {
            name,
            of_type: None,
        }
    }

    /// Selects this type.
    #[must_use]
    pub fn of<T: 'static>() -> Self {
        Self {
            name: type_name::<T>(),
            of_type: Some(count_of::<T>),
        }
    }

    /// Returns the selected types.
    fn types(&self) -> Types {
        if !crate::HAS_OBJECTS {
            return Types::One(crate::nothing());
        }
        match self.of_type {
            Some(_) => Types::One(public_name(self.name)),
            None => Types::Named(meaning(self.name, &objgraph_core::counts())),
        }
    }

    /// Counts their objects in the scope or, without one, in the process.
    fn count(&self, types: &Types, scope: Option<&Scope>) -> usize {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        if let (Some(count), None) = (self.of_type, scope) {
            return count();
        }
        let mut known: HashMap<&'static str, bool> = HashMap::new();
        let counted = objects().into_iter().filter(|object| {
            scope.is_none_or(|scope| scope.contains(object.scope()))
                && types.contain(object.type_name(), &mut known)
        });
        counted.count()
    }
}

/// The types to count, with the meaning of a name looked up.
enum Types {
    One(String),
    Named(Meaning<'static>),
}

impl Types {
    fn is(&self, full: &str) -> bool {
        match self {
            Self::One(name) => *name == public_name(full),
            Self::Named(meaning) => meaning.is(full),
        }
    }

    /// Returns whether a type is among them, which is computed once for each type.
    fn contain(&self, full: &'static str, known: &mut HashMap<&'static str, bool>) -> bool {
        *known.entry(full).or_insert_with(|| self.is(full))
    }

    /// Returns whether other threads may create or drop some of their objects.
    fn may_change(&self, number: usize) -> bool {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let mut known = HashMap::new();
        let mut counted = objects()
            .into_iter()
            .filter(|object| self.contain(object.type_name(), &mut known));
        number == 0
            || counted.any(|object| is_shared(object.pointer_kind()) || object.is_of_other_thread())
    }
}

impl fmt::Debug for TypeSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Counts objects, and waits for stragglers while the number is not right.
///
/// # Errors
///
/// If the number is still not right then. `asserted` is the assertion as it was written.
pub(super) fn counts(
    selector: TypeSelector,
    is_right: impl Fn(usize) -> bool,
    asserted: &str,
) -> Result<(), Failure> {
    let scope = Scope::current();
    if selector.of_type.is_none() {
        if let Some(failure) = unknown(selector.name, asserted) {
            return Err(failure);
        }
    }
    let types = selector.types();
    if let Some(left_out) = tracking::left_out().into_iter().find(|name| types.is(name)) {
        return Err(not_counted(&left_out, asserted));
    }
    let mut patience = Patience::new(WAIT);
    let number = loop {
        let number = selector.count(&types, scope.as_ref());
        if is_right(number) {
            return Ok(());
        }
        if !(types.may_change(number) && patience.pause()) {
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
        types.is(&node.type_info().name)
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

/// Returns the failure for a type of which objects were left out by choice.
fn not_counted(name: &str, asserted: &str) -> Failure {
    let name = in_line(name);
    Failure::new(
        format!("assert_count!({asserted}): objects of {name} were left out by choice"),
        "`objgraph::tracking` leaves out this type, so its objects are not counted.\n\
         Call `objgraph::tracking::all()` before these objects are made.",
    )
}

/// Returns the failure for a name that no type in the program has: such an assertion could never
/// fail.
fn unknown(name: &str, asserted: &str) -> Option<Failure> {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    if !ENABLED {
        return None;
    }
    let similar = suggestions(name)?;
    let mut body = String::from(
        "No type with a derive has this name, and no object of such a type was ever\ncreated.",
    );
    if !similar.is_empty() {
        body.push_str(" Similar names:");
        for name in similar {
            body.push_str("\n  ");
            body.push_str(&in_line(&name));
        }
    }
    Some(Failure::new(
        format!(
            "assert_count!({asserted}): no type is called `{}`",
            in_line(name)
        ),
        body,
    ))
}
