//! What the name of a type means.

use objgraph_core::{Count, TypeInfo};

/// The meaning of a name among some types: the types of this name or, if there are none, the types
/// that hold one of this name in a cell, a lock, an option or a box.
pub(crate) struct Meaning<'n> {
    name: &'n str,
    is_wrapped: bool,
}

impl<'n> Meaning<'n> {
    /// Returns the meaning of the name among types of these full names.
    pub(crate) fn among<'t>(name: &'n str, types: impl IntoIterator<Item = &'t str>) -> Self {
        let mut types = types.into_iter();
        Self {
            name,
            is_wrapped: !types.any(|full| TypeInfo::opaque(full, 0).matches(name)),
        }
    }

    /// Returns whether it means the type of this full name.
    pub(crate) fn is(&self, full: &str) -> bool {
        let is_named = |full: &&str| TypeInfo::opaque(full, 0).matches(self.name);
        if !self.is_wrapped {
            return is_named(&full);
        }
        std::iter::successors(wrapped_type(full), |full| wrapped_type(full))
            .any(|full| is_named(&full))
    }
}

/// Returns the type that a wrapper holds: `app::Widget` of `core::cell::RefCell<app::Widget>`.
fn wrapped_type(full: &str) -> Option<&str> {
    const WRAPPERS: [&str; 16] = [
        "AssertUnwindSafe",
        "Box",
        "Cell",
        "FairMutex",
        "LazyCell",
        "LazyLock",
        "ManuallyDrop",
        "Mutex",
        "OnceCell",
        "OnceLock",
        "Option",
        "Pin",
        "RefCell",
        "ReentrantMutex",
        "RwLock",
        "UnsafeCell",
    ];
    let (wrapper, arguments) = full.strip_suffix('>')?.split_once('<')?;
    let wrapper = wrapper.rsplit("::").next().unwrap_or(wrapper);
    if !WRAPPERS.contains(&wrapper) {
        return None;
    }
    // `lock_api::Mutex<RawMutex, T>` holds its last argument.
    let mut depth = 0;
    let mut last = 0;
    for (at, c) in arguments.char_indices() {
        match c {
            '<' | '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            '>' if !arguments[..at].ends_with('-') => depth -= 1,
            ',' if depth == 0 => last = at + 1,
            _ => {}
        }
    }
    Some(arguments[last..].trim_start())
}

/// Returns what the name means among the types of all objects ever created.
pub(crate) fn meaning<'n>(name: &'n str, counts: &[Count]) -> Meaning<'n> {
    let known = counts.iter().filter(|count| count.born > 0);
    Meaning::among(name, known.map(|count| count.type_name))
}

#[cfg(test)]
mod tests {
    use super::Meaning;

    #[test]
    fn a_name_that_no_type_has_means_what_wrappers_hold() {
        let types = [
            "core::cell::RefCell<app::Widget>",
            "lock_api::mutex::Mutex<parking_lot::raw_mutex::RawMutex, app::Widget>",
            "core::option::Option<alloc::boxed::Box<app::Widget>>",
            "core::option::Option<alloc::boxed::Box<dyn core::ops::Fn(app::A) -> app::Widget>>",
            "alloc::vec::Vec<app::Widget>",
            "app::Holder<app::Widget>",
        ];
        let meant = |name: &str, types: &[&str]| -> Vec<bool> {
            let meaning = Meaning::among(name, types.iter().copied());
            types.iter().map(|full| meaning.is(full)).collect()
        };
        let expected = [true, true, true, false, false, false];
        assert_eq!(meant("Widget", &types), expected);
        assert_eq!(meant("app::Widget", &types), expected);
        assert_eq!(
            meant("RefCell", &types),
            [true, false, false, false, false, false]
        );
        let both = ["core::cell::RefCell<app::Widget>", "app::Widget"];
        assert_eq!(meant("Widget", &both), [false, true]);
        assert_eq!(meant("Gadget", &both), [false, false]);
    }
}
