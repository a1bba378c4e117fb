//! Which arrows of a picture are part of a cycle of strong references, in what is drawn of it.

use std::collections::HashMap;

use objgraph_core::NodeId;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;

use super::{LinkKind, Neighbourhood};

/// Marks the arrows that stand for a reference on a cycle, and writes down the sets of nodes
/// that such arrows connect. `references` are the strong references drawn, each with the index of
/// its arrow.
///
/// It goes by objects and not by nodes: between stacks of alike objects there may be arrows
/// both ways though no object reaches itself. O(references).
pub(super) fn mark(picture: &mut Neighbourhood, references: &[(usize, NodeId, NodeId)]) {
    let mut graph = DiGraph::<(), ()>::new();
    let mut index = HashMap::new();
    let mut number = |graph: &mut DiGraph<(), ()>, node: NodeId| {
        *index.entry(node).or_insert_with(|| graph.add_node(()))
    };
    let mut ends = Vec::with_capacity(references.len());
    for &(link, from, to) in references {
        let (from, to) = (number(&mut graph, from), number(&mut graph, to));
        graph.add_edge(from, to, ());
        ends.push((link, from, to));
    }
    let mut component = vec![0; graph.node_count()];
    for (number, members) in kosaraju_scc(&graph).into_iter().enumerate() {
        for member in members {
            component[member.index()] = number;
        }
    }
    for (link, from, to) in ends {
        if component[from.index()] == component[to.index()] {
            picture.links[link].kind = LinkKind::Cycle;
        }
    }
    picture.cycles = connected(picture);
}

/// The sets of nodes that red arrows connect, by their first nodes.
fn connected(picture: &Neighbourhood) -> Vec<Vec<usize>> {
    let mut graph = DiGraph::<(), ()>::new();
    for _ in &picture.nodes {
        graph.add_node(());
    }
    let mut is_red = vec![false; picture.nodes.len()];
    for link in &picture.links {
        if link.kind == LinkKind::Cycle {
            graph.add_edge((link.from as u32).into(), (link.to as u32).into(), ());
            is_red[link.from] = true;
            is_red[link.to] = true;
        }
    }
    let mut sets: Vec<Vec<usize>> = kosaraju_scc(&graph)
        .into_iter()
        .map(|set| {
            let mut set: Vec<usize> = set.into_iter().map(|node| node.index()).collect();
            set.sort_unstable();
            set
        })
        .filter(|set| is_red[set[0]])
        .collect();
    sets.sort_unstable();
    sets
}
