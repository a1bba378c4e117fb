//! Strongly connected components over strong edges: the sets of objects that keep each other alive.
//!
//! David J. Pearce, "A Space-Efficient Algorithm for Finding Strongly Connected Components", 2016:
//! Tarjan's algorithm with one number per node, and an explicit stack. The graph is the heap, on
//! which petgraph's `tarjan_scc` recurses as deep as the longest path; its `kosaraju_scc` is the
//! oracle of the tests.

mod first_component;
#[cfg(test)]
mod tests;

use objgraph_core::{NodeId, Snapshot};

use super::{NodeSet, rows};

/// The strongly connected components of a snapshot, or of a part of it.
///
/// Components are sorted by their first node, and the nodes of each are sorted.
#[derive(Clone, Debug)]
pub struct Components {
    /// The component of each node, or [`OUTSIDE`].
    of: Vec<u32>,
    /// `members[starts[c]..starts[c + 1]]` are the nodes of component `c`.
    starts: Vec<u32>,
    members: Vec<NodeId>,
}

const OUTSIDE: u32 = u32::MAX;

impl Components {
    /// Returns the number of components.
    #[must_use]
    pub fn count(&self) -> usize {
        self.starts.len() - 1
    }

    /// Returns the index of a node's component; `None` for a node outside of the part that was
    /// searched.
    #[must_use]
    pub fn of(&self, node: NodeId) -> Option<usize> {
        let component = *self.of.get(node.index())?;
        (component != OUTSIDE).then_some(component as usize)
    }

    /// Returns the nodes of a component, sorted.
    ///
    /// # Panics
    ///
    /// Panics if there is no component with this index.
    #[must_use]
    pub fn members(&self, component: usize) -> &[NodeId] {
        &self.members[self.starts[component] as usize..self.starts[component + 1] as usize]
    }
}

/// Finds the strongly connected components of the whole snapshot, over strong edges.
///
/// O(nodes + edges) time and memory.
#[must_use]
pub fn strong_components(snapshot: &Snapshot) -> Components {
    if !crate::HAS_OBJECTS {
        return sorted(Vec::new());
    }
    sorted(components(&StrongEdges(snapshot), |_| true))
}

/// Finds the strongly connected components of a part of the snapshot, over the strong edges inside
/// that part.
///
/// O(nodes of the snapshot + edges of the part) time and memory.
#[must_use]
pub fn strong_components_within(snapshot: &Snapshot, within: &NodeSet) -> Components {
    if !crate::HAS_OBJECTS {
        return sorted(Vec::new());
    }
    let within = |node| within.contains(NodeId::new(node));
    sorted(components(&StrongEdges(snapshot), within))
}

/// Returns the component of each node of a graph that is given by the targets of each node.
/// Components are numbered by their first nodes.
///
/// O(nodes + edges) time and memory.
pub(super) fn components_of(targets: &[Vec<u32>]) -> Vec<u32> {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    sorted(components(targets, |_| true)).of
}

/// A graph in the form that the search reads.
trait EdgeSource {
    fn nodes(&self) -> usize;

    /// Returns the target of the edge with this number among those of the node: `Some(None)` if the
    /// edge does not count, `None` after the last.
    fn edge(&self, node: usize, number: usize) -> Option<Option<usize>>;

    /// Returns the targets of all edges of the node that count.
    fn targets(&self, node: usize) -> impl Iterator<Item = usize>;
}

struct StrongEdges<'s>(&'s Snapshot);

impl EdgeSource for StrongEdges<'_> {
    fn nodes(&self) -> usize {
        self.0.len()
    }

    #[inline]
    fn edge(&self, node: usize, number: usize) -> Option<Option<usize>> {
        let edge = rows(self.0, NodeId::new(node)).get(number)?;
        Some(edge.strong.then(|| edge.target.index()))
    }

    #[inline]
    fn targets(&self, node: usize) -> impl Iterator<Item = usize> {
        rows(self.0, NodeId::new(node))
            .iter()
            .filter(|edge| edge.strong)
            .map(|edge| edge.target.index())
    }
}

impl EdgeSource for [Vec<u32>] {
    fn nodes(&self) -> usize {
        self.len()
    }

