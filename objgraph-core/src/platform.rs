//! What std lacks on `wasm32-unknown-unknown`, where a call of it panics: a clock, and processes.

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub use std::time::Instant;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub use web_time::Instant;

/// Returns the number that the operating system gives the process; 1 where there are no processes.
#[inline]
#[must_use]
pub fn process_id() -> u32 {
    match cfg!(all(target_family = "wasm", target_os = "unknown")) {
        true => 1,
        false => std::process::id(),
    }
}
