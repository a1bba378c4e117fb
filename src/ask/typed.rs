//! What can be counted by type: objects that are alive, and objects of a snapshot.

use objgraph_core::{Node, Object, TypeInfo};

use crate::analysis::SnapshotObject;

/// Something with a type, to be counted by it: an [`Object`], a [`Node`] of a snapshot, a
/// [`SnapshotObject`] of a finding.
pub trait Typed {
    /// The full name of the type.
    fn full_name(&self) -> &str;
}

impl Typed for Object {
    fn full_name(&self) -> &str {
        self.type_name()
    }
}

impl Typed for Node<'_> {
    fn full_name(&self) -> &str {
        &self.type_info().name
    }
}

impl Typed for SnapshotObject<'_> {
    fn full_name(&self) -> &str {
        self.type_name()
    }
}

/// What a name means among some types: those of this name or, where there is none, those that hold
/// one of this name in a cell, a lock, an option or a box.
pub(crate) struct Meaning<'n> {
    name: &'n str,
    is_inside: bool,
}

impl<'n> Meaning<'n> {
    /// The meaning of the name among types of these full names.
    pub(crate) fn among<'t>(name: &'n str, types: impl IntoIterator<Item = &'t str>) -> Self {
        let mut types = types.into_iter();
        Self {
            name,
            is_inside: !types.any(|full| TypeInfo::opaque(full, 0).matches(name)),
        }
    }

    /// Whether it means the type of this full name.
    pub(crate) fn is(&self, full: &str) -> bool {
        let mut next = if self.is_inside {
            inside(full)
        } else {
            Some(full)
        };
        while let Some(full) = next {
            if TypeInfo::opaque(full, 0).matches(self.name) {
                return true;
            }
            next = inside(full).filter(|_| self.is_inside);
        }
        false
    }
}

/// The type that a wrapper holds: `app::Widget` of `core::cell::RefCell<app::Widget>`.
fn inside(full: &str) -> Option<&str> {
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
    // Of `lock_api::Mutex<RawMutex, T>` it is the last.
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

/// Those of the things that the name means; see [`Meaning`]. What it means is decided once for each
/// run of things of one type.
pub(super) fn of_type<T: Typed>(name: &str, things: impl IntoIterator<Item = T>) -> Vec<T> {
    let things: Vec<T> = things.into_iter().collect();
    let mut types = Vec::new();
    for thing in &things {
        if types.last() != Some(&thing.full_name()) {
            types.push(thing.full_name());
        }
    }
    let meaning = Meaning::among(name, types);
    meant(&meaning, things)
}

/// Those of the things that the name means.
pub(super) fn meant<T: Typed>(meaning: &Meaning<'_>, things: Vec<T>) -> Vec<T> {
    let mut last: Option<(String, bool)> = None;
    let mut is_meant = |full: &str| match &last {
        Some((known, verdict)) if known == full => *verdict,
        _ => {
            let verdict = meaning.is(full);
            last = Some((full.to_owned(), verdict));
            verdict
        }
    };
    let things = things.into_iter();
    things.filter(|thing| is_meant(thing.full_name())).collect()
}

#[cfg(test)]
mod tests {
    use super::Meaning;

    #[test]
    fn a_name_means_what_is_inside_where_nothing_else_has_it() {
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
