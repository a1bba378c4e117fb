//! A graph as compressed rows of node numbers.

/// `targets[starts[n]..starts[n + 1]]` are the successors of node `n`.
#[derive(Debug)]
pub(super) struct Adjacency {
    pub(super) starts: Vec<u32>,
    pub(super) targets: Vec<u32>,
}

impl Adjacency {
    /// Builds the graph of these edges. Calls `edges` twice; the edges of each node keep their
    /// order.
    pub fn of<E: Iterator<Item = (usize, usize)>>(nodes: usize, edges: impl Fn() -> E) -> Self {
        // Row n is counted at n + 2, begins at n + 1 while it is filled, and at n in the end.
        let mut starts = vec![0u32; nodes + 2];
        // Not `for`: internal iteration of nested iterators is several times as fast.
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

    /// Returns the number of nodes.
    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Returns the successors of a node.
    pub(super) fn row(&self, node: usize) -> &[u32] {
        &self.targets[self.starts[node] as usize..self.starts[node + 1] as usize]
    }
}
