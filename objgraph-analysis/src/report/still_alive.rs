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

/// At most so many types and sites are told.
const SITES: usize = 8;
/// Why they are alive is told for so many, and looked at for a few more.
const REASONS: usize = 3;
const LOOKED_AT: usize = 12;

/// What is alive, made where, and for some of it, why.
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
    // Each handle is told once: of several objects, below, where each has a reason there.
    let held: Vec<NodeId> = nodes.iter().copied().filter(is_held_by(snapshot)).collect();
    let told_below = |node| reasons.iter().any(|why| why.is_held_from_outside(node));
    let each_below = held.len() > 1 && held.iter().all(|&node| told_below(node));
    if !each_below {
        let _ = write_held_by(&mut out, snapshot, &held);
    }
    for why in &reasons {
        let names_handles = each_below || !held.contains(&why.anchor());
        let _ = writeln!(out, "\n{}", why.to_text(names_handles));
    }
    out
}

/// Whether it is known where handles from outside to a node were made.
fn is_held_by(snapshot: &Snapshot) -> impl Fn(&NodeId) -> bool {
    |&node| {
        let mut handles = snapshot.handles_to(node).iter();
        handles.any(|row| row.strong && row.held.is_none())
    }
}

/// Why some of the objects are alive: one of each type and site, those that are held themselves
/// before those that others hold.
fn reasons(snapshot: &Arc<Snapshot>, nodes: &[NodeId]) -> Vec<WhyAlive> {
    let mut seen = HashSet::new();
    let kinds = nodes.iter().filter(|node| {
        let row = &snapshot.parts().nodes[node.index()];
        seen.insert((row.type_index, row.site))
    });
    let mut reasons: Vec<WhyAlive> = kinds
        .take(LOOKED_AT)
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
