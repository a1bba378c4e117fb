//! Memory of this process, as the system tells it.
//!
//! Not by an allocator that counts: it would be in the way of all that is timed, and what an
//! allocation takes is more than what was asked for.

use std::fs;

/// Bytes in memory now; not a number where the system does not tell.
pub(crate) fn resident() -> f64 {
    field("VmRSS:")
}

/// The most bytes that were in memory since the last [`forget_peak`].
pub(crate) fn peak() -> f64 {
    field("VmHWM:")
}

/// Makes what is in memory now the peak; answers whether the system did.
pub(crate) fn forget_peak() -> bool {
    fs::write("/proc/self/clear_refs", "5").is_ok()
}

fn field(name: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kilobytes.map_or(f64::NAN, |kilobytes| kilobytes * 1024.0)
}
