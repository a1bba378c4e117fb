//! Queries that Python's objgraph answers too, of a heap whose nodes are all held.

use std::hint::black_box;

use objgraph::ObjectId;
use objgraph::rc::Rc;

use super::heap::ours::grow;
use super::operations::{minimum, seconds_each};
use super::readings::Readings;
use crate::clock::Clock;
use crate::shape::Random;

/// Number of objects that are created between two queries.
const CREATED: usize = 100;

/// Number of objects that are looked up.
const LOOKED_UP: usize = 256;

pub(crate) fn all(n: usize) -> Readings {
    let mut nodes = grow(n);
    let mut random = Random(1);
    let some: Vec<ObjectId> = (0..LOOKED_UP)
        .map(|_| objgraph::id(&nodes[random.below(n)]))
        .collect();
    let at = seconds_each(100_000, |number| {
        black_box(objgraph::at(some[number as usize % LOOKED_UP]));
    });

    let growth = after_some(&mut nodes, || {
        black_box(objgraph::growth());
    });
    let new_ids = after_some(&mut nodes, || {
        black_box(objgraph::growth::new_ids());
    });

    let start = nodes[n / 2].clone();
    objgraph::snapshot::with_root("nodes", &nodes, || {
        let path = std::env::temp_dir().join(format!("objgraph-bench-{}.dot", std::process::id()));
        let show = minimum(3, || {
            let clock = Clock::start();
            let shown = objgraph::show_backrefs(&start, &path);
            let seconds = clock.seconds();
            shown.map_or(f64::NAN, |()| seconds)
        });
        let _ = std::fs::remove_file(&path);

        let leaking = minimum(3, || {
            let clock = Clock::start();
            black_box(objgraph::get_leaking_objects());
            clock.seconds()
        });
        let chain = minimum(3, || {
            let clock = Clock::start();
            let chain = objgraph::find_backref_chain(&start, objgraph::is_root);
            assert!(chain.is_some(), "the root leads to every node");
            clock.seconds()
        });

        let snapshot = std::sync::Arc::new(objgraph::snapshot());
        let found = snapshot.find(objgraph::id(&start));
        let starts: Vec<_> = found.into_iter().collect();
        assert_eq!(starts.len(), 1, "the object is in the snapshot");
        // A query of this snapshot has already sorted its backward edges.
        black_box(snapshot.edges_to(starts[0]).len());
        let show_at_hand = minimum(5, || {
            let clock = Clock::start();
            let picture = objgraph::picture::backrefs_in(&snapshot, starts.iter().copied());
            assert!(black_box(picture.to_dot()).is_ok(), "it is a small picture");
            clock.seconds()
        });
        let chain_at_hand = minimum(5, || {
            let clock = Clock::start();
            let search = objgraph::picture::backref_chain_in(&snapshot, starts.iter().copied());
            black_box(search.find(objgraph::is_root));
            clock.seconds()
        });
        vec![
            ("at", at),
            ("growth", growth),
            ("new_ids", new_ids),
            ("leaking", leaking),
            ("chain", chain),
            ("chain_at_hand", chain_at_hand),
            ("show_backrefs", show),
            ("show_backrefs_at_hand", show_at_hand),
        ]
    })
}

/// Returns the time of a query that finds some new objects.
fn after_some(nodes: &mut Vec<Rc<super::heap::ours::Node>>, query: impl Fn()) -> f64 {
    query();
    minimum(5, || {
        nodes.extend(grow(CREATED));
        let clock = Clock::start();
        query();
        clock.seconds()
    })
}
