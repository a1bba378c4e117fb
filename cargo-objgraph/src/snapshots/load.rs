//! Loads a file, and says what is wrong with it.

use std::path::Path;
use std::sync::Arc;

use objgraph::Snapshot;

use super::Loaded;
use crate::error::Error;

/// Loads a snapshot.
pub(super) fn load(path: &Path) -> Result<Loaded, Error> {
    let loaded = Snapshot::load(path);
    loaded
        .map(Arc::new)
        .map_err(|error| Error::Other(format!("{}: {error}", path.display())))
}
