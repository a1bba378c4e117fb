//! The references and types that objgraph finds, as text.

use std::any::type_name;
use std::sync::Arc;

use objgraph::core::PlaceKind;
use objgraph::{
    Snapshot,
    alive::{HasId, TypeInfo},
};

/// Asserts that visits report exactly these references of the object, followed by exactly these
/// untraced places, both sorted: `path -> Type`, with `~>` for a weak reference and `(back)` after a
/// marked one; `path: opaque Type` and `path: busy Type`. Inferred references are not listed, since
/// the feature `scan` may be off.
#[track_caller]
pub(crate) fn assert_references(object: &impl HasId, expected: &[&str]) {
    if objgraph::ENABLED {
        assert_eq!(references(&objgraph::snapshot(), object), expected);
    }
}

pub(crate) fn references(snapshot: &Snapshot, object: &impl HasId) -> Vec<String> {
    let node = snapshot
        .find(objgraph::id(object))
        .expect("the object is known");
    let reported = snapshot.edges(node).filter(|edge| !edge.is_inferred());
    let edges = reported.map(|edge| {
        let arrow = if edge.is_strong() { "->" } else { "~>" };
        let back = if edge.is_back() { " (back)" } else { "" };
        let target = &snapshot.node(edge.target()).type_info().short_name;
        format!("{} {arrow} {target}{back}", edge.path())
    });
    let places = snapshot.places_of(node).iter().map(|place| {
        let kind = match place.kind {
            PlaceKind::Opaque => "opaque",
            PlaceKind::Busy => "busy",
            kind => panic!("{kind:?}"),
        };
        let path = snapshot.parts().paths.show(place.path, place.index);
        let info = &snapshot.types()[place.type_index as usize];
        format!("{path}: {kind} {}", info.short_name)
    });
    let (mut edges, mut places): (Vec<_>, Vec<_>) = (edges.collect(), places.collect());
    edges.sort();
    places.sort();
    edges.append(&mut places);
    edges
}

/// Returns the entry of the type in the table; `None` if there is none.
pub(crate) fn type_info<T: ?Sized>() -> Option<Arc<TypeInfo>> {
    let types = objgraph::alive::types();
    types
        .into_iter()
        .find(|info| info.name == type_name::<T>() && info.is_visited)
}

/// Asserts the fields of the type in the table: `name: Type, Visibility`, and `, back`.
#[track_caller]
pub(crate) fn assert_fields<T>(expected: &[&str]) {
    if !objgraph::ENABLED {
        return;
    }
    let info = type_info::<T>().expect("the type is known");
    let fields = info.fields.iter().map(|field| {
        let back = if field.back { ", back" } else { "" };
        format!(
            "{}: {}, {:?}{back}",
            field.name, field.type_text, field.visibility
        )
    });
    assert_eq!(fields.collect::<Vec<_>>(), expected);
    assert!(info.is_derived);
}
