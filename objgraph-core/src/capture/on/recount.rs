//! Whether counters and table tell the same, for the tests of objgraph itself: built with
//! `--cfg objgraph_recount`, a test program is ended, with a message, if they do not when a thread
//! ends and no other has objects.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::{counters, list};

/// How many threads have made or dropped objects, and not ended.
static THREADS: AtomicUsize = AtomicUsize::new(0);

/// The thread makes or drops its first object.
pub(super) fn begin() {
    THREADS.fetch_add(1, Ordering::SeqCst);
}

/// The thread ends. Ends the process if the counters are not what a full recount gives.
#[allow(clippy::print_stderr, reason = "there is nobody to return it to")]
pub(super) fn end() {
    let thread = thread::current();
    let name = thread.name().unwrap_or("a thread without a name");
    let is_alone = || THREADS.load(Ordering::SeqCst) == 1;
    let drifted = recount();
    // What others did meanwhile is no drift.
    if is_alone() && !drifted.is_empty() && recount() == drifted && is_alone() {
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
    let counts = counters::counts();
    let mut listed = vec![0_u64; counts.len()];
    list::list_each(&mut |object| {
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
