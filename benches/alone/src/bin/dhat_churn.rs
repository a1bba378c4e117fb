//! `Rc` of std, created and dropped while dhat records each allocation.
#![allow(clippy::print_stdout, reason = "it prints what it measured")]

#[path = "../../../src/clock.rs"]
mod clock;

use std::cell::RefCell;
use std::hint::black_box;
use std::rc::Rc;

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
    let clock = clock::Clock::start();
    for id in 0..times {
        drop(black_box(Rc::new(Node {
            id,
            next: RefCell::new(None),
        })));
    }
    let seconds = clock.seconds();
    drop(profiler);
    println!("seconds {}", seconds / times as f64);
}
