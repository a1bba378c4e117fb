//! The declared fields that hold the references of a snapshot: what an edit of the source would
//! change.

use std::fmt;

use crate::order::SortedMap;
use objgraph_core::{
    EdgeRow, FieldName, PathId, PointerKind, Segment, Snapshot, short_name, steps_text,
};

/// A field as it is declared: `Node.children`, `Value::Closure.env`.
///
/// A value of the declaring type may be an object itself, or part of objects of any type. Wherever
/// the field occurs, the references in it belong to one `FieldPath`. Elements of containers are not
/// distinguished: `children` holds both `children[0]` and `children[7]`.
///
/// Prints with the short name of the type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct FieldPath {
    /// The full name of the type that declares the field, without generic arguments:
    /// `app::dom::Node`. If no derive declares the field, the type of the object that holds the
    /// reference.
    pub type_name: String,
    /// The field: `children`; in an enum, with its variant: `Closure.env`; an element of a tuple,
    /// with its number: `pair.1`. Empty if the value itself is the reference.
    pub path: String,
    /// The line of the declaration, which distinguishes types of the same name in different
    /// functions.
    declared_at: Option<u32>,
    /// Whether the field belongs to a variant of an enum.
    is_in_variant: bool,
    /// Whether the field is marked `#[tracked(back)]`.
    pub is_back: bool,
}

impl FieldPath {
    /// Returns whether the name of the field says that it points back to an owner.
    pub(super) fn is_named_back(&self) -> bool {
        self.path.split('.').any(is_back_name)
    }

    /// Returns the name of the field, qualified by this name of its type: `Value::Closure.env`.
    pub(crate) fn with_type(&self, type_name: &str) -> String {
        match self.path.as_str() {
            "" => type_name.to_owned(),
            path if self.is_in_variant => format!("{type_name}::{path}"),
            path => format!("{type_name}.{path}"),
        }
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.with_type(&short_name(&self.type_name)))
    }
}

/// The fields of a snapshot, numbered in the order of their names.
#[derive(Debug)]
pub(super) struct Fields {
    all: Vec<FieldPath>,
    /// The number of the field of each path.
    of_path: Vec<u32>,
    /// Whether a name says that the field points back to an owner: its own name or, wherever the
    /// field occurs, that of a field around it.
    is_named_back: Vec<bool>,
    /// The paths that hold references.
    paths: Vec<PathId>,
}

/// The paths that end in one field.
#[derive(Default)]
struct Occurrences {
    paths: Vec<usize>,
    /// Number of paths without a mark `#[tracked(back)]`.
    unmarked: usize,
    /// Number of paths without a name that says "back to an owner".
    unnamed: usize,
}

impl Fields {
    /// Represents no field.
    pub(super) const NONE: u32 = u32::MAX;

    /// Collects the fields that hold references. O(edges + fields · log fields).
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let mut by_index: Vec<Option<PathId>> = Vec::new();
        for edge in &snapshot.parts().edges {
            let at = edge.path.index();
            if by_index.len() <= at {
                by_index.resize(at + 1, None);
            }
            by_index[at] = Some(edge.path);
        }
        let paths: Vec<PathId> = by_index.iter().copied().flatten().collect();
        // A field counts as marked only if all its occurrences are.
        let mut found: SortedMap<FieldPath, Occurrences> = SortedMap::new();
        for &path in &paths {
            let field = field(snapshot, path);
            let is_back = field.is_back;
            let key = FieldPath {
                is_back: false,
                ..field
            };
            let occurrences = found.get_or_default(key);
            occurrences.unmarked += usize::from(!is_back);
            let names = snapshot.parts().paths.show_field(path);
            occurrences.unnamed += usize::from(!names.split(['.', '[']).any(is_back_name));
            occurrences.paths.push(path.index());
        }
        let mut fields = Self {
            all: Vec::new(),
            is_named_back: Vec::new(),
            of_path: vec![Self::NONE; by_index.len()],
            paths,
        };
        for (field, occurrences) in found.into_rows() {
            for path in occurrences.paths {
                fields.of_path[path] = fields.all.len() as u32;
            }
            fields.is_named_back.push(occurrences.unnamed == 0);
            let is_back = occurrences.unmarked == 0;
            fields.all.push(FieldPath { is_back, ..field });
        }
        fields
    }

    /// Returns the number of the field that a path ends in.
    pub(super) fn number(&self, path: PathId) -> u32 {
        self.of_path
            .get(path.index())
            .copied()
            .unwrap_or(Self::NONE)
    }

    /// Returns whether each path, by its number, ends in one of these fields. For loops over edges,
    /// which are many.
    pub(super) fn paths_in(&self, fields: &[u32]) -> Vec<bool> {
        let of_path = self.of_path.iter();
        of_path.map(|field| fields.contains(field)).collect()
    }

    /// Returns the number of the field that holds a pointer; [`Fields::NONE`] for an object that is
    /// part of its holder.
    pub(super) fn pointer(&self, snapshot: &Snapshot, edge: &EdgeRow) -> u32 {
        match snapshot.parts().nodes[edge.target.index()].pointer_kind {
            PointerKind::Instance => Self::NONE,
            _ => self.number(edge.path),
        }
    }

    /// Returns whether the names along every path to the field say that it points back to an owner.
    pub(super) fn is_named_back(&self, number: u32) -> bool {
        self.is_named_back[number as usize]
    }

    pub(super) fn get(&self, number: u32) -> &FieldPath {
        &self.all[number as usize]
    }

    /// Returns the numbers of the fields with this name: `Type.field`, `Type::Variant.field` or
    /// `Type.Variant.field`, in which any number of modules may qualify the type. If there are
    /// none, the name is read as a path from the object that holds the field:
    /// `Circuit.nodes.Source.output.circuit`.
    pub(super) fn named(&self, snapshot: &Snapshot, name: &str) -> Vec<u32> {
        let name = without_arguments(name);
        let declared = self.all.iter().enumerate().filter(|(_, field)| {
            let full = without_arguments(&field.type_name);
            let type_name = name.strip_suffix(&field.path).and_then(|of_type| {
                let of_type = of_type.strip_suffix('.');
                of_type.or_else(|| name.strip_suffix(&field.path)?.strip_suffix("::"))
            });
            type_name.is_some_and(|type_name| {
                let modules = full.strip_suffix(type_name);
                modules.is_some_and(|modules| modules.is_empty() || modules.ends_with("::"))
            })
        });
        let mut numbers: Vec<u32> = declared.map(|(at, _)| at as u32).collect();
        if numbers.is_empty() {
            let table = &snapshot.parts().paths;
            let held_by = self.paths.iter().filter(|&&path| {
                let holder = snapshot.types().get(table.type_index(path) as usize);
                let steps = table.show_field(path).replace("[_]", "").replace("[*]", "");
                let steps = steps.trim_start_matches('.');
                holder.is_some_and(|holder| {
                    let full = without_arguments(declaring(&holder.name));
                    name == format!("{full}.{steps}")
                        || name == format!("{}.{steps}", short_name(&full))
                })
            });
            numbers = held_by.map(|&path| self.number(path)).collect();
            numbers.sort_unstable();
            numbers.dedup();
        }
        numbers
    }

    /// Returns the number of a field of this snapshot.
    pub(super) fn find(&self, field: &FieldPath) -> Option<u32> {
        let at = self.all.iter().position(|other| other == field)?;
        Some(at as u32)
    }
}

