//! The graph on which everything is measured.

/// The targets of each node's two edges, by number. The first edges are a permutation, so every
/// node is referred to, and all nodes leak without external references; the second edges lead
/// anywhere.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    edges: Vec<[u32; 2]>,
}

impl Shape {
    /// Creates the graph of `n` nodes, the same one every time.
    pub(crate) fn new(n: usize) -> Self {
        let mut random = Random(n as u64);
        let mut edges: Vec<[u32; 2]> = (0..n as u32).map(|node| [node, 0]).collect();
        for node in (1..n).rev() {
            let other = random.below(node + 1);
            let first = edges[node][0];
            edges[node][0] = edges[other][0];
            edges[other][0] = first;
        }
        for targets in &mut edges {
            targets[1] = random.below(n) as u32;
        }
        Self { edges }
    }

    /// Returns the targets of each node.
    pub(crate) fn edges(&self) -> impl Iterator<Item = (usize, [usize; 2])> {
        let targets = self.edges.iter();
        targets.map(|t| t.map(|t| t as usize)).enumerate()
    }
}

/// Pseudo-random numbers: splitmix64.
#[derive(Clone, Debug)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// Returns a number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }
}
