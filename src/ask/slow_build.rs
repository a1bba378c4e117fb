//! Advice after a search that took long because objgraph was compiled without optimisation.

use std::hint::black_box;
use std::io::{self, Write};
use std::sync::Once;
use std::time::Duration;

use objgraph_core::ENABLED;
use objgraph_core::platform::Instant;

/// A search that takes longer is worth two lines in a profile.
const LONG: Duration = Duration::from_secs(1);

const ADVICE: &str = "\
objgraph: the search for leaks took long because this build does not optimise
its dependencies. Add these lines to the Cargo.toml of the workspace:

[profile.dev.package.\"*\"]
opt-level = 3

";

/// Runs a search, and writes advice on standard error if it took long in a build without
/// optimisation, once in a process.
pub(super) fn timed<T>(search: impl FnOnce() -> T) -> T {
    static ADVISED: Once = Once::new();

    // There is no clock in a browser.
    if !ENABLED || cfg!(target_family = "wasm") {
        return search();
    }
    let started = Instant::now();
    let found = search();
    if is_worth_advice(started.elapsed(), is_optimised()) {
        // A closed standard error needs no advice.
        ADVISED.call_once(|| drop(io::stderr().lock().write_all(ADVICE.as_bytes())));
    }
    found
}

fn is_worth_advice(took: Duration, is_optimised: bool) -> bool {
    took >= LONG && !is_optimised
}

/// Whether the compiler optimised this crate: then it merges functions with the same instructions.
fn is_optimised() -> bool {
    fn probe<const N: usize>(argument: &u64) -> u64 {
        argument.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(7) ^ argument
    }
    let address = |probe: fn(&u64) -> u64| black_box(probe) as usize;
    address(probe::<0>) == address(probe::<1>)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_searches_of_slow_builds_are_worth_advice() {
        assert!(is_worth_advice(LONG, false));
        assert!(!is_worth_advice(LONG, true));
        assert!(!is_worth_advice(LONG / 2, false));
    }

    #[test]
    fn advice_fits_a_terminal() {
        assert!(ADVICE.lines().all(|line| line.len() <= 80));
    }
}
