//! The layer of each node.

/// An edge from a higher layer (a smaller number) to a lower one.
#[derive(Clone, Copy, Debug)]
pub(super) struct DownwardEdge {
    pub(super) from: usize,
    pub(super) to: usize,
    /// Whether the arrow points up.
    pub(super) is_reversed: bool,
}

/// Reverses the edges that close a cycle, so that all can point down; edges that are free follow the
/// others. The edges have no loops.
pub(super) fn downwards(
    nodes: usize,
    edges: &[(usize, usize)],
    is_free: impl Fn(usize) -> bool,
) -> Vec<DownwardEdge> {
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    for (_, &(from, to)) in edges.iter().enumerate().filter(|(edge, _)| !is_free(*edge)) {
        out[from].push(to);
    }
    // Depth first, in the order of the nodes: an edge closes a cycle if the search leaves its target
    // later than its source.
    let mut left_at = vec![0usize; nodes];
    let mut is_found = vec![false; nodes];
    let mut clock = 0;
    let mut path: Vec<(usize, usize)> = Vec::new();
    for start in 0..nodes {
        if !is_found[start] {
            is_found[start] = true;
            path.push((start, 0));
        }
        while let Some((node, next)) = path.last_mut() {
            let node = *node;
            match out[node].get(*next) {
                Some(&target) => {
                    *next += 1;
                    if !is_found[target] {
                        is_found[target] = true;
                        path.push((target, 0));
                    }
                }
                None => {
                    clock += 1;
                    left_at[node] = clock;
                    path.pop();
                }
            }
        }
    }
    let downward = |&(from, to): &(usize, usize)| match left_at[to] > left_at[from] {
        true => DownwardEdge {
            from: to,
            to: from,
            is_reversed: true,
        },
        false => DownwardEdge {
            from,
            to,
            is_reversed: false,
        },
    };
    edges.iter().map(downward).collect()
}

/// Returns the layer of each node: below all nodes with an edge to it, and directly above its first
/// target for a node without such an edge.
pub(super) fn layers(nodes: usize, edges: &[DownwardEdge]) -> Vec<usize> {
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    let mut waits_for = vec![0usize; nodes];
    for edge in edges {
        out[edge.from].push(edge.to);
        waits_for[edge.to] += 1;
    }
    let is_first: Vec<bool> = waits_for.iter().map(|&number| number == 0).collect();
    let mut layer = vec![0usize; nodes];
    let mut ready: Vec<usize> = (0..nodes).filter(|&node| is_first[node]).collect();
    while let Some(node) = ready.pop() {
        for &target in &out[node] {
            layer[target] = layer[target].max(layer[node] + 1);
            waits_for[target] -= 1;
            if waits_for[target] == 0 {
                ready.push(target);
            }
        }
    }
    for node in (0..nodes).filter(|&node| is_first[node]) {
        if let Some(below) = out[node].iter().map(|&target| layer[target]).min() {
            layer[node] = below - 1;
        }
    }
    layer
}
