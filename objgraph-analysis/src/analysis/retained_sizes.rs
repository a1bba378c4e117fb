//! What each object keeps alive: the bytes that would be free if it went.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::order;
use objgraph_core::{NodeId, Snapshot};

use super::adjacency::Adjacency;
use super::dominators::{Dominators, NONE, dominators};
use super::leaks::held;
use super::{NodeSet, bytes_of, reach, rows, strong_components_within};

/// What each object of a snapshot keeps alive, directly and through others: those that no other
/// way leads to from what is held from outside.
///
/// Those are the objects that it *dominates*, and their bytes, its own included, are the bytes that
/// it *retains*: what would be free if it went and nothing else changed. Bytes are those of
/// [`Node::shallow_bytes`](objgraph_core::Node::shallow_bytes) and
/// [`Node::heap_bytes`](objgraph_core::Node::heap_bytes), so a lower bound. Weak references keep nothing.
///
/// Ways begin at all that is held from outside the objects looked into, at roots, and, for what has
/// leaked, at the cycles that keep it: of such a cycle no object keeps another, the cycle keeps
/// them all ([`Dominator::Cycle`]).
///
/// It prints as a report of 80 columns where names allow.
///
/// ```
/// use objgraph::{RetainedSizes, Tracked, rc::Rc};
///
/// #[derive(Tracked)]
/// struct Album {
///     cover: Rc<Vec<u8>>,
///     shared: Rc<Vec<u8>>,
/// }
///
/// let shared = Rc::new(vec![0; 5000]);
/// let album = Rc::new(Album { cover: Rc::new(vec![0; 1000]), shared: shared.clone() });
/// let retained = objgraph::retained();
/// let snapshot = retained.snapshot();
/// if let Some(node) = snapshot.find(objgraph::id(&album)) {
///     // Its own 32, and those of the cover: 40, and 1000 in its buffer.
///     assert_eq!(retained.retained_bytes(node), 32 + 40 + 1000);
/// }
/// ```
#[derive(Clone)]
pub struct RetainedSizes {
    snapshot: Arc<Snapshot>,
    /// The immediate dominator of each node: a node, or the number of nodes plus that of a cycle;
    /// [`NONE`] if it has none. The cycles come after the nodes.
    dominators: Vec<u32>,
    /// An order in which each comes after its dominator.
    order: Vec<u32>,
    bytes: Vec<u64>,
    objects: Vec<u32>,
    cycles: Vec<Vec<NodeId>>,
    total_bytes: u64,
}

/// Something that keeps objects alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Dominator {
    /// An object.
    Object(NodeId),
    /// A leaked cycle, or several that hang together: an index into [`RetainedSizes::cycles`].
    Cycle(usize),
}

/// What the objects of one type keep alive together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetainedByType {
    /// The type: an index into [`Snapshot::types`].
    pub type_index: usize,
    /// How many objects of the type there are.
    pub count: usize,
    /// The bytes that they retain; what an object of the type keeps through another of the same
    /// type counts once.
    pub bytes: u64,
    /// How many objects they retain, themselves included.
    pub objects: usize,
}

