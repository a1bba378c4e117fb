//! The number of the process.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::OnceLock;

/// Returns a number that differs between processes, on all machines, as far as chance allows; never 0.
pub(crate) fn number() -> u64 {
    static SEED: OnceLock<RandomState> = OnceLock::new();

    // The child of a fork has the seed, but another number.
    #[cfg(unix)]
    let of_fork = std::process::id();
    #[cfg(not(unix))]
    let of_fork = 0;
    SEED.get_or_init(RandomState::new).hash_one(of_fork) | 1
}
