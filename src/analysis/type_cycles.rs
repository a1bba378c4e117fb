//! Which types could own themselves in a cycle, told from their fields before anything runs.

#[cfg(test)]
mod tests;
mod text;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use crate::order;
use objgraph_core::TypeInfo;

use text::mentions;

#[cfg(test)]
pub(crate) use tests::info as type_info;

/// Which types could own themselves in a cycle of strong references: the answer of
/// [`type_cycles`](crate::type_cycles).
///
/// It goes by the text of the fields of all types with a derive. `Rc` and `Arc` own, `Weak` does
/// not, and what stands by value is part of its holder. A type that hides behind an alias, a
/// `dyn Trait` or a type parameter is not seen; of types with the same name, those whose modules
/// are nearest to the holder are taken. Instances of one generic type are one.
///
/// It prints as a report for people.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct TypeCycles {
    /// The types with a derive: full names without generic arguments, sorted.
    pub types: Vec<String>,
    /// Who holds whom, sorted.
    pub links: Vec<TypeLink>,
    /// The cycles: first those through a field marked `#[tracked(back)]`, then those that a cell
    /// on the way lets close while the program runs, then the others; the shortest first.
    pub cycles: Vec<TypeCycle>,
}

/// A field through which values of one type hold values of another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct TypeLink {
    /// The type that has the field: an index into [`TypeCycles::types`].
    pub holder: usize,
    /// The field: `parent`, `0`, or `Variant.name` in an enum.
    pub field: String,
    /// The type that it holds: an index into [`TypeCycles::types`].
    pub target: usize,
    /// How it holds it.
    pub hold: Hold,
    /// Whether it is in a cell or a lock, so that it can be set when the value is shared already.
    pub in_cell: bool,
    /// Whether the field is marked `#[tracked(back)]`.
    pub is_back: bool,
}

/// How a field holds a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Hold {
    /// By an `Rc` or `Arc`.
    Strong,
    /// By a `Weak`.
    Weak,
    /// By value, in a `Box` or in a container.
    Value,
}

/// A cycle of types, each of which holds the next.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TypeCycle {
    /// The way around: indices into [`TypeCycles::links`]; the last leads to the first.
    pub links: Vec<usize>,
    /// Whether a cell or lock on the way lets it close while the program runs. Without one it
    /// takes a cell that the text of the fields does not show.
    pub in_cell: bool,
    /// Whether one of its strong fields is marked `#[tracked(back)]`.
    pub is_back: bool,
}

impl TypeCycles {
    /// The cycles among these types. Takes time in proportion to the strong fields on cycles
    /// times all fields.
    #[must_use]
    pub fn of(types: &[Arc<TypeInfo>]) -> Self {
        let derived: BTreeMap<&str, &TypeInfo> = types
            .iter()
            .filter(|info| info.is_derived)
            .map(|info| (base(&info.name), &**info))
            .collect();
        let mut all = Self {
            types: derived.keys().map(|&name| name.to_owned()).collect(),
            ..Self::default()
        };
        let mut links = BTreeSet::new();
        for (holder, info) in derived.values().enumerate() {
            for field in &info.fields {
                for mention in mentions(field.type_text) {
                    for target in all.resolve(holder, mention.path) {
                        links.insert(TypeLink {
                            holder,
                            field: field.name.to_owned(),
                            target,
                            hold: mention.hold,
                            in_cell: mention.in_cell,
                            is_back: field.back,
                        });
                    }
                }
            }
        }
        all.links = links.into_iter().collect();
        all.cycles = all.find();
        all
    }

    /// The strong fields that are marked `#[tracked(back)]`, and so should be weak, whether or not
    /// they are on a cycle.
    pub fn back(&self) -> impl Iterator<Item = &TypeLink> {
        let links = self.links.iter();
        links.filter(|link| link.is_back && link.hold == Hold::Strong)
    }

    /// Whether there is neither a cycle nor a strong field that is marked `#[tracked(back)]`.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cycles.is_empty() && self.back().next().is_none()
    }

    /// The types that a path in a field of `holder` may mean.
    fn resolve(&self, holder: usize, path: &str) -> Vec<usize> {
        if path == "Self" {
            return vec![holder];
        }
        let path = path
            .trim_start_matches("crate::")
            .trim_start_matches("self::");
        let path = path.trim_start_matches("super::");
        let means = |name: &str| {
            let rest = name.strip_suffix(path);
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with("::"))
        };
        let of: Vec<&str> = self.types[holder].split("::").collect();
        let near = |name: &str| {
            let segments = name.split("::");
            segments.zip(&of).take_while(|(a, b)| a == *b).count()
        };
        let found = self
            .types
            .iter()
            .enumerate()
            .filter(|(_, name)| means(name));
        let found: Vec<(usize, usize)> = found.map(|(at, name)| (near(name), at)).collect();
        let nearest = found.iter().map(|found| found.0).max();
        let nearest = found.iter().filter(|found| Some(found.0) == nearest);
        nearest.map(|found| found.1).collect()
    }

    /// For each strong field the shortest way around through it, each way once.
    fn find(&self) -> Vec<TypeCycle> {
        let mut from: Vec<Vec<usize>> = vec![Vec::new(); self.types.len()];
        for (number, link) in self.links.iter().enumerate() {
            if link.hold != Hold::Weak {
                from[link.holder].push(number);
            }
        }
        let mut rings: BTreeSet<Vec<usize>> = BTreeSet::new();
        for (number, link) in self.links.iter().enumerate() {
            if link.hold == Hold::Strong
                && let Some(mut ring) = self.way(&from, link.target, link.holder)
            {
                ring.push(number);
                let least = (0..ring.len()).min_by_key(|&at| ring[at]).unwrap_or(0);
                ring.rotate_left(least);
                rings.insert(ring);
            }
        }
        let mut cycles: Vec<TypeCycle> = rings
            .into_iter()
            .map(|links| TypeCycle {
                in_cell: links.iter().any(|&link| self.links[link].in_cell),
                is_back: links.iter().any(|&link| {
                    let link = &self.links[link];
                    link.is_back && link.hold == Hold::Strong
                }),
                links,
            })
            .collect();
        order::sort_by_key(&mut cycles, |cycle| {
            (!cycle.is_back, !cycle.in_cell, cycle.links.len())
        });
        cycles
    }

    /// A shortest way from one type to another, over what is owned.
    fn way(&self, from: &[Vec<usize>], start: usize, end: usize) -> Option<Vec<usize>> {
        let mut by: Vec<Option<usize>> = vec![None; self.types.len()];
        let mut queue = VecDeque::from([start]);
        while let Some(at) = queue.pop_front() {
            if at == end {
                let mut way = Vec::new();
                let mut at = end;
                while at != start {
                    let link = by[at]?;
                    way.push(link);
                    at = self.links[link].holder;
                }
                way.reverse();
                return Some(way);
            }
            for &link in &from[at] {
                let target = self.links[link].target;
                if target != start && by[target].is_none() {
                    by[target] = Some(link);
                    queue.push_back(target);
                }
            }
        }
        None
    }
}

/// The name of a type without its generic arguments.
fn base(name: &str) -> &str {
    name.split('<').next().unwrap_or(name)
}
