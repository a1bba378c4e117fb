//! Finds the edges of a picture that are on a cycle of strong references, as far as the picture
//! shows it.

use std::collections::HashMap;

use objgraph_core::NodeId;

use super::{EdgeKind, Neighbourhood};
use crate::analysis::scc::components_of;

/// Marks the edges that represent a reference on a cycle, and lists the sets of nodes that such
/// edges connect. `references` are the strong references drawn, each with the index of its edge.
///
/// Objects decide, not nodes: edges may lead both ways between two stacks although no object
/// reaches itself. O(references).
pub(super) fn mark(picture: &mut Neighbourhood, references: &[(usize, NodeId, NodeId)]) {
    let mut index = HashMap::new();
    let mut targets: Vec<Vec<u32>> = Vec::new();
    let mut ends = Vec::with_capacity(references.len());
    for &(edge, from, to) in references {
        let [from, to] = [from, to].map(|node| {
            *index.entry(node).or_insert_with(|| {
                targets.push(Vec::new());
                targets.len() - 1
            })
        });
        targets[from].push(to as u32);
        ends.push((edge, from, to));
    }
    let component = components_of(&targets);
    let mut is_on_cycle = vec![false; picture.edges.len()];
    for (edge, from, to) in ends {
        if component[from] == component[to] {
            is_on_cycle[edge] = true;
            let kind = &mut picture.edges[edge].kind;
            if *kind != EdgeKind::Inferred {
                *kind = EdgeKind::Cycle;
            }
        }
    }
    picture.cycles = connected_nodes(picture, &is_on_cycle);
}

/// Returns the sets of nodes that cyclic edges connect, by their first nodes.
fn connected_nodes(picture: &Neighbourhood, is_on_cycle: &[bool]) -> Vec<Vec<usize>> {
    let mut targets = vec![Vec::new(); picture.nodes.len()];
    let mut is_cyclic = vec![false; picture.nodes.len()];
    for (edge, &is_on_cycle) in picture.edges.iter().zip(is_on_cycle) {
        if is_on_cycle {
            targets[edge.from].push(edge.to as u32);
            is_cyclic[edge.from] = true;
            is_cyclic[edge.to] = true;
        }
    }
    let mut sets = vec![Vec::new(); picture.nodes.len()];
    for (node, component) in components_of(&targets).into_iter().enumerate() {
        if is_cyclic[node] {
            sets[component as usize].push(node);
        }
    }
    sets.retain(|set| !set.is_empty());
    sets
}
