//! Dominators: on the way from the root of a graph to each node, the last node that no way gets
//! around.
//!
//! Thomas Lengauer, Robert E. Tarjan, "A Fast Algorithm for Finding Dominators in a Flowgraph",
//! 1979, with path compression alone: O(edges · log nodes). All of it in arrays, and with stacks
//! of its own in place of recursion.

#[cfg(test)]
mod tests;

use super::graph::Graph;

/// In a column: no node.
pub(super) const NONE: u32 = u32::MAX;

/// The dominators of the nodes that can be reached from a root.
#[derive(Debug)]
pub(super) struct Dominators {
    /// The nodes in an order in which each comes after its dominator, the root first.
    pub(super) order: Vec<u32>,
    /// The immediate dominator of each node; [`NONE`] for the root and what is not reached.
    pub(super) of: Vec<u32>,
}

/// The dominators of all nodes that are reached from `root`.
pub(super) fn dominators(graph: &Graph, root: u32) -> Dominators {
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

/// A search in depth. Nodes are named by the order in which it met them.
struct DepthFirstSearch {
    /// The nodes by their numbers.
    order: Vec<u32>,
    /// The numbers of the nodes.
    numbers: Vec<u32>,
    /// From which each was met, by number.
    parents: Vec<u32>,
}

impl DepthFirstSearch {
    fn of(graph: &Graph, root: u32) -> Self {
        let mut search = Self {
            order: vec![root],
            numbers: vec![NONE; graph.len()],
            parents: vec![NONE],
        };
        search.numbers[root as usize] = 0;
        // Each node on the way down, and the next of its edges.
        let mut way = vec![(root, graph.starts[root as usize])];
        while let Some((node, edge)) = way.last_mut() {
            if *edge == graph.starts[*node as usize + 1] {
                way.pop();
                continue;
            }
            let (from, target) = (*node, graph.targets[*edge as usize]);
            *edge += 1;
            if search.numbers[target as usize] == NONE {
                search.numbers[target as usize] = search.order.len() as u32;
                search.order.push(target);
                search.parents.push(search.numbers[from as usize]);
                way.push((target, graph.starts[target as usize]));
            }
        }
        search
    }

    /// Who leads to each node: as rows, by number.
    fn predecessors(&self, graph: &Graph) -> Graph {
        Graph::of(self.order.len(), || {
            self.order.iter().enumerate().flat_map(|(number, &node)| {
                let row = graph.row(node as usize).iter();
                row.map(move |&target| (self.numbers[target as usize] as usize, number))
            })
        })
    }

    /// The immediate dominators, by number.
    fn dominators(&self, graph: &Graph) -> Vec<u32> {
        let nodes = self.order.len();
        let predecessors = self.predecessors(graph);
        let mut forest = Forest {
            ancestors: vec![NONE; nodes],
            best: (0..nodes as u32).collect(),
            semi: (0..nodes as u32).collect(),
            path: Vec::new(),
        };
        let mut dominators = vec![0u32; nodes];
        // Lists of the nodes of each semidominator.
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
            let mut listed = std::mem::replace(&mut first[parent as usize], NONE);
            while listed != NONE {
                let best = forest.best_above(listed);
                let is_better = forest.semi[best as usize] < forest.semi[listed as usize];
                dominators[listed as usize] = if is_better { best } else { parent };
                listed = next[listed as usize];
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

/// The trees that the nodes looked at so far form.
struct Forest {
    ancestors: Vec<u32>,
    /// The node of the smallest semidominator on the way from each node to its ancestor.
    best: Vec<u32>,
    semi: Vec<u32>,
    path: Vec<u32>,
}

impl Forest {
    /// The node of the smallest semidominator on the way from the node up to its root, which is
    /// not looked at itself. The way is made shorter.
    fn best_above(&mut self, node: u32) -> u32 {
        let mut at = node;
        while let ancestor = self.ancestors[at as usize]
            && ancestor != NONE
            && self.ancestors[ancestor as usize] != NONE
        {
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
