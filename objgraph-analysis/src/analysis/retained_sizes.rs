//! Retained sizes: the bytes that would be freed with each object.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::order;
use objgraph_core::{NodeId, Snapshot};

use super::adjacency::Adjacency;
use super::dominators::{Dominators, NONE, dominators};
use super::leaks::held;
use super::{NodeSet, bytes_of, reach, rows, strong_components_within};

/// The retained size of each object of a snapshot, and its dominator.
///
/// An object *dominates* another if every path to the other from an object with external references
/// or from a root runs through it. Its *retained size* is the size of the objects that it
/// dominates, and its own: what would be freed if the object were dropped and nothing else changed.
/// Sizes are those of [`Node::shallow_bytes`](objgraph_core::Node::shallow_bytes) and
/// [`Node::heap_bytes`](objgraph_core::Node::heap_bytes), so they are lower bounds. Weak references
/// retain nothing.
///
/// For leaked objects, paths begin at the cycles that keep them alive. No object of such a cycle
/// dominates another; the cycle dominates them all ([`Dominator::Cycle`]).
///
/// Prints as a report, 80 columns wide where names allow.
///
/// ```
/// use objgraph::{Tracked, rc::Rc, bytes::RetainedSizes};
///
/// #[derive(Tracked)]
/// struct Album {
///     cover: Rc<Vec<u8>>,
///     shared: Rc<Vec<u8>>,
/// }
///
/// let shared = Rc::new(vec![0; 5000]);
/// let album = Rc::new(Album { cover: Rc::new(vec![0; 1000]), shared: shared.clone() });
/// let retained = objgraph::bytes::retained();
/// let snapshot = retained.snapshot();
/// if let Some(node) = snapshot.find(objgraph::id(&album)) {
///     // Its own 32, and those of the cover: 40, and 1000 in its buffer.
///     assert_eq!(retained.retained_bytes(node), 32 + 40 + 1000);
/// }
/// ```
#[derive(Clone)]
pub struct RetainedSizes {
    snapshot: Arc<Snapshot>,
    /// The immediate dominator of each node: a node, or the number of nodes plus the index of a
    /// cycle; [`NONE`] if there is none. The dominators of the cycles follow those of the nodes.
    dominators: Vec<u32>,
    /// Nodes and cycles, each after its dominator.
    order: Vec<u32>,
    bytes: Vec<u64>,
    objects: Vec<u32>,
    cycles: Vec<Vec<NodeId>>,
    total_bytes: u64,
}

/// What dominates an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Dominator {
    /// An object.
    Object(NodeId),
    /// A leaked cycle, or several connected ones: an index into [`RetainedSizes::cycles`].
    Cycle(usize),
}

/// What the objects of one type retain together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetainedByType {
    /// The type: an index into [`Snapshot::types`].
    pub type_index: usize,
    /// Number of objects of the type.
    pub count: usize,
    /// Their retained size in bytes; what an object of the type retains through another of the same
    /// type counts once.
    pub bytes: u64,
    /// Number of objects that they retain, themselves included.
    pub objects: usize,
}

impl RetainedSizes {
    /// Returns the sizes of no objects.
    #[inline(never)]
    fn none(snapshot: &Arc<Snapshot>) -> Self {
        Self {
            snapshot: Arc::clone(snapshot),
            dominators: Vec::new(),
            order: Vec::new(),
            bytes: Vec::new(),
            objects: Vec::new(),
            cycles: Vec::new(),
            total_bytes: 0,
        }
    }

    /// Computes the dominators and retained sizes of all objects.
    ///
    /// O(references · log objects) time and O(objects + references) memory, without recursion.
    #[must_use]
    pub fn of(snapshot: &Arc<Snapshot>) -> Self {
        if !crate::HAS_OBJECTS {
            return Self::none(snapshot);
        }
        let nodes = snapshot.len();
        let held = held(snapshot);
        let cycles = cycles_without(snapshot, &held);
        let root = (nodes + cycles.len()) as u32;
        let Dominators { order, mut of } = dominators(&graph(snapshot, &held, &cycles), root);
        let mut bytes = vec![0; nodes + cycles.len() + 1];
        let mut objects = vec![0; nodes + cycles.len() + 1];
        for node in 0..nodes {
            bytes[node] = bytes_of(snapshot, NodeId::new(node));
            objects[node] = 1;
        }
        for &node in order.iter().skip(1).rev() {
            let (node, parent) = (node as usize, of[node as usize] as usize);
            bytes[parent] += bytes[node];
            objects[parent] += objects[node];
        }
        for dominator in &mut of {
            if *dominator == root {
                *dominator = NONE;
            }
        }
        Self {
            snapshot: Arc::clone(snapshot),
            dominators: of,
            order: order.into_iter().skip(1).collect(),
            total_bytes: bytes[root as usize],
            bytes,
            objects,
            cycles,
        }
    }

