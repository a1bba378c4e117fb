//! Cycles among the objects of ended threads.

use crate::snapshot::{NodeRow, SnapshotParts};

/// Sets the strong counts of objects that cycles of ended threads hold to the number of edges that
/// were found. Every other handle to them was in a thread-local that is gone, or was forgotten.
pub(super) fn settle_cycles(parts: &mut SnapshotParts) {
    if parts.left_behind.is_empty() {
        return;
    }
    let mut found = vec![0u32; parts.nodes.len()];
    for edge in parts.edges.iter().filter(|edge| edge.strong) {
        found[edge.target.index()] += 1;
    }
    let has_others = |row: &NodeRow, found| row.strong != NodeRow::UNKNOWN && row.strong > found;
    let mut left_behind = parts.left_behind.iter().map(|node| node.index());
    if !left_behind.any(|node| has_others(&parts.nodes[node], found[node])) {
        return;
    }
    let is_below_cycle = below_cycles(parts, found.clone());
    for node in parts.left_behind.iter().map(|node| node.index()) {
        let row = &mut parts.nodes[node];
        if is_below_cycle[node] && has_others(row, found[node]) {
            row.strong = found[node];
        }
    }
}

/// Finds the nodes that are on cycles of strong edges, or reached from one: those that remain after
/// repeatedly removing the nodes without references. `references` counts the strong edges to each
/// node.
fn below_cycles(parts: &SnapshotParts, mut references: Vec<u32>) -> Vec<bool> {
    let mut remains = vec![true; references.len()];
    let mut free: Vec<usize> = (0..references.len())
        .filter(|&node| references[node] == 0)
        .collect();
    while let Some(node) = free.pop() {
        remains[node] = false;
        let edges = parts.edge_starts[node] as usize..parts.edge_starts[node + 1] as usize;
        for edge in parts.edges[edges].iter().filter(|edge| edge.strong) {
            let target = edge.target.index();
            references[target] -= 1;
            if references[target] == 0 {
                free.push(target);
            }
        }
    }
    remains
}
