//! Memory of this process, as the system reports it.
//!
//! A counting allocator would disturb everything that is timed, and an allocation takes more than
//! its size.

use std::fs;

/// Returns the resident bytes; NaN if the system does not report them.
pub(crate) fn resident() -> f64 {
    field("VmRSS:")
}

/// Returns the maximum of resident bytes since the last [`forget_peak`].
pub(crate) fn peak() -> f64 {
    field("VmHWM:")
}

/// Resets the peak to the current value; returns whether the system did.
pub(crate) fn forget_peak() -> bool {
    fs::write("/proc/self/clear_refs", "5").is_ok()
}

fn field(name: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kilobytes.map_or(f64::NAN, |kilobytes| kilobytes * 1024.0)
}
