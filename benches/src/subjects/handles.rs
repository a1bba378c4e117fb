//! Clone and drop of a handle, and access through one.

use std::hint::black_box;

use super::operations::seconds_each;
use super::readings::Readings;

/// Number of objects that the handles refer to, so that not one single count is measured.
const OBJECTS: usize = 512;

/// Defines a function that measures handles of type `$Pointer`.
macro_rules! handles {
    ($name:ident, $($Pointer:tt)::+) => {
        pub(crate) fn $name(n: usize) -> Readings {
            #[derive(objgraph::Tracked)]
            struct Node {
                id: u64,
            }
            let node = |id| $($Pointer)::+::new(Node { id });
            let handles: Vec<_> = (0..OBJECTS as u64).map(node).collect();
            let handle = |number: u64| black_box(&handles[number as usize % OBJECTS]);
            let clone_drop = seconds_each(n, |number| drop(black_box(handle(number).clone())));
            let deref = seconds_each(n, |number| {
                black_box(handle(number).id);
            });
            vec![("clone_drop", clone_drop), ("deref", deref)]
        }
    };
}

handles!(std_rc, std::rc::Rc);
handles!(our_rc, objgraph::rc::Rc);
handles!(std_arc, std::sync::Arc);
handles!(our_arc, objgraph::sync::Arc);
