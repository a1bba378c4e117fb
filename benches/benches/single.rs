//! Single operations, by divan: `cargo bench -p objgraph-bench`.

#![allow(missing_docs, reason = "benchmarks are not called by anyone")]

fn main() {
    divan::main();
}

mod new_and_drop {
    use std::cell::RefCell;
    use std::sync::Mutex;

    struct Node<P, C> {
        _id: u64,
        _next: C,
        _of: std::marker::PhantomData<P>,
    }

    #[divan::bench]
    fn std_rc() -> u64 {
        drop(std::rc::Rc::new((1u64, RefCell::new(None::<u64>))));
        1
    }
}
