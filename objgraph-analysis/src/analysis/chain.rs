//! Chains: the shortest path of references from an object to one that matches, or back.

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use objgraph_core::{Edge, Node, NodeId, ObjectId, ReferenceKind, Snapshot};

use super::{Direction, SnapshotObject};

/// A chain of references, in which each object refers to the next.
///
/// Prints as `static CACHE[0] → Session.user → User`.
#[derive(Clone)]
pub struct Chain {
    snapshot: Arc<Snapshot>,
    nodes: Vec<NodeId>,
    /// The numbers of the edges between the nodes; one less than there are nodes.
    edges: Vec<usize>,
}

impl Chain {
    /// Returns the number of objects, both ends included; at least 1.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a chain is never empty")]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Returns the objects, from the one that refers to the one that is referred to.
    pub fn objects(&self) -> impl ExactSizeIterator<Item = SnapshotObject<'_>> + Clone {
        let nodes = self.nodes.iter();
        nodes.map(|&node| SnapshotObject::new(self.snapshot.node(node)))
    }

    /// Returns the ids of the objects, in the same order.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = ObjectId> + Clone + '_ {
        self.objects().map(|object| object.id())
    }

    /// Returns the nodes of the objects, in the same order.
    #[must_use]
    pub fn nodes(&self) -> &[NodeId] {
        &self.nodes
    }

    /// Returns the references between the objects: one less than there are objects.
    ///
    /// O(references of the objects of the chain).
    pub fn edges(&self) -> impl Iterator<Item = Edge<'_>> + Clone {
        let ends = self.nodes.iter().zip(&self.edges);
        ends.filter_map(|(&node, &number)| {
            let mut edges = self.snapshot.edges(node);
            edges.find(|edge| edge.number() == number)
        })
    }

    /// Returns the snapshot in which the chain was found.
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

/// A search for a chain and its options. `ref_chain` and `backref_chain` create it, and
/// [`find`](Self::find) runs it.
#[derive(Clone, Debug)]
#[must_use = "`find` does the search"]
pub struct ChainSearch {
    snapshot: Arc<Snapshot>,
    starts: Vec<NodeId>,
    direction: Direction,
    max_depth: usize,
    ignored: HashSet<ObjectId>,
    weak: bool,
    inferred: bool,
}

impl ChainSearch {
    /// Creates a search in a snapshot that begins at any of the starts.
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
            inferred: true,
        }
    }

    /// Sets the maximum number of references in a chain; the default is 20.
    pub fn max_depth(mut self, references: usize) -> Self {
        self.max_depth = references;
        self
    }

    /// Excludes objects, at which no chain passes or ends; a start is never excluded.
    pub fn ignore(mut self, ids: impl IntoIterator<Item = ObjectId>) -> Self {
        self.ignored.extend(ids);
        self
    }

    /// Sets whether weak references count; by default they do not.
    pub fn weak(mut self, weak: bool) -> Self {
        self.weak = weak;
        self
    }

    /// Sets whether inferred references count if there is no chain without them; by default they do.
    ///
    /// [`Edge::is_inferred`] distinguishes them in the chain, and its text marks them.
    pub fn inferred(mut self, inferred: bool) -> Self {
        self.inferred = inferred;
        self
    }

    /// Returns a shortest chain between a start and an object that `is_target` accepts, or `None`
    /// if there is none. A start that is accepted is a chain of one. Among equally short chains,
    /// the first in the order of the snapshot wins.
    ///
    /// Breadth first: O(objects of the snapshot + references of the objects visited). A search
    /// backwards ends at roots, since nothing holds them.
    pub fn find(&self, mut is_target: impl FnMut(Node<'_>) -> bool) -> Option<Chain> {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let exact = self.find_over(&mut is_target, false);
        let mut edges = self.snapshot.parts().edges.iter();
        if exact.is_some() || !self.inferred || !edges.any(|edge| edge.words > 0) {
            return exact;
        }
        self.find_over(&mut is_target, true)
    }

    fn find_over(
        &self,
        is_target: &mut dyn FnMut(Node<'_>) -> bool,
        inferred: bool,
    ) -> Option<Chain> {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let snapshot = &*self.snapshot;
        let mut reached_from = vec![NOT_VISITED; snapshot.len()];
        let mut visited = Vec::new();
        for &start in &self.starts {
            if reached_from[start.index()] == NOT_VISITED {
                reached_from[start.index()] = START;
                visited.push(start);
            }
        }
        let mut layer = 0..visited.len();
        let mut depth = 0;
        while !layer.is_empty() {
            let mut nodes = visited[layer.clone()].iter();
            if let Some(&found) = nodes.find(|&&node| is_target(snapshot.node(node))) {
                return Some(self.chain(found, &reached_from, inferred));
            }
            if depth >= self.max_depth {
                return None;
            }
            depth += 1;
            self.direction.gather(snapshot, &visited[layer.clone()]);
            for at in layer.clone() {
                let node = visited[at];
                self.direction.for_each(snapshot, node, |edge| {
                    let far = self.direction.far(&edge);
                    let from = &mut reached_from[far.index()];
                    if *from == NOT_VISITED && self.follows(&edge, inferred) && !self.ignores(far) {
                        *from = node.index() as u32 + 1;
                        visited.push(far);
                    }
                });
            }
            layer = layer.end..visited.len();
        }
        None
    }

    fn follows(&self, edge: &Edge<'_>, inferred: bool) -> bool {
        match edge.reference_kind() {
            ReferenceKind::Weak => self.weak,
            ReferenceKind::Inferred => inferred,
            _ => true,
        }
    }

    fn ignores(&self, node: NodeId) -> bool {
        !self.ignored.is_empty() && self.ignored.contains(&self.snapshot.node(node).id())
    }

    /// Returns the chain from the start through which a node was found.
    fn chain(&self, found: NodeId, reached_from: &[u32], inferred: bool) -> Chain {
        let (mut nodes, mut edges) = (vec![found], Vec::new());
        let mut at = found;
        while reached_from[at.index()] != START {
            let from = NodeId::new(reached_from[at.index()] as usize - 1);
            let mut between = self.direction.edges(&self.snapshot, from);
            let reached_over =
                between.find(|edge| self.direction.far(edge) == at && self.follows(edge, inferred));
            edges.extend(reached_over.map(|edge| edge.number()));
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

/// Marks of a node: not visited, a start, or one more than the number of the node that leads to it.
const NOT_VISITED: u32 = 0;
const START: u32 = u32::MAX;

/// Returns whether a node is a root: a `static` or `thread_local!` marked `#[objgraph::root]`, or a
/// value named by [`with_root`](objgraph_core::with_root). Use it to search for the chain from a
/// root to an object.
///
/// ```
/// use objgraph::rc::Rc;
///
/// let kept = Rc::new(5);
/// let registry = vec![kept.clone()];
/// let chain = objgraph::snapshot::with_root("registry", &registry, || {
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
