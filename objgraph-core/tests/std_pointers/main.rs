//! One source of tests for std's pointers and ours: each file of cases is compiled against both.
//! Where tracking is off ours are std's, so the two builds of this file cover the three cases.

#![allow(
    clippy::mutable_key_type,
    clippy::neg_cmp_op_on_partial_ord,
    clippy::redundant_allocation,
    reason = "the cases ask for just that"
)]

mod auto_traits;
mod random;

#[cfg(not(any(debug_assertions, feature = "always")))]
mod off;

/// The cases of both pointers, against one of them.
macro_rules! cases {
    ($name:ident, $($module:ident)::+, $Pointer:ident, $Any:ty) => {
        mod $name {
            #[allow(unused_imports, reason = "each file of cases uses some")]
            use $($module)::+::{$Pointer as Ptr, Weak};

            type AnyValue = $Any;

            include!("rc_and_arc.rs");
            include!("construction.rs");
            include!("traits.rs");
        }
    };
}

cases!(std_rc, std::rc, Rc, dyn std::any::Any);
cases!(our_rc, objgraph_core::rc, Rc, dyn std::any::Any);
cases!(std_arc, std::sync, Arc, dyn std::any::Any + Send + Sync);
cases!(
    our_arc,
    objgraph_core::sync,
    Arc,
    dyn std::any::Any + Send + Sync
);

/// The cases that only `Arc` has.
mod std_arc_only {
    use std::sync::{Arc, Weak};

    include!("arc.rs");
}

mod our_arc_only {
    use objgraph_core::sync::{Arc, Weak};

    include!("arc.rs");
}
