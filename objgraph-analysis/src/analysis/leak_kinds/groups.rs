//! Leaked objects in independent groups: a cycle, and what hangs on it.
//!
//! A strongly connected component that no other leaked object refers to is what keeps a group
//! alive: its root cycle. An object belongs to a group if every way to it comes from that group's
//! cycle; in other words, if it would be freed with the cycle. It is then dominated by the cycle,
//! and what it takes is retained by it. An object that several groups lead to belongs to none.

use objgraph_core::{NodeId, Snapshot};

use crate::analysis::graph::Graph;
use crate::analysis::{Components, NodeSet, rows, strong_components_within};

/// The leaked objects by group.
#[derive(Debug)]
pub(super) struct Groups {
    /// The components of the leaked objects.
    pub(super) components: Components,
    /// The components that are root cycles, in the order of the snapshot.
    pub(super) roots: Vec<usize>,
    /// All components, each before those that it refers to.
    order: Vec<u32>,
    /// Whether the component holds a cycle.
    is_cyclic: Vec<bool>,
    /// The strong edges from one component to another.
    between: Graph,
}

/// The label of what several groups lead to.
pub(super) const SHARED: u32 = u32::MAX - 1;
/// The label of what has none yet.
const NONE: u32 = u32::MAX;

impl Groups {
    /// Takes time in proportion to the nodes of the snapshot and the edges of the leaked.
    pub(super) fn of(snapshot: &Snapshot, leaked: &[NodeId]) -> Self {
        let mut within = NodeSet::new(snapshot.len());
        for &node in leaked {
            within.insert(node);
        }
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
        let between = Graph { starts, targets };
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

    /// Whether objects of the component refer to each other, or one to itself.
    pub(super) fn is_cyclic(&self, component: usize) -> bool {
        self.is_cyclic[component]
    }

    /// For each component the label that all root cycles which lead to it have in common, or
    /// [`SHARED`]; `label` gives that of the root cycles, by their place in [`Groups::roots`].
    pub(super) fn spread(&self, label: impl Fn(usize) -> u32) -> Vec<u32> {
        let mut labels = vec![NONE; self.components.count()];
        for (at, &root) in self.roots.iter().enumerate() {
            labels[root] = label(at);
        }
        for &component in &self.order {
            let own = labels[component as usize];
            for &target in self.between.row(component as usize) {
                let label = &mut labels[target as usize];
                *label = if *label == NONE || *label == own {
                    own
                } else {
                    SHARED
                };
            }
        }
        labels
    }
}
