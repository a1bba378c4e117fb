//! The concrete types of values behind `dyn`, while a trace collects them.

use std::collections::HashMap;

use crate::snapshot::{ConcreteTypes, NodeId, NodeRow};
use crate::symbols::DynFunctions;

/// The concrete types that a trace met.
#[derive(Default)]
pub(in crate::trace) struct Concrete {
    pub(in crate::trace) types: ConcreteTypes,
    /// Opaque nodes behind a `dyn`, with the numbers of their types.
    pub(in crate::trace) nodes: Vec<(NodeId, u32)>,
    numbers: HashMap<DynFunctions, u32>,
}

impl Concrete {
    /// Returns the number of the type with these functions; unknown without any.
    #[inline]
    pub(in crate::trace) fn number(&mut self, functions: Option<DynFunctions>) -> u32 {
        match functions {
            Some(functions) => *self
                .numbers
                .entry(functions)
                .or_insert_with(|| self.types.add_functions(functions)),
            None => NodeRow::UNKNOWN,
        }
    }

    /// Sets the type of an opaque node.
    #[inline]
    pub(in crate::trace) fn set(&mut self, node: u32, functions: Option<DynFunctions>) {
        if functions.is_some() {
            let number = self.number(functions);
            self.nodes.push((NodeId::new(node as usize), number));
        }
    }
}