    /// Returns the snapshot that was analysed.
    #[must_use]
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }

    /// Returns the size of all objects in bytes.
    #[must_use]
    pub fn total_bytes(&self) -> u64 {
        self.total_bytes
    }

    /// Returns the retained size of an object in bytes, its own size included.
    ///
    /// # Panics
    ///
    /// Panics if the node belongs to a larger snapshot.
    #[must_use]
    pub fn retained_bytes(&self, node: NodeId) -> u64 {
        self.bytes[node.index()]
    }

    /// Returns the number of objects that would be freed with an object, itself included.
    ///
    /// # Panics
    ///
    /// Panics if the node belongs to a larger snapshot.
    #[must_use]
    pub fn retained_objects(&self, node: NodeId) -> usize {
        self.objects[node.index()] as usize
    }

    /// Returns the object that is the immediate dominator of a node: the nearest without which it
    /// would not be alive. `None` if independent objects, an external reference or a leaked cycle
    /// keep it alive.
    ///
    /// # Panics
    ///
    /// Panics if the node belongs to a larger snapshot.
    #[must_use]
    pub fn dominating_object(&self, node: NodeId) -> Option<NodeId> {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        match self.dominator(node)? {
            Dominator::Object(node) => Some(node),
            Dominator::Cycle(_) => None,
        }
    }

    /// Returns the immediate dominator of a node; `None` if independent objects or an external
    /// reference keep it alive.
    ///
    /// # Panics
    ///
    /// Panics if the node belongs to a larger snapshot.
    #[must_use]
    pub fn dominator(&self, node: NodeId) -> Option<Dominator> {
        let parent = self.dominators[node.index()];
        (parent != NONE).then(|| self.dominator_at(parent))
    }

    /// Returns the cycles, or sets of connected cycles, that keep the leaked objects alive: the
    /// objects of each, sorted.
    #[must_use]
    pub fn cycles(&self) -> &[Vec<NodeId>] {
        &self.cycles
    }

    /// Returns the retained size in bytes of an object or a cycle, and the number of objects that
    /// it retains.
    ///
    /// # Panics
    ///
    /// Panics if the dominator belongs to a larger snapshot.
    #[must_use]
    pub fn retained_by(&self, dominator: Dominator) -> (u64, usize) {
        let at = match dominator {
            Dominator::Object(node) => node.index(),
            Dominator::Cycle(cycle) => self.snapshot.len() + cycle,
        };
        (self.bytes[at], self.objects[at] as usize)
    }

    /// Returns the objects and cycles with the largest retained sizes, the largest first, equal
    /// ones in the order of the snapshot. Objects dominated by another of their own type are left
    /// out, so that a list or a tree counts once.
    ///
    /// O(objects · log objects).
    #[must_use]
    pub fn top(&self, limit: usize) -> Vec<Dominator> {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let nodes = self.snapshot.len() as u32;
        let mut top: Vec<u32> = self
            .outermost()
            .into_iter()
            .chain(nodes..nodes + self.cycles.len() as u32)
            .collect();
        top.sort_by_key(|&at| (std::cmp::Reverse(self.bytes[at as usize]), at));
        top.truncate(limit);
        top.into_iter().map(|at| self.dominator_at(at)).collect()
    }

    /// Returns what the objects of each type retain, most bytes first, equal ones by type. What
    /// several types retain through each other counts for each of them.
    ///
    /// O(objects + types · log types).
    #[must_use]
    pub fn by_type(&self) -> Vec<RetainedByType> {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let types = 0..self.snapshot.types().len();
        let mut by_type: Vec<RetainedByType> = types
            .map(|type_index| RetainedByType {
                type_index,
                count: 0,
                bytes: 0,
                objects: 0,
            })
            .collect();
        for node in self.snapshot.nodes() {
            by_type[node.type_index()].count += 1;
        }
        for node in self.outermost() {
            let type_index = self.snapshot.parts().nodes[node as usize].type_index;
            let row = &mut by_type[type_index as usize];
            row.bytes += self.bytes[node as usize];
            row.objects += self.objects[node as usize] as usize;
        }
        by_type.retain(|row| row.count > 0);
        order::sort_by_key(&mut by_type, |row| {
            (std::cmp::Reverse(row.bytes), row.type_index)
        });
        by_type
    }

    fn dominator_at(&self, at: u32) -> Dominator {
        match (at as usize).checked_sub(self.snapshot.len()) {
            Some(cycle) => Dominator::Cycle(cycle),
            None => Dominator::Object(NodeId::new(at as usize)),
        }
    }

    /// Returns the nodes that no other node of their type dominates, sorted.
    ///
    /// One walk through the dominator tree that counts the nodes of each type on the current path.
    fn outermost(&self) -> Vec<u32> {
        let (mut first, mut next) = (vec![NONE; self.bytes.len()], vec![NONE; self.bytes.len()]);
        let root = self.bytes.len() - 1;
        for &at in self.order.iter().rev() {
            let parent = match self.dominators[at as usize] {
                NONE => root,
                parent => parent as usize,
            };
            next[at as usize] = first[parent];
            first[parent] = at;
        }
        let mut of_type_on_path = vec![0u32; self.snapshot.types().len()];
        let type_of = |at: u32| {
            let row = self.snapshot.parts().nodes.get(at as usize);
            row.map(|row| row.type_index as usize)
        };
        let mut outermost = Vec::new();
        let mut path = Vec::new();
        let mut at = first[root];
        loop {
            if at != NONE {
                if let Some(type_index) = type_of(at) {
                    if of_type_on_path[type_index] == 0 {
                        outermost.push(at);
                    }
                    of_type_on_path[type_index] += 1;
                }
                path.push(at);
                at = first[at as usize];
            } else if let Some(left) = path.pop() {
                if let Some(type_index) = type_of(left) {
                    of_type_on_path[type_index] -= 1;
                }
                at = next[left as usize];
            } else {
                outermost.sort_unstable();
                return outermost;
            }
        }
    }
}

