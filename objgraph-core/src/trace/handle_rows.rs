//! The rows of the handles of a snapshot.

use std::collections::HashMap;
use std::panic::Location;

use super::tracer::{Handles, Tracer};
use crate::snapshot::{HandlePlace, HandleRow};
use crate::table;

/// Returns the rows of the handles, not sorted yet, and the sites that they have indexes of. Handles
/// that were met are sorted by number.
pub(super) fn rows(tracer: &mut Tracer) -> (Vec<HandleRow>, Vec<&'static Location<'static>>) {
    let Handles {
        are_known,
        listed,
        met,
        inferred,
        ..
    } = std::mem::take(&mut tracer.handles);
    let listed = match listed {
        Some(listed) => listed,
        None if are_known => {
            let found = met.iter().chain(&inferred);
            table::handles_of(found.map(|&(number, _)| number))
        }
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
        let held = place_of(handle.number, &met);
        let inferred = place_of(handle.number, &inferred);
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
            held: held.or(inferred),
            is_inferred: held.is_none() && inferred.is_some(),
        });
    }
    (rows, sites)
}

/// Returns the place of the handle with a number, from places sorted by number.
fn place_of(handle: u64, places: &[(u64, HandlePlace)]) -> Option<HandlePlace> {
    let at = places.partition_point(|(number, _)| *number < handle);
    let place = places.get(at).filter(|(number, _)| *number == handle);
    place.map(|&(_, held)| held)
}
