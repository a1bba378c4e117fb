//! Names of types in pictures: short, and told apart where two types share the short one.

use std::collections::{BTreeMap, BTreeSet};

use objgraph_core::Snapshot;

/// The names of the types that one picture shows.
pub(super) struct TypeNames<'s> {
    snapshot: &'s Snapshot,
    /// The names of the types whose short name is not theirs alone.
    told_apart: BTreeMap<usize, String>,
    short: bool,
}

impl<'s> TypeNames<'s> {
    /// The names of these types of a snapshot: `short` ones, with as many modules as it takes to
    /// tell them apart, or full ones.
    pub(super) fn new(
        snapshot: &'s Snapshot,
        types: impl IntoIterator<Item = usize>,
        short: bool,
    ) -> Self {
        let mut sharing: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
        for index in types {
            if let Some(info) = snapshot.types().get(index) {
                sharing.entry(&info.short_name).or_default().insert(index);
            }
        }
        let mut told_apart = BTreeMap::new();
        for indices in sharing.into_values().filter(|set| set.len() > 1) {
            let full = |&index: &usize| snapshot.types()[index].name.as_str();
            for modules in 1.. {
                let names: Vec<String> = indices
                    .iter()
                    .map(|index| with_modules(full(index), modules))
                    .collect();
                let different: BTreeSet<&String> = names.iter().collect();
                if different.len() == indices.len() {
                    told_apart.extend(indices.iter().copied().zip(names));
                    break;
                }
                // Of two versions of a crate, there is no more to say.
                if indices.iter().map(full).eq(&names) {
                    break;
                }
            }
        }
        Self {
            snapshot,
            told_apart,
            short,
        }
    }

    pub(super) fn get(&self, index: usize) -> &str {
        let Some(info) = self.snapshot.types().get(index) else {
            return "?";
        };
        match self.told_apart.get(&index) {
            _ if !self.short => &info.name,
            Some(name) => name,
            None => &info.short_name,
        }
    }
}

/// A type's full name, of which each path keeps so many modules.
fn with_modules(name: &str, modules: usize) -> String {
    let is_path = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '{' | '}' | '#');
    let mut out = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(start) = rest.find(is_path) {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.find(|c| !is_path(c)).unwrap_or(rest.len());
        let path = &rest[..end];
        let mut cuts = path.rmatch_indices("::").map(|(at, _)| at + 2);
        out.push_str(cuts.nth(modules).map_or(path, |cut| &path[cut..]));
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::{TypeNames, with_modules};
    use crate::analysis::testkit::Kit;

    #[test]
    fn types_of_one_name_are_told_apart_by_as_little_as_it_takes() {
        let mut kit = Kit::new();
        let names = [
            "app::a::Node",
            "app::b::Node",
            "app::x::y::Node",
            "app::z::y::Node",
            "app::Leaf",
        ];
        for name in names {
            kit.type_index(name);
        }
        let snapshot = kit.snapshot();
        let shown = |types: &[usize], short: bool| -> Vec<String> {
            let of = TypeNames::new(&snapshot, types.iter().copied(), short);
            types
                .iter()
                .map(|&index| of.get(index).to_owned())
                .collect()
        };
        assert_eq!(shown(&[0, 4], true), ["Node", "Leaf"]);
        assert_eq!(shown(&[0, 1, 4], true), ["a::Node", "b::Node", "Leaf"]);
        assert_eq!(
            shown(&[1, 2, 3], true),
            ["app::b::Node", "x::y::Node", "z::y::Node"]
        );
        assert_eq!(shown(&[0, 1], false), ["app::a::Node", "app::b::Node"]);
    }

    #[test]
    fn arguments_keep_their_modules_too() {
        assert_eq!(
            with_modules("app::a::Node<lib::b::Text>", 1),
            "a::Node<b::Text>"
        );
        assert_eq!(with_modules("&[u8; 3]", 1), "&[u8; 3]");
    }
}
