//! Chains: the shortest way over references from an object to one of a kind, or back.

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use objgraph_core::{Edge, Node, NodeId, ObjectId, Snapshot};

use super::{Direction, SnapshotObject};

/// A chain of references: each of its objects refers to the next.
///
/// It prints as `static CACHE[0] → Session.user → User`.
#[derive(Clone)]
pub struct Chain {
    snapshot: Arc<Snapshot>,
    nodes: Vec<NodeId>,
    /// The numbers of the edges between them; one less than there are nodes.
    edges: Vec<usize>,
}

impl Chain {
    /// How many objects are in it, both ends included: at least one.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a chain is never empty")]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The objects, from the one that refers to the one that is referred to.
    pub fn objects(&self) -> impl ExactSizeIterator<Item = SnapshotObject<'_>> + Clone {
        let nodes = self.nodes.iter();
        nodes.map(|&node| SnapshotObject::new(self.snapshot.node(node)))
    }

    /// The ids of the objects, in the same order.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = ObjectId> + Clone + '_ {
        self.objects().map(|object| object.id())
    }

    /// The numbers of their nodes in the snapshot, in the same order.
    #[must_use]
    pub fn nodes(&self) -> &[NodeId] {
        &self.nodes
    }

    /// The references between them: one less than there are objects.
    ///
    /// O(references of the objects of the chain).
    pub fn edges(&self) -> impl Iterator<Item = Edge<'_>> + Clone {
        let ends = self.nodes.iter().zip(&self.edges);
        ends.filter_map(|(&node, &number)| {
            let mut edges = self.snapshot.edges(node);
            edges.find(|edge| edge.number() == number)
        })
    }

    /// The snapshot it was found in.
    #[must_use]
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.objects()).finish()
    }
}

/// A search for a chain, with its options: what `ref_chain` and
/// `backref_chain` begin and [`find`](Self::find) ends.
#[derive(Clone, Debug)]
#[must_use = "`find` does the search"]
pub struct ChainSearch {
    snapshot: Arc<Snapshot>,
    starts: Vec<NodeId>,
    direction: Direction,
    max_depth: usize,
    ignored: HashSet<ObjectId>,
    weak: bool,
}

impl ChainSearch {
    /// A search in a snapshot, from any of the starts.
    pub fn new(
        snapshot: &Arc<Snapshot>,
        starts: impl IntoIterator<Item = NodeId>,
        direction: Direction,
    ) -> Self {
        Self {
            snapshot: Arc::clone(snapshot),
            starts: starts.into_iter().collect(),
            direction,
            max_depth: 20,
            ignored: HashSet::new(),
            weak: false,
        }
    }

    /// The greatest number of references in a chain; 20 if not set.
    pub fn max_depth(mut self, references: usize) -> Self {
        self.max_depth = references;
        self
    }

    /// Objects that no chain goes through or ends at; a start is not left out.
    pub fn ignore(mut self, ids: impl IntoIterator<Item = ObjectId>) -> Self {
        self.ignored.extend(ids);
        self
    }

    /// Whether weak references count too; not if not set.
    pub fn weak(mut self, weak: bool) -> Self {
        self.weak = weak;
        self
    }

    /// The shortest chain between a start and an object for which `is_meant` holds; `None` if
    /// there is none. A start for which it holds is a chain of one. Of several shortest, the
    /// first in the order of the snapshot.
    ///
    /// Breadth first: O(objects of the snapshot + references of those it meets). The way back
    /// ends at roots, since nothing holds them.
    pub fn find(&self, mut is_meant: impl FnMut(Node<'_>) -> bool) -> Option<Chain> {
        let snapshot = &*self.snapshot;
        let mut met_from = vec![NOT_MET; snapshot.len()];
        let mut met = Vec::new();
        for &start in &self.starts {
            if met_from[start.index()] == NOT_MET {
                met_from[start.index()] = START;
                met.push(start);
            }
        }
        let mut layer = 0..met.len();
        let mut depth = 0;
        while !layer.is_empty() {
            let mut nodes = met[layer.clone()].iter();
            if let Some(&found) = nodes.find(|&&node| is_meant(snapshot.node(node))) {
                return Some(self.chain(found, &met_from));
            }
            if depth >= self.max_depth {
                return None;
            }
            depth += 1;
            self.direction.gather(snapshot, &met[layer.clone()]);
            for at in layer.clone() {
                let node = met[at];
                self.direction.for_each(snapshot, node, |edge| {
                    let far = self.direction.far(&edge);
                    let from = &mut met_from[far.index()];
                    if *from == NOT_MET && self.follows(&edge) && !self.ignores(far) {
                        *from = node.index() as u32 + 1;
                        met.push(far);
                    }
                });
            }
            layer = layer.end..met.len();
        }
        None
    }

    fn follows(&self, edge: &Edge<'_>) -> bool {
        edge.is_strong() || self.weak
    }

    fn ignores(&self, node: NodeId) -> bool {
        !self.ignored.is_empty() && self.ignored.contains(&self.snapshot.node(node).id())
    }

    /// The chain from the start over which a node was met.
    fn chain(&self, found: NodeId, met_from: &[u32]) -> Chain {
        let (mut nodes, mut edges) = (vec![found], Vec::new());
        let mut at = found;
        while met_from[at.index()] != START {
            let from = NodeId::new(met_from[at.index()] as usize - 1);
            let mut between = self.direction.edges(&self.snapshot, from);
            let met_over =
                between.find(|edge| self.direction.far(edge) == at && self.follows(edge));
            edges.extend(met_over.map(|edge| edge.number()));
            nodes.push(from);
            at = from;
        }
        if self.direction == Direction::Refs {
            nodes.reverse();
            edges.reverse();
        }
        Chain {
            snapshot: Arc::clone(&self.snapshot),
            nodes,
            edges,
        }
    }
}

/// A node was met from the one of the number less one; or from none; or it is a start.
const NOT_MET: u32 = 0;
const START: u32 = u32::MAX;

/// Whether a node is a root: a `static` or a `thread_local!` marked with `#[objgraph::root]`, or
/// a value that [`with_root`](objgraph_core::with_root) named. What a chain to the holder is looked for
/// with.
///
/// ```
/// use objgraph::rc::Rc;
///
/// let kept = Rc::new(5);
/// let registry = vec![kept.clone()];
/// let chain = objgraph::with_root("registry", &registry, || {
///     objgraph::find_backref_chain(&kept, objgraph::is_root)
/// });
/// if objgraph::ENABLED {
///     assert_eq!(chain.unwrap().to_string(), "registry[0] → i32");
/// }
/// ```
#[must_use]
pub fn is_root(node: Node<'_>) -> bool {
    node.root().is_some()
}
