//! Which objects have possibly leaked: those that are alive only by external references that opaque
//! values might hold, inside the very set that these references keep alive.

use std::any::type_name;
use std::task::Waker;

use objgraph_core::{ConcreteType, Edge, NodeId, PathId, PlaceKind, Snapshot, State, TypeInfo};

use super::{Components, NodeSet, reach_backwards, rows, strong_components};

/// An opaque or busy value, which might hold external references to objects that have possibly
/// leaked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct OpaqueValue {
    /// The object that is opaque or contains the value.
    pub node: NodeId,
    /// The place in the object, with the index of the element; `None` for the object itself.
    pub place: Option<(PathId, u32)>,
    /// The type of the value: an index into [`Snapshot::types`].
    pub type_index: u32,
    /// Why the trace could not see into it.
    pub kind: PlaceKind,
}

impl OpaqueValue {
    /// Returns the concrete type of the value in the snapshot of the analysis, if it is behind a `dyn`
    /// and symbols name it; see [`Snapshot::concrete_type`].
    ///
    /// ```
    /// # use objgraph_analysis::analysis::find_leaks;
    /// # use std::sync::Arc;
    /// let leaks = find_leaks(&Arc::new(objgraph_core::snapshot()));
    /// for holder in leaks.likely_holders() {
    ///     if let Some(closure) = holder.concrete_type(leaks.snapshot()) {
    ///         println!("held by {closure}");
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn concrete_type<'s>(&self, snapshot: &'s Snapshot) -> Option<&'s ConcreteType> {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let Some(at) = self.place else {
            return snapshot.node(self.node).concrete_type();
        };
        let places = snapshot.places_of(self.node).iter();
        let mut types = places
            .filter(|place| (place.path, place.index) == at)
            .map(|place| snapshot.concrete_type(place));
        let first = types.next().flatten();
        // A path that is cut, because it is long, may lead to several values.
        first.filter(|_| types.all(|other| other == first))
    }

    /// Returns the opaque value that an inferred reference is inferred from.
    pub(crate) fn holding(snapshot: &Snapshot, edge: &Edge<'_>) -> Self {
        let node = edge.source();
        let row = &snapshot.parts().edges[edge.number()];
        let at = (row.path, row.index);
        let places = snapshot.places_of(node);
        let place = places.iter().find(|place| (place.path, place.index) == at);
        Self {
            node,
            place: place.map(|_| at),
            type_index: match place {
                Some(place) => place.type_index,
                None => snapshot.node(node).type_index() as u32,
            },
            kind: place.map_or(PlaceKind::Opaque, |place| place.kind),
        }
    }
}

/// Returns the largest set of objects that are alive, and would not be if opaque values that they
/// own held their external references; and these values.
///
/// `held` are the nodes with external references, `by_references` those of them whose count exceeds
/// the references found (both sorted), and `alive` is everything reachable from `held`.
///
/// O(nodes + edges): each component leaves the set at most once, and only then is each of its edges
/// read, once from each end.
pub(super) fn possibly_leaked(
    snapshot: &Snapshot,
    held: &[NodeId],
    by_references: &[NodeId],
    alive: &NodeSet,
) -> (Vec<NodeId>, Vec<OpaqueValue>) {
    let mut suspects = opaque_values(snapshot);
    // Nearly every waker leads to an executor that holds the task. A waker on a cycle is usually
    // inside a future, which is a suspect itself.
    suspects.retain(|suspect| {
        let info = snapshot.types().get(suspect.type_index as usize);
        info.is_none_or(|info| info.name != type_name::<Waker>())
    });
    let owners = reach_backwards(snapshot, suspects.iter().map(|suspect| suspect.node), alive);
    // Objects that, as far as is known, only opaque values of their own hold. Nothing suggests that
    // an opaque object holds itself: to suspect it would be to suspect every object without a
    // derive.
    let may_hold_itself =
        |node: &NodeId| owners.contains(*node) && snapshot.node(*node).state() != State::Opaque;
    let assumed = NodeSet::of(
        snapshot.len(),
        by_references.iter().copied().filter(may_hold_itself),
    );
    if assumed.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let components = strong_components(snapshot);
    let mut suspect_set = SuspectSet::new(snapshot, &components, &assumed, &suspects, &owners);
    for &node in held.iter().filter(|&&node| !assumed.contains(node)) {
        suspect_set.remove(node);
    }
    suspect_set.run();
    if !assumed.iter().any(|node| suspect_set.keeps(node)) {
        return (Vec::new(), Vec::new());
    }
    let possibly = alive
        .iter()
        .filter(|&node| suspect_set.keeps(node))
        .collect();
    suspects.retain(|suspect| alive.contains(suspect.node) && suspect_set.keeps(suspect.node));
    (possibly, suspects)
}

