//! The report on objects that are alive and should not be.

use std::fmt::Write as _;

use super::owners::write_held_by;
use super::sites::write_sites;
use crate::analysis::AliveObjects;
use crate::words::Names;

/// Maximum number of types and sites that are listed.
const SITES: usize = 8;

/// Returns the objects by type and site, with the reason why some of them are alive.
#[doc(hidden)]
pub fn still_alive(objects: &AliveObjects) -> String {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    let mut out = String::new();
    let names = Names::of(objects.snapshot());
    // Writing to a string does not fail.
    let _ = write_sites(
        &mut out,
        "  ",
        objects.snapshot(),
        &names,
        objects.nodes().iter().copied(),
        SITES,
    );
    // Each handle is listed once: with the reasons, if several objects each have one there.
    let held = objects.with_handles();
    let has_reason = |&node| {
        let mut reasons = objects.reasons().iter();
        reasons.any(|why| why.is_held_from_outside(node))
    };
    let each_below = held.len() > 1 && held.iter().all(has_reason);
    if !each_below {
        let _ = write_held_by(&mut out, objects.handles());
    }
    for why in objects.reasons() {
        let names_handles = each_below || !held.contains(&why.anchor());
        let _ = writeln!(out, "\n{}", why.to_text(names_handles));
    }
    out
}
