//! New and drop, one object at a time.
#![expect(dead_code, reason = "what is measured is the making")]

use std::cell::RefCell;
use std::hint::black_box;
use std::sync::Mutex;

use super::operations::seconds_each;
use super::readings::Readings;

/// Defines a function that measures `$new(node)` for nodes linked by `$Pointer`, with the types left out
/// of tracking that a pattern names.
macro_rules! churn {
    ($(#[$attribute:meta])* $name:ident, $Cell:ident<$($Pointer:tt)::+> $(, $left_out:literal)?) => {
        pub(crate) fn $name(n: usize) -> Readings {
            $(objgraph::tracking::except([$left_out]).expect("types can match");)?
            $(#[$attribute])*
            struct Node {
                id: u64,
                next: $Cell<Option<$($Pointer)::+<Node>>>,
            }
            let seconds = seconds_each(n, |id| {
                let next = $Cell::new(None);
                drop(black_box($($Pointer)::+::new(Node { id, next })));
            });
            vec![("seconds", seconds)]
        }
    };
}

churn!(std_rc, RefCell<std::rc::Rc>);
churn!(
    #[derive(objgraph::Tracked)]
    our_rc,
    RefCell<objgraph::rc::Rc>
);
churn!(
    #[derive(rust_cc::Trace, rust_cc::Finalize)]
    rust_cc,
    RefCell<rust_cc::Cc>
);
churn!(std_arc, Mutex<std::sync::Arc>);
churn!(
    #[derive(objgraph::Tracked)]
    our_arc,
    Mutex<objgraph::sync::Arc>
);
churn!(
    #[derive(objgraph::Tracked)]
    our_rc_left_out,
    RefCell<objgraph::rc::Rc>,
    "*::churn::*"
);
churn!(
    #[derive(objgraph::Tracked)]
    our_arc_left_out,
    Mutex<objgraph::sync::Arc>,
    "*::churn::*"
);
churn!(
    #[derive(objgraph::Tracked)]
    our_rc_chosen,
    RefCell<objgraph::rc::Rc>,
    "*::hot::*"
);
churn!(
    #[derive(objgraph::Tracked)]
    our_arc_chosen,
    Mutex<objgraph::sync::Arc>,
    "*::hot::*"
);

/// countme has no pointers: a node in an `Rc` of std counts itself.
pub(crate) fn countme_in_rc(n: usize) -> Readings {
    struct Node {
        id: u64,
        next: RefCell<Option<std::rc::Rc<Node>>>,
        count: countme::Count<Node>,
    }
    countme::enable(true);
    let seconds = seconds_each(n, |id| {
        drop(black_box(std::rc::Rc::new(Node {
            id,
            next: RefCell::new(None),
            count: countme::Count::new(),
        })));
    });
    vec![("seconds", seconds)]
}

/// bacon_rajan_cc has no derive.
pub(crate) fn bacon(n: usize) -> Readings {
    struct Node {
        id: u64,
        next: RefCell<Option<bacon_rajan_cc::Cc<Node>>>,
    }
    impl bacon_rajan_cc::Trace for Node {
        fn trace(&self, tracer: &mut bacon_rajan_cc::Tracer) {
            self.next.trace(tracer);
        }
    }
    let seconds = seconds_each(n, |id| {
        let next = RefCell::new(None);
        drop(black_box(bacon_rajan_cc::Cc::new(Node { id, next })));
    });
    vec![("seconds", seconds)]
}

/// dumpster's derive does not work inside a macro.
pub(crate) fn dumpster_unsync(n: usize) -> Readings {
    use dumpster::unsync::Gc;
    #[derive(dumpster::Trace)]
    struct Node {
        id: u64,
        next: RefCell<Option<Gc<Node>>>,
    }
    let seconds = seconds_each(n, |id| {
        let next = RefCell::new(None);
        drop(black_box(Gc::new(Node { id, next })));
    });
    vec![("seconds", seconds)]
}

/// Like [`dumpster_unsync`], for several threads.
pub(crate) fn dumpster_sync(n: usize) -> Readings {
    use dumpster::sync::Gc;
    #[derive(dumpster::Trace)]
    struct Node {
        id: u64,
        next: Mutex<Option<Gc<Node>>>,
    }
    let seconds = seconds_each(n, |id| {
        let next = Mutex::new(None);
        drop(black_box(Gc::new(Node { id, next })));
    });
    vec![("seconds", seconds)]
}
