//! The rows of the handles of a snapshot.

use std::collections::HashMap;
use std::panic::Location;

use super::tracer::{Handles, Tracer};
use crate::snapshot::HandleRow;
use crate::table;

/// Returns the rows of the handles, not sorted yet, and the sites that they have indexes of.
pub(super) fn rows(tracer: &mut Tracer) -> (Vec<HandleRow>, Vec<&'static Location<'static>>) {
    let Handles {
        are_known,
        listed,
        mut met,
    } = std::mem::take(&mut tracer.handles);
    met.sort_unstable();
    let listed = match listed {
        Some(listed) => listed,
        None if are_known => table::handles_of(met.iter().map(|&(number, _)| number)),
        None => Vec::new(),
    };
    let mut sites = Vec::new();
    let mut site_of = HashMap::new();
    let mut rows = Vec::with_capacity(listed.len());
    for handle in listed {
        if !table::still_there(&handle) {
            continue;
        }
        let target = tracer
            .known(handle.object)
            .filter(|_| !handle.leads_nowhere);
        let type_index = match target {
            Some(node) => tracer.nodes[node as usize].type_index,
            // A trace of a few objects does not list the others.
            None if handle.strong => continue,
            None if !handle.leads_nowhere && table::lives(handle.object) => continue,
            None => tracer.types.of_kind(handle.kind, &tracer.registry),
        };
        let address = std::ptr::from_ref(handle.site).addr();
        let site = *site_of.entry(address).or_insert_with(|| {
            sites.push(handle.site);
            (sites.len() - 1) as u32
        });
        let at = met.partition_point(|(number, _)| *number < handle.number);
        let held = met.get(at).filter(|(number, _)| *number == handle.number);
        rows.push(HandleRow {
            object: handle.object,
            target: target.map(|node| crate::snapshot::NodeId::new(node as usize)),
            type_index,
            strong: handle.strong,
            site,
            thread: tracer.threads.index(handle.thread),
            scope: handle.scope,
            epoch: handle.epoch,
            number: handle.number,
            held: held.map(|&(_, held)| held),
        });
    }
    (rows, sites)
}
