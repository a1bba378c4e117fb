//! The concrete types of values behind `dyn`: a column of a snapshot.

use std::fmt;
use std::sync::OnceLock;

use super::{Node, NodeRow, Place, Snapshot};
use crate::symbols::{ConcreteType, DynFunctions, concrete_type};

/// The concrete types of the values behind `dyn` that a trace could not visit. Each is named when it
/// is first asked for.
#[derive(Clone, Default)]
pub struct ConcreteTypes {
    rows: Vec<Row>,
}

/// One type.
#[derive(Clone)]
struct Row {
    /// The functions that name it; `None` for a type that had a name from the beginning.
    functions: Option<DynFunctions>,
    name: OnceLock<Option<ConcreteType>>,
}

impl ConcreteTypes {
    /// Adds a type that has a name, and returns its number.
    pub fn add(&mut self, concrete: ConcreteType) -> u32 {
        self.rows.push(Row {
            functions: None,
            name: OnceLock::from(Some(concrete)),
        });
        self.rows.len() as u32 - 1
    }

    /// Adds a type whose name is known, or that has none.
    #[cfg(feature = "save")]
    pub(super) fn add_known(&mut self, concrete: Option<ConcreteType>) {
        self.rows.push(Row {
            functions: None,
            name: OnceLock::from(concrete),
        });
    }

    pub(crate) fn add_functions(&mut self, functions: DynFunctions) -> u32 {
        self.rows.push(Row {
            functions: Some(functions),
            name: OnceLock::new(),
        });
        self.rows.len() as u32 - 1
    }

    pub(crate) fn functions(&self, number: u32) -> Option<DynFunctions> {
        self.rows.get(number as usize)?.functions
    }

    /// Returns the types with these numbers, which are numbered from 0.
    #[must_use]
    pub fn subset(&self, numbers: impl IntoIterator<Item = u32>) -> Self {
        let rows = numbers.into_iter();
        let rows = rows.filter_map(|number| self.rows.get(number as usize).cloned());
        Self {
            rows: rows.collect(),
        }
    }

    /// Returns each type, in the order of the numbers; `None` for one that symbols do not name.
    pub fn iter(&self) -> impl Iterator<Item = Option<&ConcreteType>> {
        (0..self.len() as u32).map(|number| self.get(number))
    }

    /// Returns the number of types.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Returns the type with this number, if symbols name it. Two numbers may have the same type.
    #[must_use]
    pub fn get(&self, number: u32) -> Option<&ConcreteType> {
        let row = self.rows.get(number as usize)?;
        if let Some(known) = row.name.get() {
            return known.as_ref();
        }
        // Not inside of `get_or_init`, for which another thread, or the child of a fork, would wait.
        let name = row.functions.and_then(concrete_type);
        row.name.get_or_init(|| name).as_ref()
    }
}

impl fmt::Debug for ConcreteTypes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl Snapshot {
    /// Returns the concrete type of the value at a place, if it is behind a `dyn` and symbols name
    /// it: with the feature `symbols`, in a program that is not optimised.
    ///
    /// The first call in a process reads the symbols of the program, which takes time: half a second
    /// where debug information is large.
    ///
    /// ```
    /// let snapshot = objgraph_core::snapshot();
    /// for place in snapshot.places() {
    ///     if let Some(closure) = snapshot.concrete_type(place) {
    ///         println!("{closure} could not be visited");
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn concrete_type(&self, place: &Place) -> Option<&ConcreteType> {
        self.parts.concrete_types.get(place.concrete)
    }
}

impl<'s> Node<'s> {
    /// Returns the concrete type of the value, if it is behind a `dyn`, could not be visited, and
    /// symbols name it; see [`Snapshot::concrete_type`].
    #[must_use]
    pub fn concrete_type(&self) -> Option<&'s ConcreteType> {
        self.snapshot().parts().concrete_types.get(self.concrete())
    }

    /// Returns the number of the concrete type; unknown if there is none.
    pub(crate) fn concrete(&self) -> u32 {
        let nodes = &self.snapshot().parts().concrete_nodes;
        let at = nodes.binary_search_by_key(&self.node_id(), |row| row.0);
        at.map_or(NodeRow::UNKNOWN, |at| nodes[at].1)
    }
}
