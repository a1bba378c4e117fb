//! What has leaked.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use objgraph_core::__private::{SecondLook, with_report};
use objgraph_core::{ObjectId, PointerKind, Snapshot, label_of, snapshot, snapshot_of};

use super::advice;
use super::pictures::{Picture, leaked, save_picture};
use super::slow_build::timed;
use crate::analysis::{self, Leaks, SnapshotObject};
use crate::draw::PictureError;
use crate::print::print;

/// Returns the objects that have leaked: they are alive, and no object that is held from outside
/// leads to them.
///
/// Takes a [`snapshot`](crate::snapshot()), so O(objects + references). What could not be traced
/// can hide a leak and never invents one.
///
/// While the snapshot is taken, other threads may move a reference from an object not visited yet
/// to one already visited, so that it is not found. A leak does not change, so leaked `Arc` objects
/// are visited again, 4 to 16 times (more often if few leaked), and reported only if every look
/// agrees.
///
/// Runs no code of the program but `visit`, so the report has no labels of objects;
/// [`with_labels`](crate::leaks::with_labels) adds them.
///
/// ```
/// let leaks = objgraph::find_leaks();
/// assert!(leaks.is_empty(), "{leaks}");
/// ```
#[must_use]
pub fn find_leaks() -> Leaks {
    timed(|| find_leaks_confirmed(&Arc::new(snapshot())))
}

/// Finds what has leaked in a snapshot that was just taken, and is not refuted by further looks.
pub(super) fn find_leaks_confirmed(snapshot: &Arc<Snapshot>) -> Leaks {
    if !crate::HAS_OBJECTS {
        return analysis::find_leaks(snapshot);
    }
    let mut leaks = analysis::find_leaks(snapshot);
    let mut look = None;
    for _ in 0..(CONFIRMED_OBJECTS / reported(&leaks).count().max(1)).clamp(4, 16) {
        let is_shared = reported(&leaks).any(|object| {
            matches!(
                object.node().pointer_kind(),
                PointerKind::Arc | PointerKind::StdArc
            )
        });
        if !is_shared {
            break;
        }
        let looks = look.get_or_insert_with(|| second_look(&leaks));
        if looks.as_mut().is_some_and(SecondLook::finds_the_same) {
            continue;
        }
        // Only leaked objects hold references to leaked objects, and only these or likely leaked ones
        // to likely leaked ones, so nothing else has to be traced.
        let again = reported(&leaks).map(|object| object.id());
        let again = snapshot_of(again.chain(weak_holders(&leaks)));
        leaks = leaks.confirmed_by(&analysis::find_leaks(&Arc::new(again)));
        look = None;
    }
    leaks
}

/// Prepares looks that compare the leaked objects with the snapshot; `None` if other objects are
/// reported too, whose evidence only a snapshot has.
fn second_look(leaks: &Leaks) -> Option<SecondLook> {
    if reported(leaks).nth(leaks.len()).is_some() {
        return None;
    }
    SecondLook::of(leaks.snapshot(), leaks.nodes())
}

/// Maximum number of objects that all confirming traces visit together, if that allows four of
/// them.
const CONFIRMED_OBJECTS: usize = 1 << 18;

/// Returns the objects with weak references to what has likely leaked: they distinguish the words
/// that are weak handles.
fn weak_holders(leaks: &Leaks) -> BTreeSet<ObjectId> {
    let snapshot = leaks.snapshot();
    let edges = leaks.likely_nodes().iter();
    let edges = edges.flat_map(|&node| snapshot.edges_to(node));
    let weak = edges.filter(|edge| edge.is_weak());
    weak.map(|edge| snapshot.node(edge.source()).id()).collect()
}

/// Returns all objects that the report mentions: the leaked ones, and those that likely or possibly
/// have leaked.
fn reported(leaks: &Leaks) -> impl Iterator<Item = SnapshotObject<'_>> {
    leaks
        .iter()
        .chain(leaks.likely_leaked())
        .chain(leaks.possibly_leaked())
        .chain(leaks.left_behind())
}

/// Adds the labels of some leaked objects to the report, in lines `for example: Folder #3 work`.
///
/// A label is the `Debug` text of an object, as [`label_of`](crate::core::label_of) returns it. Each
/// of the first three kinds of leaks shows those of at most three objects, as they are now. A
/// `Debug` may wait for a lock: then the report is announced on standard error after 2 s, without
/// labels. [`show_leaks`] and the assertions add labels themselves. Leaks in a snapshot that was loaded
/// from a file keep the labels of that snapshot.
///
/// ```
/// use objgraph::leaks::with_labels;
///
/// println!("{}", with_labels(objgraph::find_leaks()));
/// ```
#[must_use]
pub fn with_labels(leaks: Leaks) -> Leaks {
    if !crate::HAS_OBJECTS {
        return leaks;
    }
    let is_here = leaks.snapshot().is_of_this_process();
    if !is_here || (leaks.is_empty() && leaks.likely_leaked().len() == 0) {
        return leaks;
    }
    // The copy shares the kinds.
    let _ = (leaks.kinds(), leaks.likely_kinds());
    let unlabelled = leaks.clone();
    with_report(
        move || unlabelled.to_string(),
        || leaks.labelled_by(label_of),
    )
}

/// Prints what leaked, where it was made and which field closes the cycle, and draws a readable
/// part of it. The extension of `path` names the format of the picture: see
/// [`Picture::save`](crate::picture::Picture::save). A `.heapsnapshot` or a `.pb.gz` has the whole
/// snapshot. If nothing leaked, no file is written.
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
    let leaks = with_labels(find_leaks());
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
    if let Some(picture) = picture_of_leaks(&leaks).filter(|_| !advised) {
        save_picture(&picture, path)?;
    }
    Ok(leaks)
}

/// Returns a picture of a readable part of what leaked; `None` if nothing did.
pub(crate) fn picture_of_leaks(leaks: &Leaks) -> Option<Picture<'_>> {
    if !crate::HAS_OBJECTS {
        return None;
    }
    Some(leaked(leaks)?.max_objects(16).too_many(4))
}
