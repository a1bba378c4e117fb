//! Which types could own themselves in a cycle, by their fields alone.

mod mentions;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;

use petgraph::algo::{astar, kosaraju_scc};
use petgraph::graph::{DiGraph, NodeIndex};

use crate::order;
use objgraph_core::{TypeInfo, Visibility, public_name};

use mentions::mentions;

#[cfg(test)]
pub(crate) use tests::info as type_info;

/// The types that could own themselves in a cycle of strong references; see `type_cycles`.
///
/// The analysis follows the fields of all registered types with a derive, by the full names of the
/// fields' types, in which aliases and type parameters are resolved. `Rc` and `Arc` own, `Weak`
/// does not, and a value is part of its holder. Instances of one generic type count as one type.
/// What cannot be followed is listed: a `dyn Trait`, a type without a derive, a generic type
/// without a registered instance.
///
/// Prints as a report.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct TypeCycles {
    /// The types with a derive: full names without generic arguments, sorted.
    pub types: Vec<String>,
    /// Which types hold which, sorted.
    pub edges: Vec<TypeEdge>,
    /// The cycles: first those through a field marked `#[tracked(back)]`, then those with a cell
    /// through which they can close at run time, then the others; the shortest first.
    pub cycles: Vec<TypeCycle>,
    /// The fields that could not be followed, sorted; they may hide a cycle.
    pub unfollowed: Vec<UnfollowedField>,
    /// The generic types with a derive and without a registered instance: full names without
    /// generic arguments, sorted.
    pub unregistered: Vec<String>,
}

/// A field that the analysis cannot follow.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct UnfollowedField {
    /// The type that declares the field: an index into [`TypeCycles::types`].
    pub holder: usize,
    /// The field: `parent`, `0`, or `Variant.name` in an enum.
    pub field: String,
    /// What the field holds: `dyn app::Observer`, or the full name of a type without a derive.
    pub type_name: String,
}

/// A field through which values of one type hold values of another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct TypeEdge {
    /// The type that declares the field: an index into [`TypeCycles::types`].
    pub holder: usize,
    /// The field: `parent`, `0`, or `Variant.name` in an enum.
    pub field: String,
    /// The type that the field holds: an index into [`TypeCycles::types`].
    pub target: usize,
    /// How the field holds it.
    pub ownership: Ownership,
    /// Whether a cell or lock surrounds the pointer, so that it can be set while the value is
    /// shared.
    pub is_in_cell: bool,
    /// Whether the field is marked `#[tracked(back)]`.
    pub is_back: bool,
}

/// How a field holds a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Ownership {
    /// Through an `Rc` or `Arc`.
    Strong,
    /// Through a `Weak`.
    Weak,
    /// By value, in a `Box` or in a container.
    Value,
}

/// A cycle of types, each of which holds the next.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TypeCycle {
    /// The edges of the cycle: indices into [`TypeCycles::edges`]; the last leads to the first.
    pub edges: Vec<usize>,
    /// Whether a cell or lock lets the cycle close at run time. Without one, only a cell that the
    /// types of the fields do not show could close it.
    pub has_cell: bool,
    /// Whether one of its strong fields is marked `#[tracked(back)]`.
    pub is_back: bool,
}

impl TypeCycles {
    /// Finds the cycles among these types; `generics` are the full names of all generic types with
    /// a derive, without arguments. O(strong fields · all fields).
    #[must_use]
    pub fn of(types: &[Arc<TypeInfo>], generics: &[String]) -> Self {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let derived: Vec<&TypeInfo> = types
            .iter()
            .map(|info| &**info)
            .filter(|info| info.is_derived)
            .collect();
        let names: BTreeSet<&str> = derived.iter().map(|info| base(&info.name)).collect();
        let unregistered = generics
            .iter()
            .filter(|name| !names.contains(name.as_str()));
        let mut all = Self {
            types: names.iter().map(|&name| name.to_owned()).collect(),
            unregistered: unregistered.cloned().collect(),
            ..Self::default()
        };
        all.unregistered.sort_unstable();
        all.unregistered.dedup();
        let mut edges = Vec::new();
        let mut unfollowed = Vec::new();
        for info in derived {
            let Some(holder) = all.find_type(base(&info.name)) else {
                continue;
            };
            for field in &info.fields {
                let mut cannot_follow = |type_name: String| {
                    unfollowed.push(UnfollowedField {
                        holder,
                        field: field.name.to_owned(),
                        type_name,
                    });
                };
                if field.visibility == Visibility::Opaque {
                    cannot_follow(public_name(field.type_name));
                }
                for mention in mentions(field.type_name, &|path| names.contains(path)) {
                    if mention.is_trait && mention.ownership != Ownership::Weak {
                        if field.visibility != Visibility::Opaque {
                            cannot_follow(format!("dyn {}", public_name(mention.path)));
                        }
                    } else if let Some(target) = all.find_type(mention.path) {
                        edges.push(TypeEdge {
                            holder,
                            field: field.name.to_owned(),
                            target,
                            ownership: mention.ownership,
                            is_in_cell: mention.is_in_cell,
                            is_back: field.back,
                        });
                    }
                }
            }
        }
        all.edges = order::distinct(edges);
        all.unfollowed = order::distinct(unfollowed);
        all.cycles = all.find_cycles();
        all
    }

