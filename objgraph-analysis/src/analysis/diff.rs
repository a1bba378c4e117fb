//! Objects and containers that came, went or stayed between two snapshots.

#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::order::{self, SortedMap};
use objgraph_core::{Node, ObjectId, Site, Snapshot};

use super::fields::declaring;
use super::{Coverage, ShownNames, bytes_of};

/// The difference between two snapshots; see [`diff`].
///
/// Prints as tables.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Diff {
    /// Turnover by type: those that grew most first, then by name.
    pub types: Vec<TypeDiff>,
    /// Turnover by type and creation site, in the same order.
    pub sites: Vec<SiteDiff>,
    /// The containers of roots, and of objects that are in both snapshots, whose length changed:
    /// those that grew most first, then by name.
    pub containers: Vec<ContainerDiff>,
    /// Whether one process took both snapshots, so that objects could be matched. Otherwise types and
    /// sites are compared by their numbers: what there is more of was born, what there is less of died.
    pub is_of_one_process: bool,
    /// What the trace of the second snapshot saw, and what it did not, which may hide growth.
    pub coverage: Coverage,
    pub(crate) names: ShownNames,
}

/// How many objects were born, died and survived.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Turnover {
    /// Number of objects that are alive only in the second snapshot.
    pub born: usize,
    /// Number of objects that were alive only in the first snapshot.
    pub died: usize,
    /// Number of objects that are alive in both snapshots.
    pub survived: usize,
    /// Growth in bytes, including the heap memory that the objects own.
    pub bytes: i64,
}

impl Turnover {
    /// Returns the number of objects in the first snapshot.
    #[must_use]
    pub fn before(&self) -> usize {
        self.survived + self.died
    }

    /// Returns the number of objects in the second snapshot.
    #[must_use]
    pub fn after(&self) -> usize {
        self.survived + self.born
    }

    /// Returns by how many objects the second snapshot exceeds the first.
    #[must_use]
    pub fn growth(&self) -> i64 {
        self.born as i64 - self.died as i64
    }

    /// Counts as many objects as survivors as there can be.
    fn compare_numbers(&mut self) {
        let same = self.born.min(self.died);
        self.survived += same;
        self.born -= same;
        self.died -= same;
    }

    fn add(&mut self, other: &Self) {
        self.born += other.born;
        self.died += other.died;
        self.survived += other.survived;
        self.bytes += other.bytes;
    }
}

/// The turnover of the objects of one type.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TypeDiff {
    /// The full name of the type.
    pub type_name: String,
    /// How many objects were born, died and survived.
    pub turnover: Turnover,
}

/// The turnover of the objects of one type that were created at one site.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SiteDiff {
    /// The full name of the type.
    pub type_name: String,
    /// The creation site; `None` if it is not known.
    pub site: Option<Site>,
    /// How many objects were born, died and survived.
    pub turnover: Turnover,
}

/// The containers at one path, in all objects of one type that are in both snapshots.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ContainerDiff {
    /// The full name of the type that declares the path, or the name of the root.
    pub holder: String,
    /// The path: `sessions`, `rooms[_].guests`.
    pub path: String,
    /// Number of items in the first snapshot, in all containers together.
    pub before: u64,
    /// Number of items in the second snapshot.
    pub after: u64,
    /// Number of objects that have such a container in at least one snapshot.
    pub objects: usize,
}

