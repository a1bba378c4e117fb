//! The handles of a trace: those that were there when it began and still are when it ends, each
//! with the place where it was met.

use std::collections::HashMap;
use std::panic::Location;

use super::tracer::Tracer;
use crate::listing::HandleListed;
use crate::snapshot::{HandleRow, Held};
use crate::table;

/// The handles of a trace.
#[derive(Default)]
pub(super) struct Handles {
    /// Whether they are known: a trace of a few objects does not list them.
    pub(super) are_known: bool,
    /// `None` where only those are told that were met.
    listed: Option<Vec<HandleListed>>,
    /// Where handles were met, by number.
    met: Vec<(u64, Held)>,
}

impl Handles {
    /// Those that there are now. To be called before objects are listed.
    pub(super) fn list() -> Self {
        Self {
            are_known: cfg!(feature = "owners"),
            listed: Some(table::handles()),
            met: Vec::new(),
        }
    }

    /// None but those that are met, which takes time in proportion to these.
    pub(super) fn met_alone() -> Self {
        Self {
            are_known: cfg!(feature = "owners"),
            ..Self::default()
        }
    }

    /// A handle was met.
    pub(super) fn meet(&mut self, number: u64, held: Held) {
        self.met.push((number, held));
    }
}

/// The rows of the handles, not sorted yet, whose sites are indexes into the second.
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
            // A trace of a few objects does not know of the others.
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
