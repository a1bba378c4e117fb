//! A node of a snapshot.

use std::fmt;
use std::time::Duration;

use super::{NodeRow, Snapshot};
use crate::object_id::ObjectId;
use crate::pointer_kind::PointerKind;
use crate::site::Site;
use crate::type_info::TypeInfo;

/// The number of a node in its snapshot, from 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

impl NodeId {
    /// Makes the number of a node.
    ///
    /// # Panics
    ///
    /// If the number does not fit in 32 bits.
    #[must_use]
    pub const fn new(index: usize) -> Self {
        assert!(
            index < u32::MAX as usize,
            "a snapshot has less than 2^32 nodes"
        );
        Self(index as u32)
    }

    /// Returns the number.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Debug for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NodeId({})", self.0)
    }
}

/// How far the trace could visit a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum State {
    /// It was visited, or its type needs no drop, so that it owns nothing.
    Visited,
    /// It could not be visited: its type is not in the registry.
    Opaque,
    /// An `Rc` of another thread, which only that thread may visit.
    OtherThread,
    /// `get_mut` or `make_mut` handed out a `&mut` to it, and no new reference was made since, so
    /// nothing may visit it.
    Lent,
    /// Its visit panicked. The edges that were reported before are there.
    Panicked,
    /// It was created or dropped while the snapshot was taken.
    InFlight,
}

/// A node of a snapshot: one object.
#[derive(Clone, Copy)]
pub struct Node<'s> {
    snapshot: &'s Snapshot,
    node: NodeId,
    row: &'s NodeRow,
}

impl<'s> Node<'s> {
    pub(super) fn new(snapshot: &'s Snapshot, node: NodeId) -> Self {
        let row = &snapshot.parts.nodes[node.index()];
        Self {
            snapshot,
            node,
            row,
        }
    }

