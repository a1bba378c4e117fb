//! `Rc` of std, made and dropped while dhat records each allocation.
#![allow(clippy::print_stdout, reason = "it prints what it measured")]

use std::cell::RefCell;
use std::hint::black_box;
use std::rc::Rc;
use std::time::Instant;

#[global_allocator]
static ALLOC: dhat::Alloc = dhat::Alloc;

#[expect(dead_code, reason = "what is measured is the making")]
struct Node {
    id: u64,
    next: RefCell<Option<Rc<Node>>>,
}

fn main() {
    let arg = std::env::args().nth(1).and_then(|arg| arg.parse().ok());
    let times: u64 = arg.unwrap_or(1);
    let profiler = dhat::Profiler::builder().testing().build();
    let begun = Instant::now();
    for id in 0..times {
        drop(black_box(Rc::new(Node {
            id,
            next: RefCell::new(None),
        })));
    }
    let spent = begun.elapsed().as_nanos() as f64;
    drop(profiler);
    println!("seconds {}", spent / times as f64 / 1e9);
}
