//! The opaque values inside the objects of a picture.

use std::collections::HashMap;

use objgraph_core::{NodeRow, Place, Snapshot};

use super::{EdgeKind, Neighbourhood, Subject, path_of_elements};

/// Opaque values that are drawn as one.
struct Group {
    first: Place,
    /// The indices of the values in their lists.
    elements: Vec<u32>,
}

impl Group {
    fn of(place: &Place) -> Self {
        Self {
            first: *place,
            elements: vec![place.index],
        }
    }

    fn path(&self, snapshot: &Snapshot, is_of_stack: bool) -> String {
        let paths = &snapshot.parts().paths;
        match self.elements.len() {
            _ if is_of_stack => paths.show_field(self.first.path),
            1 => paths.show(self.first.path, self.first.index),
            _ => path_of_elements(&paths.show_field(self.first.path), self.elements.clone()),
        }
    }
}

impl Neighbourhood {
    /// Adds the opaque values inside a node, as at most `too_many` nodes; returns the number of values
    /// left out. In one object, more than `fold_over` similar values are one node.
    pub(super) fn add_opaque_values(
        &mut self,
        snapshot: &Snapshot,
        at: usize,
        too_many: usize,
        fold_over: Option<usize>,
    ) -> usize {
        let node = &self.nodes[at];
        let depth = node.depth + 1;
        let objects = node.subject.objects();
        let is_stack = objects.len() > 1;
        let places = objects.iter().flat_map(|&node| snapshot.places_of(node));
        let groups = match is_stack {
            true => of_stack(places),
            false => of_object(places, fold_over),
        };
        for group in groups.iter().take(too_many) {
            let subject = Subject::OpaqueValue {
                values: group.elements.len(),
                type_index: group.first.type_index,
                kind: group.first.kind,
                concrete: Some(group.first.concrete).filter(|&number| number != NodeRow::UNKNOWN),
            };
            let to = self.add_node(subject, depth, false);
            self.add_edge(at, to, group.path(snapshot, is_stack), EdgeKind::Hint);
        }
        let left_out = groups.iter().skip(too_many);
        left_out.map(|group| group.elements.len()).sum()
    }
}

/// Groups the values of one object: more than `fold_over` that differ in nothing but their place in a list
/// are one, where the first of them is.
fn of_object<'p>(places: impl Iterator<Item = &'p Place>, fold_over: Option<usize>) -> Vec<Group> {
    let places: Vec<&Place> = places.collect();
    let key = |place: &Place| (place.path, place.type_index, place.kind, place.concrete);
    let mut sizes: HashMap<_, usize> = HashMap::new();
    for place in &places {
        *sizes.entry(key(place)).or_default() += 1;
    }
    let is_folded = |place: &Place| fold_over.is_some_and(|limit| sizes[&key(place)] > limit);
    grouped(
        places,
        |place| is_folded(place).then(|| key(place)),
        |_, _| {},
    )
}

/// Groups the values of the objects of a stack: those of one field and type are one.
fn of_stack<'p>(places: impl Iterator<Item = &'p Place>) -> Vec<Group> {
    let key = |place: &Place| Some((place.path, place.type_index, place.kind));
    grouped(places, key, |group, place| {
        if group.first.concrete != place.concrete {
            group.first.concrete = NodeRow::UNKNOWN;
        }
    })
}

/// Groups the places with equal keys, in the order of the first of each; one without a key is alone.
fn grouped<'p, Key: Eq + std::hash::Hash>(
    places: impl IntoIterator<Item = &'p Place>,
    key: impl Fn(&Place) -> Option<Key>,
    merge: impl Fn(&mut Group, &Place),
) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut indices: HashMap<Key, usize> = HashMap::new();
    for place in places {
        let known = key(place).and_then(|key| {
            let next = groups.len();
            let index = *indices.entry(key).or_insert(next);
            groups.get_mut(index)
        });
        match known {
            Some(group) => {
                group.elements.push(place.index);
                merge(group, place);
            }
            None => groups.push(Group::of(place)),
        }
    }
    groups
}
