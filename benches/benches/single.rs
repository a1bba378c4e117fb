//! Single operations side by side: `cargo bench -p objgraph-bench`.
//!
//! The table of `compare` has the targets; this is for a closer look at one operation.

use std::cell::RefCell;

use divan::{Bencher, black_box};
use objgraph::Tracked;

fn main() {
    divan::main();
}

/// Defines benchmarks of std's pointers and ours, each in a module of its name.
macro_rules! pointers {
    ($($name:ident: $rc:path;)+) => {$(
        mod $name {
            use divan::{Bencher, black_box};
            use objgraph::Tracked;
            use $rc as Pointer;

            #[derive(Tracked)]
            struct Node {
                id: u64,
                next: Option<Pointer<Node>>,
            }

            fn node(id: u64) -> Pointer<Node> {
                Pointer::new(Node { id, next: None })
            }

            #[divan::bench]
            fn new_and_drop() {
                drop(black_box(node(black_box(1))));
            }

            #[divan::bench]
            fn clone_and_drop(bencher: Bencher<'_, '_>) {
                let node = node(1);
                bencher.bench_local(|| drop(black_box(black_box(&node).clone())));
            }

            #[divan::bench]
            fn deref(bencher: Bencher<'_, '_>) {
                let node = node(1);
                bencher.bench_local(|| black_box(&node).id);
            }

            #[divan::bench]
            fn downgrade_and_upgrade(bencher: Bencher<'_, '_>) {
                let node = node(1);
                bencher.bench_local(|| {
                    let weak = Pointer::downgrade(black_box(&node));
                    black_box(weak.upgrade().is_some_and(|node| node.next.is_none()))
                });
            }

            #[divan::bench]
            fn get_mut(bencher: Bencher<'_, '_>) {
                let mut node = node(1);
                bencher.bench_local(|| {
                    if let Some(node) = Pointer::get_mut(&mut node) {
                        node.id += 1;
                    }
                });
            }
        }
    )+};
}

pointers! {
    std_rc: std::rc::Rc;
    our_rc: objgraph::rc::Rc;
    std_arc: std::sync::Arc;
    our_arc: objgraph::sync::Arc;
}

mod counted_values {
    use divan::black_box;

    #[divan::bench]
    fn ours() {
        drop(black_box(objgraph::Instance::<u64>::new()));
    }

    #[divan::bench]
    fn countme() {
        countme::enable(true);
        drop(black_box(countme::Count::<u64>::new()));
    }
}

/// A list of this many objects, held by its first.
#[derive(Tracked)]
struct Link {
    next: RefCell<Option<objgraph::rc::Rc<Link>>>,
}

/// Numbers of objects for the queries.
const OBJECTS: [usize; 2] = [1_000, 100_000];

fn links(n: usize) -> Vec<objgraph::rc::Rc<Link>> {
    let link = |_| {
        let next = RefCell::new(None);
        objgraph::rc::Rc::new(Link { next })
    };
    let links: Vec<_> = (0..n).map(link).collect();
    for pair in links.windows(2) {
        *pair[0].next.borrow_mut() = Some(pair[1].clone());
    }
    links
}

#[divan::bench(args = OBJECTS)]
fn at(bencher: Bencher<'_, '_>, n: usize) {
    let links = links(n);
    let id = objgraph::id(&links[n / 2]);
    bencher.bench_local(|| objgraph::at(black_box(id)));
}

#[divan::bench(args = OBJECTS)]
fn growth(bencher: Bencher<'_, '_>, n: usize) {
    let _links = links(n);
    bencher.bench_local(objgraph::growth);
}

#[divan::bench(args = OBJECTS)]
fn new_ids(bencher: Bencher<'_, '_>, n: usize) {
    let _links = links(n);
    bencher.bench_local(objgraph::growth::new_ids);
}

#[divan::bench(args = OBJECTS)]
fn snapshot(bencher: Bencher<'_, '_>, n: usize) {
    let _links = links(n);
    bencher.bench_local(objgraph::snapshot);
}

#[divan::bench(args = OBJECTS)]
fn find_leaks(bencher: Bencher<'_, '_>, n: usize) {
    let _links = links(n);
    bencher.bench_local(objgraph::find_leaks);
}
