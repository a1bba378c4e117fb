//! Selection of objects by the name of their type.

use objgraph_core::{Node, Object};

use super::meaning::Meaning;
use crate::analysis::SnapshotObject;

/// An object that can be counted by its type: a live [`Object`], a [`Node`] of a snapshot, or a
/// [`SnapshotObject`] of a finding.
pub trait HasType {
    /// Returns the full name of the type.
    fn full_name(&self) -> &str;
}

impl HasType for Object {
    fn full_name(&self) -> &str {
        self.type_name()
    }
}

impl HasType for Node<'_> {
    fn full_name(&self) -> &str {
        &self.type_info().name
    }
}

impl HasType for SnapshotObject<'_> {
    fn full_name(&self) -> &str {
        self.type_name()
    }
}

/// Returns the objects that the name means among the types of all of them; see [`Meaning`].
pub(super) fn of_type<T: HasType>(name: &str, objects: impl IntoIterator<Item = T>) -> Vec<T> {
    let objects: Vec<T> = objects.into_iter().collect();
    let mut types = Vec::new();
    for object in &objects {
        if types.last() != Some(&object.full_name()) {
            types.push(object.full_name());
        }
    }
    let meaning = Meaning::among(name, types);
    select(&meaning, objects)
}

/// Returns the objects that the name means. The name is compared once for each run of objects of
/// one type.
pub(super) fn select<T: HasType>(meaning: &Meaning<'_>, objects: Vec<T>) -> Vec<T> {
    let mut last: Option<(String, bool)> = None;
    let mut is_meant = |full: &str| match &last {
        Some((known, verdict)) if known == full => *verdict,
        _ => {
            let verdict = meaning.is(full);
            last = Some((full.to_owned(), verdict));
            verdict
        }
    };
    let objects = objects.into_iter();
    objects
        .filter(|object| is_meant(object.full_name()))
        .collect()
}
