//! A snapshot as a file: saved, and loaded in another process.
//!
//! The file begins with eight letters and the number of the format. The rest is one gzip stream of
//! messages, each after its length. The first message has the counts of all rows; then the rows
//! follow, table by table, at most [`ROWS`](blocks::ROWS) in a message. A message of a large table has
//! its columns one after another, with differences in place of numbers that grow, so that they
//! compress well. `docs/snapshots.md` describes every message.
//!
//! ```text
//! columns   the messages of large tables: nodes, edges, handles, …
//! records   the messages of small ones: types, sites, paths, …
//! codes     enums as numbers
//! message   structs as arrays of CBOR
//! numbers   columns of numbers
//! blocks    messages: their lengths, the header and the end
//! write     a snapshot as messages
//! read      messages as a snapshot, with every number checked
//! names     the names of fields, which are kept as long as the process
//! ```

mod blocks;
mod codes;
mod columns;
mod error;
mod message;
mod names;
mod numbers;
mod read;
mod records;
#[cfg(test)]
mod tests;
mod write;

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;

pub use error::LoadError;

use super::Snapshot;
use crate::file::write_whole_with;

impl Snapshot {
    /// Saves the snapshot in a file, from which [`load`](Self::load) restores it in any process. By
    /// custom the extension is `.objgraph`.
    ///
    /// The file is written whole or not at all, piece by piece: beside the snapshot, that takes less
    /// than 16 MiB, however large the snapshot is. It contains what the snapshot contains: labels
    /// only if they were asked for, by [`with_labels`](Self::with_labels) or
    /// [`SnapshotOptions::labels`](crate::SnapshotOptions::labels).
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    ///
    /// ```
    /// use objgraph_core::{Snapshot, snapshot};
    ///
    /// # let folder = std::env::temp_dir().join(format!("objgraph-save-{}", std::process::id()));
    /// # std::fs::create_dir_all(&folder)?;
    /// # let path = folder.join("app.objgraph");
    /// let before = snapshot();
    /// before.save(&path)?;
    /// let loaded = Snapshot::load(&path)?;
    /// assert_eq!(loaded.len(), before.len());
    /// # std::fs::remove_dir_all(folder)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn save(&self, path: impl AsRef<Path>) -> io::Result<()> {
        write_whole_with(path.as_ref(), &mut |out| self.write_to(out))
    }

    /// Loads a snapshot from a file that [`save`](Self::save) wrote.
    ///
    /// It answers every question as the snapshot does that was saved. Only the program that took it
    /// can [look up](crate::at) its objects by their ids.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, is not a snapshot, is of a newer version, is cut short, or contains
    /// what no snapshot contains. A file from a hostile source is read safely: the result is an error
    /// or a snapshot. It may be as large as a thousand times the file.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, LoadError> {
        Self::read_from(BufReader::new(File::open(path)?))
    }

    /// Writes what [`save`](Self::save) saves.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn write_to(&self, out: impl Write) -> io::Result<()> {
        write::write(self.parts(), out)
    }

    /// Reads what [`write_to`](Self::write_to) wrote, to its end.
    ///
    /// # Errors
    ///
    /// Those of [`load`](Self::load).
    ///
    /// ```
    /// use objgraph_core::{LoadError, Snapshot, snapshot};
    ///
    /// let mut file = Vec::new();
    /// snapshot().write_to(&mut file)?;
    /// assert!(Snapshot::read_from(&file[..]).is_ok());
    /// file.pop();
    /// assert!(matches!(Snapshot::read_from(&file[..]), Err(LoadError::CutShort)));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn read_from(input: impl Read) -> Result<Self, LoadError> {
        read::read(input)
    }
}
