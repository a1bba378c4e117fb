//! Ages in words.

use std::time::Duration;

/// Returns an age: `12 s`, `5 min`, `3 h`. The unit is the largest that fits twice.
pub(crate) fn age(age: Duration) -> String {
    let seconds = age.as_secs();
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        7200..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}