    pub(super) fn snapshot(&self) -> &'s Snapshot {
        self.snapshot
    }

    pub(super) fn row(&self) -> &'s NodeRow {
        self.row
    }

    /// Returns the node's number.
    #[must_use]
    pub fn node_id(&self) -> NodeId {
        self.node
    }

    /// Returns the object's id.
    #[must_use]
    pub fn id(&self) -> ObjectId {
        self.row.id
    }

    /// Returns the object's type.
    #[must_use]
    pub fn type_info(&self) -> &'s TypeInfo {
        &self.snapshot.parts.types[self.row.type_index as usize]
    }

    /// Returns the number of its type: an index into [`Snapshot::types`].
    #[must_use]
    pub fn type_index(&self) -> usize {
        self.row.type_index as usize
    }

    /// Returns the site that created it; `None` for values behind std's own pointers.
    #[must_use]
    pub fn site(&self) -> Option<&'s Site> {
        self.snapshot.parts.sites.get(self.row.site as usize)
    }

    /// Returns the name of the thread that created it.
    #[must_use]
    pub fn thread(&self) -> Option<&'s str> {
        self.snapshot
            .parts
            .threads
            .get(self.row.thread as usize)
            .map(String::as_str)
    }

    /// Returns the number of the scope it was created in; 0 for none. See
    /// [`Scope::contains`](crate::Scope::contains).
    #[must_use]
    pub fn scope(&self) -> u32 {
        self.row.scope
    }

    /// Returns the epoch it was born in; see [`NodeRow::epoch`].
    #[must_use]
    pub fn epoch(&self) -> u32 {
        self.row.epoch
    }

    /// Returns its age: at least, and at most if that is known. Each snapshot, growth and list of
    /// new ids begins an epoch, and the age is as exact as these are frequent.
    #[must_use]
    pub fn age(&self) -> (Duration, Option<Duration>) {
        self.snapshot.age_of(self.row.epoch)
    }

    /// Returns the number of strong references to it, wherever they are held; `None` if that could
    /// not be read, or if references are not counted.
    #[must_use]
    pub fn strong(&self) -> Option<u32> {
        known(self.row.strong).filter(|_| self.row.pointer_kind.counts())
    }

    /// Returns the number of weak references to it.
    #[must_use]
    pub fn weak(&self) -> Option<u32> {
        known(self.row.weak).filter(|_| self.row.pointer_kind.counts())
    }

    /// Returns the number of strong handles to it that closures, futures and other opaque values have,
    /// as their memory shows. `None` where handles cannot be distinguished, which needs the features
    /// `scan` and `owners`; and for a value behind a pointer of std.
    ///
    /// Each handle counts once. It is alive, and no visit reported it. If the value was moved out of a
    /// future, its handle may be outside, and still counts.
    #[must_use]
    pub fn captured(&self) -> Option<u32> {
        if !matches!(self.row.pointer_kind, PointerKind::Rc | PointerKind::Arc) {
            return None;
        }
        let captured = self.snapshot.parts.captured.as_ref()?;
        let at = captured.binary_search_by_key(&self.node, |of_node| of_node.0);
        Some(at.map_or(0, |at| captured[at].1))
    }

    /// Returns the bytes on the heap that the value owns besides its own allocation, at any depth,
    /// and that are in no other object: the buffers of its vectors, strings and maps, and its
    /// boxes.
    ///
    /// Capacities count, not lengths. A value behind an `Rc` or `Arc` is another object, and one
    /// behind a `&` is another node, with bytes of their own; so nothing is counted twice, and the
    /// sum over the nodes is what they own together. Vectors, strings and boxes are exact. Hash
    /// tables and B-trees are estimated from their items. A value that cannot be visited counts 0,
    /// so the number is a lower bound. It is also 0 if the snapshot was taken without
    /// ([`SnapshotOptions::heap`](crate::SnapshotOptions::heap)).
    ///
    /// ```
    /// use objgraph_core::rc::Rc;
    ///
    /// let buffer: Rc<Vec<u64>> = Rc::new(Vec::with_capacity(100));
    /// # objgraph_core::register::<Vec<u64>>();
    /// let snapshot = objgraph_core::snapshot();
    /// # if objgraph_core::ENABLED {
    /// let node = snapshot.node(snapshot.find(objgraph_core::id(&buffer)).unwrap());
    /// assert_eq!(node.heap_bytes(), 800);
    /// assert_eq!(node.shallow_bytes(), 24 + 16);
    /// # }
    /// ```
    #[must_use]
    pub fn heap_bytes(&self) -> u64 {
        self.row.heap
    }

    /// Returns the bytes of the object's own allocation: the value, and before it the two counts of
    /// `Rc` and `Arc`. The word with the object's id, which exists only while tracking is on, does
    /// not count, nor does the padding of values that are aligned to more than 16 bytes.
    ///
    /// 0 for a value without an allocation of its own: on the stack, in a static, or inside its
    /// owner ([`PointerKind::Instance`], [`PointerKind::Value`]). For a value whose size the compiler does
    /// not know (`Rc<str>`), only the counts: the value itself is in
    /// [`heap_bytes`](Self::heap_bytes).
    #[must_use]
    pub fn shallow_bytes(&self) -> u64 {
        self.row.pointer_kind.allocated_bytes(self.type_info().size)
    }

    /// Returns what holds the value.
    #[must_use]
    pub fn pointer_kind(&self) -> PointerKind {
        self.row.pointer_kind
    }

    /// Returns how far the trace could visit it.
    #[must_use]
    pub fn state(&self) -> State {
        self.row.state
    }

    /// Returns the name of the root, if it is one: `static CACHE`, or the name that
    /// [`with_root`](crate::with_root) was given.
    #[must_use]
    pub fn root(&self) -> Option<&'s str> {
        let roots = &self.snapshot.parts.roots;
        let at = roots.binary_search_by_key(&self.node, |root| root.0).ok()?;
        Some(&roots[at].1)
    }

    /// Whether it is a value behind an `Rc` whose thread has ended. Its row, edges and places are
    /// those at the end of the thread.
    ///
    /// Safe code cannot move an `Rc` to another thread. So no code can reach such a value or free
    /// it, unless unsafe code moved a handle elsewhere. A thread that still drops its thread-locals
    /// has not ended.
    #[must_use]
    pub fn is_left_behind(&self) -> bool {
        let left_behind = &self.snapshot.parts.left_behind;
        left_behind.binary_search(&self.node).is_ok()
    }

    /// Whether a visit reported one strong reference to it more than once, so that the number of
    /// edges is not the number of references that were found.
    #[must_use]
    pub fn is_repeated(&self) -> bool {
        self.snapshot
            .parts
            .repeated
            .binary_search(&self.node)
            .is_ok()
    }

    /// Returns a short text of the value, if labels were written and its type has a `Debug` text.
    #[must_use]
    pub fn label(&self) -> Option<&'s str> {
        let labels = &self.snapshot.parts.labels;
        let at = labels
            .binary_search_by_key(&self.node, |label| label.0)
            .ok()?;
        Some(&labels[at].1)
    }
}

fn known(column: u32) -> Option<u32> {
    (column != NodeRow::UNKNOWN).then_some(column)
}

impl fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.type_info().name, self.id())
    }
}
