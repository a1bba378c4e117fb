//! The report on objects that are alive and should not be.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::Arc;

use objgraph_core::{NodeId, Snapshot};

use super::owners::write_held_by;
use super::sites::write_sites;
use crate::analysis::{WhyAlive, why_alive};
use crate::order;
use crate::words::Names;

/// Maximum number of types and sites that are listed.
const SITES: usize = 8;
/// Maximum number of objects of which the report says why they are alive.
const REASONS: usize = 3;
/// Maximum number of objects among which these are chosen.
const CANDIDATES: usize = 12;

/// Returns the objects by type and site, with the reason why some of them are alive.
#[doc(hidden)]
pub fn still_alive(snapshot: &Arc<Snapshot>, nodes: &[NodeId]) -> String {
    let mut out = String::new();
    let names = Names::of(snapshot);
    // Writing to a string does not fail.
    let _ = write_sites(
        &mut out,
        "  ",
        snapshot,
        &names,
        nodes.iter().copied(),
        SITES,
    );
    let reasons = reasons(snapshot, nodes);
    // Each handle is listed once: with the reasons, if several objects each have one there.
    let held: Vec<NodeId> = nodes
        .iter()
        .copied()
        .filter(has_known_handle(snapshot))
        .collect();
    let has_reason = |node| reasons.iter().any(|why| why.is_held_from_outside(node));
    let each_below = held.len() > 1 && held.iter().all(|&node| has_reason(node));
    if !each_below {
        let _ = write_held_by(&mut out, snapshot, &held);
    }
    for why in &reasons {
        let names_handles = each_below || !held.contains(&why.anchor());
        let _ = writeln!(out, "\n{}", why.to_text(names_handles));
    }
    out
}

/// Returns whether it is known where an external handle to a node was made.
fn has_known_handle(snapshot: &Snapshot) -> impl Fn(&NodeId) -> bool {
    |&node| {
        let mut handles = snapshot.handles_to(node).iter();
        handles.any(|row| row.strong && row.held.is_none())
    }
}

/// Returns why some of the objects are alive: one of each type and site, and those that are held from
/// outside before those that other objects hold.
fn reasons(snapshot: &Arc<Snapshot>, nodes: &[NodeId]) -> Vec<WhyAlive> {
    let mut seen = HashSet::new();
    let mut reasons: Vec<WhyAlive> = nodes
        .iter()
        .filter(|node| {
            let row = &snapshot.parts().nodes[node.index()];
            seen.insert((row.type_index, row.site))
        })
        .take(CANDIDATES)
        .filter_map(|&node| why_alive(snapshot, snapshot.node(node).id()))
        .collect();
    order::sort_by_key(&mut reasons, |why| !why.retaining_path().is_empty());
    if reasons
        .first()
        .is_some_and(|why| why.retaining_path().is_empty())
    {
        reasons.retain(|why| why.retaining_path().is_empty());
    }
    reasons.truncate(REASONS);
    reasons
}
