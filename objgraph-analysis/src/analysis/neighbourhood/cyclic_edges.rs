//! Which arrows of a picture are part of a cycle of strong references, in what is drawn of it.

use std::collections::HashMap;

use objgraph_core::NodeId;

use super::{EdgeKind, Neighbourhood};
use crate::analysis::scc::components_of;

/// Marks the arrows that stand for a reference on a cycle, and writes down the sets of nodes
/// that such arrows connect. `references` are the strong references drawn, each with the index of
/// its arrow.
///
/// It goes by objects and not by nodes: between stacks of alike objects there may be arrows
/// both ways though no object reaches itself. O(references).
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
    for (edge, from, to) in ends {
        if component[from] == component[to] {
            picture.edges[edge].kind = EdgeKind::Cycle;
        }
    }
    picture.cycles = connected(picture);
}

/// The sets of nodes that red arrows connect, by their first nodes.
fn connected(picture: &Neighbourhood) -> Vec<Vec<usize>> {
    let mut targets = vec![Vec::new(); picture.nodes.len()];
    let mut is_red = vec![false; picture.nodes.len()];
    for edge in &picture.edges {
        if edge.kind == EdgeKind::Cycle {
            targets[edge.from].push(edge.to as u32);
            is_red[edge.from] = true;
            is_red[edge.to] = true;
        }
    }
    let mut sets = vec![Vec::new(); picture.nodes.len()];
    for (node, component) in components_of(&targets).into_iter().enumerate() {
        if is_red[node] {
            sets[component as usize].push(node);
        }
    }
    sets.retain(|set| !set.is_empty());
    sets
}