/// Returns the cycles, or sets of connected cycles, that keep the leaked objects alive.
pub(crate) fn leaked_cycles(snapshot: &Snapshot) -> Vec<Vec<NodeId>> {
    cycles_without(snapshot, &held(snapshot))
}

/// Returns the strongly connected sets of objects that no held object and no other such set leads
/// to.
fn cycles_without(snapshot: &Snapshot, held: &[NodeId]) -> Vec<Vec<NodeId>> {
    let alive = reach(snapshot, held.iter().copied());
    let nodes = (0..snapshot.len()).map(NodeId::new);
    let leaked = NodeSet::of(snapshot.len(), nodes.filter(|&node| !alive.contains(node)));
    if leaked.is_empty() {
        return Vec::new();
    }
    let components = strong_components_within(snapshot, &leaked);
    let mut is_owned = vec![false; components.count()];
    for node in leaked.iter() {
        for edge in rows(snapshot, node) {
            match components.of(edge.target) {
                Some(target) if edge.strong && components.of(node) != Some(target) => {
                    is_owned[target] = true;
                }
                _ => {}
            }
        }
    }
    let sources = (0..components.count()).filter(|&component| !is_owned[component]);
    sources
        .map(|component| components.members(component).to_vec())
        .collect()
}

/// Builds the graph of strong references, with a node for each cycle that leads to its objects, and
/// a root that leads to the cycles and to everything held.
fn graph(snapshot: &Snapshot, held: &[NodeId], cycles: &[Vec<NodeId>]) -> Adjacency {
    let nodes = snapshot.len();
    let mut starts = Vec::with_capacity(nodes + cycles.len() + 2);
    let mut targets = Vec::with_capacity(snapshot.edge_count() + held.len());
    for node in (0..nodes).map(NodeId::new) {
        starts.push(targets.len() as u32);
        let strong = rows(snapshot, node).iter().filter(|edge| edge.strong);
        targets.extend(strong.map(|edge| edge.target.index() as u32));
    }
    for cycle in cycles {
        starts.push(targets.len() as u32);
        targets.extend(cycle.iter().map(|node| node.index() as u32));
    }
    starts.push(targets.len() as u32);
    targets.extend(held.iter().map(|node| node.index() as u32));
    targets.extend((nodes..nodes + cycles.len()).map(|cycle| cycle as u32));
    starts.push(targets.len() as u32);
    Adjacency { starts, targets }
}
