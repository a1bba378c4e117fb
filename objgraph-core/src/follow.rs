//! Where the last handle to an object was dropped.

use std::any::TypeId;
use std::backtrace::Backtrace;
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use crate::capture;
use crate::object_id::ObjectId;

/// From now on, each drop of an owning handle to an object of type `T` is written down: when, on
/// which thread, and the backtrace, since a drop does not know who called it. See [`last_drop`].
///
/// It does something only with the feature `owners`. It costs a backtrace for each drop of such a
/// handle, that is tens of microseconds, so name few types; all other handles cost a comparison
/// more.
pub fn follow<T: ?Sized + 'static>() {
    capture::follow(TypeId::of::<T>());
}

/// The last drop of an owning handle to an object, if its type was [followed](follow) then.
///
/// For an object that has leaked it is the drop that made the leak: nobody can get at its other
/// handles any more, to drop them.
#[must_use]
pub fn last_drop(id: ObjectId) -> Option<LastDrop> {
    capture::last_drop(id)
}

/// When an owning handle to an object was dropped, and by whom.
#[derive(Clone, Debug)]
pub struct LastDrop {
    time: SystemTime,
    thread: Option<String>,
    backtrace: Arc<Backtrace>,
}

impl LastDrop {
    #[allow(dead_code, reason = "for the feature `owners`")]
    pub(crate) fn now() -> Self {
        Self {
            time: SystemTime::now(),
            thread: std::thread::current().name().map(str::to_owned),
            backtrace: Arc::new(Backtrace::force_capture()),
        }
    }

    /// When it was.
    #[must_use]
    pub fn time(&self) -> SystemTime {
        self.time
    }

    /// The name of the thread, if it has one.
    #[must_use]
    pub fn thread(&self) -> Option<&str> {
        self.thread.as_deref()
    }

    /// The calls that led there.
    pub fn backtrace(&self) -> &Backtrace {
        &self.backtrace
    }

    /// The first call on the way there that is neither of the standard library nor of objgraph:
    /// `app::close at src/app.rs:31`, or without the place where the program has no debug
    /// information. `None` if there is no backtrace on this platform.
    #[must_use]
    pub fn place(&self) -> Option<String> {
        first_of_program(&self.backtrace.to_string())
    }
}

impl fmt::Display for LastDrop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place() {
            Some(place) => f.write_str(&place),
            None => f.write_str("a place that is not known"),
        }?;
        write!(f, " (thread {})", self.thread().unwrap_or("without a name"))
    }
}

/// The first function in a backtrace that is the program's, with its place.
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
                // The column is that of the end of a block, which tells nothing.
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

/// Whether a place is in the source of the standard library or of this crate. A function that was
/// inlined may have lost the crate in its name.
fn is_of_library(place: &str) -> bool {
    let own = file!().trim_end_matches("follow.rs");
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
        let backtrace = "   0: objgraph_core::follow::LastDrop::now\n             at ./a.rs:4:5\n   \
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
