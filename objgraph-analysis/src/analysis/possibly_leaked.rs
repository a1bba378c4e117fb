//! Which objects have possibly leaked: alive only by references that were not found, which values
//! that cannot be looked into might hold, inside the very set that they would keep alive.

use std::any::type_name;
use std::task::Waker;

use objgraph_core::{NodeId, PathId, PlaceKind, Snapshot, State, TypeInfo};

use super::{Components, NodeSet, reach_backwards, rows, strong_components};

/// A value that cannot be looked into, and so might hold the missing references to objects that
/// are possibly leaked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct OpaqueValue {
    /// The object that cannot be looked into, or that has a place that cannot.
    pub node: NodeId,
    /// The place inside it, with the number of the element; `None` if it is the whole object.
    pub place: Option<(PathId, u32)>,
    /// The type of the value: an index into [`Snapshot::types`].
    pub type_index: u32,
    /// Why it could not be looked into.
    pub kind: PlaceKind,
}

/// The greatest set of objects that are alive, and would not be if the references to them that
/// were not found were held by opaque values that they own; and these values.
///
/// `held` are the nodes held from outside, `by_references` those of them held by references that
/// were counted and not found (both sorted), `alive` all that `held` reach.
///
/// Takes time in proportion to the nodes and edges: every component is removed from the set at
/// most once, and every edge is looked at once from each end when that happens.
pub(super) fn possibly_leaked(
    snapshot: &Snapshot,
    held: &[NodeId],
    by_references: &[NodeId],
    alive: &NodeSet,
) -> (Vec<NodeId>, Vec<OpaqueValue>) {
    let mut suspects = opaque_values(snapshot);
    // Nearly every waker is on its way back to an executor that holds the task. One that is part of
    // a cycle is inside a future as a rule, and that is a suspect itself.
    suspects.retain(|suspect| {
        let info = snapshot.types().get(suspect.type_index as usize);
        info.is_none_or(|info| info.name != type_name::<Waker>())
    });
    let owners = reach_backwards(snapshot, suspects.iter().map(|suspect| suspect.node), alive);
    // Objects held, as far as is known, only by opaque values that they own. An opaque object
    // owns itself, but nothing speaks for it holding itself: to suspect it would be to suspect
    // every object without a derive.
    let mut hidden = NodeSet::new(snapshot.len());
    for &node in by_references {
        if owners.contains(node) && snapshot.node(node).state() != State::Opaque {
            hidden.insert(node);
        }
    }
    if hidden.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let components = strong_components(snapshot);
    let mut suspect_set = SuspectSet::new(snapshot, &components, &hidden, &suspects, &owners);
    for &node in held.iter().filter(|&&node| !hidden.contains(node)) {
        suspect_set.remove(node);
    }
    suspect_set.run();
    if !hidden.iter().any(|node| suspect_set.keeps(node)) {
        return (Vec::new(), Vec::new());
    }
    let possibly = alive
        .iter()
        .filter(|&node| suspect_set.keeps(node))
        .collect();
    suspects.retain(|suspect| alive.contains(suspect.node) && suspect_set.keeps(suspect.node));
    (possibly, suspects)
}

/// Removes from the set what is certainly alive, and then what owns no opaque value that is left,
/// until nothing changes.
struct SuspectSet<'s> {
    snapshot: &'s Snapshot,
    components: &'s Components,
    /// Whether the component has an object whose holder may be hidden.
    is_hidden: Vec<bool>,
    /// How many opaque values the component holds itself, plus how many of its edges lead to
    /// other components that own one. Components, since objects of a cycle own the same.
    owned: Vec<u32>,
    removed: Vec<bool>,
    to_remove: Vec<usize>,
    /// Components that own no opaque value any more.
    bereft: Vec<usize>,
}

impl<'s> SuspectSet<'s> {
    fn new(
        snapshot: &'s Snapshot,
        components: &'s Components,
        hidden: &NodeSet,
        suspects: &[OpaqueValue],
        owners: &NodeSet,
    ) -> Self {
        let mut suspect_set = Self {
            snapshot,
            components,
            is_hidden: vec![false; components.count()],
            owned: vec![0; components.count()],
            removed: vec![false; components.count()],
            to_remove: Vec::new(),
            bereft: Vec::new(),
        };
        for node in hidden.iter() {
            let component = suspect_set.of(node);
            suspect_set.is_hidden[component] = true;
        }
        for suspect in suspects {
            let component = suspect_set.of(suspect.node);
            suspect_set.owned[component] += 1;
        }
        for node in owners.iter() {
            let component = suspect_set.of(node);
            for edge in rows(snapshot, node) {
                let leaves = edge.strong && suspect_set.of(edge.target) != component;
                suspect_set.owned[component] += u32::from(leaves && owners.contains(edge.target));
            }
        }
        suspect_set
    }

    fn of(&self, node: NodeId) -> usize {
        self.components.of(node).unwrap_or(usize::MAX)
    }

    fn keeps(&self, node: NodeId) -> bool {
        !self.removed[self.of(node)]
    }

    fn remove(&mut self, node: NodeId) {
        let component = self.of(node);
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
                    self.bereft.push(component);
                }
                self.owned[component] = 0;
            } else if let Some(component) = self.bereft.pop() {
                for &node in self.components.members(component) {
                    for edge in self.snapshot.edges_to(node).filter(|edge| edge.is_strong()) {
                        self.loses_one(edge.source(), component);
                    }
                }
            } else {
                return;
            }
        }
    }

    /// An edge of the owner led to this component, which owns no opaque value any more.
    fn loses_one(&mut self, owner: NodeId, component: usize) {
        let of = self.of(owner);
        if of == component || self.owned[of] == 0 {
            return;
        }
        self.owned[of] -= 1;
        if self.owned[of] == 0 {
            self.bereft.push(of);
            if self.is_hidden[of] {
                self.remove(owner);
            }
        }
    }
}

/// Every value that could hold a reference which the trace did not see, sorted.
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
            // Of a value at a place, the size is not known as a rule, and told as 0.
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

/// Whether a value of the type is large enough to hold a reference; the size of an unsized type
/// tells nothing.
pub(super) fn may_own(info: &TypeInfo) -> bool {
    let is_unsized = info.name.starts_with("dyn ") || info.name.starts_with('[');
    is_unsized || info.size >= size_of::<u32>()
}
