//! A snapshot and its findings as one HTML file, to explore in a browser.
//!
//! The page is built once, from the folder `page`: its program, its style, and the libraries that it
//! is made of. A snapshot is written into it as data: columns of numbers in base64, tables of names as
//! JSON. The file needs no network and no other file.
//!
//! The columns stream to the writer. Beside the findings, a page of any size takes a few kilobytes.

mod columns;
mod comparison;
mod graph;
#[cfg(test)]
mod tests;

use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use objgraph_core::file::write_whole_with;
use objgraph_core::{NodeId, Snapshot};

use crate::analysis::{Leaks, RetainedSizes, find_leaks};
use crate::draw::PictureError;
use crate::report::leaks_for_page;
use crate::words::json::Json;
use graph::Graph;

/// Version of the data in a page.
const VERSION: u64 = 1;

/// The page without data.
#[rustfmt::skip]
const TEMPLATE: &str = include_str!("../../assets/page.html"); // to make it: (cd page && npm ci && npm run build)

/// Where the data belongs in it.
const MARK: &str = "<!--objgraph-data-->";

/// Writes a snapshot and what leaked in it as a page: one HTML file, to open in a browser.
///
/// The page lists the kinds of leaks with their rings and fixes, draws the references around any
/// object, searches by type, id, label and creation site, and shows what each object retains. It has
/// the labels that the snapshot has.
///
/// What leaked is judged by this snapshot alone: an `Arc` that another thread moved while it was taken
/// may look leaked. `show_leaks("leaks.html")` asks the process again.
///
/// O(references · log objects) time. The file has 30 to 70 bytes for each object and its references.
///
/// ```
/// let snapshot = std::sync::Arc::new(objgraph_core::snapshot());
/// let mut page = Vec::new();
/// objgraph_analysis::page::write_page(&snapshot, &mut page)?;
/// assert!(page.starts_with(b"<!doctype html>"));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// Those of the writer.
pub fn write_page(snapshot: &Arc<Snapshot>, out: &mut dyn Write) -> io::Result<()> {
    Page::of(&find_leaks(snapshot)).write(out)
}

/// Writes the difference between two snapshots of one process as a page: the page of the second
/// one, in which new objects are marked, with what came and went by type and creation site, and which
/// kinds of leaks are new.
///
/// ```
/// use std::sync::Arc;
///
/// let before = Arc::new(objgraph_core::snapshot());
/// let created = objgraph_core::rc::Rc::new(7);
/// let after = Arc::new(objgraph_core::snapshot());
/// let mut page = Vec::new();
/// objgraph_analysis::page::write_comparison_page(&before, &after, &mut page)?;
/// # drop(created);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// Those of the writer.
pub fn write_comparison_page(
    before: &Arc<Snapshot>,
    after: &Arc<Snapshot>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (before, after) = (find_leaks(before), find_leaks(after));
    Page::of(&after).compared_with(&before).write(out)
}

/// Returns whether a file with this path is to be a page, by its extension.
#[doc(hidden)]
#[must_use]
pub fn is_page(path: &Path) -> bool {
    let extension = path.extension();
    extension.is_some_and(|extension| extension.eq_ignore_ascii_case("html"))
}

/// A page, with options.
#[derive(Debug)]
#[doc(hidden)]
#[must_use]
pub struct Page<'p> {
    leaks: &'p Leaks,
    before: Option<&'p Leaks>,
    /// The objects around which it first draws; empty for a page that opens with the leaks.
    starts: Vec<NodeId>,
    labels: Vec<(NodeId, String)>,
    has_messages: bool,
}

impl<'p> Page<'p> {
    /// Makes a page of a snapshot and what leaked in it.
    pub fn of(leaks: &'p Leaks) -> Self {
        let page = Self {
            leaks,
            before: None,
            starts: Vec::new(),
            labels: Vec::new(),
            has_messages: true,
        };
        page.labels(leaks.labels().map(|(node, text)| (node, text.to_owned())))
    }

    /// Compares with an earlier snapshot of the process.
    pub fn compared_with(mut self, before: &'p Leaks) -> Self {
        self.before = Some(before);
        self
    }

    /// Opens with a drawing of these objects and of what is around them.
    pub fn open_at(mut self, starts: &[NodeId]) -> Self {
        self.starts = starts.to_vec();
        self
    }

    /// Adds labels of objects, or replaces those that the snapshot has.
    pub fn labels(mut self, labels: impl IntoIterator<Item = (NodeId, String)>) -> Self {
        self.labels.splice(0..0, labels);
        // Of two labels of one object, the first stays.
        self.labels.sort_by_key(|label| label.0);
        self.labels.dedup_by_key(|label| label.0);
        self
    }

    /// Omits all labels, and the messages of panics, which may have the text of a value.
    pub fn without_labels(mut self) -> Self {
        self.labels.clear();
        self.has_messages = false;
        self
    }

    /// Writes the page to a file, whole or not at all.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), PictureError> {
        let written = write_whole_with(path, &mut |out| self.write(out));
        written.map_err(|error| PictureError::Unwritable {
            path: path.to_owned(),
            error,
        })
    }

    /// Writes the page.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut out = BufWriter::new(out);
        let (head, tail) = TEMPLATE.split_once(MARK).unwrap_or((TEMPLATE, ""));
        out.write_all(head.as_bytes())?;
        self.data(&mut out)?;
        out.write_all(tail.as_bytes())?;
        out.flush()
    }

    fn data(&self, out: &mut dyn Write) -> io::Result<()> {
        let snapshot = self.leaks.snapshot();
        let retained = RetainedSizes::of(snapshot);
        let found = leaks_for_page(self.leaks);
        let comparison = self
            .before
            .map(|before| comparison::compare(before, self.leaks));
        let starts = self.starts.iter().map(|node| Json::number(node.index()));
        let epochs = snapshot.parts().epochs.iter().map(|(epoch, age)| {
            Json::list([Json::Number((*epoch).into()), Json::Number(age.as_secs())])
        });
        let summary = Json::Object(vec![
            ("schema", Json::text("objgraph-page")),
            ("version", Json::Number(VERSION)),
            ("nodes", Json::number(snapshot.len())),
            ("edges", Json::number(snapshot.edge_count())),
            ("cycles", Json::number(retained.cycles().len())),
            ("bytes", Json::Number(retained.total_bytes())),
            ("leaked", Json::number(self.leaks.len())),
            ("epoch", Json::Number(snapshot.parts().epoch.into())),
            ("epochs", Json::list(epochs)),
            ("starts", Json::list(starts)),
            ("coverage", found.coverage),
            ("report", Json::text(found.text)),
            ("comparison", comparison.into()),
        ]);
        columns::table(out, "summary", [summary])?;
        columns::table(out, "kinds", found.kinds)?;
        let graph = Graph {
            snapshot,
            retained: &retained,
            kinds: &found.members,
            before: self.before.map(|before| &**before.snapshot()),
            labels: &self.labels,
            has_messages: self.has_messages,
        };
        graph.write(out)
    }
}
