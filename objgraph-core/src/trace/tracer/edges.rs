//! The edges of a trace: collected in any order, and sorted by source in the end.
//!
//! Nearly all nodes are visited once, in their order, so their edges are appended to the column
//! that the snapshot will have. Edges that are found out of order (of a value inside another, or of
//! a root) are kept apart, and merged at the end.

use std::mem;
use std::ops::Range;

use crate::snapshot::{EdgeRow, NodeId};

/// The edges that were found so far.
pub(in crate::trace) struct EdgeColumn {
    /// The edges of nodes visited in order.
    edges: Vec<EdgeRow>,
    /// Where the edges of each of these nodes begin.
    starts: Vec<u32>,
    /// The key of the last edge of the current node in order; [`NONE`] if it has no edge yet.
    last: i64,
    /// Whether the edges of that node were found in their order.
    are_sorted: bool,
    /// The nodes before it whose edges were not.
    unsorted: Vec<u32>,
    /// The edges found out of order.
    apart: Vec<EdgeRow>,
    runs: Vec<ApartRun>,
    /// Whether the current node is visited out of order.
    is_apart: bool,
    /// Number of edges in order that were cut off before the ones here.
    before: usize,
    /// Number of nodes whose edges in order were cut off.
    cut: usize,
}

/// An edge that was pushed: twice its index among those in order or those apart, plus 1 if it is
/// apart.
#[derive(Clone, Copy)]
pub(in crate::trace) struct PushedEdge(usize);

/// Room for one more edge.
pub(in crate::trace) struct EdgeRoom<'c>(&'c mut EdgeColumn);

impl EdgeRoom<'_> {
    #[inline]
    pub(in crate::trace) fn push(self, edge: EdgeRow) -> PushedEdge {
        let column = self.0;
        let pushed = PushedEdge(column.edges.len() << 1);
        column.edges.push(edge);
        let key = key(&edge);
        column.are_sorted &= key > column.last;
        column.last = key;
        pushed
    }
}

/// The edges apart from `start` on, until the next run, are those of `node`.
#[derive(Clone, Copy)]
struct ApartRun {
    node: u32,
    start: u32,
}

/// Returns the key by which edges are sorted before their targets.
#[inline]
fn key(edge: &EdgeRow) -> i64 {
    (edge.path.index() as i64) << 32 | i64::from(edge.index)
}

/// The key before any edge.
const NONE: i64 = -1;

impl Default for EdgeColumn {
    fn default() -> Self {
        Self {
            edges: Vec::new(),
            starts: Vec::new(),
            last: NONE,
            are_sorted: true,
            unsorted: Vec::new(),
            apart: Vec::new(),
            runs: Vec::new(),
            is_apart: false,
            before: 0,
            cut: 0,
        }
    }
}

impl PushedEdge {
    /// Returns the index of an edge that was pushed in order.
    pub(super) fn in_order(self) -> usize {
        self.0 >> 1
    }
}

