//! Pictures of who refers to whom.

mod picture;
mod selection;

use std::path::Path;
use std::sync::Arc;

use objgraph_core::{NodeId, Snapshot, SnapshotOptions, Tracked, snapshot_with};

pub use picture::Picture;

use super::{advice, register_type_of_value};
use crate::analysis::{BlindSpots, Chain, Direction, Leaks};
use crate::draw::PictureError;
use crate::print::print;
use crate::report::in_one_line;
use crate::words::path_in_line;

/// Draws what a value refers to, three references deep. The extension names the format: `.dot` is
/// the text, `.svg` needs nothing installed, and Graphviz's `dot` makes most others; see
/// [`Picture::save`]. [`refs`] has options.
///
/// The value may be an `Rc` or an `Arc`, ours or std's, an object that was looked up or its id,
/// several of these in a slice, or any value whose type is `Tracked`.
///
/// # Errors
///
/// If the picture cannot be made or written.
///
/// ```no_run
/// # let app = objgraph::rc::Rc::new(5);
/// objgraph::show_refs(&app, "app.svg")?;
/// # Ok::<(), objgraph::picture::PictureError>(())
/// ```
pub fn show_refs<T: Tracked>(value: &T, path: impl AsRef<Path>) -> Result<(), PictureError> {
    show(&refs(value), path.as_ref())
}

/// Draws what refers to a value, three references deep, and the number of external references. For
/// the rest see [`show_refs`]; [`backrefs`] has options.
///
/// # Errors
///
/// If the picture cannot be made or written.
///
/// ```no_run
/// # let app = objgraph::rc::Rc::new(5);
/// objgraph::show_backrefs(&app, "app.svg")?;
/// # Ok::<(), objgraph::picture::PictureError>(())
/// ```
pub fn show_backrefs<T: Tracked>(value: &T, path: impl AsRef<Path>) -> Result<(), PictureError> {
    show(&backrefs(value), path.as_ref())
}

/// Draws a chain of references; [`chain_backrefs`] has options and draws several chains.
///
/// # Errors
///
/// If the picture cannot be made or written.
///
/// ```no_run
/// # let user = objgraph::rc::Rc::new(5);
/// if let Some(chain) = objgraph::find_backref_chain(&user, objgraph::is_root) {
///     objgraph::show_chain(&chain, "who.svg")?;
/// }
/// # Ok::<(), objgraph::picture::PictureError>(())
/// ```
pub fn show_chain(chain: &Chain, path: impl AsRef<Path>) -> Result<(), PictureError> {
    show(&chain_backrefs([chain]), path.as_ref())
}

fn show(picture: &Picture<'_>, path: &Path) -> Result<(), PictureError> {
    if picture.snapshot().is_empty() {
        print(|out| advice::write(out).map(drop));
    }
    save_picture(picture, path)?;
    if let Some(line) = in_one_line(&BlindSpots::of(picture.snapshot())) {
        print(|out| writeln!(out, "{line}"));
    }
    Ok(())
}

/// Saves a picture and prints its path.
pub(super) fn save_picture(picture: &Picture<'_>, path: &Path) -> Result<(), PictureError> {
    picture.save(path)?;
    print(|out| writeln!(out, "Graph written to {}", path_in_line(path)));
    Ok(())
}

/// Returns a picture of what a value refers to, to which options can be added. Takes the snapshot
/// that it shows: O(objects + references).
///
/// [`show_refs`] lists what a value may be; several values are `[&a, &b]`, or the result of
/// [`at_addrs`](crate::at_addrs).
///
/// ```
/// use objgraph::{Tracked, rc::Rc};
///
/// #[derive(Tracked)]
/// struct Node {
///     next: Option<Rc<Node>>,
/// }
///
/// let last = Rc::new(Node { next: None });
/// let first = Rc::new(Node { next: Some(last.clone()) });
/// let dot = objgraph::refs([&first]).max_depth(1).refcounts(true).to_dot()?;
/// if objgraph::ENABLED {
///     assert!(dot.contains(r#"o1 -> o2 [label="next",weight=2];"#), "{dot}");
///     assert!(dot.contains(r#"o2[label="Node [2]"];"#), "{dot}");
/// }
/// # Ok::<(), objgraph::picture::PictureError>(())
/// ```
#[must_use = "a picture is drawn by `save`, `show`, `to_dot` or `to_svg`"]
pub fn refs<'f>(values: impl Tracked) -> Picture<'f> {
    around(&values, Direction::Refs)
}