/// Compares two snapshots.
///
/// Objects are matched by their ids, which are never used again. If the snapshots are of two
/// processes, whose ids mean different objects, only the numbers of objects are compared, and the
/// collections of roots. Values behind std's own pointers
/// have no lasting id and are left out, unless they are [watched](objgraph_core::watch).
///
/// O(nodes · log nodes) time and O(nodes) memory, for the nodes of both snapshots.
///
/// ```
/// use objgraph::{Tracked, rc::Rc};
/// use std::cell::RefCell;
///
/// #[derive(Tracked)]
/// struct Server {
///     sessions: RefCell<Vec<u32>>,
/// }
///
/// let server = Rc::new(Server { sessions: RefCell::new(vec![0; 10]) });
/// let before = objgraph::snapshot();
/// server.sessions.borrow_mut().extend(0..9_802);
/// let diff = objgraph::snapshot::diff(&before, &objgraph::snapshot());
/// if objgraph::ENABLED {
///     let text = diff.to_string();
///     assert!(text.contains("Server.sessions grew from 10 to 9,812"), "{text}");
/// }
/// ```
#[must_use]
pub fn diff(before: &Snapshot, after: &Snapshot) -> Diff {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    let mut types: SortedMap<&str, Turnover> = SortedMap::new();
    let mut sites: SortedMap<(&str, Option<&Site>), Turnover> = SortedMap::new();
    let is_of_one_process = before.is_of_same_process(after);
    let sides = [(before, after, -1), (after, before, 1)];
    for (here, there, sign) in sides {
        let mut here_by_site: HashMap<(u32, u32), Turnover> = HashMap::new();
        for node in here.nodes().filter(|node| node.id().is_in_table()) {
            let row = &here.parts().nodes[node.node_id().index()];
            let turnover = here_by_site.entry((row.type_index, row.site)).or_default();
            turnover.bytes += sign * bytes_of(here, node.node_id()) as i64;
            let is_there = is_of_one_process && there.find(node.id()).is_some();
            match (is_there, sign) {
                (true, 1) => turnover.survived += 1,
                (true, _) => {}
                (false, 1) => turnover.born += 1,
                (false, _) => turnover.died += 1,
            }
        }
        for ((of, site), turnover) in here_by_site {
            let name = here.types()[of as usize].name.as_str();
            let site = here.parts().sites.get(site as usize);
            types.get_or_default(name).add(&turnover);
            sites.get_or_default((name, site)).add(&turnover);
        }
    }
    let shown = |mut turnover: Turnover| {
        if !is_of_one_process {
            turnover.compare_numbers();
        }
        turnover
    };
    let mut types: Vec<TypeDiff> = types
        .into_rows()
        .into_iter()
        .map(|(name, turnover)| TypeDiff {
            type_name: name.to_owned(),
            turnover: shown(turnover),
        })
        .collect();
    order::sort_by_key(&mut types, |of| Reverse(of.turnover.growth()));
    let mut sites: Vec<SiteDiff> = sites
        .into_rows()
        .into_iter()
        .map(|((name, site), turnover)| SiteDiff {
            type_name: name.to_owned(),
            site: site.cloned(),
            turnover: shown(turnover),
        })
        .collect();
    order::sort_by_key(&mut sites, |of| Reverse(of.turnover.growth()));
    Diff {
        types,
        sites,
        containers: containers(before, after),
        is_of_one_process,
        coverage: Coverage::of(after),
        names: ShownNames::of(after),
    }
}

/// What identifies an object or a root in both snapshots.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Identity<'s> {
    Object(ObjectId),
    Root(&'s str),
}

fn identity(node: Node<'_>) -> Option<Identity<'_>> {
    match node.root() {
        Some(name) => Some(Identity::Root(name)),
        None if node.id().is_in_table() => Some(Identity::Object(node.id())),
        None => None,
    }
}

/// The holder of a container, and the path of the container in it.
type ContainerKey = (String, String);

fn containers(before: &Snapshot, after: &Snapshot) -> Vec<ContainerDiff> {
    let is_in_both = |identity: &Identity<'_>| match identity {
        Identity::Object(id) => {
            before.is_of_same_process(after)
                && before.find(*id).is_some()
                && after.find(*id).is_some()
        }
        Identity::Root(_) => true,
    };
    let mut names: Vec<HashMap<(u32, usize), ContainerKey>> = vec![HashMap::new(), HashMap::new()];
    let mut lengths: HashMap<(Identity<'_>, ContainerKey), [u64; 2]> = HashMap::new();
    for (side, snapshot) in [before, after].into_iter().enumerate() {
        for row in snapshot.lengths() {
            let node = snapshot.node(row.node);
            let Some(identity) = identity(node).filter(is_in_both) else {
                continue;
            };
            let container_key = || {
                let path = snapshot.parts().paths.show_field(row.path);
                let holder = match node.root() {
                    Some(name) => name.to_owned(),
                    None => declaring(&node.type_info().name).to_owned(),
                };
                (holder, path)
            };
            let key = if node.root().is_some() {
                container_key()
            } else {
                let key = (node.type_index() as u32, row.path.index());
                names[side].entry(key).or_insert_with(container_key).clone()
            };
            lengths.entry((identity, key)).or_default()[side] += row.len();
        }
    }
    let mut by_key: SortedMap<ContainerKey, ContainerDiff> = SortedMap::new();
    for ((_, key), [before, after]) in lengths {
        let of = by_key.get_or_insert_with(key.clone(), || ContainerDiff {
            holder: key.0,
            path: key.1,
            before: 0,
            after: 0,
            objects: 0,
        });
        of.before += before;
        of.after += after;
        of.objects += 1;
    }
    let mut containers: Vec<ContainerDiff> = by_key
        .into_rows()
        .into_iter()
        .map(|(_, of)| of)
        .filter(|of| of.before != of.after)
        .collect();
    order::sort_by_key(&mut containers, |of| {
        Reverse(i128::from(of.after) - i128::from(of.before))
    });
    containers
}
