//! A graph as plain rows of numbers, where a search needs no more.

/// `targets[starts[n]..starts[n + 1]]` are the nodes that node `n` leads to.
#[derive(Debug)]
pub(super) struct Graph {
    pub(super) starts: Vec<u32>,
    pub(super) targets: Vec<u32>,
}

impl Graph {
    /// The graph of these edges, each from one node to another; `edges` is asked for them twice.
    /// The edges of a node are in the order in which they are given.
    pub fn of<E: Iterator<Item = (usize, usize)>>(nodes: usize, edges: impl Fn() -> E) -> Self {
        // Row n is counted at n + 2, begins at n + 1 before it is filled, and at n after.
        let mut starts = vec![0u32; nodes + 2];
        // Not `for`: iterators of iterators are several times as fast from the inside.
        edges().for_each(|(from, _)| starts[from + 2] += 1);
        for at in 2..nodes + 2 {
            starts[at] += starts[at - 1];
        }
        let mut targets = vec![0u32; starts[nodes + 1] as usize];
        edges().for_each(|(from, to)| {
            let at = &mut starts[from + 1];
            targets[*at as usize] = to as u32;
            *at += 1;
        });
        starts.pop();
        Self { starts, targets }
    }

    /// The number of nodes.
    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The nodes that a node leads to.
    pub(super) fn row(&self, node: usize) -> &[u32] {
        &self.targets[self.starts[node] as usize..self.starts[node + 1] as usize]
    }
}