impl RetainedSizes {
    /// Finds out what each object keeps alive.
    ///
    /// O(references · log objects) time, O(objects + references) memory, and no deep stack.
    #[must_use]
    pub fn of(snapshot: &Arc<Snapshot>) -> Self {
        let nodes = snapshot.len();
        let held = held(snapshot);
        let cycles = leaked_cycles(snapshot, &held);
        let root = (nodes + cycles.len()) as u32;
        let Dominators { order, mut of } = dominators(&graph(snapshot, &held, &cycles), root);
        let mut bytes = vec![0; nodes + cycles.len() + 1];
        let mut objects = vec![0; nodes + cycles.len() + 1];
        for node in 0..nodes {
            bytes[node] = bytes_of(snapshot, NodeId::new(node));
            objects[node] = 1;
        }
        for &node in order.iter().skip(1).rev() {
            let (node, above) = (node as usize, of[node as usize] as usize);
            bytes[above] += bytes[node];
            objects[above] += objects[node];
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

    /// The snapshot that was looked at.
    #[must_use]
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }

    /// The bytes of all objects together.
    #[must_use]
    pub fn total_bytes(&self) -> u64 {
        self.total_bytes
    }

    /// The bytes that would be free if the object went, its own included.
    ///
    /// # Panics
    ///
    /// If the node is of a larger snapshot.
    #[must_use]
    pub fn retained_bytes(&self, node: NodeId) -> u64 {
        self.bytes[node.index()]
    }

    /// How many objects would go if the object went, itself included.
    ///
    /// # Panics
    ///
    /// If the node is of a larger snapshot.
    #[must_use]
    pub fn retained_objects(&self, node: NodeId) -> usize {
        self.objects[node.index()] as usize
    }

    /// The nearest object without which this one would not be alive: its immediate dominator.
    /// `None` if several that do not depend on each other keep it, or something outside, or a
    /// leaked cycle.
    ///
    /// # Panics
    ///
    /// If the node is of a larger snapshot.
    #[must_use]
    pub fn dominating_object(&self, node: NodeId) -> Option<NodeId> {
        match self.dominator(node)? {
            Dominator::Object(node) => Some(node),
            Dominator::Cycle(_) => None,
        }
    }

    /// What keeps the object alive; `None` if several that do not depend on each other do, or
    /// something outside.
    ///
    /// # Panics
    ///
    /// If the node is of a larger snapshot.
    #[must_use]
    pub fn dominator(&self, node: NodeId) -> Option<Dominator> {
        let above = self.dominators[node.index()];
        (above != NONE).then(|| self.named(above))
    }

    /// The cycles, or sets of cycles that hang together, that keep what has leaked: the objects of
    /// each, sorted.
    #[must_use]
    pub fn cycles(&self) -> &[Vec<NodeId>] {
        &self.cycles
    }

    /// The bytes that an object or a cycle retains, and how many objects.
    ///
    /// # Panics
    ///
    /// If it is of a larger snapshot.
    #[must_use]
    pub fn retained_by(&self, dominator: Dominator) -> (u64, usize) {
        let at = match dominator {
            Dominator::Object(node) => node.index(),
            Dominator::Cycle(cycle) => self.snapshot.len() + cycle,
        };
        (self.bytes[at], self.objects[at] as usize)
    }

    /// What retains most bytes, most first; of equal, by the order of the snapshot. Objects that
    /// another of their own type keeps alive are left out, so that a list or a tree is told once.
    ///
    /// O(objects · log objects).
    #[must_use]
    pub fn top(&self, limit: usize) -> Vec<Dominator> {
        let nodes = self.snapshot.len() as u32;
        let mut top: Vec<u32> = self
            .outermost()
            .into_iter()
            .chain(nodes..nodes + self.cycles.len() as u32)
            .collect();
        top.sort_by_key(|&at| (std::cmp::Reverse(self.bytes[at as usize]), at));
        top.truncate(limit);
        top.into_iter().map(|at| self.named(at)).collect()
    }

    /// What the objects of each type retain, most bytes first; of equal, by type. What several
    /// types retain together, one through the other, counts for each of them.
    ///
    /// O(objects + types · log types).
    #[must_use]
    pub fn by_type(&self) -> Vec<RetainedByType> {
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

    fn named(&self, at: u32) -> Dominator {
        match (at as usize).checked_sub(self.snapshot.len()) {
            Some(cycle) => Dominator::Cycle(cycle),
            None => Dominator::Object(NodeId::new(at as usize)),
        }
    }

    /// The nodes that no other of their type dominates, sorted.
    ///
    /// In one walk through the tree of dominators that knows how many of each type it stands
    /// below.
    fn outermost(&self) -> Vec<u32> {
        let (mut first, mut next) = (vec![NONE; self.bytes.len()], vec![NONE; self.bytes.len()]);
        let root = self.bytes.len() - 1;
        for &at in self.order.iter().rev() {
            let above = match self.dominators[at as usize] {
                NONE => root,
                above => above as usize,
            };
            next[at as usize] = first[above];
            first[above] = at;
        }
        let mut above = vec![0u32; self.snapshot.types().len()];
        let type_of = |at: u32| {
            let row = self.snapshot.parts().nodes.get(at as usize);
            row.map(|row| row.type_index as usize)
        };
        let mut outermost = Vec::new();
        let mut way = Vec::new();
        let mut at = first[root];
        loop {
            if at != NONE {
                if let Some(type_index) = type_of(at) {
                    if above[type_index] == 0 {
                        outermost.push(at);
                    }
                    above[type_index] += 1;
                }
                way.push(at);
                at = first[at as usize];
            } else if let Some(left) = way.pop() {
                if let Some(type_index) = type_of(left) {
                    above[type_index] -= 1;
                }
                at = next[left as usize];
            } else {
                outermost.sort_unstable();
                return outermost;
            }
        }
    }
}

/// What keeps the leaked: the sets of them that own each other and that no other leaked owns.
fn leaked_cycles(snapshot: &Snapshot, held: &[NodeId]) -> Vec<Vec<NodeId>> {
    let alive = reach(snapshot, held.iter().copied());
    let mut leaked = NodeSet::new(snapshot.len());
    for node in (0..snapshot.len()).map(NodeId::new) {
        if !alive.contains(node) {
            leaked.insert(node);
        }
    }
    if leaked.is_empty() {
        return Vec::new();
    }
    let components = strong_components_within(snapshot, &leaked);
    let mut is_owned = vec![false; components.count()];
    for node in leaked.iter() {
        for edge in rows(snapshot, node) {
            if let Some(target) = components.of(edge.target)
                && edge.strong
                && components.of(node) != Some(target)
            {
                is_owned[target] = true;
            }
        }
    }
    let sources = (0..components.count()).filter(|&component| !is_owned[component]);
    sources
        .map(|component| components.members(component).to_vec())
        .collect()
}

/// The strong references, the cycles with a way to each of their objects, and a root with a way to
/// each cycle and to all that is held.
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
