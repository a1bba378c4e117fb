//! Finds the component of the first node, which often contains nearly all leaked objects.
//!
//! A depth-first search waits for memory at each step, while a breadth-first search reads several
//! nodes at once. The component of a node is the intersection of what the node leads to and what
//! leads to it, each found breadth first (Lisa K. Fleischer, Bruce Hendrickson, Ali Pınar, "On
//! Identifying Strongly Connected Components in Parallel", 2000).

use fixedbitset::FixedBitSet;

use super::EdgeSource;
use crate::analysis::adjacency::Adjacency;

/// Returns the component of the first node that `within` accepts, if it may be large, and an empty
/// list otherwise.
pub(super) fn find(
    graph: &(impl EdgeSource + ?Sized),
    within: &impl Fn(usize) -> bool,
) -> Vec<u32> {
    let nodes = graph.nodes();
    let mut open = FixedBitSet::with_capacity(nodes);
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
    let mut open = FixedBitSet::with_capacity(nodes);
    for &node in &led_to {
        open.insert(node as usize);
    }
    let count = led_to.len();
    drop(led_to);
    if let Some(component) = sweep(&forwards, start, &open, count) {
        return component;
    }
    // Two graphs at once would take more memory than the depth-first search.
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

/// Returns the nodes of `led_to` that lead to `start`, if a few sweeps over their rows find all of
/// them; `count` is the size of `led_to`.
///
/// Sweeps suffice if references point to older objects, or all to younger ones, one of which each
/// direction follows; and they notice early if little or nothing leads back.
fn sweep(graph: &Adjacency, start: usize, led_to: &FixedBitSet, count: usize) -> Option<Vec<u32>> {
    const MAX_SWEEPS: usize = 3;
    let mut found = FixedBitSet::with_capacity(graph.len());
    found.insert(start);
    let mut component = vec![start as u32];
    for sweep in 0..MAX_SWEEPS {
        let before = component.len();
        let mut visit = |node: usize| {
            let leads_back = || {
                graph
                    .row(node)
                    .iter()
                    .any(|&to| found.contains(to as usize))
            };
            if led_to.contains(node) && !found.contains(node) && leads_back() {
                found.insert(node);
                component.push(node as u32);
            }
        };
        if sweep % 2 == 0 {
            (0..graph.len()).for_each(&mut visit);
        } else {
            (0..graph.len()).rev().for_each(&mut visit);
        }
        // A sweep that finds nothing proves that there is no more.
        if component.len() == count || component.len() == before {
            return Some(component);
        }
    }
    None
}

/// Removes the nodes that are reachable from `start` through open nodes from `open`, and returns
/// them, `start` included; `count` is the size of `open`.
fn flood<T: Iterator<Item = usize>>(
    start: usize,
    open: &mut FixedBitSet,
    count: usize,
    targets: impl Fn(usize) -> T,
) -> Vec<u32> {
    // Whether a node is still open is unpredictable, so there is no branch on it: the node is
    // always written behind the last.
    let mut queue = vec![0u32; count + 1];
    queue[0] = start as u32;
    open.remove(start);
    let (mut next, mut end) = (0, 1);
    while next < end {
        let node = queue[next] as usize;
        next += 1;
        for target in targets(node) {
            queue[end] = target as u32;
            end += usize::from(open.contains(target));
            open.remove(target);
        }
    }
    queue.truncate(end);
    queue
}
