//! Which objects have leaked: the verdict.
//!
//! An object has external references if its strong count exceeds the strong edges that the trace
//! found to it. Objects with external references, and everything reachable from them over strong
//! edges, are alive; the rest has leaked. CPython's collector finds garbage by the same counting.
//!
//! The same verdict, in a snapshot in which inferred references own, says what has likely leaked.
//!
//! A reference that the trace could not see looks external, so it can hide a leak and never invent
//! one. An object whose count is unknown or contradictory is treated as alive.

mod held;
mod left_behind;
#[cfg(test)]
mod tests;

use std::sync::{Arc, OnceLock};

use objgraph_core::{NodeId, ObjectId, Snapshot};

use self::held::HeldObjects;
pub(crate) use self::held::{HeldBy, held, held_by};
use self::left_behind::LeftBehind;
use super::inferred::{InferredTargets, as_if_real};
use super::possibly_leaked::possibly_leaked;
use super::{
    Coverage, ExternalHandles, Fingerprint, LeakKind, LeakKinds, NodeSet, OpaqueValue,
    SnapshotObject, external_handles, reach,
};

/// What has leaked in a snapshot; see [`find_leaks`].
///
/// Prints as a report, 80 columns wide where names allow.
#[derive(Clone)]
pub struct Leaks {
    snapshot: Arc<Snapshot>,
    leaked: Vec<NodeId>,
    likely: Vec<NodeId>,
    possibly: Vec<NodeId>,
    suspects: Vec<OpaqueValue>,
    left_behind: Vec<NodeId>,
    over_reported: Vec<OverReportedObject>,
    kinds: OnceLock<Arc<LeakKinds>>,
    /// The snapshot in which inferred references own, with the kinds of likely leaks.
    as_if: OnceLock<Arc<Snapshot>>,
    likely_kinds: OnceLock<Arc<LeakKinds>>,
    labels: Vec<(NodeId, String)>,
    is_part: bool,
}

/// An object to which more references were reported than exist, or one of them repeatedly.
///
/// Some `visit` reports a reference that its value does not own, or reports one twice. Such an
/// object is treated as alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct OverReportedObject {
    /// The object.
    pub node: NodeId,
    /// Number of strong references that exist.
    pub references: u32,
    /// Number of strong references that were reported.
    pub reported: u32,
}

/// Finds what has leaked: objects that are alive, and not reachable from any object with external
/// references or from a root.
///
/// O(nodes + edges) time and memory.
#[must_use]
pub fn find_leaks(snapshot: &Arc<Snapshot>) -> Leaks {
    if !crate::HAS_OBJECTS {
        return Leaks::none(snapshot);
    }
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
    let mut leaks = Leaks {
        leaked,
        possibly,
        suspects,
        ..Leaks::none(snapshot)
    };
    leaks.infer(&held, &alive);
    leaks.over_reported = held.over_reported;
    if let Some(left_behind) = left_behind {
        let is_other = |node: &NodeId| {
            let others = [&leaks.possibly, &leaks.likely];
            others
                .iter()
                .all(|nodes| nodes.binary_search(node).is_err())
        };
        leaks.left_behind = left_behind.forgotten.iter().filter(is_other).collect();
    }
    leaks
}

impl Leaks {
    #[inline(never)]
    fn none(snapshot: &Arc<Snapshot>) -> Self {
        Self {
            snapshot: Arc::clone(snapshot),
            leaked: Vec::new(),
            likely: Vec::new(),
            possibly: Vec::new(),
            suspects: Vec::new(),
            left_behind: Vec::new(),
            over_reported: Vec::new(),
            kinds: OnceLock::new(),
            as_if: OnceLock::new(),
            likely_kinds: OnceLock::new(),
            labels: Vec::new(),
            is_part: false,
        }
    }

    /// Returns the number of leaked objects.
    #[must_use]
    pub fn len(&self) -> usize {
        self.leaked.len()
    }

