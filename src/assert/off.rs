//! The message that nothing can be checked because tracking is off.

use std::io::{self, Write as _};
use std::sync::Once;

use objgraph_core::ENABLED;

use super::surroundings::Surroundings;

/// Returns whether an assertion can check. If not, prints that on standard error, once.
///
/// # Panics
///
/// If it cannot check, and `OBJGRAPH_REQUIRE=1`.
#[track_caller]
pub(super) fn can_check() -> bool {
    static PRINTED: Once = Once::new();

    if ENABLED {
        return true;
    }
    assert!(
        !Surroundings::now().require,
        "leaks cannot be asserted: tracking is off in this build, and OBJGRAPH_REQUIRE=1\n\n\
         Build with debug assertions, or with the feature `always` of objgraph."
    );
    PRINTED.call_once(|| {
        // A test harness captures `eprintln!`.
        let _ = io::stderr().write_all(
            b"objgraph: tracking is off in this build, so assertions about leaks check nothing.\n\
              Build with debug assertions, or with the feature `always` of objgraph;\n\
              OBJGRAPH_REQUIRE=1 makes them fail instead.\n",
        );
    });
    false
}
