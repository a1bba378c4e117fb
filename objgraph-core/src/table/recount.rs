//! Compares the counters with a recount of the table, for the tests of objgraph itself. Built with
//! `--cfg objgraph_recount`, a test program aborts with a message if they differ when a thread ends
//! and no other thread has objects.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;

use crate::table::read;

/// Number of threads that have created or dropped objects, and have not ended.
static THREADS: AtomicUsize = AtomicUsize::new(0);

/// Number of threads that began, and of objects that threads created or dropped after they ended.
static EVENTS: AtomicU64 = AtomicU64::new(0);

/// Records that a thread creates or drops an object after it ended.
pub(crate) fn late() {
    EVENTS.fetch_add(1, Ordering::SeqCst);
}

/// Records that the thread creates or drops its first object.
pub(crate) fn begin() {
    late();
    THREADS.fetch_add(1, Ordering::SeqCst);
}

/// Records that the thread ends, and aborts the process if the counters differ from a recount.
#[allow(clippy::print_stderr, reason = "a test program reports what it found")]
pub(crate) fn end() {
    let thread = thread::current();
    let name = thread.name().unwrap_or("a thread without a name");
    let is_alone = || THREADS.load(Ordering::SeqCst) == 1;
    let quiet = || is_alone().then(|| EVENTS.load(Ordering::SeqCst));
    let before = quiet();
    let drifted = recount();
    // A difference counts only if no other thread ran meanwhile.
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

/// Describes the kinds whose counters differ from the table, a line each.
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
    let lines = drifted.map(|(count, listed)| {
        let (name, site, alive) = ((count.kind.name)(), count.kind.site, count.alive);
        format!("{name} made at {site}: {alive} counted, {listed} in the table")
    });
    lines.collect()
}
