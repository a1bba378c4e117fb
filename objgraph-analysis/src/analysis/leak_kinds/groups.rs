//! Divides leaked objects into independent groups: a cycle, and what hangs on it.
//!
//! The root cycle of a group is a strongly connected component that no other leaked object refers
//! to; it keeps the group alive. An object belongs to a group if every path to it comes from the
//! root cycle, that is, if it would be freed with the cycle: the cycle dominates it and retains its
//! bytes. An object that several root cycles lead to belongs to no group.

use objgraph_core::{NodeId, Snapshot};

use crate::analysis::adjacency::Adjacency;
use crate::analysis::{Components, NodeSet, rows, strong_components_within};

/// The groups of the leaked objects.
#[derive(Debug)]
pub(super) struct Groups {
    /// The strongly connected components of the leaked objects.
    pub(super) components: Components,
    /// The components that are root cycles, in the order of the snapshot.
    pub(super) roots: Vec<usize>,
    /// All components, each before those that it refers to.
    order: Vec<u32>,
    /// Whether each component contains a cycle.
    is_cyclic: Vec<bool>,
    /// The strong edges from one component to another.
    between: Adjacency,
}

/// The label of components that several labels lead to.
pub(super) const SHARED: u32 = u32::MAX - 1;
/// The label of components that are not labelled yet.
const UNLABELLED: u32 = u32::MAX;

impl Groups {
    /// O(nodes of the snapshot + edges of the leaked objects).
    pub(super) fn of(snapshot: &Snapshot, leaked: &[NodeId]) -> Self {
        let within = NodeSet::of(snapshot.len(), leaked.iter().copied());
        let components = strong_components_within(snapshot, &within);
        let mut into = vec![0u32; components.count()];
        let mut is_cyclic = vec![false; components.count()];
        let (mut starts, mut targets) = (vec![0], Vec::new());
        for (component, is_cyclic) in is_cyclic.iter_mut().enumerate() {
            for &node in components.members(component) {
                for edge in rows(snapshot, node).iter().filter(|edge| edge.strong) {
                    match components.of(edge.target) {
                        Some(target) if target == component => *is_cyclic = true,
                        Some(target) => {
                            into[target] += 1;
                            targets.push(target as u32);
                        }
                        None => {}
                    }
                }
            }
            starts.push(targets.len() as u32);
        }
        let between = Adjacency { starts, targets };
        let roots: Vec<usize> = (0..components.count())
            .filter(|&at| into[at] == 0)
            .collect();
        // Arthur B. Kahn, "Topological sorting of large networks", 1962.
        let mut order: Vec<u32> = roots.iter().map(|&root| root as u32).collect();
        let mut next = 0;
        while let Some(&component) = order.get(next) {
            next += 1;
            for &target in between.row(component as usize) {
                into[target as usize] -= 1;
                if into[target as usize] == 0 {
                    order.push(target);
                }
            }
        }
        Self {
            components,
            roots,
            order,
            is_cyclic,
            between,
        }
    }

    /// Returns whether the component contains a cycle, which may be a reference of one object to
    /// itself.
    pub(super) fn is_cyclic(&self, component: usize) -> bool {
        self.is_cyclic[component]
    }

    /// Returns for each component the label that all root cycles which lead to it share, or
    /// [`SHARED`]. `label` gives the label of each root cycle, by its index in [`Groups::roots`].
    pub(super) fn spread(&self, label: impl Fn(usize) -> u32) -> Vec<u32> {
        let mut labels = vec![UNLABELLED; self.components.count()];
        for (at, &root) in self.roots.iter().enumerate() {
            labels[root] = label(at);
        }
        for &component in &self.order {
            let own = labels[component as usize];
            for &target in self.between.row(component as usize) {
                let label = &mut labels[target as usize];
                *label = if *label == UNLABELLED || *label == own {
                    own
                } else {
                    SHARED
                };
            }
        }
        labels
    }
}
