//! The names under which types are shown.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::order::{self, SortedMap};
use objgraph_core::{
    FieldName, Snapshot, last_segments, map_paths, public_name, short_name, shown_name,
};

/// The names under which types are shown: short, with as few modules as distinguish them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[doc(hidden)]
pub struct ShownNames {
    /// What is shown of each path that shares its last segment with another.
    paths: BTreeMap<String, String>,
    /// The public names, by full name, of the types that would still look the same.
    types: BTreeMap<String, String>,
}

impl ShownNames {
    /// Collects the names of the types of a snapshot, and of those that declare fields in it.
    /// O(names · log names).
    pub fn of(snapshot: &Snapshot) -> Self {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let types = snapshot.types().iter().map(|info| info.name.as_str());
        let fields = snapshot.parts().paths.field_names();
        let declaring: BTreeSet<&str> = fields.filter_map(FieldName::declared_by).collect();
        Self::of_types(types, declaring)
    }

    /// Collects names. `types` are full names; `declaring` are full names too, except that a type
    /// local to a function has only the module around it.
    pub(crate) fn of_types<'n>(
        types: impl Iterator<Item = &'n str> + Clone,
        declaring: BTreeSet<&'n str>,
    ) -> Self {
        let mut same_name: SortedMap<&str, BTreeSet<&str>> = SortedMap::new();
        for name in types.clone() {
            map_paths(name, |path| {
                same_name
                    .get_or_default(last_segments(path, 0))
                    .insert(path);
                Cow::Borrowed("")
            });
        }
        let mut local: Vec<(&str, &str)> = Vec::new();
        for path in declaring {
            let Some((module, name)) = path.rsplit_once("::") else {
                continue;
            };
            let known = same_name.get_or_default(name);
            let is_inside = |known: &&&str| {
                let rest = known.strip_prefix(module);
                rest.is_some_and(|rest| rest.starts_with("::"))
            };
            match known.iter().find(is_inside).copied() {
                Some(same) => local.push((path, same)),
                None => drop(known.insert(path)),
            }
        }
        let mut shown = Self::default();
        for (_, paths) in same_name.into_rows() {
            if paths.len() < 2 {
                continue;
            }
            shown.paths.extend(distinguish(&paths));
        }
        for (path, same) in local {
            if let Some(name) = shown.paths.get(same).cloned() {
                shown.paths.insert(path.to_owned(), name);
            }
        }
        let mut same_name: SortedMap<String, BTreeSet<&str>> = SortedMap::new();
        for name in types {
            let shown = shown.untruncated(name).into_owned();
            same_name.get_or_default(shown).insert(name);
        }
        for (_, names) in same_name.into_rows() {
            if names.len() < 2 {
                continue;
            }
            let public = names
                .into_iter()
                .map(|name| (name.to_owned(), public_name(name)));
            shown.types.extend(public);
        }
        shown
    }

    /// Returns the name under which a type is shown, by its full name; truncated if it is very
    /// long.
    pub fn get(&self, full: &str) -> Cow<'_, str> {
        match self.untruncated(full) {
            Cow::Borrowed(name) => shown_name(name),
            Cow::Owned(name) => Cow::Owned(shown_name(&name).into_owned()),
        }
    }

    fn untruncated(&self, full: &str) -> Cow<'_, str> {
        if let Some(name) = self.types.get(full) {
            return Cow::Borrowed(name);
        }
        Cow::Owned(match self.paths.is_empty() {
            true => short_name(full),
            false => map_paths(full, |path| match self.paths.get(path) {
                Some(shown) => Cow::Owned(shown.clone()),
                None => Cow::Borrowed(last_segments(path, 0)),
            }),
        })
    }
}

/// Qualifies paths with the same last segment by as many modules as distinguish them. Paths of std
/// and objgraph, which occur in every program, are left as they are.
fn distinguish(paths: &BTreeSet<&str>) -> Vec<(String, String)> {
    const SHARED: [&str; 4] = ["alloc::", "core::", "std::", "objgraph_core::"];
    let is_shared = |path: &&&str| SHARED.iter().any(|root| path.starts_with(root));
    let own: Vec<&str> = paths
        .iter()
        .filter(|path| !is_shared(path))
        .copied()
        .collect();
    let has_shared = own.len() < paths.len();
    let most = own.iter().map(|path| path.matches("::").count()).max();
    let least = usize::from(has_shared || own.len() > 1);
    let shown = (least..=most.unwrap_or(0)).map(|modules| {
        let shown = own
            .iter()
            .map(|path| last_segments(path, modules).to_owned());
        shown.collect::<Vec<String>>()
    });
    let is_distinct = |names: &Vec<String>| order::distinct(names).len() == names.len();
    match shown.into_iter().find(is_distinct) {
        Some(names) => own.iter().map(|&path| path.to_owned()).zip(names).collect(),
        // Two versions of a crate have the same paths.
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::ShownNames;

    #[test]
    fn paths_have_as_few_modules_as_distinguish_them() {
        let names = [
            "app::a::Node",
            "core::cell::RefCell<app::b::Node>",
            "app::x::y::Gate<app::Leaf>",
            "app::z::y::Gate<u8>",
            "app::sync::Mutex<app::Leaf>",
            "std::sync::poison::mutex::Mutex<app::Leaf>",
            "alloc::rc::Rc<app::Leaf>",
            "objgraph_core::pointers::rc::Rc<app::Leaf>",
            "alloc::rc::Rc<u8>",
            "app::local::main::Local",
        ];
        let declaring = ["app::b::Node", "app::local::Local", "app::x::Node"];
        let shown = ShownNames::of_types(names.into_iter(), declaring.into());
        assert_eq!(
            names.map(|name| shown.get(name).into_owned()),
            [
                "a::Node",
                "RefCell<b::Node>",
                "x::y::Gate<Leaf>",
                "z::y::Gate<u8>",
                "sync::Mutex<Leaf>",
                "Mutex<Leaf>",
                "std::rc::Rc<app::Leaf>",
                "objgraph::rc::Rc<app::Leaf>",
                "Rc<u8>",
                "Local",
            ]
        );
        assert_eq!(
            declaring.map(|name| shown.get(name).into_owned()),
            ["b::Node", "Local", "x::Node"]
        );
    }
}
