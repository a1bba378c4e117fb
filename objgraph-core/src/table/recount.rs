//! Whether counters and table tell the same, for the tests of objgraph itself: built with
//! `--cfg objgraph_recount`, a test program is ended, with a message, if they do not when a thread
//! ends and no other has objects.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;

use crate::table::read;

/// How many threads have made or dropped objects, and not ended.
static THREADS: AtomicUsize = AtomicUsize::new(0);

/// How many threads began, and objects were made or dropped by threads that had ended.
static EVENTS: AtomicU64 = AtomicU64::new(0);

/// A thread that has ended makes or drops an object.
pub(crate) fn late() {
    EVENTS.fetch_add(1, Ordering::SeqCst);
}

/// The thread makes or drops its first object.
pub(crate) fn begin() {
    late();
    THREADS.fetch_add(1, Ordering::SeqCst);
}

/// The thread ends. Ends the process if the counters are not what a full recount gives.
#[allow(clippy::print_stderr, reason = "there is nobody to return it to")]
pub(crate) fn end() {
    let thread = thread::current();
    let name = thread.name().unwrap_or("a thread without a name");
    let is_alone = || THREADS.load(Ordering::SeqCst) == 1;
    let quiet = || is_alone().then(|| EVENTS.load(Ordering::SeqCst));
    let before = quiet();
    let drifted = recount();
    // What others did meanwhile is no drift.
    let is_known = before.is_some() && !drifted.is_empty();
    if is_known && recount() == drifted && quiet() == before {
        for line in drifted {
            eprintln!("objgraph: when {name} ended: {line}");
        }
        std::process::abort();
    }
    if is_alone() {
        eprintln!("objgraph: recounted when {name} ended");
    }
    THREADS.fetch_sub(1, Ordering::SeqCst);
}

/// The kinds of which as many are not counted as are in the table, a line each.
fn recount() -> Vec<String> {
    let counts = read::counts();
    let mut listed = vec![0_u64; counts.len()];
    read::list_each(&mut |object| {
        if let Some(number) = listed.get_mut(object.kind as usize) {
            *number += 1;
        }
    });
    let all = counts.iter().zip(listed);
    let drifted = all.filter(|(count, listed)| count.alive != *listed);
    let tell = drifted.map(|(count, listed)| {
        let (name, site, alive) = ((count.kind.name)(), count.kind.site, count.alive);
        format!("{name} made at {site}: {alive} counted, {listed} in the table")
    });
    tell.collect()
}
