//! Drawings and snapshots as JSON, as described in `docs/json.md`.

mod drawing;
mod snapshot;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use objgraph_core::Snapshot;

use super::drawing::Drawing;

impl Drawing {
    /// Returns the drawing as JSON, in one line. Its fields are those of [`Drawing`], as described
    /// in `docs/json.md`. With the feature `serde`, `Drawing` serializes to the same.
    #[must_use]
    pub fn to_json(&self) -> String {
        drawing::drawing(self).to_string()
    }
}

/// Writes a whole snapshot as JSON, a line for each object and each reference, as described in
/// `docs/json.md`.
///
/// ```
/// let kept = objgraph::rc::Rc::new("text".to_owned());
/// let mut json = Vec::new();
/// objgraph::picture::write_json(&objgraph::snapshot(), &mut json)?;
/// let json = String::from_utf8(json).unwrap();
/// assert!(json.starts_with(r#"{"schema":"objgraph-snapshot","version":1,"#));
/// if objgraph::ENABLED {
///     assert!(json.contains(r#""name":"String""#));
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// Those of the writer.
pub fn write_json(snapshot: &Snapshot, out: &mut dyn Write) -> io::Result<()> {
    snapshot::write(snapshot, out)
}
