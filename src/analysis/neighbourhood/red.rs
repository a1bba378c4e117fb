//! Which arrows of a picture are part of a cycle of strong references, in what is drawn of it.

use std::collections::HashMap;

use objgraph_core::NodeId;

use super::{LinkKind, Neighbourhood};
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
    for &(link, from, to) in references {
        let [from, to] = [from, to].map(|node| {
            *index.entry(node).or_insert_with(|| {
                targets.push(Vec::new());
                targets.len() - 1
            })
        });
        targets[from].push(to as u32);
        ends.push((link, from, to));
    }
    let component = components_of(&targets);
    for (link, from, to) in ends {
        if component[from] == component[to] {
            picture.links[link].kind = LinkKind::Cycle;
        }
    }
    picture.cycles = connected(picture);
}

/// The same for a picture in which each node is one object, or stands for some of a ring.
pub(super) fn mark_nodes(picture: &mut Neighbourhood) {
    let is_strong = |kind| matches!(kind, LinkKind::Strong | LinkKind::Cycle);
    let component = components_of(&targets(picture, is_strong));
    for link in &mut picture.links {
        if is_strong(link.kind) && component[link.from] == component[link.to] {
            link.kind = LinkKind::Cycle;
        }
    }
    picture.cycles = connected(picture);
}

/// The sets of nodes that red arrows connect, by their first nodes.
fn connected(picture: &Neighbourhood) -> Vec<Vec<usize>> {
    let is_red = |kind| kind == LinkKind::Cycle;
    let mut with_arrow = vec![false; picture.nodes.len()];
    for link in picture.links.iter().filter(|link| is_red(link.kind)) {
        with_arrow[link.from] = true;
        with_arrow[link.to] = true;
    }
    let component = components_of(&targets(picture, is_red));
    let mut sets = vec![Vec::new(); picture.nodes.len()];
    for (node, _) in with_arrow.iter().enumerate().filter(|(_, is)| **is) {
        sets[component[node] as usize].push(node);
    }
    sets.retain(|set| !set.is_empty());
    sets
}

/// The nodes that the arrows of some kinds lead to, from each node.
fn targets(picture: &Neighbourhood, wanted: impl Fn(LinkKind) -> bool) -> Vec<Vec<u32>> {
    let mut targets = vec![Vec::new(); picture.nodes.len()];
    for link in picture.links.iter().filter(|link| wanted(link.kind)) {
        targets[link.from].push(link.to as u32);
    }
    targets
}
