//! The names of fields in loaded snapshots.
//!
//! A name is a constant of the program where a derive wrote it, and so it is in every row and every
//! finding. Names from files are kept until the process ends, each once. There are as many as the
//! programs have fields, and a limit for files that were made to exhaust memory.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use super::LoadError;

/// Maximum number of bytes of all names that a process has loaded.
const LIMIT: usize = 256 << 20;

/// The names that a process has loaded.
struct Names {
    known: HashSet<&'static str>,
    bytes: usize,
}

static NAMES: Mutex<Option<Names>> = Mutex::new(None);

/// Returns a name that lives as long as the process.
pub(super) fn name(text: &str) -> Result<&'static str, LoadError> {
    // What a panic left behind is whole.
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    let names = names.get_or_insert_with(|| Names {
        known: HashSet::new(),
        bytes: 0,
    });
    if let Some(known) = names.known.get(text) {
        return Ok(known);
    }
    names.bytes += text.len();
    if names.bytes > LIMIT {
        names.bytes -= text.len();
        return Err(LoadError::Damaged(
            "it has more names of fields than any program",
        ));
    }
    let name: &'static str = Box::leak(text.into());
    names.known.insert(name);
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn a_name_is_kept_once() {
        let first = name("app::Node#3.children").unwrap();
        let again = name(&String::from("app::Node#3.children")).unwrap();
        assert!(std::ptr::eq(first, again));
    }
}
