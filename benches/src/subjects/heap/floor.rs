//! The minimum of work for any analysis of the graph: touch each node and what it refers to, in the
//! order of a table, then count the edges to each node and traverse all of them.

use std::cell::RefCell;
use std::hint::black_box;
use std::rc::Rc;

use super::super::readings::Readings;
use crate::clock::Clock;
use crate::shape::Shape;

struct Node {
    id: u64,
    edges: RefCell<Vec<Rc<Node>>>,
}

pub(crate) fn walk(n: usize) -> Readings {
    let shape = Shape::new(n);
    let node = |id| {
        let edges = RefCell::new(Vec::with_capacity(2));
        Rc::new(Node { id, edges })
    };
    let table: Vec<Rc<Node>> = (0..n as u64).map(node).collect();
    for (from, targets) in shape.edges() {
        let targets = targets.map(|to| table[to].clone());
        table[from].edges.borrow_mut().extend(targets);
    }
    let targets: Vec<[usize; 2]> = shape.edges().map(|(_, targets)| targets).collect();

    let clock = Clock::start();
    black_box(touched(&table));
    let touch = clock.seconds();

    // The same graph as plain columns, built beforehand.
    let starts: Vec<u32> = (0..=n as u32).map(|node| 2 * node).collect();
    let targets: Vec<u32> = targets.into_iter().flatten().map(|to| to as u32).collect();
    let clock = Clock::start();
    black_box(in_degrees(n, &targets));
    assert_eq!(black_box(reached(&starts, &targets)), n);
    let columns = clock.seconds();
    vec![
        ("seconds", touch + columns),
        ("touch", touch),
        ("columns", columns),
    ]
}

/// Returns the sum of all ids touched.
fn touched(table: &[Rc<Node>]) -> u64 {
    let each = table.iter().map(|node| {
        let edges = node.edges.borrow();
        let sum: u64 = edges.iter().map(|target| target.id).sum();
        sum.wrapping_add(node.id)
    });
    each.fold(0, u64::wrapping_add)
}

/// Returns the number of edges that lead to each node.
fn in_degrees(n: usize, targets: &[u32]) -> Vec<u32> {
    let mut degrees = vec![0; n];
    for &to in targets {
        degrees[to as usize] += 1;
    }
    degrees
}

/// Returns the number of nodes that breadth-first searches reach, one started at each node not
/// reached before.
fn reached(starts: &[u32], targets: &[u32]) -> usize {
    let n = starts.len() - 1;
    let mut reached = vec![false; n];
    let mut queue = Vec::with_capacity(n);
    let mut next = 0;
    for from in 0..n as u32 {
        if !reached[from as usize] {
            reached[from as usize] = true;
            queue.push(from);
        }
        while let Some(&node) = queue.get(next) {
            next += 1;
            let edges = starts[node as usize] as usize..starts[node as usize + 1] as usize;
            for &to in &targets[edges] {
                if !reached[to as usize] {
                    reached[to as usize] = true;
                    queue.push(to);
                }
            }
        }
    }
    queue.len()
}