impl EdgeColumn {
    /// Returns the number of edges in order that were not cut off.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.edges.len()
    }

    /// Makes room for this many edges.
    pub(in crate::trace) fn reserve(&mut self, edges: usize) {
        self.edges.reserve(edges);
    }

    /// Makes room for this many nodes.
    pub(in crate::trace) fn reserve_nodes(&mut self, nodes: usize) {
        self.starts.reserve_exact(nodes + 1);
    }

    /// Makes `node` the source of the edges that are pushed from now on. `in_order` says that this
    /// is its own visit, and that no node before it will have one.
    #[inline]
    pub(in crate::trace) fn move_to(&mut self, node: u32, in_order: bool) {
        let is_next = in_order && node as usize == self.starts.len();
        if is_next && self.are_sorted && self.starts.len() < self.starts.capacity() {
            self.starts.push((self.before + self.edges.len()) as u32);
            (self.last, self.is_apart) = (NONE, false);
        } else {
            self.move_elsewhere(node, in_order);
        }
    }

    #[cold]
    #[inline(never)]
    fn move_elsewhere(&mut self, node: u32, in_order: bool) {
        let next = self.starts.len();
        self.is_apart = if in_order && node as usize >= next {
            self.close();
            self.starts
                .resize(node as usize + 1, (self.before + self.edges.len()) as u32);
            false
        } else {
            node as usize + 1 != next || next == self.cut
        };
        if self.is_apart && self.runs.last().is_none_or(|run| run.node != node) {
            let start = self.apart.len() as u32;
            self.runs.push(ApartRun { node, start });
        }
    }

    /// Whether the edges that are pushed now are merged at the end.
    #[inline]
    pub(in crate::trace) fn is_apart(&self) -> bool {
        self.is_apart
    }

    /// Ends the last node in order: it gets no more edges in order.
    fn close(&mut self) {
        if !self.are_sorted {
            self.unsorted.push((self.starts.len() - 1) as u32);
        }
        (self.last, self.are_sorted) = (NONE, true);
    }

    /// Returns the edges in order, leaves `empty` in their place, and adds those that must be sorted to
    /// `unsorted`. What is found of their nodes later is apart.
    pub(super) fn cut_off(
        &mut self,
        empty: Vec<EdgeRow>,
        unsorted: &mut Vec<Range<usize>>,
    ) -> Vec<EdgeRow> {
        self.close();
        while let Some(node) = self.unsorted.pop() {
            unsorted.push(self.range(node));
        }
        self.before += self.edges.len();
        self.cut = self.starts.len();
        mem::replace(&mut self.edges, empty)
    }

    /// Returns where the edges in order of a node are, none of which were cut off.
    fn range(&self, node: u32) -> Range<usize> {
        let start = self.starts[node as usize] as usize - self.before;
        let end = self.starts.get(node as usize + 1);
        start..end.map_or(self.edges.len(), |&end| end as usize - self.before)
    }

    /// Puts all edges in order back that were cut off; none may be here.
    pub(super) fn put_back(&mut self, edges: Vec<EdgeRow>) {
        self.edges = edges;
        self.before = 0;
    }

    /// Sorts the edges of the nodes before the last one in order.
    pub(in crate::trace) fn sort(&mut self) {
        while let Some(node) = self.unsorted.pop() {
            let edges = self.range(node);
            self.edges[edges].sort_unstable();
        }
    }

    pub(in crate::trace) fn push(&mut self, edge: EdgeRow) -> PushedEdge {
        if self.is_apart {
            self.apart.push(edge);
            return PushedEdge((self.apart.len() - 1) << 1 | 1);
        }
        self.edges.reserve(1);
        EdgeRoom(self).push(edge)
    }

    /// Returns room for an edge, if it is in order and there is room.
    #[inline]
    pub(in crate::trace) fn room(&mut self) -> Option<EdgeRoom<'_>> {
        let has_room = !self.is_apart && self.edges.len() < self.edges.capacity();
        has_room.then_some(EdgeRoom(self))
    }

    /// Returns the target of an edge that was pushed, and is not sorted yet.
    #[inline]
    pub(in crate::trace) fn target(&mut self, pushed: PushedEdge) -> &mut NodeId {
        let edges = if pushed.0 & 1 != 0 {
            &mut self.apart
        } else {
            &mut self.edges
        };
        &mut edges[pushed.0 >> 1].target
    }

    /// Removes all edges and nodes, and keeps the memory.
    pub(in crate::trace) fn clear(&mut self) {
        let Self {
            edges,
            starts,
            last,
            are_sorted,
            unsorted,
            apart,
            runs,
            is_apart,
            before,
            cut,
        } = self;
        (*before, *cut) = (0, 0);
        edges.clear();
        starts.clear();
        unsorted.clear();
        apart.clear();
        runs.clear();
        (*last, *are_sorted, *is_apart) = (NONE, true, false);
    }

    /// Returns the edges of a node in the order in which they were pushed; `None` if some were
    /// found out of order.
    pub(in crate::trace) fn of(&self, node: usize) -> Option<&[EdgeRow]> {
        let Some(&start) = self.starts.get(node) else {
            return self.apart.is_empty().then_some(&[]);
        };
        let end = self.starts.get(node + 1);
        let end = end.map_or(self.edges.len(), |&end| end as usize);
        (self.apart.is_empty()).then(|| &self.edges[start as usize..end])
    }

    /// Removes the edges that lead to `nowhere`.
    pub(in crate::trace) fn leave_out(&mut self, nowhere: NodeId) {
        let mut kept = 0;
        let mut next = 0;
        for start in 0..self.starts.len() {
            let end = self.starts.get(start + 1);
            let end = end.map_or(self.edges.len(), |&end| end as usize);
            self.starts[start] = kept as u32;
            while next < end {
                self.edges[kept] = self.edges[next];
                kept += usize::from(self.edges[next].target != nowhere);
                next += 1;
            }
        }
        self.edges.truncate(kept);
    }

    /// Returns where the edges of each node begin, and the edges by source.
    pub(in crate::trace) fn finish(mut self, nodes: usize) -> (Vec<u32>, Vec<EdgeRow>) {
        self.close();
        self.starts.resize(nodes + 1, self.edges.len() as u32);
        self.sort();
        if !self.apart.is_empty() {
            self.put_in();
        }
        (self.starts, self.edges)
    }

    /// Merges the edges apart: from the last node to the first, so that each edge is moved once and
    /// no second column is needed.
    fn put_in(&mut self) {
        let Self {
            edges,
            starts,
            apart,
            runs,
            ..
        } = self;
        let end_of = |run: usize| {
            runs.get(run + 1)
                .map_or(apart.len(), |next| next.start as usize)
        };
        let mut order: Vec<usize> = (0..runs.len()).collect();
        order.sort_by_key(|&run| runs[run].node);
        let mut from = edges.len();
        let mut to = from + apart.len();
        edges.extend_from_slice(apart);
        let mut moved = starts.len();
        while let Some(&last) = order.last() {
            let node = runs[last].node as usize;
            // The edges of the nodes after this one, as a block.
            let block = starts[node + 1] as usize..from;
            let by = (to - from) as u32;
            from = block.start;
            to -= block.len();
            edges.copy_within(block, to);
            starts[node + 1..moved]
                .iter_mut()
                .for_each(|start| *start += by);
            moved = node + 1;
            let end = to;
            while let Some(&run) = order.last().filter(|run| runs[**run].node as usize == node) {
                order.pop();
                let own = &apart[runs[run].start as usize..end_of(run)];
                to -= own.len();
                edges[to..to + own.len()].copy_from_slice(own);
            }
            // Edges of the node that were found in order come before these, and are sorted with
            // them.
            let own = starts[node] as usize..from;
            let first = to - own.len();
            edges.copy_within(own.clone(), first);
            sort(&mut edges[first..end]);
            (from, to) = (own.start, first);
        }
    }
}

