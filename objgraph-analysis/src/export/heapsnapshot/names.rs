//! The names of nodes and edges.

use std::collections::BTreeMap;

use objgraph_core::{Edge, PathId, Segment, Snapshot};

use crate::export::strings::Strings;
use crate::words::name_in_full;

/// Returns the name of a type as the name of an object.
///
/// Readers treat some names as those of JavaScript: they cut a name at the blank after `<`, replace
/// `Object` by the names of its fields, and take `Object(` for a sign of another engine.
pub(super) fn class_name(type_name: &str) -> String {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    let name = name_in_full(type_name);
    let begins = |mark: &&str| name.starts_with(*mark);
    let is_special = ["Object", "Array"].contains(&&*name)
        || ["<", "Object(", "Detached ", "system / "]
            .iter()
            .any(begins);
    match is_special {
        true => format!("type {name}"),
        false => name,
    }
}

/// Maximum number of names with the number of an element, `children[3]`, so that a long vector does
/// not fill the strings. Other elements are named by their field, `children[_]`.
const NUMBERED: usize = 1 << 16;

/// The names of edges.
#[derive(Debug, Default)]
pub(super) struct EdgeNames {
    /// By path.
    paths: Vec<Option<PathNames>>,
    /// The names of the elements of a path with one number, by path and number.
    elements: BTreeMap<(PathId, u32), u32>,
    /// Number of names with a number of an element.
    numbered: usize,
}

/// The numbers of the strings.
#[derive(Clone, Copy, Debug)]
struct PathNames {
    /// The name without the numbers of elements.
    plain: u32,
    has_elements: bool,
    inferred: Option<u32>,
}

impl EdgeNames {
    /// Returns the number of the string that names an edge.
    pub(super) fn name(
        &mut self,
        snapshot: &Snapshot,
        strings: &mut Strings,
        edge: &Edge<'_>,
    ) -> u32 {
        let path = edge.path_id();
        let names = self.path(snapshot, strings, path);
        if edge.is_inferred() {
            let text = || format!("(inferred) {}", field_name(snapshot, path));
            return *names
                .inferred
                .get_or_insert_with(|| strings.number(&text()));
        }
        let plain = names.plain;
        if !names.has_elements {
            return plain;
        }
        let key = edge.element().map(|element| (path, element));
        if let Some(&known) = key.and_then(|key| self.elements.get(&key)) {
            return known;
        }
        if self.numbered == NUMBERED {
            return plain;
        }
        self.numbered += 1;
        let number = strings.number(&edge.path());
        if let Some(key) = key {
            self.elements.insert(key, number);
        }
        number
    }

    fn path(&mut self, snapshot: &Snapshot, strings: &mut Strings, path: PathId) -> &mut PathNames {
        if self.paths.len() <= path.index() {
            self.paths.resize(path.index() + 1, None);
        }
        self.paths[path.index()].get_or_insert_with(|| {
            let paths = &snapshot.parts().paths;
            let steps = std::iter::successors(Some(path), |&path| paths.parent(path));
            let mut segments = steps.map(|path| paths.segment(path));
            PathNames {
                plain: strings.number(&field_name(snapshot, path)),
                has_elements: segments.any(|segment| segment == Segment::Element),
                inferred: None,
            }
        })
    }
}

/// Returns the name of a path without the numbers of elements; that of the value itself is `*`, which
/// dereferences it.
fn field_name(snapshot: &Snapshot, path: PathId) -> String {
    let name = snapshot.parts().paths.show_field(path);
    if name.is_empty() {
        "*".to_owned()
    } else {
        name
    }
}
