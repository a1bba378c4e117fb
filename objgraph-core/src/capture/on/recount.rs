//! Whether counters and table tell the same, for the tests of objgraph itself: built with
//! `--cfg objgraph_recount`, a test program fails if they do not when its main thread ends.

use super::{counters, list};

/// Ends the process if the counters are not what a full recount gives. Other threads must not make
/// or drop objects meanwhile, so it is asked at the end of the main thread alone.
#[allow(clippy::print_stderr, reason = "there is nobody to return it to")]
pub(super) fn check() {
    if std::thread::current().name() != Some("main") {
        return;
    }
    let counts = counters::counts();
    let mut listed = vec![0_u64; counts.len()];
    list::list_each(&mut |object| {
        if let Some(number) = listed.get_mut(object.kind as usize) {
            *number += 1;
        }
    });
    let mut drifted = false;
    for (count, listed) in counts.iter().zip(listed) {
        if count.alive != listed {
            let (name, site, alive) = ((count.kind.name)(), count.kind.site, count.alive);
            eprintln!("objgraph: {name} made at {site}: {alive} counted, {listed} in the table");
            drifted = true;
        }
    }
    if drifted {
        std::process::abort();
    }
    eprintln!("objgraph: {} kinds recounted", counts.len());
}
