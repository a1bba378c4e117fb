//! The component of the first node, which of leaked objects often has all of them or nearly.
//!
//! A search in depth waits for memory at each step; a search in breadth has the reads of several
//! nodes under way at once. What a node leads to and what leads to it, each found in breadth, have
//! the node's component in common (Lisa K. Fleischer, Bruce Hendrickson, Ali Pınar, "On
//! Identifying Strongly Connected Components in Parallel", 2000).

use super::Edges;
use crate::analysis::adjacency::Adjacency;

/// The component of the first node that `within` does not exclude, if it may be large; else
/// nothing.
pub(super) fn find(graph: &(impl Edges + ?Sized), within: &impl Fn(usize) -> bool) -> Vec<u32> {
    let nodes = graph.nodes();
    let mut open = Bits::new(nodes);
    let mut count = 0;
    for node in (0..nodes).filter(|&node| within(node)) {
        open.insert(node);
        count += 1;
    }
    let Some(start) = (0..nodes).find(|&node| within(node)) else {
        return Vec::new();
    };
    let forwards = Adjacency::of(nodes, || {
        let nodes = (0..nodes).filter(|&node| within(node));
        nodes.flat_map(|node| graph.targets(node).map(move |to| (node, to)))
    });
    let led_to = flood(start, &mut open, count, |node| {
        forwards.row(node).iter().map(|&target| target as usize)
    });
    if led_to.len() * 2 < count {
        return Vec::new();
    }
    let mut open = Bits::new(nodes);
    for &node in &led_to {
        open.insert(node as usize);
    }
    let count = led_to.len();
    drop(led_to);
    if let Some(component) = by_sweeps(&forwards, start, &open, count) {
        return component;
    }
    // Two graphs at once would take more memory than the search in depth.
    drop(forwards);
    let backwards = Adjacency::of(nodes, || {
        let nodes = (0..nodes).filter(|&node| open.contains(node));
        nodes.flat_map(|node| {
            let targets = graph.targets(node).filter(|&target| open.contains(target));
            targets.map(move |target| (target, node))
        })
    });
    flood(start, &mut open, count, |node| {
        backwards.row(node).iter().map(|&source| source as usize)
    })
}

/// Those of `led_to`, of which there are `count`, that lead to `start`, if a few passes over their
/// rows find them all.
///
/// They do where references point to older objects, or all to younger ones, whichever way the
/// pass goes then; and they soon see where nothing, or little, leads back.
fn by_sweeps(graph: &Adjacency, start: usize, led_to: &Bits, count: usize) -> Option<Vec<u32>> {
    const SWEEPS: usize = 3;
    let mut found = Bits::new(graph.len());
    found.insert(start);
    let mut component = vec![start as u32];
    for sweep in 0..SWEEPS {
        let before = component.len();
        let mut look = |node: usize| {
            let leads = || {
                graph
                    .row(node)
                    .iter()
                    .any(|&to| found.contains(to as usize))
            };
            if led_to.contains(node) && !found.contains(node) && leads() {
                found.insert(node);
                component.push(node as u32);
            }
        };
        if sweep % 2 == 0 {
            (0..graph.len()).for_each(&mut look);
        } else {
            (0..graph.len()).rev().for_each(&mut look);
        }
        // A pass that finds nothing is the proof that there is no more.
        if component.len() == count || component.len() == before {
            return Some(component);
        }
    }
    None
}

/// The nodes that `start` leads to through open nodes, of which there are `count`, itself
/// included; they are not open afterwards.
fn flood<T: Iterator<Item = usize>>(
    start: usize,
    open: &mut Bits,
    count: usize,
    targets: impl Fn(usize) -> T,
) -> Vec<u32> {
    // Whether a node is still open is a matter of chance, so there is no branch on it: the node
    // is written behind the last in any case.
    let mut queue = vec![0u32; count + 1];
    queue[0] = start as u32;
    open.take(start);
    let (mut next, mut end) = (0, 1);
    while next < end {
        let node = queue[next] as usize;
        next += 1;
        for target in targets(node) {
            queue[end] = target as u32;
            end += open.take(target);
        }
    }
    queue.truncate(end);
    queue
}

/// A set of nodes that does not know how many they are.
struct Bits(Vec<u64>);

impl Bits {
    fn new(nodes: usize) -> Self {
        Self(vec![0; nodes.div_ceil(64)])
    }

    fn contains(&self, node: usize) -> bool {
        self.0[node / 64] >> (node % 64) & 1 != 0
    }

    fn insert(&mut self, node: usize) {
        self.0[node / 64] |= 1 << (node % 64);
    }

    /// Takes the node out; answers how many nodes that were.
    fn take(&mut self, node: usize) -> usize {
        let word = &mut self.0[node / 64];
        let was_in = *word >> (node % 64) & 1;
        *word &= !(1 << (node % 64));
        was_in as usize
    }
}
