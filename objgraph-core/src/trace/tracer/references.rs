//! References to objects of the table that visits report: their edges, whose targets may be read
//! later, and which reference was reported twice.

use super::Tracer;
use super::edges::PushedEdge;
use super::resolver::NOWHERE;
use crate::emptiness::nothing;
use crate::object_id::ObjectId;
use crate::snapshot::{EdgeRow, NodeId};

/// Minimum number of edges whose targets are read together.
const TOGETHER: usize = 512;

/// Maximum number of edges that wait for that, within one visit.
const WAITING: usize = 8192;

impl Tracer {
    /// Adds a strong reference that the pointer at `holder` holds.
    #[inline]
    pub(super) fn held_by(&mut self, holder: usize, target: u32) {
        let edge = self.edge(target, true);
        self.reported.push((holder, edge));
    }

    /// Ends a visit, and finds the pointers that it reported more than once.
    #[inline]
    pub(in crate::trace) fn end(&mut self) {
        if !crate::ENABLED {
            return nothing();
        }
        match &self.reported[..] {
            [] | [_] => {}
            [(one, _), (other, _)] if one != other => {}
            _ => self.find_repeated(),
        }
        self.reported.clear();
        match &self.resolver {
            Some(resolver) if self.is_chunk_full(resolver) => self.pass_chunk(),
            Some(_) => {}
            None if self.unread.len() >= TOGETHER => self.read(),
            None => {}
        }
    }

    /// Most visits report their pointers in the order of the addresses, and then none is repeated.
    fn find_repeated(&mut self) {
        let rises = |a: &(usize, PushedEdge), b: &(usize, PushedEdge)| a.0 < b.0;
        let falls = |a: &(usize, PushedEdge), b: &(usize, PushedEdge)| a.0 > b.0;
        if self.reported.is_sorted_by(rises) || self.reported.is_sorted_by(falls) {
            return;
        }
        self.read();
        let all = self.reported.iter();
        let all = all.map(|&(holder, edge)| (holder, *self.edges.target(edge)));
        let mut all: Vec<(usize, NodeId)> = all.collect();
        all.sort_unstable();
        let again = all.windows(2).filter(|pair| pair[0] == pair[1]);
        let again = again.map(|pair| pair[1].1);
        self.repeated.extend(again.filter(|&node| node != NOWHERE));
    }

    /// Reads the targets of the waiting edges. Each read waits for memory, and together they wait
    /// at the same time. After that, the edges of a node can be sorted.
    pub(super) fn read(&mut self) {
        for (edge, spot) in self.unread.drain(..) {
            let target = match self.in_memory.at(spot) {
                Some(node) => NodeId::new(node as usize),
                None => {
                    // A visit created the object, which is not part of this snapshot; what it owns
                    // has external references.
                    self.leads_nowhere = true;
                    NOWHERE
                }
            };
            *self.edges.target(edge) = target;
        }
        self.edges.sort();
    }

    /// Reads all targets, and lets no edge wait from now on.
    pub(in crate::trace) fn read_all(&mut self) {
        self.may_wait = false;
        self.finish_resolver();
        self.read();
        if self.leads_nowhere {
            self.edges.leave_out(NOWHERE);
        }
    }

    /// Adds a strong reference to the value of an `Rc`, as [`reference_at`](Self::reference_at).
    #[allow(dead_code, reason = "reported by the pointers where tracking is on")]
    pub(in crate::trace) fn local_reference_at(&mut self, holder: usize, address: usize) -> bool {
        if !self.may_wait || self.edges.is_apart() {
            return self.reference_at(holder, address);
        }
        let spot = self.in_memory.spot(address);
        if let Some(spot) = spot {
            let edge = self.edge_to(NOWHERE, true);
            self.reported.push((holder, edge));
            self.unread.push((edge, spot));
            if self.unread.len() >= WAITING {
                self.read();
            }
        }
        spot.is_some()
    }

    /// Adds a weak reference to an object of the table.
    #[allow(dead_code, reason = "reported by the pointers where tracking is on")]
    pub(in crate::trace) fn weak_reference(&mut self, id: ObjectId) {
        if let Some(node) = self.object(id) {
            self.edge(node, false);
        }
    }

    /// Visits an object later, which could not be visited in its turn.
    #[allow(dead_code, reason = "reported by the pointers where tracking is on")]
    pub(in crate::trace) fn visit_later(&mut self, id: ObjectId) {
        if let Some(again) = &mut self.again {
            again.differ = true;
            return;
        }
        let node = self.known(id);
        self.given_back.extend(node);
    }

    /// Adds a strong reference to an object of the table, which the pointer at `holder` holds.
    #[allow(dead_code, reason = "reported by the pointers where tracking is on")]
    pub(in crate::trace) fn reference(&mut self, holder: usize, id: ObjectId) {
        if let Some(node) = self.object(id) {
            self.held_by(holder, node);
        }
    }

    /// Adds a weak reference to the object at an address. Returns false if that is not in the
    /// index.
    #[allow(dead_code, reason = "reported by the pointers where tracking is on")]
    pub(in crate::trace) fn weak_reference_at(&mut self, address: usize) -> bool {
        // A look at known objects compares strong references only. To read the id behind a weak one,
        // the target would have to be pinned.
        if self.again.is_some() {
            return true;
        }
        let node = self.in_memory.get(address);
        if let Some(node) = node {
            self.edge(node, false);
        }
        node.is_some()
    }

    /// Adds a strong reference to the object at an address, which the pointer at `holder` holds.
    /// Returns false if that is not in the index.
    #[allow(dead_code, reason = "reported by the pointers where tracking is on")]
    #[inline]
    pub(in crate::trace) fn reference_at(&mut self, holder: usize, address: usize) -> bool {
        match self.edge_nearby(address) {
            Some(edge) => self.report(holder, edge),
            None => self.reference_slowly(holder, address),
        }
    }

    /// Adds a strong reference on the fast path, which calls nothing.
    #[inline(always)]
    fn edge_nearby(&mut self, address: usize) -> Option<PushedEdge> {
        let path = self.path();
        let node = self.in_memory.near(address)?;
        let index = self.index_of_one()?;
        let room = self.edges.room()?;
        Some(room.push(EdgeRow {
            path,
            index,
            target: NodeId::new(node as usize),
            strong: true,
            words: 0,
        }))
    }

    #[inline(never)]
    fn reference_slowly(&mut self, holder: usize, address: usize) -> bool {
        let node = self.in_memory.get(address);
        if let Some(node) = node {
            self.held_by(holder, node);
        }
        node.is_some()
    }

    /// Records that the pointer at `holder` was reported.
    #[inline]
    fn report(&mut self, holder: usize, edge: PushedEdge) -> bool {
        if self.reported.len() < self.reported.capacity() {
            self.reported.push((holder, edge));
            return true;
        }
        self.report_slowly(holder, edge)
    }

    #[cold]
    #[inline(never)]
    fn report_slowly(&mut self, holder: usize, edge: PushedEdge) -> bool {
        self.reported.push((holder, edge));
        true
    }
}
