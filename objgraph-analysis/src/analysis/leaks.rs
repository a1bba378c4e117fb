//! Which objects have leaked: the verdict.
//!
//! An object is held from outside if it has more strong references than the trace saw strong
//! edges to it. What is held from outside, and everything reached from it over strong edges, is
//! alive; the rest has leaked. This is what CPython's collector calls garbage, found by the same
//! counting.
//!
//! What the trace could not see makes a reference look as if it came from outside, so it can
//! hide a leak and never invent one. Where a number is not known, or contradicts itself, the
//! object is held to be alive.

mod left_behind;
#[cfg(test)]
mod tests;

use std::sync::{Arc, OnceLock};

use objgraph_core::{Node, NodeId, ObjectId, Snapshot};

use self::left_behind::LeftBehind;
use super::balance::{Balance, reported};
use super::possibly_leaked::possibly_leaked;
use super::{Coverage, LeakKinds, OpaqueValue, SnapshotObject, reach};

/// What has leaked in a snapshot, and why: the answer of [`find_leaks`].
///
/// It prints as a report for people, 80 columns wide where names allow.
#[derive(Clone)]
pub struct Leaks {
    snapshot: Arc<Snapshot>,
    leaked: Vec<NodeId>,
    possibly: Vec<NodeId>,
    suspects: Vec<OpaqueValue>,
    left_behind: Vec<NodeId>,
    overreported: Vec<OverReportedObject>,
    kinds: OnceLock<Arc<LeakKinds>>,
    label: Option<fn(ObjectId) -> Option<String>>,
    is_part: bool,
}

/// An object to which more references were reported than there are, or one of them repeatedly.
///
/// Some `visit` reports a reference that its value does not own, or that it reported before. Such
/// an object is held to be alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct OverReportedObject {
    /// The object.
    pub node: NodeId,
    /// How many strong references there are.
    pub references: u32,
    /// How many strong references were reported.
    pub reported: u32,
}

/// Finds what has leaked: alive, and not reachable from anything that is held from outside.
///
/// Takes time and memory in proportion to the nodes and edges.
#[must_use]
pub fn find_leaks(snapshot: &Arc<Snapshot>) -> Leaks {
    let mut held = HeldObjects::of(snapshot);
    let mut alive = reach(snapshot, held.all.iter().copied());
    let left_behind = LeftBehind::of(snapshot, &held, &alive);
    if let Some(left_behind) = &left_behind {
        held.remove(&left_behind.leaked);
        alive = alive.without(&left_behind.leaked);
    }
    let leaked: Vec<NodeId> = all(snapshot)
        .filter(|&node| !alive.contains(node))
        .collect();
    let (possibly, suspects) = possibly_leaked(snapshot, &held.all, &held.by_references, &alive);
    let left_behind = left_behind.map_or(Vec::new(), |left_behind| {
        let forgotten = left_behind.forgotten.iter();
        forgotten
            .filter(|node| possibly.binary_search(node).is_err())
            .collect()
    });
    Leaks {
        snapshot: Arc::clone(snapshot),
        leaked,
        possibly,
        suspects,
        left_behind,
        overreported: held.overreported,
        kinds: OnceLock::new(),
        label: None,
        is_part: false,
    }
}

impl Leaks {
    /// How many objects have leaked.
    #[must_use]
    pub fn len(&self) -> usize {
        self.leaked.len()
    }

