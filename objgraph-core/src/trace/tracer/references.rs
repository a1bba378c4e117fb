//! What a visit reports of references to objects of the table: the edges, at once or once it is
//! read where they lead; and which reference was reported twice.

use super::Tracer;
use super::edges::PushedEdge;
use crate::object_id::ObjectId;
use crate::snapshot::{EdgeRow, NodeId};

/// How many edges are read together, at least.
const TOGETHER: usize = 512;

/// How many edges wait at most for it to be read where they lead, however many a visit finds.
const WAITING: usize = 4096;

/// Stands for the node of an edge that is not known.
const NOWHERE: NodeId = NodeId::new(u32::MAX as usize - 1);

impl Tracer {
    /// A strong reference that the pointer at `holder` holds.
    #[inline]
    pub(super) fn held_by(&mut self, holder: usize, target: u32) {
        let edge = self.edge(target, true);
        self.reported.push((holder, edge));
    }

    /// A visit ends: of each pointer it should have reported once, it is found out which it
    /// reported again.
    #[inline]
    pub(in crate::trace) fn end(&mut self) {
        if let [(one, _), (other, _), rest @ ..] = &self.reported[..]
            && (one == other || !rest.is_empty())
        {
            self.find_repeated();
        }
        self.reported.clear();
        if self.unread.len() >= TOGETHER {
            self.read();
        }
    }

    /// Most visits come by their pointers in the order of the addresses.
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

    /// Reads where edges lead to, many together: each waits for memory, and so they wait at the
    /// same time. Then the edges of a node can be sorted.
    fn read(&mut self) {
        for (edge, spot) in self.unread.drain(..) {
            let target = match self.in_memory.at(spot) {
                Some(node) => NodeId::new(node as usize),
                None => {
                    // It was made by a visit, and is no object of this snapshot. What it owns is
                    // held by it. From now on such a pointer is asked for the id.
                    (self.may_wait, self.leads_nowhere) = (false, true);
                    NOWHERE
                }
            };
            *self.edges.target(edge) = target;
        }
        self.edges.sort();
    }

    /// No edge waits any more.
    pub(in crate::trace) fn read_all(&mut self) {
        self.may_wait = false;
        self.read();
        if self.leads_nowhere {
            self.edges.leave_out(NOWHERE);
        }
    }

    /// A strong reference to the value of an `Rc`, as [`reference_at`](Self::reference_at).
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

    /// A weak reference to an object of the table.
    #[allow(dead_code, reason = "reported by the pointers where tracking is on")]
    pub(in crate::trace) fn weak_reference(&mut self, id: ObjectId) {
        if let Some(node) = self.object(id) {
            self.edge(node, false);
        }
    }

    /// An object that may have had its turn can be visited now.
    #[allow(dead_code, reason = "reported by the pointers where tracking is on")]
    pub(in crate::trace) fn visit_later(&mut self, id: ObjectId) {
        let node = self.known(id);
        self.given_back.extend(node);
    }

    /// A strong reference to an object of the table, which the pointer at `holder` holds.
    #[allow(dead_code, reason = "reported by the pointers where tracking is on")]
    pub(in crate::trace) fn reference(&mut self, holder: usize, id: ObjectId) {
        if let Some(node) = self.object(id) {
            self.held_by(holder, node);
        }
    }

    /// A weak reference to an object of the table, by its address; false if that is not known.
    #[allow(dead_code, reason = "reported by the pointers where tracking is on")]
    pub(in crate::trace) fn weak_reference_at(&mut self, address: usize) -> bool {
        let node = self.in_memory.get(address);
        if let Some(node) = node {
            self.edge(node, false);
        }
        node.is_some()
    }

    /// A strong reference to an object of the table, by its address, which the pointer at `holder`
    /// holds; false if that is not known.
    #[allow(dead_code, reason = "reported by the pointers where tracking is on")]
    #[inline]
    pub(in crate::trace) fn reference_at(&mut self, holder: usize, address: usize) -> bool {
        // The common case, which calls nothing.
        let path = self.path();
        if let Some(node) = self.in_memory.near(address)
            && let Some(index) = self.index_of_one()
            && let Some(room) = self.edges.room()
        {
            let edge = room.push(EdgeRow {
                path,
                index,
                target: NodeId::new(node as usize),
                strong: true,
            });
            return self.report(holder, edge);
        }
        self.reference_slowly(holder, address)
    }

    #[inline(never)]
    fn reference_slowly(&mut self, holder: usize, address: usize) -> bool {
        let node = self.in_memory.get(address);
        if let Some(node) = node {
            self.held_by(holder, node);
        }
        node.is_some()
    }

    /// The pointer at `holder` was reported.
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
