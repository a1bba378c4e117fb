//! Leaks.

use std::path::Path;
use std::sync::Arc;

use objgraph_core::{
    Holder, SnapshotOptions, Tracked, label_of, snapshot, snapshot_of, snapshot_with,
};

use super::pictures::{Picture, leaked, save_picture};
use super::{advice, register_type_of_value};
use crate::analysis::{self, BlindSpots, Leaks, ReachableCycles, SnapshotObject};
use crate::draw::PictureError;
use crate::print::print;

/// The objects that have leaked: alive, and not reachable from any object that is referred to
/// from outside the objects that were looked into.
///
/// It takes a [`snapshot`](crate::snapshot()), so O(objects + references). What could not be looked
/// into can hide a leak and never makes one up.
///
/// Other threads may move references about meanwhile, so that an object is seen before a move and
/// its owner after it. What has leaked stays as it is, so `Arc` objects are looked at again, up to
/// 16 times where few have leaked, and told only if each look finds the same.
///
/// ```
/// let leaks = objgraph::find_leaks();
/// assert!(leaks.is_empty(), "{leaks}");
/// ```
#[must_use]
pub fn find_leaks() -> Leaks {
    let mut leaks = analysis::find_leaks(&Arc::new(snapshot())).labelled_by(label_of);
    for _ in 0..(LOOKS / told(&leaks).count().max(1)).clamp(4, 16) {
        let is_shared = told(&leaks)
            .any(|object| matches!(object.node().holder(), Holder::Arc | Holder::StdArc));
        if !is_shared {
            break;
        }
        // All references to what has leaked are held by what has leaked, so nothing else has to
        // be looked at.
        let again = snapshot_of(told(&leaks).map(|object| object.id()));
        leaks = leaks.confirmed_by(&analysis::find_leaks(&Arc::new(again)));
    }
    leaks
}

/// So many objects are looked at again, all looks together, unless that is too few looks.
const LOOKS: usize = 1 << 18;

/// All of which something is told.
fn told(leaks: &Leaks) -> impl Iterator<Item = SnapshotObject<'_>> {
    let all = leaks.iter().chain(leaks.possibly_leaked());
    all.chain(leaks.left_behind())
}

/// The cycles of strong references that can be reached from a value, before anything leaks. The
/// pointers may be std's.
///
/// The type of the value is registered, with what it names. A pointer may point to any type, so
/// what it points to is not: for an instance of a generic type that nothing else registers, pass
/// `&*pointer`.
///
/// ```
/// use objgraph::Tracked;
/// use std::{cell::RefCell, rc::Rc};
///
/// #[derive(Tracked)]
/// struct Node {
///     next: RefCell<Option<Rc<Node>>>,
/// }
///
/// let node = Rc::new(Node { next: RefCell::new(None) });
/// assert!(objgraph::find_cycles(&node).is_empty());
/// *node.next.borrow_mut() = Some(node.clone());
/// let cycles = objgraph::find_cycles(&node);
/// if objgraph::ENABLED {
///     assert!(cycles.to_string().contains("Node.next → (the first)"));
/// }
/// # node.next.take();
/// ```
#[must_use]
pub fn find_cycles(value: &impl Tracked) -> ReachableCycles {
    register_type_of_value(value);
    let (snapshot, starts) = snapshot_with(&[value], SnapshotOptions::default());
    ReachableCycles::from(&Arc::new(snapshot), &starts)
}

/// What could not be looked into, and what to do about each: types without a derive, fields of
/// foreign types, cells that were in use, `Rc` objects of other threads. It takes a snapshot.
///
/// ```
/// struct Session(String);
/// let session = objgraph::rc::Rc::new(Session("alice".to_owned()));
/// let blind = objgraph::blind_spots();
/// if objgraph::ENABLED {
///     assert!(blind.to_string().contains("Session\n    → derive `Tracked` on it"));
/// }
/// ```
#[must_use]
pub fn blind_spots() -> BlindSpots {
    BlindSpots::of(&Arc::new(snapshot()))
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
/// # Ok::<(), objgraph::picture::PictureError>(())
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
    if advised || (leaks.is_empty() && leaks.possibly_leaked().len() == 0) {
        return Ok(leaks);
    }
    save_picture(&picture_of_leaks(&leaks), path)?;
    Ok(leaks)
}

/// A readable part of what leaked.
pub(crate) fn picture_of_leaks(leaks: &Leaks) -> Picture<'_> {
    leaked(leaks).max_objects(16).too_many(4)
}
