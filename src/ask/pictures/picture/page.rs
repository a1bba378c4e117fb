//! A picture as a page to explore in a browser.

use std::path::Path;

use objgraph_core::{NodeId, label_of};

use super::{Picture, Subject};
use crate::analysis::NodeSet;
use crate::draw::PictureError;
use crate::page::Page;

/// Maximum number of objects that get a label, those nearest to the start. Each runs the `Debug` of a
/// user.
const LABELS: usize = 500;

impl Picture<'_> {
    /// Writes the snapshot as a page that opens at the start of the picture.
    pub(super) fn save_page(&self, path: &Path) -> Result<(), PictureError> {
        let leaks = self.leaks_of_snapshot();
        match &self.subject {
            Subject::Leaks(_) => {
                let kinds = [leaks.kinds(), leaks.likely_kinds()];
                let kinds = kinds.into_iter().flat_map(|kinds| kinds.all());
                let rings = kinds.flat_map(|kind| kind.rings.iter().flatten());
                let starts: Vec<NodeId> = rings.map(|step| step.node).collect();
                self.labelled(Page::of(&leaks), &starts).save(path)
            }
            Subject::Around(starts, _) => {
                let page = self.labelled(Page::of(&leaks), starts);
                page.open_at(starts).save(path)
            }
        }
    }

    /// Adds the labels of objects near the starts, unless the picture has none.
    fn labelled<'p>(&self, page: Page<'p>, starts: &[NodeId]) -> Page<'p> {
        if !self.labels {
            return page.without_labels();
        }
        let near = self.near(starts);
        page.labels(near.into_iter().filter_map(|node| {
            let label = label_of(self.snapshot.node(node).id())?;
            Some((node, label))
        }))
    }

    /// Returns the starts and the objects nearest to them, whichever way references lead.
    fn near(&self, starts: &[NodeId]) -> Vec<NodeId> {
        let mut found = NodeSet::new(self.snapshot.len());
        let mut near = Vec::new();
        let mut next = 0;
        let mut neighbours: Vec<NodeId> = starts.to_vec();
        loop {
            for node in neighbours {
                if near.len() < LABELS && found.insert(node) {
                    near.push(node);
                }
            }
            let Some(&node) = near.get(next).filter(|_| near.len() < LABELS) else {
                return near;
            };
            next += 1;
            let targets = self.snapshot.edges(node).map(|edge| edge.target());
            let sources = self.snapshot.edges_to(node).map(|edge| edge.source());
            neighbours = targets.chain(sources).collect();
        }
    }
}
