//! Pictures of who refers to whom.

use std::path::Path;
use std::sync::Arc;

use objgraph_core::{Node, NodeId, Snapshot, SnapshotOptions, Tracked, label_of, snapshot_with};

use super::{advice, print};
use crate::analysis::{BlindSpots, Neighbourhood, PictureOptions};
use crate::report::{DotOptions, PictureError, in_one_line, save, to_dot};

/// Draws what a value refers to, three references deep. The form of the picture goes by the
/// extension: `.dot` is the text, `.svg` needs nothing installed, any other is made by `dot`.
///
/// The value may be an `Rc` or an `Arc`, ours or std's, an object that was looked up, several of
/// these in a slice, or any value whose type is `Tracked`.
///
/// # Errors
///
/// If the picture cannot be made or written.
///
/// ```no_run
/// # let app = objgraph::rc::Rc::new(5);
/// objgraph::show_refs(&app, "app.svg")?;
/// # Ok::<(), objgraph::PictureError>(())
/// ```
pub fn show_refs<T: Tracked>(value: &T, path: impl AsRef<Path>) -> Result<(), PictureError> {
    show(value, path.as_ref(), Neighbourhood::refs)
}

/// Draws what refers to a value, three references deep; references from outside of all that
/// could be looked into are told by their number. For the rest as [`show_refs`].
///
/// # Errors
///
/// If the picture cannot be made or written.
///
/// ```no_run
/// # let app = objgraph::rc::Rc::new(5);
/// objgraph::show_backrefs(&app, "app.svg")?;
/// # Ok::<(), objgraph::PictureError>(())
/// ```
pub fn show_backrefs<T: Tracked>(value: &T, path: impl AsRef<Path>) -> Result<(), PictureError> {
    show(value, path.as_ref(), Neighbourhood::backrefs)
}

fn show(
    value: &dyn Tracked,
    path: &Path,
    choose: fn(&Snapshot, &[NodeId], &PictureOptions<'_>) -> Neighbourhood,
) -> Result<(), PictureError> {
    let (snapshot, starts) = snapshot_with(&[value], SnapshotOptions::default().labels(true));
    if snapshot.is_empty() {
        print(|out| advice::write(out).map(drop));
    }
    let picture = choose(&snapshot, &starts, &PictureOptions::default());
    save_picture(&draw(&snapshot, &picture, &DotOptions::default()), path)?;
    if let Some(line) = in_one_line(&BlindSpots::of(&Arc::new(snapshot))) {
        print(|out| writeln!(out, "{line}"));
    }
    Ok(())
}

/// The DOT text of a picture, with labels of the values that are drawn and still alive.
pub(crate) fn draw(
    snapshot: &Snapshot,
    picture: &Neighbourhood,
    options: &DotOptions<'_>,
) -> String {
    let label = |node: Node<'_>| label_of(node.id());
    let options = DotOptions {
        label: Some(&label),
        ..*options
    };
    to_dot(snapshot, picture, &options)
}

/// Saves a picture and tells where it is.
pub(super) fn save_picture(dot: &str, path: &Path) -> Result<(), PictureError> {
    save(dot, path)?;
    print(|out| writeln!(out, "Graph written to {}", path.display()));
    Ok(())
}