    /// Whether nothing has leaked, for certain.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.leaked.is_empty()
    }

    /// The leaked objects, in the order of the snapshot.
    #[must_use]
    pub fn iter(&self) -> Objects<'_> {
        Objects {
            snapshot: &self.snapshot,
            nodes: self.leaked.iter(),
        }
    }

    /// The ids of the leaked objects, in the order of [`Leaks::iter`].
    pub fn ids(&self) -> impl ExactSizeIterator<Item = ObjectId> + Clone {
        self.iter().map(|object| object.id())
    }

    /// The leaked objects as nodes of the snapshot, sorted.
    #[must_use]
    pub fn nodes(&self) -> &[NodeId] {
        &self.leaked
    }

    /// The objects that are held from outside as far as can be seen, and would be leaked if
    /// those references were held by values that cannot be looked into and that they own
    /// themselves: a closure that captures its owner, say. [`Leaks::suspects`] names these
    /// values.
    #[must_use]
    pub fn possibly_leaked(&self) -> Objects<'_> {
        Objects {
            snapshot: &self.snapshot,
            nodes: self.possibly.iter(),
        }
    }

    /// The values that might hold the missing references to the possibly leaked, sorted.
    #[must_use]
    pub fn suspects(&self) -> &[OpaqueValue] {
        &self.suspects
    }

    /// The objects that threads left behind when they ended, that only these hold, and that no
    /// cycle leads to: each would have to be held from outside, and the code that could hold it is
    /// gone. A handle was forgotten, or given to `into_raw`.
    ///
    /// They are not among the leaked, because a handle that unsafe code moved to another thread
    /// looks like that. An object on a cycle is leaked, or below one: without its thread nothing can
    /// take the cycle apart. Those that may be held by opaque values of their own are listed by
    /// [`Leaks::possibly_leaked`] instead.
    ///
    /// ```
    /// use objgraph::{Tracked, rc::Rc};
    ///
    /// #[derive(Tracked)]
    /// struct Job;
    ///
    /// let worker = std::thread::spawn(|| std::mem::forget(Rc::new(Job)));
    /// worker.join().unwrap();
    /// let leaks = objgraph::find_leaks();
    /// if objgraph::ENABLED {
    ///     assert!(leaks.left_behind().any(|object| object.short_name() == "Job"));
    /// }
    /// ```
    #[must_use]
    pub fn left_behind(&self) -> Objects<'_> {
        Objects::new(&self.snapshot, &self.left_behind)
    }

    /// The objects to which more references were reported than there are, sorted.
    #[must_use]
    pub fn over_reported(&self) -> &[OverReportedObject] {
        &self.overreported
    }

    /// What the object says of itself, where that was asked for and can be known.
    pub(crate) fn label_of(&self, node: Node<'_>) -> Option<String> {
        let asked = self.label.and_then(|label| label(node.id()));
        asked.or_else(|| node.label().map(str::to_owned))
    }

    /// Has reports show what objects say of themselves when they are printed.
    pub fn labelled_by(mut self, label: fn(ObjectId) -> Option<String>) -> Self {
        self.label = Some(label);
        self
    }

    /// The leaked objects in kinds, with the fields to change.
    ///
    /// It is found out when it is first asked for, in time in proportion to the nodes and edges,
    /// and for the fixes once for each kind looked into and each set of fields tried.
    #[must_use]
    pub fn kinds(&self) -> &LeakKinds {
        self.kinds
            .get_or_init(|| Arc::new(LeakKinds::among(&self.snapshot, &self.leaked)))
    }

    /// Whether these are some of several, so that what else there is to say of the snapshot may
    /// have nothing to do with them.
    pub(crate) fn is_part(&self) -> bool {
        self.is_part
    }

    /// What could be traced, and what could not and may hide a leak. O(objects).
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        Coverage::of_references(&self.snapshot)
    }

    /// The snapshot that was looked at.
    #[must_use]
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }

    /// Only those of these leaks that a second look, taken later, found too.
    ///
    /// A leak stays; what another thread was moving about while the snapshot was taken does not.
    #[must_use]
    pub fn confirmed_by(mut self, later: &Leaks) -> Leaks {
        let confirms = |nodes: &[NodeId], node: NodeId| {
            let id = self.snapshot.node(node).id();
            later
                .snapshot
                .find(id)
                .is_some_and(|found| nodes.binary_search(&found).is_ok())
        };
        self.leaked = std::mem::take(&mut self.leaked)
            .into_iter()
            .filter(|&node| confirms(&later.leaked, node))
            .collect();
        self.possibly = std::mem::take(&mut self.possibly)
            .into_iter()
            .filter(|&node| confirms(&later.possibly, node))
            .collect();
        self.left_behind = std::mem::take(&mut self.left_behind)
            .into_iter()
            .filter(|&node| confirms(&later.left_behind, node))
            .collect();
        self.suspects
            .retain(|suspect| self.possibly.binary_search(&suspect.node).is_ok());
        self.kinds = OnceLock::new();
        self
    }

    /// Only those of the leaked, and of the possibly leaked, that are wanted.
    pub fn only(&self, leaked: impl Fn(NodeId) -> bool, possibly: impl Fn(NodeId) -> bool) -> Self {
        let mut only = self.clone();
        only.is_part = true;
        only.leaked.retain(|&node| leaked(node));
        only.possibly.retain(|&node| possibly(node));
        only.suspects
            .retain(|suspect| only.possibly.binary_search(&suspect.node).is_ok());
        only.kinds = OnceLock::new();
        only
    }
}

impl<'l> IntoIterator for &'l Leaks {
    type Item = SnapshotObject<'l>;
    type IntoIter = Objects<'l>;

    fn into_iter(self) -> Objects<'l> {
        self.iter()
    }
}

/// Some objects of a snapshot, in its order.
#[derive(Clone)]
pub struct Objects<'l> {
    snapshot: &'l Snapshot,
    nodes: std::slice::Iter<'l, NodeId>,
}

impl<'l> Objects<'l> {
    pub(super) fn new(snapshot: &'l Snapshot, nodes: &'l [NodeId]) -> Self {
        Self {
            snapshot,
            nodes: nodes.iter(),
        }
    }
}

impl<'l> Iterator for Objects<'l> {
    type Item = SnapshotObject<'l>;

    fn next(&mut self) -> Option<SnapshotObject<'l>> {
        Some(SnapshotObject::new(self.snapshot.node(*self.nodes.next()?)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.nodes.size_hint()
    }
}

impl ExactSizeIterator for Objects<'_> {}

impl DoubleEndedIterator for Objects<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        Some(SnapshotObject::new(
            self.snapshot.node(*self.nodes.next_back()?),
        ))
    }
}

/// The objects that are held from outside, sorted.
pub(super) fn held(snapshot: &Snapshot) -> Vec<NodeId> {
    HeldObjects::of(snapshot).all
}

/// Who is held from outside.
struct HeldObjects {
    /// All of them, sorted.
    all: Vec<NodeId>,
    /// Those held by references that were counted and not found, sorted: the ones that an opaque
    /// value might hold.
    by_references: Vec<NodeId>,
    overreported: Vec<OverReportedObject>,
}

impl HeldObjects {
    fn of(snapshot: &Snapshot) -> Self {
        let mut held = Self {
            all: Vec::new(),
            by_references: Vec::new(),
            overreported: Vec::new(),
        };
        for (node, reported) in snapshot.nodes().zip(reported(snapshot)) {
            let id = node.node_id();
            match Balance::of(node, reported) {
                Balance::Owned => continue,
                Balance::Counted(references) if references == reported => continue,
                Balance::Counted(_) => held.by_references.push(id),
                Balance::OverReported(references) => held.overreported.push(OverReportedObject {
                    node: id,
                    references,
                    reported,
                }),
                Balance::InPlace | Balance::Unknown => {}
            }
            held.all.push(id);
        }
        held
    }
}

fn all(snapshot: &Snapshot) -> impl Iterator<Item = NodeId> {
    (0..snapshot.len()).map(NodeId::new)
}
