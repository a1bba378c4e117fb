//! Many objects created and kept, then dropped; and the memory that they take.
//!
//! The first time, their memory is fresh from the system, as in a program that grows; afterwards,
//! much of it was freed before.
#![expect(dead_code, reason = "what is measured is the making")]

use std::cell::RefCell;
use std::sync::Mutex;

use super::operations::minimum;
use super::readings::Readings;
use crate::clock::Clock;
use crate::memory;

/// How often the objects are created and dropped again.
const AGAIN: usize = 4;

/// Defines a function that measures objects linked by `$Pointer`.
macro_rules! batch {
    ($(#[$attribute:meta])* $name:ident, $Cell:ident<$($Pointer:tt)::+>) => {
        pub(crate) fn $name(n: usize) -> Readings {
            $(#[$attribute])*
            struct Node {
                id: u64,
                next: $Cell<Option<$($Pointer)::+<Node>>>,
            }
            let mut kept = Vec::with_capacity(n);
            let fill = |kept: &mut Vec<_>| {
                kept.extend((0..n as u64).map(|id| {
                    let next = $Cell::new(None);
                    $($Pointer)::+::new(Node { id, next })
                }));
            };
            let before = memory::resident();
            let clock = Clock::start();
            fill(&mut kept);
            let new = clock.seconds();
            let bytes = memory::resident() - before;
            let clock = Clock::start();
            kept.clear();
            let first = new + clock.seconds();
            let again = minimum(AGAIN, || {
                let clock = Clock::start();
                fill(&mut kept);
                kept.clear();
                clock.seconds()
            });
            let readings = [("first", first), ("again", again), ("bytes", bytes)];
            readings.map(|(key, sum)| (key, sum / n as f64)).into()
        }
    };
}

batch!(std_rc, RefCell<std::rc::Rc>);
batch!(
    #[derive(objgraph::Tracked)]
    our_rc,
    RefCell<objgraph::rc::Rc>
);
batch!(std_arc, Mutex<std::sync::Arc>);
batch!(
    #[derive(objgraph::Tracked)]
    our_arc,
    Mutex<objgraph::sync::Arc>
);
