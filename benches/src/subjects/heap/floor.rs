//! The least that anyone must do who looks through the graph: touch each node and what it refers
//! to, in the order of a table, then count the edges to each node and walk through all of them.

use std::cell::RefCell;
use std::hint::black_box;
use std::rc::Rc;

use super::super::Readings;
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

    // The same graph as plain columns, made beforehand.
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

/// The sum of all ids met.
fn touched(table: &[Rc<Node>]) -> u64 {
    let each = table.iter().map(|node| {
        let edges = node.edges.borrow();
        let met: u64 = edges.iter().map(|target| target.id).sum();
        met.wrapping_add(node.id)
    });
    each.fold(0, u64::wrapping_add)
}

/// How many edges lead to each node.
fn in_degrees(n: usize, targets: &[u32]) -> Vec<u32> {
    let mut degrees = vec![0; n];
    for &to in targets {
        degrees[to as usize] += 1;
    }
    degrees
}

/// How many nodes a breadth-first walk meets that starts anew where it has not been.
fn reached(starts: &[u32], targets: &[u32]) -> usize {
    let n = starts.len() - 1;
    let mut met = vec![false; n];
    let mut queue = Vec::with_capacity(n);
    let mut next = 0;
    for from in 0..n as u32 {
        if !met[from as usize] {
            met[from as usize] = true;
            queue.push(from);
        }
        while let Some(&node) = queue.get(next) {
            next += 1;
            let edges = starts[node as usize] as usize..starts[node as usize + 1] as usize;
            for &to in &targets[edges] {
                if !met[to as usize] {
                    met[to as usize] = true;
                    queue.push(to);
                }
            }
        }
    }
    queue.len()
}
