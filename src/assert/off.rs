//! Where tracking is off nothing can be checked, and that is said.

use std::io::{self, Write as _};
use std::sync::Once;

use objgraph_core::ENABLED;

use super::surroundings::Surroundings;

/// Whether an assertion can check. If not, that is said on standard error, once.
///
/// # Panics
///
/// If it cannot, and `OBJGRAPH_REQUIRE=1`.
#[track_caller]
pub(super) fn can_check() -> bool {
    static SAID: Once = Once::new();

    if ENABLED {
        return true;
    }
    assert!(
        !Surroundings::now().require,
        "leaks cannot be asserted: tracking is off in this build, and OBJGRAPH_REQUIRE=1\n\n\
         Build with debug assertions, or with the feature `always` of objgraph."
    );
    SAID.call_once(|| {
        // Not by `eprintln!`, which a test harness keeps to itself.
        let _ = io::stderr().write_all(
            b"objgraph: tracking is off in this build, so assertions about leaks check nothing.\n\
              Build with debug assertions, or with the feature `always` of objgraph;\n\
              OBJGRAPH_REQUIRE=1 makes them fail instead.\n",
        );
    });
    false
}
