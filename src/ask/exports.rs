//! Everything that is alive, as files of other tools.

use std::path::Path;

use super::find_leaks;
use crate::draw::PictureError;
use crate::export::Format;
#[cfg(feature = "pprof")]
use crate::export::{pprof_by_chain_with, pprof_with};

/// Writes everything that is alive as a `.heapsnapshot`, whatever the extension of the path: for the
/// Memory panel of Chrome and Edge, for memlab, and for tools of agents. [The guide] says how to
/// read it.
///
/// Takes a [`snapshot`](crate::snapshot()), and looks for leaks as [`find_leaks`] does.
/// [`write_heapsnapshot_in`](crate::snapshot::write_heapsnapshot_in) writes a given snapshot. The
/// ids of objects are stable in a process, so a panel compares two files by object.
///
/// The file is written whole or not at all. Beside the snapshot and the search for leaks, the memory
/// is O(types + sites + names of fields), and a few words for each object that has external
/// references or has leaked.
///
/// ```
/// let kept = objgraph::rc::Rc::new("text".to_owned());
/// let path = std::env::temp_dir().join(format!("objgraph-{}.heapsnapshot", std::process::id()));
/// objgraph::write_heapsnapshot(&path)?;
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), objgraph::picture::PictureError>(())
/// ```
///
/// # Errors
///
/// If the file cannot be written.
///
/// [The guide]: crate::guide::devtools
pub fn write_heapsnapshot(path: impl AsRef<Path>) -> Result<(), PictureError> {
    Format::HeapSnapshot.save(&find_leaks(), path.as_ref())
}

/// Returns everything that is alive as a gzipped profile of pprof, by type and creation site: for
/// `go tool pprof` and what else reads its profiles. A service can return it for
/// `/debug/pprof/heap`. [The guide] says how to read it.
///
/// The types of samples are `inuse_objects`, `inuse_space`, `leaked_objects` and `leaked_space`, the
/// labels `type`, `thread` and `scope`.
///
/// Takes a [`snapshot`](crate::snapshot()), and looks for leaks as [`find_leaks`] does.
/// [`pprof_in`](crate::snapshot::pprof_in) does the same for a given snapshot, and
/// `show_leaks("leaks.pb.gz")` saves it.
///
/// ```
/// let kept = objgraph::rc::Rc::new("text".to_owned());
/// let profile: Vec<u8> = objgraph::pprof();
/// assert!(profile.starts_with(&[0x1f, 0x8b]), "it is gzipped");
/// ```
///
/// [The guide]: crate::guide::devtools
#[cfg(feature = "pprof")]
#[must_use]
pub fn pprof() -> Vec<u8> {
    pprof_with(&find_leaks())
}

/// Returns everything that is alive as a gzipped profile of pprof, by type and retaining chain: the
/// fields on the shortest path that keeps an object alive. For the rest see [`pprof`].
///
/// ```
/// let kept = objgraph::rc::Rc::new("text".to_owned());
/// let profile: Vec<u8> = objgraph::pprof_by_chain();
/// assert!(profile.starts_with(&[0x1f, 0x8b]), "it is gzipped");
/// ```
#[cfg(feature = "pprof")]
#[must_use]
pub fn pprof_by_chain() -> Vec<u8> {
    pprof_by_chain_with(&find_leaks())
}