/// Returns a picture of what refers to a value, to which options can be added; for the rest see
/// [`refs`].
///
/// ```
/// use objgraph::{Tracked, rc::Rc};
///
/// #[derive(Tracked)]
/// struct Holder(Rc<u8>);
///
/// let data = Rc::new(7);
/// let holders = [Rc::new(Holder(data.clone())), Rc::new(Holder(data.clone()))];
/// let drawing = objgraph::backrefs(&data).highlight(|node| node.type_info().matches("u8")).drawing()?;
/// if objgraph::ENABLED {
///     assert_eq!(drawing.objects(), 3);
///     assert!(drawing.nodes[0].is_highlighted);
/// }
/// # drop(holders);
/// # Ok::<(), objgraph::picture::PictureError>(())
/// ```
#[must_use = "a picture is drawn by `save`, `show`, `to_dot` or `to_svg`"]
pub fn backrefs<'f>(values: impl Tracked) -> Picture<'f> {
    around(&values, Direction::Backrefs)
}

/// Returns a picture of a given snapshot, like [`refs`].
#[must_use = "a picture is drawn by `save`, `show`, `to_dot` or `to_svg`"]
pub fn refs_in<'f>(
    snapshot: &Arc<Snapshot>,
    starts: impl IntoIterator<Item = NodeId>,
) -> Picture<'f> {
    Picture::around(
        Arc::clone(snapshot),
        starts.into_iter().collect(),
        Direction::Refs,
    )
}

/// Returns a picture of a given snapshot, like [`backrefs`].
#[must_use = "a picture is drawn by `save`, `show`, `to_dot` or `to_svg`"]
pub fn backrefs_in<'f>(
    snapshot: &Arc<Snapshot>,
    starts: impl IntoIterator<Item = NodeId>,
) -> Picture<'f> {
    Picture::around(
        Arc::clone(snapshot),
        starts.into_iter().collect(),
        Direction::Backrefs,
    )
}

/// Returns a picture of chains: their objects and all references between them, from the ends of the
/// chains backwards.
///
/// It shows the snapshot of the last chain. Of chains in other snapshots it shows the objects whose
/// ids are in that snapshot.
#[must_use = "a picture is drawn by `save`, `show`, `to_dot` or `to_svg`"]
pub fn chain_backrefs<'c, 'f>(chains: impl IntoIterator<Item = &'c Chain>) -> Picture<'f> {
    Picture::chains(chains.into_iter().collect(), Direction::Backrefs)
}

/// Returns a picture of chains, from their beginnings forwards; for the rest see [`chain_backrefs`].
#[must_use = "a picture is drawn by `save`, `show`, `to_dot` or `to_svg`"]
pub fn chain_refs<'c, 'f>(chains: impl IntoIterator<Item = &'c Chain>) -> Picture<'f> {
    Picture::chains(chains.into_iter().collect(), Direction::Refs)
}

/// Returns a picture of what has leaked: an example of each kind of cycle in red, the reference that
/// the first fix makes `Weak` in blue, and in grey what the cycles own, folded and counted. It has a
/// legend. Returns `None` if nothing has leaked, not even possibly; the text of `leaks` says how
/// certain that is.
///
/// ```no_run
/// let leaks = objgraph::find_leaks();
/// match objgraph::picture::leaked(&leaks) {
///     Some(picture) => picture.sites(true).save("leaks.svg")?,
///     None => println!("{leaks}"),
/// }
/// # Ok::<(), objgraph::picture::PictureError>(())
/// ```
#[must_use = "a picture is drawn by `save`, `show`, `to_dot` or `to_svg`"]
pub fn leaked<'f>(leaks: &Leaks) -> Option<Picture<'f>> {
    if !crate::HAS_OBJECTS {
        return None;
    }
    let unproven = leaks.likely_leaked().len() + leaks.possibly_leaked().len();
    (leaks.len() + unproven > 0).then(|| Picture::leaks(leaks))
}

fn around<'f>(value: &impl Tracked, direction: Direction) -> Picture<'f> {
    register_type_of_value(value);
    let (snapshot, starts) = snapshot_with(&[value], SnapshotOptions::default().labels(true));
    Picture::around(Arc::new(snapshot), starts, direction).of_live_objects()
}
