//! Leaks.

use std::path::Path;
use std::sync::Arc;

use objgraph_core::{Holder, snapshot};

use super::pictures::{draw, save_picture};
use super::{advice, print};
use crate::analysis::{self, Leaks, Neighbourhood, PictureOptions};
use crate::report::{DotOptions, PictureError};

/// The objects that have leaked: alive, and not reachable from any object that is referred to
/// from outside the objects that were looked into.
///
/// It takes a [`snapshot`](crate::snapshot), so O(objects + references). What could not be looked
/// into can hide a leak and never makes one up. Objects that other threads could have been moving
/// about meanwhile are looked at twice.
///
/// ```
/// let leaks = objgraph::find_leaks();
/// assert!(leaks.is_empty(), "{leaks}");
/// ```
#[must_use]
pub fn find_leaks() -> Leaks {
    let first = analysis::find_leaks(&Arc::new(snapshot()));
    let shared = |leaks: &Leaks| {
        let mut leaked = leaks.iter().chain(leaks.possibly());
        leaked.any(|object| matches!(object.node().holder(), Holder::Arc | Holder::StdArc))
    };
    if shared(&first) {
        first.confirmed_by(&analysis::find_leaks(&Arc::new(snapshot())))
    } else {
        first
    }
}

/// Prints what leaked, where it was made and which field closes the cycle, and draws a readable
/// part of it. The form of the picture goes by the extension of `path`; where nothing leaked none
/// is written.
///
/// # Errors
///
/// If the picture cannot be made or written; the report is printed in any case.
///
/// ```
/// objgraph::show_leaks("leaks.svg")?;
/// # Ok::<(), objgraph::PictureError>(())
/// ```
pub fn show_leaks(path: impl AsRef<Path>) -> Result<Leaks, PictureError> {
    let leaks = find_leaks();
    let path = path.as_ref();
    let mut advised = false;
    print(|out| {
        advised = advice::write(out)?;
        if advised {
            Ok(())
        } else {
            writeln!(out, "{leaks}")
        }
    });
    if advised || (leaks.is_empty() && leaks.possibly().len() == 0) {
        return Ok(leaks);
    }
    let readable = PictureOptions {
        max_objects: 16,
        too_many: 4,
        ..PictureOptions::default()
    };
    let picture = Neighbourhood::leaks(&leaks, &readable);
    let options = DotOptions {
        drops: false,
        ..DotOptions::default()
    };
    save_picture(&draw(leaks.snapshot(), &picture, &options), path)?;
    Ok(leaks)
}