    fn edge(&self, node: usize, number: usize) -> Option<Option<usize>> {
        self[node].get(number).map(|&target| Some(target as usize))
    }

    fn targets(&self, node: usize) -> impl Iterator<Item = usize> {
        self[node].iter().map(|&target| target as usize)
    }
}

/// A node on the current path of the search.
struct Frame {
    node: u32,
    /// The next of its edges to follow.
    edge: u32,
    /// Whether no older node has been reached from it yet.
    is_oldest: bool,
}

/// Returns a number for each node, equal for nodes of one component; [`OUTSIDE`] for nodes that
/// `within` excludes.
fn components(graph: &(impl EdgeSource + ?Sized), within: impl Fn(usize) -> bool) -> Vec<u32> {
    let nodes = graph.nodes();
    // 0: not visited. Counting up from 1: the order of discovery, or the oldest node reached.
    // Counting down from the number of nodes: its component is complete. The two ranges never
    // overlap, since a number of the second kind releases at least one of the first.
    let mut mark = vec![0u32; nodes];
    let mut next_mark = 1u32;
    let mut next_component = nodes as u32;
    let mut path: Vec<Frame> = Vec::new();
    // Nodes that the search has left and whose component is not complete.
    let mut open: Vec<u32> = Vec::new();

    let first = first_component::find(graph, &within);
    if !first.is_empty() {
        for &node in &first {
            mark[node as usize] = next_component;
        }
        next_component -= 1;
    }
    drop(first);
    for start in 0..nodes {
        if !within(start) {
            mark[start] = OUTSIDE;
        }
        if mark[start] != 0 {
            continue;
        }
        mark[start] = next_mark;
        next_mark += 1;
        path.push(Frame {
            node: start as u32,
            edge: 0,
            is_oldest: true,
        });
        while let Some(frame) = path.last_mut() {
            let node = frame.node as usize;
            if let Some(edge) = graph.edge(node, frame.edge as usize) {
                frame.edge += 1;
                let Some(target) = edge.filter(|&target| within(target)) else {
                    continue;
                };
                if mark[target] == 0 {
                    mark[target] = next_mark;
                    next_mark += 1;
                    path.push(Frame {
                        node: target as u32,
                        edge: 0,
                        is_oldest: true,
                    });
                } else if mark[target] < mark[node] {
                    mark[node] = mark[target];
                    frame.is_oldest = false;
                }
                continue;
            }
            let is_oldest = frame.is_oldest;
            path.pop();
            if is_oldest {
                next_mark -= 1;
                while let Some(&other) = open.last() {
                    if mark[other as usize] < mark[node] {
                        break;
                    }
                    open.pop();
                    mark[other as usize] = next_component;
                    next_mark -= 1;
                }
                mark[node] = next_component;
                next_component -= 1;
            } else {
                open.push(node as u32);
            }
            match path.last_mut() {
                Some(parent) if mark[node] < mark[parent.node as usize] => {
                    mark[parent.node as usize] = mark[node];
                    parent.is_oldest = false;
                }
                _ => {}
            }
        }
    }
    mark
}

/// Renumbers the components by their first nodes, and lists their nodes.
fn sorted(mut of: Vec<u32>) -> Components {
    let mut number = vec![OUTSIDE; of.len() + 1];
    let mut starts = vec![0u32];
    for component in of.iter_mut().filter(|component| **component != OUTSIDE) {
        let new = &mut number[*component as usize];
        if *new == OUTSIDE {
            *new = starts.len() as u32 - 1;
            starts.push(0);
        }
        *component = *new;
        starts[*new as usize + 1] += 1;
    }
    for component in 1..starts.len() {
        starts[component] += starts[component - 1];
    }
    let mut next = starts.clone();
    let mut members = vec![NodeId::new(0); starts.last().map_or(0, |&end| end as usize)];
    for (node, &component) in of.iter().enumerate() {
        if component != OUTSIDE {
            let at = &mut next[component as usize];
            members[*at as usize] = NodeId::new(node);
            *at += 1;
        }
    }
    Components {
        of,
        starts,
        members,
    }
}
