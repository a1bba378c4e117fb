//! What is known of the last drop of a handle to an object.

use std::backtrace::Backtrace;
use std::sync::Arc;
use std::time::Duration;

use crate::platform::Instant;
use crate::site::Site;

/// When and where an owning handle to an object was dropped.
#[derive(Clone, Debug)]
pub struct LastDrop {
    pub(crate) order: u64,
    pub(crate) age: Duration,
    pub(crate) thread: Option<String>,
    pub(crate) made: Option<Site>,
    pub(crate) seen: Option<DropTrace>,
}

/// What was recorded at a drop of a handle to an object of a followed type.
#[derive(Clone, Debug)]
pub(crate) struct DropTrace {
    time: Instant,
    thread: Option<String>,
    backtrace: Arc<Backtrace>,
}

impl DropTrace {
    #[allow(dead_code, reason = "for the feature `owners`")]
    pub(crate) fn now() -> Self {
        Self {
            time: Instant::now(),
            thread: std::thread::current().name().map(str::to_owned),
            backtrace: Arc::new(Backtrace::force_capture()),
        }
    }
}

impl LastDrop {
    /// Returns how long ago it was: exactly, if the type was followed, otherwise at most. A thread
    /// reads the clock at its first 64 drops and at one in 64 afterwards. So the age is nearly
    /// exact for a thread that dropped handles all the time, and not for one that was idle.
    #[must_use]
    pub fn age(&self) -> Duration {
        let seen = self.seen.as_ref();
        seen.map_or(self.age, |seen| seen.time.elapsed())
    }

    /// Whether the type was followed, so that age and place are known.
    #[must_use]
    pub fn was_followed(&self) -> bool {
        self.seen.is_some()
    }

    /// Returns the name of the thread, if it is known.
    #[must_use]
    pub fn thread(&self) -> Option<&str> {
        let seen = self.seen.as_ref().and_then(|seen| seen.thread.as_deref());
        seen.or(self.thread.as_deref())
    }

    /// Returns where the handle was created; `None` if the object is dead.
    #[must_use]
    pub fn made(&self) -> Option<&Site> {
        self.made.as_ref()
    }

    /// Returns the backtrace of the drop, if the type was followed.
    #[must_use]
    pub fn backtrace(&self) -> Option<&Backtrace> {
        self.seen.as_ref().map(|seen| &*seen.backtrace)
    }

    /// Returns the first call in the backtrace that belongs neither to the standard library nor to
    /// objgraph: `app::close at src/app.rs:31`, or without the file if the program has no debug
    /// information. `None` if the type was not followed, or if the platform has no backtraces.
    #[must_use]
    pub fn place(&self) -> Option<String> {
        first_of_program(&self.backtrace()?.to_string())
    }

    /// Whether this drop was after the other: exact for drops of one thread or of followed types,
    /// otherwise as exact as the age.
    #[must_use]
    pub fn is_after(&self, other: &Self) -> bool {
        match (&self.seen, &other.seen) {
            (Some(one), Some(another)) => one.time > another.time,
            _ => self.order > other.order,
        }
    }
}

/// Returns the first function in a backtrace that is the program's, with its place.
fn first_of_program(backtrace: &str) -> Option<String> {
    let mut lines = backtrace.lines().peekable();
    while let Some(line) = lines.next() {
        let Some((number, name)) = line.trim_start().split_once(": ") else {
            continue;
        };
        if number.parse::<u32>().is_err() {
            continue;
        }
        let place = lines.next_if(|next| next.trim_start().starts_with("at "));
        let place = place.map(|place| place.trim());
        if is_of_program(name) && !place.is_some_and(is_of_library) {
            return Some(match place {
                // The column is that of the end of a block, which is of no use.
                Some(place) => format!("{name} {}", without_column(place)),
                None => name.to_owned(),
            });
        }
    }
    None
}

fn is_of_program(name: &str) -> bool {
    let name = name.trim_start_matches(['<', '&']);
    let crates = ["objgraph_core::", "core::", "alloc::", "std::", "__rust"];
    !crates.iter().any(|of| name.starts_with(of))
}

/// Whether a place is in the source of the standard library or of this crate. The name of an
/// inlined function may lack the crate.
fn is_of_library(place: &str) -> bool {
    let own = file!().trim_end_matches("last_drop.rs");
    place.contains("/rustc/") || place.contains("/rustlib/") || place.contains(own)
}

fn without_column(place: &str) -> &str {
    match place.rsplit_once(':') {
        Some((line, column)) if column.parse::<u32>().is_ok() && line.contains(':') => line,
        _ => place,
    }
}

#[cfg(test)]
mod tests {
    use super::first_of_program;

    #[test]
    fn the_first_call_of_the_program_is_found() {
        let backtrace = "   0: objgraph_core::last_drop::LastDrop::now\n             at ./a.rs:4:5\n   \
                         1: <objgraph_core::rc::Rc<T> as core::ops::Drop>::drop\n   \
                         2: core::ptr::drop_in_place<T>\n             at /rustc/x.rs:1:2\n   \
                         3: app::close::{{closure}}\n             at ./src/app.rs:31:1\n   \
                         4: main\n";
        let found = first_of_program(backtrace);
        assert_eq!(
            found.as_deref(),
            Some("app::close::{{closure}} at ./src/app.rs:31")
        );
        assert_eq!(first_of_program("unsupported backtrace"), None);
    }
}