    /// Returns the strong fields that are marked `#[tracked(back)]` and so should be weak, whether
    /// or not they are on a cycle.
    pub fn back_edges(&self) -> impl Iterator<Item = &TypeEdge> {
        let edges = self.edges.iter();
        edges.filter(|edge| edge.is_back && edge.ownership == Ownership::Strong)
    }

    /// Returns whether there is neither a cycle nor a strong field marked `#[tracked(back)]`.
    /// Fields that could not be followed may still hide a cycle.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cycles.is_empty() && self.back_edges().next().is_none()
    }

    /// Returns the index of the type with this full name, without generic arguments.
    fn find_type(&self, name: &str) -> Option<usize> {
        self.types
            .binary_search_by(|known| known.as_str().cmp(name))
            .ok()
    }

    /// Finds a shortest cycle through each strong field, without repetition.
    fn find_cycles(&self) -> Vec<TypeCycle> {
        let graph = self.graph();
        let mut component = vec![0; self.types.len()];
        for (number, members) in kosaraju_scc(&graph).into_iter().enumerate() {
            for node in members {
                component[node.index()] = number;
            }
        }
        let mut rings: Vec<Vec<usize>> = Vec::new();
        for (number, edge) in self.edges.iter().enumerate() {
            let is_inside = component[edge.holder] == component[edge.target];
            if edge.ownership != Ownership::Strong || !is_inside {
                continue;
            }
            let Some(mut ring) = path(&graph, edge.target, edge.holder) else {
                continue;
            };
            ring.push(number);
            let least = (0..ring.len()).min_by_key(|&at| ring[at]).unwrap_or(0);
            ring.rotate_left(least);
            rings.push(ring);
        }
        let mut cycles: Vec<TypeCycle> = order::distinct(rings)
            .into_iter()
            .map(|edges| TypeCycle {
                has_cell: edges.iter().any(|&edge| self.edges[edge].is_in_cell),
                is_back: edges.iter().any(|&edge| {
                    let edge = &self.edges[edge];
                    edge.is_back && edge.ownership == Ownership::Strong
                }),
                edges,
            })
            .collect();
        order::sort_by_key(&mut cycles, |cycle| {
            (!cycle.is_back, !cycle.has_cell, cycle.edges.len())
        });
        cycles
    }

    /// Returns the graph of the types, whose edges are those that own; the weight of each is its
    /// index in `edges`.
    fn graph(&self) -> DiGraph<(), usize> {
        let mut graph = DiGraph::with_capacity(self.types.len(), self.edges.len());
        for _ in &self.types {
            graph.add_node(());
        }
        for (number, edge) in self.edges.iter().enumerate() {
            if edge.ownership != Ownership::Weak {
                let (from, to) = (NodeIndex::new(edge.holder), NodeIndex::new(edge.target));
                graph.add_edge(from, to, number);
            }
        }
        graph
    }
}

/// Returns a shortest path from one type to another: the weights of its edges.
fn path(graph: &DiGraph<(), usize>, start: usize, end: usize) -> Option<Vec<usize>> {
    let (start, end) = (NodeIndex::new(start), NodeIndex::new(end));
    let (_, nodes) = astar(graph, start, |node| node == end, |_| 1, |_| 0)?;
    let steps = nodes.windows(2).map(|step| {
        let edges = graph.edges_connecting(step[0], step[1]);
        edges.map(|edge| *edge.weight()).min()
    });
    steps.collect()
}

/// Returns the name of a type without its generic arguments.
fn base(name: &str) -> &str {
    name.split('<').next().unwrap_or(name)
}
