//! Dominators: a node dominates another if every path from the root to the other runs through it.
//!
//! Thomas Lengauer, Robert E. Tarjan, "A Fast Algorithm for Finding Dominators in a Flowgraph",
//! 1979, with simple path compression: O(edges · log nodes). Everything is in arrays, and explicit
//! stacks take the place of recursion, since the graph is the heap; petgraph's `simple_fast` is
//! quadratic in the worst case, and is the oracle of the tests.

#[cfg(test)]
mod tests;

use super::adjacency::Adjacency;

/// Represents no node.
pub(super) const NONE: u32 = u32::MAX;

/// The dominators of the nodes that are reachable from a root.
#[derive(Debug)]
pub(super) struct Dominators {
    /// The reachable nodes, the root first and each after its dominator.
    pub(super) order: Vec<u32>,
    /// The immediate dominator of each node; [`NONE`] for the root and for unreachable nodes.
    pub(super) of: Vec<u32>,
}

/// Finds the dominators of all nodes that are reachable from `root`.
pub(super) fn dominators(graph: &Adjacency, root: u32) -> Dominators {
    let search = DepthFirstSearch::of(graph, root);
    let found = search.dominators(graph);
    let mut of = vec![NONE; graph.len()];
    for (&node, &dominator) in search.order.iter().zip(&found).skip(1) {
        of[node as usize] = search.order[dominator as usize];
    }
    Dominators {
        order: search.order,
        of,
    }
}

/// A depth-first search, which numbers the nodes in the order of discovery.
struct DepthFirstSearch {
    /// The node of each number.
    order: Vec<u32>,
    /// The number of each node.
    numbers: Vec<u32>,
    /// The number of the parent in the search tree, by number.
    parents: Vec<u32>,
}

impl DepthFirstSearch {
    fn of(graph: &Adjacency, root: u32) -> Self {
        let mut search = Self {
            order: vec![root],
            numbers: vec![NONE; graph.len()],
            parents: vec![NONE],
        };
        search.numbers[root as usize] = 0;
        // The nodes on the current path, each with the next of its edges.
        let mut path = vec![(root, graph.starts[root as usize])];
        while let Some((node, edge)) = path.last_mut() {
            if *edge == graph.starts[*node as usize + 1] {
                path.pop();
                continue;
            }
            let (from, target) = (*node, graph.targets[*edge as usize]);
            *edge += 1;
            if search.numbers[target as usize] == NONE {
                search.numbers[target as usize] = search.order.len() as u32;
                search.order.push(target);
                search.parents.push(search.numbers[from as usize]);
                path.push((target, graph.starts[target as usize]));
            }
        }
        search
    }

    /// Returns the predecessors of each node; all nodes by number.
    fn predecessors(&self, graph: &Adjacency) -> Adjacency {
        Adjacency::of(self.order.len(), || {
            self.order.iter().enumerate().flat_map(|(number, &node)| {
                let row = graph.row(node as usize).iter();
                row.map(move |&target| (self.numbers[target as usize] as usize, number))
            })
        })
    }

    /// Returns the immediate dominators; all nodes by number.
    fn dominators(&self, graph: &Adjacency) -> Vec<u32> {
        let nodes = self.order.len();
        let predecessors = self.predecessors(graph);
        let mut forest = Forest {
            ancestors: vec![NONE; nodes],
            best: (0..nodes as u32).collect(),
            semi: (0..nodes as u32).collect(),
            path: Vec::new(),
        };
        let mut dominators = vec![0u32; nodes];
        // The nodes of each semidominator, as linked lists.
        let mut first = vec![NONE; nodes];
        let mut next = vec![NONE; nodes];
        for node in (1..nodes).rev() {
            for &before in predecessors.row(node) {
                let best = forest.best_above(before) as usize;
                forest.semi[node] = forest.semi[node].min(forest.semi[best]);
            }
            let semi = forest.semi[node] as usize;
            next[node] = first[semi];
            first[semi] = node as u32;
            let parent = self.parents[node];
            forest.ancestors[node] = parent;
            let mut dominated = std::mem::replace(&mut first[parent as usize], NONE);
            while dominated != NONE {
                let best = forest.best_above(dominated);
                let is_better = forest.semi[best as usize] < forest.semi[dominated as usize];
                dominators[dominated as usize] = if is_better { best } else { parent };
                dominated = next[dominated as usize];
            }
        }
        for node in 1..nodes {
            if dominators[node] != forest.semi[node] {
                dominators[node] = dominators[dominators[node] as usize];
            }
        }
        dominators
    }
}

/// The trees that the nodes processed so far form.
struct Forest {
    ancestors: Vec<u32>,
    /// The node with the smallest semidominator between each node and its ancestor.
    best: Vec<u32>,
    semi: Vec<u32>,
    path: Vec<u32>,
}

impl Forest {
    /// Returns the node with the smallest semidominator between `node` and the root of its tree,
    /// exclusive, and compresses that path.
    fn best_above(&mut self, node: u32) -> u32 {
        let mut at = node;
        loop {
            let ancestor = self.ancestors[at as usize];
            if ancestor == NONE || self.ancestors[ancestor as usize] == NONE {
                break;
            }
            self.path.push(at);
            at = ancestor;
        }
        while let Some(at) = self.path.pop() {
            let at = at as usize;
            let ancestor = self.ancestors[at] as usize;
            let (own, above) = (self.best[at] as usize, self.best[ancestor] as usize);
            if self.semi[above] < self.semi[own] {
                self.best[at] = above as u32;
            }
            self.ancestors[at] = self.ancestors[ancestor];
        }
        self.best[node as usize]
    }
}
