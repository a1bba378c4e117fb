//! Pointers in a build of the profile `dev`: `dev_churn WHAT TIMES` creates and drops objects, one at a
//! time, this many times.
#![allow(clippy::print_stdout, reason = "it prints what it measured")]

#[path = "../../../src/clock.rs"]
mod clock;

use std::cell::RefCell;
use std::hint::black_box;
use std::sync::Mutex;

/// Defines a function that creates and drops nodes linked by `$Pointer`.
macro_rules! churn {
    ($(#[$attribute:meta])* $name:ident, $Cell:ident<$($Pointer:tt)::+>) => {
        fn $name(times: u64) {
            #[expect(dead_code, reason = "what is measured is the making")]
            $(#[$attribute])*
            struct Node {
                id: u64,
                next: $Cell<Option<$($Pointer)::+<Node>>>,
            }
            for id in 0..times {
                let next = $Cell::new(None);
                drop(black_box($($Pointer)::+::new(Node { id, next })));
            }
        }
    };
}

churn!(std_rc, RefCell<std::rc::Rc>);
churn!(std_arc, Mutex<std::sync::Arc>);
churn!(
    #[derive(objgraph::Tracked)]
    our_rc,
    RefCell<objgraph::rc::Rc>
);
churn!(
    #[derive(objgraph::Tracked)]
    our_arc,
    Mutex<objgraph::sync::Arc>
);

fn main() {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let times = arguments.next().and_then(|times| times.parse().ok());
    let times: u64 = times.unwrap_or(1);
    let churn = match &*name {
        "std-rc" => std_rc,
        "std-arc" => std_arc,
        "our-rc" => our_rc,
        "our-arc" => our_arc,
        _ => return,
    };
    let clock = clock::Clock::start();
    churn(times);
    println!("seconds {:e}", clock.seconds() / times as f64);
}
