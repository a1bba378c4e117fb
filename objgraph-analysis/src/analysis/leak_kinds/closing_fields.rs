//! Determines which fields close the cycle of a group, by their names and marks alone.

use objgraph_core::{NodeId, Snapshot};

use crate::analysis::fields::Fields;
use crate::analysis::{Components, rows};

/// Finds the fields that close cycles, component by component.
///
/// Names, marks and references decide, and the order of births does not, so that the result is the
/// same in every run.
pub(super) struct ClosingFields<'s> {
    snapshot: &'s Snapshot,
    components: &'s Components,
    fields: &'s Fields,
    /// The number of references to each node of the component that are not yet removed.
    open: Vec<u32>,
}

impl<'s> ClosingFields<'s> {
    pub fn new(snapshot: &'s Snapshot, components: &'s Components, fields: &'s Fields) -> Self {
        Self {
            snapshot,
            components,
            fields,
            open: vec![0; snapshot.len()],
        }
    }

    /// Returns the first of these sets without which the component has no cycle: one marked field,
    /// all marked fields, one field whose name says that it points back, all fields of either sort.
    /// `fields` are those of the component, sorted.
    pub(super) fn of(&mut self, component: usize, fields: &[u32]) -> Option<Vec<u32>> {
        let marked = |&field: &u32| self.fields.get(field).is_back;
        let named = |&field: &u32| self.fields.get(field).is_named_back();
        let choose = |is_chosen: &dyn Fn(&u32) -> bool| -> Vec<u32> {
            fields
                .iter()
                .copied()
                .filter(|field| is_chosen(field))
                .collect()
        };
        let (marked, named, either) = (
            choose(&marked),
            choose(&|field| named(field) && !marked(field)),
            choose(&|field| named(field) || marked(field)),
        );
        let one = |set: &[u32]| -> Vec<Vec<u32>> { set.iter().map(|&one| vec![one]).collect() };
        let mut sets = one(&marked);
        sets.push(marked);
        sets.extend(one(&named));
        sets.push(either);
        sets.retain(|set| !set.is_empty());
        sets.into_iter().find(|set| self.is_acyclic(component, set))
    }

    /// Returns whether the component has no cycle without these fields (Arthur B. Kahn,
    /// "Topological sorting of large networks", 1962).
    fn is_acyclic(&mut self, component: usize, without: &[u32]) -> bool {
        let Self {
            snapshot,
            components,
            fields,
            open,
        } = self;
        let members = components.members(component);
        let targets = |node: NodeId| {
            rows(snapshot, node).iter().filter_map(|edge| {
                let is_internal = edge.strong && components.of(edge.target) == Some(component);
                let is_left = !without.contains(&fields.pointer(snapshot, edge));
                (is_internal && is_left).then_some(edge.target)
            })
        };
        for &node in members {
            for target in targets(node) {
                open[target.index()] += 1;
            }
        }
        let is_free = |node: &NodeId| open[node.index()] == 0;
        let mut free: Vec<NodeId> = members.iter().copied().filter(is_free).collect();
        let mut next = 0;
        while let Some(&node) = free.get(next) {
            next += 1;
            for target in targets(node) {
                open[target.index()] -= 1;
                if open[target.index()] == 0 {
                    free.push(target);
                }
            }
        }
        for node in members {
            open[node.index()] = 0;
        }
        free.len() == members.len()
    }
}
