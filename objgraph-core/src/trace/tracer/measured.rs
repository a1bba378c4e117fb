//! Bytes on the heap, and lengths of collections.

use super::Tracer;
use crate::emptiness::nothing;
use crate::snapshot::{LengthRow, NodeId, PathId};

/// Number of the last lengths among which a new one looks for its own path.
const LAST_LENGTHS: usize = 8;

impl Tracer {
    /// Adds a collection at the current path, with its number of items and the bytes that it owns.
    pub(in crate::trace) fn collection(&mut self, len: usize, bytes: usize) {
        if !crate::ENABLED {
            return nothing();
        }
        if !self.wants_heap {
            return;
        }
        self.heap(bytes);
        if len > 0 {
            self.add_length(self.path(), 1, len as u64);
        }
    }

    /// Adds a collection of fixed length at the current path. Where texts are wanted, its items
    /// count too, because in a field it may be replaced by a longer one.
    pub(in crate::trace) fn fixed(&mut self, len: usize, bytes: usize) {
        if !crate::ENABLED {
            return nothing();
        }
        match self.wants_texts {
            true => self.collection(len, bytes),
            false => self.heap(bytes),
        }
    }

    /// Adds a text of this many bytes at the current path.
    pub(in crate::trace) fn text(&mut self, bytes: usize) {
        if !crate::ENABLED {
            return nothing();
        }
        if self.wants_texts && bytes > 0 {
            let (node, path) = (NodeId::new(self.cursor.node as usize), self.path());
            add(&mut self.texts, LengthRow::new(node, path, bytes as u64));
        }
    }

    /// Adds bytes that the current node owns on the heap.
    #[inline]
    pub(in crate::trace) fn heap(&mut self, bytes: usize) {
        if !crate::ENABLED {
            return nothing();
        }
        if !self.wants_heap {
            return;
        }
        if let Some(row) = self.nodes.get_mut(self.cursor.node as usize) {
            row.heap = row.heap.saturating_add(bytes as u64);
        }
    }

    /// Adds the items of `count` collections at a path of the current node.
    #[inline]
    pub(in crate::trace) fn add_length(&mut self, path: PathId, count: u32, len: u64) {
        let node = NodeId::new(self.cursor.node as usize);
        let has_others = self.lengths.last().is_some_and(|last| last.node == node);
        if !has_others && self.lengths.len() < self.lengths.capacity() {
            self.lengths.push(LengthRow::many(node, path, count, len));
        } else {
            self.one_more_length(path, count, len);
        }
    }

    /// Adds a length to a node that may have others.
    #[inline(never)]
    fn one_more_length(&mut self, path: PathId, count: u32, len: u64) {
        let node = NodeId::new(self.cursor.node as usize);
        add(&mut self.lengths, LengthRow::many(node, path, count, len));
    }
}

/// Adds a length to the row of its node and path. A collection of collections returns to the same
/// few paths again and again.
fn add(rows: &mut Vec<LengthRow>, row: LengthRow) {
    let mut last = rows.iter_mut().rev().take(LAST_LENGTHS);
    match last.find(|known| (known.node, known.path) == (row.node, row.path)) {
        Some(known) => known.add(row.count, row.len()),
        None => rows.push(row),
    }
}