/// Returns the field that a path ends in.
#[doc(hidden)]
pub fn field(snapshot: &Snapshot, path: PathId) -> FieldPath {
    let paths = &snapshot.parts().paths;
    let steps = paths.steps(path, 0);
    let declared = steps.iter().enumerate().rev().find_map(|(at, step)| {
        let (name, is_back) = named_field(step.0)?;
        Some((at, name, name.declared_by()?, is_back))
    });
    let Some((at, name, type_name, is_back)) = declared else {
        let info = snapshot.types().get(paths.type_index(path) as usize);
        return FieldPath {
            type_name: info.map_or_else(String::new, |info| declaring(&info.name).to_owned()),
            path: field_names(&steps),
            declared_at: None,
            is_in_variant: false,
            is_back: paths.is_back(path),
        };
    };
    FieldPath {
        type_name: type_name.to_owned(),
        path: field_names(&steps[at..]),
        declared_at: name.declared_at(),
        is_in_variant: name.name().contains('.'),
        is_back,
    }
}

/// Returns the name of a field, and whether it is marked `#[tracked(back)]`.
fn named_field(segment: Segment) -> Option<(FieldName, bool)> {
    match segment {
        Segment::Field(name) => Some((name, false)),
        Segment::BackField(name) => Some((name, true)),
        _ => None,
    }
}

/// Joins the named steps, without the elements of containers: `pair.1`.
fn field_names(steps: &[(Segment, Option<u32>)]) -> String {
    let is_named = |step: &&(Segment, Option<u32>)| {
        named_field(step.0).is_some() || matches!(step.0, Segment::Deep)
    };
    steps
        .iter()
        .filter(is_named)
        .map(|&step| steps_text([step]))
        .collect::<Vec<String>>()
        .join(".")
}

/// Removes the generic arguments of types: `app::Node<u8>.next` becomes `app::Node.next`.
fn without_arguments(name: &str) -> String {
    let mut depth = 0_usize;
    let mut before = ' ';
    name.chars()
        .filter(|&c| {
            // The `>` of an arrow closes no bracket.
            let is_arrow = c == '>' && before == '-';
            before = c;
            match c {
                '<' => depth += 1,
                '>' if !is_arrow => {
                    depth = depth.saturating_sub(1);
                    return false;
                }
                _ => {}
            }
            depth == 0
        })
        .collect()
}

/// Returns the type that declares the fields of a type: the content of cells and locks.
///
/// ```text
/// core::cell::RefCell<app::Node>  →  app::Node
/// ```
#[doc(hidden)]
pub fn declaring(mut name: &str) -> &str {
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

/// Returns whether a field of this name points back to an owner in nearly every program that has
/// one: `parent`, `prev_sibling`.
pub(super) fn is_back_name(name: &str) -> bool {
    let first = name.split('_').next().unwrap_or(name);
    matches!(
        first,
        "parent" | "owner" | "prev" | "previous" | "back" | "backref" | "outer" | "up"
    )
}

#[cfg(test)]
mod tests {
    use super::declaring;

    #[test]
    fn the_content_of_cells_and_locks_declares_fields() {
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
