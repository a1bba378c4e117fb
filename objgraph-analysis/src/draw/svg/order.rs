//! The order of the nodes within each layer, so that few edges cross.
//!
//! Kozo Sugiyama, Shojiro Tagawa, Mitsuhiko Toda, "Methods for Visual Understanding of
//! Hierarchical System Structures", 1981: sweeps down and up, each of which sorts a layer by the
//! mean place of the neighbours in the layer before it.

/// Number of sweeps down and up.
const SWEEPS: usize = 12;

/// Sorts the nodes of the layers; `edges` lead from one layer to the next.
pub(super) fn order(layers: &mut [Vec<usize>], nodes: usize, edges: &[(usize, usize)]) {
    let mut above: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    let mut below: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    for &(from, to) in edges {
        below[from].push(to);
        above[to].push(from);
    }
    let mut best = layers.to_vec();
    let mut place = vec![0.0; nodes];
    let mut fewest = crossings(layers, &below, nodes);
    for _ in 0..SWEEPS {
        if fewest == 0 {
            break;
        }
        for layer in 1..layers.len() {
            sort_by_neighbours(layers, layer, layer - 1, &above, &mut place);
        }
        for layer in (0..layers.len().saturating_sub(1)).rev() {
            sort_by_neighbours(layers, layer, layer + 1, &below, &mut place);
        }
        let number = crossings(layers, &below, nodes);
        if number < fewest {
            fewest = number;
            best = layers.to_vec();
        }
    }
    layers.clone_from_slice(&best);
}

/// Sorts a layer by its neighbours in the fixed one; `place` has room for a number of each node.
fn sort_by_neighbours(
    layers: &mut [Vec<usize>],
    layer: usize,
    fixed: usize,
    neighbours: &[Vec<usize>],
    place: &mut [f64],
) {
    for (at, &node) in layers[fixed].iter().enumerate() {
        place[node] = at as f64 / layers[fixed].len() as f64;
    }
    let len = layers[layer].len() as f64;
    let mut keyed: Vec<(f64, usize)> = layers[layer]
        .iter()
        .enumerate()
        .map(|(at, &node)| {
            let of = &neighbours[node];
            let sum: f64 = of.iter().map(|&neighbour| place[neighbour]).sum();
            let key = if of.is_empty() {
                at as f64 / len
            } else {
                sum / of.len() as f64
            };
            (key, node)
        })
        .collect();
    // Stable, so that the order does not depend on anything else.
    crate::order::sort_by(&mut keyed, |a, b| a.0.total_cmp(&b.0));
    layers[layer] = keyed.into_iter().map(|(_, node)| node).collect();
}

/// Returns the number of pairs of edges that cross, counted with a tree of sums (Wilhelm Barth, Petra
/// Mutzel, Michael Jünger, "Simple and Efficient Bilayer Cross Counting", 2004).
fn crossings(layers: &[Vec<usize>], below: &[Vec<usize>], nodes: usize) -> usize {
    let mut place = vec![0usize; nodes];
    let mut total = 0;
    for pair in layers.windows(2) {
        for (at, &node) in pair[1].iter().enumerate() {
            place[node] = at;
        }
        let mut sums = vec![0usize; pair[1].len() + 1];
        let mut counted = 0;
        for &node in &pair[0] {
            let mut targets: Vec<usize> = below[node].iter().map(|&target| place[target]).collect();
            targets.sort_unstable();
            // Those before this node that end to the right of it cross; edges of one node do not.
            for &target in &targets {
                let mut at = target + 1;
                let mut to_the_left = 0;
                while at > 0 {
                    to_the_left += sums[at];
                    at &= at - 1;
                }
                total += counted - to_the_left;
            }
            for &target in &targets {
                let mut at = target + 1;
                while at < sums.len() {
                    sums[at] += 1;
                    at += at & at.wrapping_neg();
                }
            }
            counted += targets.len();
        }
    }
    total
}