/// The suspect set: starts with all components, and removes first what is certainly alive, then
/// what owns no opaque value in the set any more, until nothing changes.
struct SuspectSet<'s> {
    snapshot: &'s Snapshot,
    components: &'s Components,
    /// Whether opaque values of its own might hold an object of the component.
    is_assumed: Vec<bool>,
    /// Number of opaque values in the component, plus the number of its edges to other components
    /// that own one. Objects of a cycle own the same, hence components.
    owned: Vec<u32>,
    removed: Vec<bool>,
    to_remove: Vec<usize>,
    /// Components that do not own an opaque value any more.
    without_values: Vec<usize>,
}

impl<'s> SuspectSet<'s> {
    fn new(
        snapshot: &'s Snapshot,
        components: &'s Components,
        assumed: &NodeSet,
        suspects: &[OpaqueValue],
        owners: &NodeSet,
    ) -> Self {
        let mut suspect_set = Self {
            snapshot,
            components,
            is_assumed: vec![false; components.count()],
            owned: vec![0; components.count()],
            removed: vec![false; components.count()],
            to_remove: Vec::new(),
            without_values: Vec::new(),
        };
        for node in assumed.iter() {
            let component = suspect_set.component_of(node);
            suspect_set.is_assumed[component] = true;
        }
        for suspect in suspects {
            let component = suspect_set.component_of(suspect.node);
            suspect_set.owned[component] += 1;
        }
        for node in owners.iter() {
            let component = suspect_set.component_of(node);
            for edge in rows(snapshot, node) {
                let leaves = edge.strong && suspect_set.component_of(edge.target) != component;
                suspect_set.owned[component] += u32::from(leaves && owners.contains(edge.target));
            }
        }
        suspect_set
    }

    fn component_of(&self, node: NodeId) -> usize {
        self.components.of(node).unwrap_or(usize::MAX)
    }

    fn keeps(&self, node: NodeId) -> bool {
        !self.removed[self.component_of(node)]
    }

    fn remove(&mut self, node: NodeId) {
        let component = self.component_of(node);
        if !std::mem::replace(&mut self.removed[component], true) {
            self.to_remove.push(component);
        }
    }

    fn run(&mut self) {
        loop {
            if let Some(component) = self.to_remove.pop() {
                for &node in self.components.members(component) {
                    for edge in rows(self.snapshot, node).iter().filter(|edge| edge.strong) {
                        self.remove(edge.target);
                    }
                }
                if self.owned[component] > 0 {
                    self.without_values.push(component);
                }
                self.owned[component] = 0;
            } else if let Some(component) = self.without_values.pop() {
                for &node in self.components.members(component) {
                    for edge in self.snapshot.edges_to(node).filter(|edge| edge.is_strong()) {
                        self.lose_edge(edge.source(), component);
                    }
                }
            } else {
                return;
            }
        }
    }

    /// Handles the loss of an edge from `owner` to a component that does not own an opaque value
    /// any more.
    fn lose_edge(&mut self, owner: NodeId, component: usize) {
        let owner_component = self.component_of(owner);
        if owner_component == component || self.owned[owner_component] == 0 {
            return;
        }
        self.owned[owner_component] -= 1;
        if self.owned[owner_component] == 0 {
            self.without_values.push(owner_component);
            if self.is_assumed[owner_component] {
                self.remove(owner);
            }
        }
    }
}

/// Returns every value that could hold a reference unseen by the trace, sorted.
pub(super) fn opaque_values(snapshot: &Snapshot) -> Vec<OpaqueValue> {
    let objects = snapshot
        .nodes()
        .filter(|node| match node.state() {
            State::Opaque => may_own(node.type_info()),
            State::Panicked => true,
            _ => false,
        })
        .map(|node| OpaqueValue {
            node: node.node_id(),
            place: None,
            type_index: node.type_index() as u32,
            kind: PlaceKind::Opaque,
        });
    let places = snapshot
        .places()
        .iter()
        .filter(|place| place.kind.hides())
        .filter(|place| {
            let info = snapshot.types().get(place.type_index as usize);
            // The size of a value at a place is usually not known, and 0 then.
            place.kind != PlaceKind::Opaque
                || info.is_none_or(|info| info.size == 0 || may_own(info))
        })
        .map(|place| OpaqueValue {
            node: place.node,
            place: Some((place.path, place.index)),
            type_index: place.type_index,
            kind: place.kind,
        });
    let mut suspects: Vec<OpaqueValue> = objects.chain(places).collect();
    suspects.sort_unstable();
    suspects
}

/// Returns whether a value of the type is large enough to hold a reference. The size of an unsized
/// type is not known.
pub(super) fn may_own(info: &TypeInfo) -> bool {
    let is_unsized = info.name.starts_with("dyn ") || info.name.starts_with('[');
    is_unsized || info.size >= size_of::<u32>()
}