fn sort(edges: &mut [EdgeRow]) {
    if !edges.is_sorted() {
        edges.sort_unstable();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::EdgeColumn;
    use crate::snapshot::{EdgeRow, NodeId, PathTable};

    const NOWHERE: NodeId = NodeId::new(99);

    proptest! {
        /// Visits in any order, resumed and interleaved, give what a stable sort gives.
        #[test]
        fn edges_come_by_source(
            visits in prop::collection::vec(
                (0u32..12, any::<bool>(), 0usize..4, any::<bool>(), any::<bool>()),
                0..40,
            ),
        ) {
            let path = PathTable::default().start(0);
            let mut column = EdgeColumn::default();
            let mut expected: Vec<(u32, EdgeRow)> = Vec::new();
            let mut ahead = 0;
            for (number, visit) in visits.into_iter().enumerate() {
                let (node, in_order, edges, sorts, leaves_out) = visit;
                let in_order = in_order && node >= ahead;
                if in_order {
                    ahead = node;
                }
                column.move_to(node, in_order);
                for index in (0..edges).rev() {
                    let index = (number * 7 + index) as u32 % 11;
                    let target = NodeId::new(0);
                    let edge = EdgeRow { path, index, target, strong: true, words: 0 };
                    let pushed = column.push(EdgeRow { target: NOWHERE, ..edge });
                    if in_order && leaves_out {
                        continue;
                    }
                    prop_assert_eq!(*column.target(pushed), NOWHERE);
                    *column.target(pushed) = edge.target;
                    expected.push((node, edge));
                }
                if sorts {
                    column.sort();
                }
            }
            column.leave_out(NOWHERE);
            expected.sort();
            let (starts, edges) = column.finish(12);
            prop_assert_eq!(starts.len(), 13);
            let rows = expected.iter().map(|row| row.1).collect::<Vec<_>>();
            prop_assert_eq!(edges, rows);
            for node in 0..=12u32 {
                let before = expected.iter().filter(|row| row.0 < node).count();
                prop_assert_eq!(starts[node as usize] as usize, before);
            }
        }
    }
}
