//! The pointers with the feature `owners`: `owners WHAT TIMES` measures one thing.
#![allow(clippy::print_stdout, reason = "it prints what it measured")]

#[path = "../../../src/clock.rs"]
mod clock;
#[path = "../../../src/subjects/operations.rs"]
mod operations;

use std::cell::RefCell;
use std::hint::black_box;
use std::sync::Mutex;

use objgraph::{Tracked, rc, sync};
use operations::seconds_each;

/// Number of objects of which handles are cloned, as in the other measurements.
const OBJECTS: usize = 512;

/// Defines functions that measure `$Pointer`.
macro_rules! pointer {
    ($name:ident, $Pointer:ty, $make:path, $Cell:ident, $Link:ty) => {
        mod $name {
            use super::*;

            #[expect(dead_code, reason = "what is measured is the making")]
            #[derive(Tracked)]
            struct Node {
                id: u64,
                next: $Cell<Option<$Link>>,
            }

            fn node(id: u64) -> $Pointer {
                let next = $Cell::new(None);
                $make(Node { id, next })
            }

            pub(super) fn churn(times: usize) -> f64 {
                seconds_each(times, |id| drop(black_box(node(id))))
            }

            pub(super) fn clone_drop(times: usize) -> f64 {
                let handles: Vec<_> = (0..OBJECTS as u64).map(node).collect();
                let handle = |number: u64| black_box(&handles[number as usize % OBJECTS]);
                seconds_each(times, |number| drop(black_box(handle(number).clone())))
            }
        }
    };
}

pointer!(of_rc, rc::Rc<Node>, rc::Rc::new, RefCell, rc::Rc<Node>);
pointer!(
    of_arc,
    sync::Arc<Node>,
    sync::Arc::new,
    Mutex,
    sync::Arc<Node>
);

fn main() {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let times = arguments.next().and_then(|times| times.parse().ok());
    let times = times.unwrap_or(1);
    let number = match &*name {
        "rc-churn" => of_rc::churn(times),
        "arc-churn" => of_arc::churn(times),
        "rc-clone-drop" => of_rc::clone_drop(times),
        "arc-clone-drop" => of_arc::clone_drop(times),
        _ => return sizes(),
    };
    println!("seconds {number:e}");
}

/// Prints the size of the largest pointer in bytes.
fn sizes() {
    let strong = size_of::<rc::Rc<u64>>().max(size_of::<sync::Arc<u64>>());
    let weak = size_of::<rc::Weak<u64>>().max(size_of::<sync::Weak<u64>>());
    println!("largest {}", strong.max(weak));
}