    /// Returns whether no object is proven to have leaked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.leaked.is_empty()
    }

    /// Returns the leaked objects, in the order of the snapshot.
    #[must_use]
    pub fn iter(&self) -> Objects<'_> {
        Objects {
            snapshot: &self.snapshot,
            nodes: self.leaked.iter(),
        }
    }

    /// Returns the ids of the leaked objects, in the order of [`Leaks::iter`].
    pub fn ids(&self) -> impl ExactSizeIterator<Item = ObjectId> + Clone {
        self.iter().map(|object| object.id())
    }

    /// Returns the nodes of the leaked objects, sorted.
    #[must_use]
    pub fn nodes(&self) -> &[NodeId] {
        &self.leaked
    }

    /// Returns the objects that have leaked if inferred references are what they look like: the
    /// closures, futures and other opaque values that hold them belong to leaked objects, or to
    /// such objects themselves. In the order of the snapshot.
    ///
    /// The memory of an opaque value has a word for the object, and the counts of the object leave
    /// no other explanation but a stale word. Neither does an object that is held elsewhere count,
    /// nor one whose closure captures a `Weak`.
    #[must_use]
    pub fn likely_leaked(&self) -> Objects<'_> {
        Objects::new(&self.snapshot, &self.likely)
    }

    /// Returns the nodes of the likely leaked objects, sorted.
    #[must_use]
    pub fn likely_nodes(&self) -> &[NodeId] {
        &self.likely
    }

    /// Returns the snapshot in which inferred references own: the one that was analysed, unless
    /// something has likely leaked. Nodes and edges have the same numbers in both.
    #[doc(hidden)]
    #[must_use]
    pub fn as_if(&self) -> &Arc<Snapshot> {
        if !crate::HAS_OBJECTS {
            return &self.snapshot;
        }
        if self.likely.is_empty() {
            return &self.snapshot;
        }
        let as_if = || as_if_real(&self.snapshot).unwrap_or_else(|| Arc::clone(&self.snapshot));
        self.as_if.get_or_init(as_if)
    }

    /// Returns the likely leaked objects by kind, with what to change, as [`Leaks::kinds`] does for
    /// the leaked ones. A fix is proven if inferred references are what they look like.
    ///
    /// [`LeakKinds::shared`] counts the objects that several of these kinds hold, or leaked objects.
    #[must_use]
    pub fn likely_kinds(&self) -> &LeakKinds {
        if !crate::HAS_OBJECTS {
            return self.likely_kinds.get_or_init(crate::nothing);
        }
        self.likely_kinds.get_or_init(|| {
            let kinds = LeakKinds::among_likely(self.as_if(), &self.leaked, &self.likely);
            Arc::new(kinds)
        })
    }

    /// Returns the opaque values that likely hold these objects, sorted by the objects that they
    /// are part of.
    #[must_use]
    pub fn likely_holders(&self) -> Vec<OpaqueValue> {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        if self.likely.is_empty() {
            return Vec::new();
        }
        let mut holders = Vec::new();
        for &node in self.leaked.iter().chain(&self.likely) {
            for edge in self.as_if().edges(node) {
                if edge.is_inferred() && edge.is_strong() {
                    holders.push(OpaqueValue::holding(&self.snapshot, &edge));
                }
            }
        }
        holders.sort_unstable();
        holders.dedup();
        holders
    }

    /// Returns the objects that would have leaked if opaque values among them held their external
    /// references: an object whose own closure captures it, for example. [`Leaks::suspects`]
    /// returns these values.
    #[must_use]
    pub fn possibly_leaked(&self) -> Objects<'_> {
        Objects {
            snapshot: &self.snapshot,
            nodes: self.possibly.iter(),
        }
    }

    /// Returns the nodes of the possibly leaked objects, sorted.
    pub(crate) fn possibly_nodes(&self) -> &[NodeId] {
        &self.possibly
    }

    /// Returns the external handles to the possibly leaked objects, as [`external_handles`] does.
    #[must_use]
    pub fn external_handles(&self) -> Vec<ExternalHandles> {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        external_handles(&self.snapshot, self.possibly.iter().copied())
    }

    /// Returns the opaque values that might hold the external references of the possibly leaked
    /// objects, sorted.
    #[must_use]
    pub fn suspects(&self) -> &[OpaqueValue] {
        &self.suspects
    }

    /// Returns the objects that ended threads left behind, that only such objects hold, and that no
    /// cycle leads to. Each must have external references, and the code that could hold them is
    /// gone: a handle was forgotten, or passed to `into_raw`.
    ///
    /// They do not count as leaked, because a handle that unsafe code moved to another thread looks
    /// the same. Objects on a cycle, or below one, do: without its thread, nothing can break the
    /// cycle. Objects that opaque values of their own may hold are in [`Leaks::possibly_leaked`]
    /// instead.
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

    /// Returns the objects to which more references were reported than exist, sorted.
    #[must_use]
    pub fn over_reported(&self) -> &[OverReportedObject] {
        &self.over_reported
    }

    /// Adds labels to the objects that the report shows as examples, nine at most of
    /// the leaked ones and of the likely leaked ones.
    ///
    /// `label` may run code of the user. It is called here, and never while the report is written.
    #[must_use]
    pub fn labelled_by(mut self, mut label: impl FnMut(ObjectId) -> Option<String>) -> Self {
        if !crate::HAS_OBJECTS {
            return self;
        }
        let of = |kinds: &LeakKinds| -> Vec<NodeId> {
            let kinds = kinds.all().iter().take(LeakKinds::MAX_IN_FULL);
            kinds.flat_map(LeakKind::examples).collect()
        };
        let mut examples = of(self.kinds());
        examples.append(&mut of(self.likely_kinds()));
        for node in examples {
            if let Some(label) = label(self.snapshot.node(node).id()) {
                self.labels.push((node, label));
            }
        }
        self
    }

    /// Returns the label of the object, if labels were taken and the object has one.
    pub(crate) fn label_of(&self, node: NodeId) -> Option<&str> {
        let own = self.labels.iter().find(|(of, _)| *of == node);
        match own {
            Some((_, label)) => Some(label),
            None => self.snapshot.node(node).label(),
        }
    }

    /// Lists the labels that the snapshot has, and those that were taken since.
    #[cfg(feature = "html")]
    pub(crate) fn labels(&self) -> impl Iterator<Item = (NodeId, &str)> {
        let labels = self.snapshot.parts().labels.iter().chain(&self.labels);
        labels.map(|(node, label)| (*node, label.as_str()))
    }

    /// Returns the leaked objects by kind, with the fields to change.
    ///
    /// Computed on the first call, in O(nodes + edges), and the search for fixes the same for each
    /// kind and each set of fields that it tries.
    #[must_use]
    pub fn kinds(&self) -> &LeakKinds {
        if !crate::HAS_OBJECTS {
            return self.kinds.get_or_init(crate::nothing);
        }
        self.kinds
            .get_or_init(|| Arc::new(LeakKinds::among(&self.snapshot, &self.leaked)))
    }

    /// Returns whether these are a selection of the leaks, so that other findings about the
    /// snapshot may not concern them.
    pub(crate) fn is_part(&self) -> bool {
        self.is_part
    }

    /// Returns what was traced, and what was not, which may hide a leak. O(objects + places).
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        Coverage::of_references(&self.snapshot)
    }

    /// Returns the snapshot that was analysed.
    #[must_use]
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }

    /// Keeps only the leaks that were also found in a later snapshot.
    ///
    /// A leak stays; a handle that another thread was moving while the snapshot was taken does not.
    #[must_use]
    pub fn confirmed_by(mut self, later: &Leaks) -> Leaks {
        if !crate::HAS_OBJECTS {
            return self;
        }
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
            .filter(|&node| confirms(&later.possibly, node) || confirms(&later.likely, node))
            .collect();
        self.left_behind = std::mem::take(&mut self.left_behind)
            .into_iter()
            .filter(|&node| confirms(&later.left_behind, node))
            .collect();
        let likely = std::mem::take(&mut self.likely).into_iter();
        let (likely, others): (Vec<NodeId>, Vec<NodeId>) =
            likely.partition(|&node| confirms(&later.likely, node));
        self.likely = likely;
        // A part of the objects may not show which words are weak handles.
        let others = others.into_iter();
        let possibly = others.filter(|&node| confirms(&later.possibly, node));
        self.possibly.extend(possibly);
        self.possibly.sort_unstable();
        self.forget();
        self
    }

    /// Counts the likely leaked objects as possibly leaked, for a check that does not fail for
    /// evidence that is no proof.
    #[must_use]
    pub fn without_likely(mut self) -> Self {
        if !crate::HAS_OBJECTS {
            return self;
        }
        self.suspects.extend(self.likely_holders());
        self.suspects.sort_unstable();
        self.suspects.dedup();
        self.possibly.append(&mut self.likely);
        self.possibly.sort_unstable();
        self.forget();
        self
    }

    /// Keeps only the selected leaked, likely leaked and possibly leaked objects.
    pub fn only(
        &self,
        leaked: impl Fn(NodeId) -> bool,
        likely: impl Fn(NodeId) -> bool,
        possibly: impl Fn(NodeId) -> bool,
    ) -> Self {
        if !crate::HAS_OBJECTS {
            return self.clone();
        }
        let mut only = self.clone();
        only.is_part = true;
        only.leaked.retain(|&node| leaked(node));
        only.likely.retain(|&node| likely(node));
        only.possibly.retain(|&node| possibly(node));
        only.forget();
        only
    }

    /// Keeps only the leaked or likely leaked objects of the kind with this fingerprint.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # let leaks = objgraph_analysis::analysis::find_leaks(&Arc::new(objgraph_core::snapshot()));
    /// for kind in leaks.kinds().all() {
    ///     let own = leaks.with_fingerprint(kind.fingerprint);
    ///     assert_eq!(own.len(), kind.objects);
    /// }
    /// ```
    #[must_use]
    pub fn with_fingerprint(&self, fingerprint: Fingerprint) -> Self {
        if !crate::HAS_OBJECTS {
            return self.clone();
        }
        let of = |kinds: &LeakKinds, nodes: &[NodeId]| -> Vec<NodeId> {
            let is_wanted = |kind: usize| kinds.all()[kind].fingerprint == fingerprint;
            let nodes = nodes.iter().zip(kinds.kind_of_each());
            let own = nodes.filter(|(_, kind)| kind.is_some_and(is_wanted));
            own.map(|(&node, _)| node).collect()
        };
        let leaked = of(self.kinds(), &self.leaked);
        let likely = of(self.likely_kinds(), &self.likely);
        self.only(
            |node| leaked.binary_search(&node).is_ok(),
            |node| likely.binary_search(&node).is_ok(),
            |_| false,
        )
    }

    /// Discards what was found about objects that are no longer reported.
    fn forget(&mut self) {
        if self.possibly.is_empty() {
            self.suspects.clear();
        }
        let reported = [&self.possibly, &self.leaked, &self.likely];
        self.suspects.retain(|suspect| {
            let contains = |nodes: &&Vec<NodeId>| nodes.binary_search(&suspect.node).is_ok();
            reported.iter().any(contains)
        });
        self.kinds = OnceLock::new();
        self.likely_kinds = OnceLock::new();
    }

    /// Finds what has leaked, or may have, if inferred references own. `alive` is what is reachable
    /// from the objects held.
    fn infer(&mut self, held: &HeldObjects, alive: &NodeSet) {
        let snapshot = &self.snapshot;
        let inferred = InferredTargets::of(snapshot);
        let likely = inferred.likely_dead(snapshot, &held.all, alive);
        let dead = inferred.possibly_dead(snapshot, &held.all, alive);
        self.possibly.extend(&dead);
        self.possibly.sort_unstable();
        self.possibly.dedup();
        self.possibly
            .retain(|node| likely.binary_search(node).is_err());
        let is_dead = |node: NodeId| !alive.contains(node) || dead.binary_search(&node).is_ok();
        for &node in &dead {
            if likely.binary_search(&node).is_ok() {
                continue;
            }
            let edges = snapshot.edges_to(node);
            for edge in edges.filter(|edge| edge.is_inferred() && is_dead(edge.source())) {
                self.suspects.push(OpaqueValue::holding(snapshot, &edge));
            }
        }
        self.suspects.sort_unstable();
        self.suspects.dedup();
        self.likely = likely;
        self.forget();
    }
}

impl<'l> IntoIterator for &'l Leaks {
    type Item = SnapshotObject<'l>;
    type IntoIter = Objects<'l>;

    fn into_iter(self) -> Objects<'l> {
        self.iter()
    }
}

/// An iterator over some objects of a snapshot, in its order.
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

fn all(snapshot: &Snapshot) -> impl Iterator<Item = NodeId> {
    (0..snapshot.len()).map(NodeId::new)
}
