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

/// Those of the things whose type has this name. What names mean is decided once for each run of
/// things of one type.
pub(super) fn of_type<T: Typed>(name: &str, things: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut last: Option<(String, bool)> = None;
    let mut is_meant = |full: &str| match &last {
        Some((known, verdict)) if known == full => *verdict,
        _ => {
            let verdict = TypeInfo::opaque(full, 0).matches(name);
            last = Some((full.to_owned(), verdict));
            verdict
        }
    };
    let things = things.into_iter();
    things.filter(|thing| is_meant(thing.full_name())).collect()
}
