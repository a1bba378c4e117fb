//! The handles that scans found in opaque values, with the features `scan` and `owners`.
//!
//! A pointer contains the address of the record of its handle, so its words name one handle. It is
//! captured if it is alive and strong, and no visit reported it: then a value with its words has it,
//! or had it before the handle was moved to where the trace does not see it.

use std::collections::HashSet;

use super::tracer::{CapturedHandle, Tracer};
use crate::snapshot::NodeId;
use crate::table;

/// Adds an inferred reference for each value and object, and returns the number of captured handles
/// to each node, sorted by node. A handle whose words are in several places is counted once.
pub(super) fn infer(tracer: &mut Tracer) -> Vec<(NodeId, u32)> {
    let mut captured = std::mem::take(&mut tracer.handles.captured);
    tracer.handles.met.sort_unstable();
    let met = &tracer.handles.met;
    captured.retain(|handle| {
        let at = met.partition_point(|(number, _)| *number < handle.number);
        met.get(at)
            .is_none_or(|(number, _)| *number != handle.number)
    });
    if !captured.is_empty() {
        let numbers = captured.iter().map(|handle| handle.number);
        let alive = table::handles_of(numbers).into_iter();
        let alive: HashSet<u64> = alive.map(|handle| handle.number).collect();
        captured.retain(|handle| alive.contains(&handle.number));
    }
    captured.sort_unstable();
    captured.dedup();
    let is_one_edge =
        |a: &CapturedHandle, b: &CapturedHandle| (a.held, a.target) == (b.held, b.target);
    for handles in captured.chunk_by(is_one_edge) {
        tracer.infer_at(handles[0].held, handles[0].target, handles.len());
    }
    captured.sort_by_key(|handle| (handle.target, handle.number));
    captured.dedup_by_key(|handle| handle.number);
    let of_nodes = captured.chunk_by(|a, b| a.target == b.target);
    let of_nodes = of_nodes.map(|handles| (handles[0].target, handles.len() as u32));
    let mut counts: Vec<(NodeId, u32)> = of_nodes.collect();
    counts.append(&mut tracer.handles.adopted);
    counts.sort_unstable();
    let places = captured.iter().map(|handle| (handle.number, handle.held));
    tracer.handles.inferred.extend(places);
    tracer.handles.inferred.sort_unstable();
    counts
}
