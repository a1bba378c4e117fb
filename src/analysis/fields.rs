//! The fields that hold the references of a snapshot: what an edit to the source would change.

use objgraph_core::{PathId, Segment, Snapshot, short_name};

/// A field of a type, or a field of what it owns by value: `Node.children`, `Session.inner.peer`.
///
/// Elements of containers are not told apart: `children[0]` and `children[7]` are held by the
/// field `children`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct FieldPath {
    /// The full name of the type that holds the field: `app::dom::Node`.
    pub type_name: String,
    /// The field: `children`, `inner.peer`; for an enum, with its variant: `Strong.0`. Empty if
    /// the value itself is the reference.
    pub path: String,
    /// The type that holds the field: an index into [`Snapshot::types`].
    pub type_index: usize,
    /// Whether the field is marked `#[tracked(back)]`.
    pub is_back: bool,
}

/// The fields of a snapshot, numbered in the order of their names.
#[derive(Debug)]
pub(super) struct Fields {
    all: Vec<FieldPath>,
    /// The number of the field of each path.
    of_path: Vec<u32>,
}

const NONE: u32 = u32::MAX;

impl Fields {
    /// Takes time in proportion to the edges.
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let mut paths: Vec<Option<PathId>> = Vec::new();
        for edge in &snapshot.parts().edges {
            let at = edge.path.index();
            if paths.len() <= at {
                paths.resize(at + 1, None);
            }
            paths[at] = Some(edge.path);
        }
        let mut found: Vec<(FieldPath, usize)> = paths
            .iter()
            .flatten()
            .map(|&path| (field(snapshot, path), path.index()))
            .collect();
        found.sort_unstable();
        let mut fields = Self {
            all: Vec::new(),
            of_path: vec![NONE; paths.len()],
        };
        for (field, path) in found {
            if fields.all.last() != Some(&field) {
                fields.all.push(field);
            }
            fields.of_path[path] = fields.all.len() as u32 - 1;
        }
        fields
    }

    /// The number of the field that a path runs through.
    pub(super) fn number(&self, path: PathId) -> u32 {
        self.of_path.get(path.index()).copied().unwrap_or(NONE)
    }

    pub(super) fn get(&self, number: u32) -> &FieldPath {
        &self.all[number as usize]
    }

    /// The fields called `Type.field`, where the type may be named short or in full.
    pub(super) fn named<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f FieldPath> {
        self.all.iter().filter(move |field| {
            let is_path = |rest: &str| rest.strip_prefix('.') == Some(&field.path);
            [field.type_name.clone(), short_name(&field.type_name)]
                .iter()
                .any(|name_of_type| {
                    name.strip_prefix(name_of_type.as_str())
                        .is_some_and(is_path)
                })
        })
    }

    /// The number of a field of this snapshot.
    pub(super) fn find(&self, field: &FieldPath) -> Option<u32> {
        let at = self.all.binary_search(field).ok()?;
        Some(at as u32)
    }
}

fn field(snapshot: &Snapshot, path: PathId) -> FieldPath {
    let paths = &snapshot.parts().paths;
    let mut steps = Vec::new();
    let mut next = Some(path);
    while let Some(at) = next {
        match paths.segment(at) {
            Segment::Field(name) | Segment::BackField(name) => steps.push(name),
            Segment::Deep => steps.push("…"),
            _ => {}
        }
        next = paths.parent(at);
    }
    steps.reverse();
    let type_index = paths.type_index(path) as usize;
    let type_name = match snapshot.types().get(type_index) {
        Some(info) => declaring(&info.name).to_owned(),
        None => String::new(),
    };
    FieldPath {
        type_name,
        path: steps.join("."),
        type_index,
        is_back: paths.is_back(path),
    }
}

/// The type that declares the fields of a type: what is inside of cells and locks.
///
/// ```text
/// core::cell::RefCell<app::Node>  →  app::Node
/// ```
pub(crate) fn declaring(mut name: &str) -> &str {
    const CELLS: [&str; 3] = ["RefCell", "Mutex", "RwLock"];
    while let Some((outer, inner)) = name.strip_suffix('>').and_then(|name| name.split_once('<')) {
        let outer = outer.rsplit("::").next().unwrap_or(outer);
        if !CELLS.contains(&outer) || inner.contains(", ") {
            break;
        }
        name = inner;
    }
    name
}

/// Whether a field of this name points back to an owner in nearly every program that has one:
/// `parent`, `prev_sibling`.
pub(super) fn is_back_name(name: &str) -> bool {
    let first = name.split('_').next().unwrap_or(name);
    matches!(
        first,
        "parent" | "owner" | "prev" | "previous" | "back" | "backref" | "outer" | "up"
    )
}

/// The short name of the type that declares the fields of a type.
pub(crate) fn short(name: &str) -> String {
    short_name(declaring(name))
}

#[cfg(test)]
mod tests {
    use super::declaring;

    #[test]
    fn cells_and_locks_declare_no_fields() {
        for (name, expected) in [
            ("app::Node", "app::Node"),
            ("core::cell::RefCell<app::Node>", "app::Node"),
            (
                "std::sync::mutex::Mutex<core::cell::RefCell<app::Node<u8>>>",
                "app::Node<u8>",
            ),
            (
                "lock_api::mutex::Mutex<parking_lot::RawMutex, app::Node>",
                "lock_api::mutex::Mutex<parking_lot::RawMutex, app::Node>",
            ),
            ("alloc::vec::Vec<app::Node>", "alloc::vec::Vec<app::Node>"),
        ] {
            assert_eq!(declaring(name), expected);
        }
    }
}
