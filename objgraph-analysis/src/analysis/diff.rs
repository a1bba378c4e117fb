//! What came, went and stayed between two snapshots.

#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use crate::order;
use objgraph_core::{Node, ObjectId, Site, Snapshot};

use super::fields::declaring;
use super::{Coverage, ShownNames, bytes_of};

/// What came, went and stayed between two snapshots of one process: the answer of [`diff`].
///
/// It prints as tables for people.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Diff {
    /// By type: those of which most more are alive first, then by name.
    pub types: Vec<TypeDiff>,
    /// By type and creation site, in the same order.
    pub sites: Vec<SiteDiff>,
    /// Collections of objects that are in both snapshots, and of roots: those that grew most
    /// first, then by name. Those whose length is the same are left out.
    pub containers: Vec<ContainerDiff>,
    /// What of the second snapshot could be traced, and what could not and may hide growth.
    pub coverage: Coverage,
    pub(crate) names: ShownNames,
}

/// How many objects were born, died and survived.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Turnover {
    /// How many are alive in the second snapshot and were not in the first.
    pub born: usize,
    /// How many were alive in the first snapshot and are not in the second.
    pub died: usize,
    /// How many are in both.
    pub survived: usize,
    /// How many bytes more those of the second snapshot take, with what they own on the heap, than
    /// those of the first.
    pub bytes: i64,
}

impl Turnover {
    /// How many were alive in the first snapshot.
    #[must_use]
    pub fn before(&self) -> usize {
        self.survived + self.died
    }

    /// How many are alive in the second snapshot.
    #[must_use]
    pub fn after(&self) -> usize {
        self.survived + self.born
    }

    /// How many more are alive in the second snapshot than in the first.
    #[must_use]
    pub fn growth(&self) -> i64 {
        self.born as i64 - self.died as i64
    }
}

/// The objects of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TypeDiff {
    /// The full name of the type.
    pub type_name: String,
    /// How many came, went and stayed.
    pub turnover: Turnover,
}

/// The objects of a type that were made at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SiteDiff {
    /// The full name of the type.
    pub type_name: String,
    /// The place in the source that made them; `None` where it is not known.
    pub site: Option<Site>,
    /// How many came, went and stayed.
    pub turnover: Turnover,
}

/// The collections at one path of all objects of a type that are in both snapshots.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ContainerDiff {
    /// The full name of the type that holds them; for a root its name.
    pub holder: String,
    /// The path: `sessions`, `rooms[_].guests`.
    pub path: String,
    /// How many items there were in all of them.
    pub before: u64,
    /// How many there are now.
    pub after: u64,
    /// How many objects have such a collection in one of the snapshots at least.
    pub objects: usize,
}

/// What came, went and stayed from the first snapshot to the second.
///
/// Objects are told apart by their ids, which are never used again. Values behind std's own
/// pointers have none that lasts, so they are left out, unless they are
/// [watched](objgraph_core::watch).
///
/// Takes time and memory in proportion to the nodes of both.
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
/// let diff = objgraph::diff(&before, &objgraph::snapshot());
/// if objgraph::ENABLED {
///     let text = diff.to_string();
///     assert!(text.contains("Server.sessions grew from 10 to 9,812"), "{text}");
/// }
/// ```
#[must_use]
pub fn diff(before: &Snapshot, after: &Snapshot) -> Diff {
    let mut types: BTreeMap<&str, Turnover> = BTreeMap::new();
    let mut sites: BTreeMap<(&str, Option<&Site>), Turnover> = BTreeMap::new();
    let sides = [(before, after, -1), (after, before, 1)];
    for (here, there, sign) in sides {
        for node in here.nodes().filter(|node| node.id().is_in_table()) {
            let survives = there.find(node.id()).is_some();
            let bytes = sign * bytes_of(here, node.node_id()) as i64;
            let name = node.type_info().name.as_str();
            let of_site = sites.entry((name, node.site())).or_default();
            for turnover in [types.entry(name).or_default(), of_site] {
                turnover.bytes += bytes;
                match (survives, sign) {
                    (true, 1) => turnover.survived += 1,
                    (true, _) => {}
                    (false, 1) => turnover.born += 1,
                    (false, _) => turnover.died += 1,
                }
            }
        }
    }
    let mut types: Vec<TypeDiff> = types
        .into_iter()
        .map(|(name, turnover)| TypeDiff {
            type_name: name.to_owned(),
            turnover,
        })
        .collect();
    order::sort_by_key(&mut types, |of| Reverse(of.turnover.growth()));
    let mut sites: Vec<SiteDiff> = sites
        .into_iter()
        .map(|((name, site), turnover)| SiteDiff {
            type_name: name.to_owned(),
            site: site.cloned(),
            turnover,
        })
        .collect();
    order::sort_by_key(&mut sites, |of| Reverse(of.turnover.growth()));
    Diff {
        types,
        sites,
        containers: containers(before, after),
        coverage: Coverage::of(after),
        names: ShownNames::of(after),
    }
}

/// What an object, or a root, is known by in both snapshots.
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

/// The name of what holds a collection, and where.
type ContainerKey = (String, String);

fn containers(before: &Snapshot, after: &Snapshot) -> Vec<ContainerDiff> {
    let in_both = |identity: &Identity<'_>| match identity {
        Identity::Object(id) => before.find(*id).is_some() && after.find(*id).is_some(),
        Identity::Root(_) => true,
    };
    let mut names: Vec<HashMap<(u32, usize), ContainerKey>> = vec![HashMap::new(), HashMap::new()];
    let mut lengths: HashMap<(Identity<'_>, ContainerKey), [u64; 2]> = HashMap::new();
    for (side, snapshot) in [before, after].into_iter().enumerate() {
        for row in snapshot.lengths() {
            let node = snapshot.node(row.node);
            let Some(identity) = identity(node).filter(in_both) else {
                continue;
            };
            let place = || {
                let path = snapshot.parts().paths.show_field(row.path);
                let holder = match node.root() {
                    Some(name) => name.to_owned(),
                    None => declaring(&node.type_info().name).to_owned(),
                };
                (holder, path)
            };
            let place = if node.root().is_some() {
                place()
            } else {
                let key = (node.type_index() as u32, row.path.index());
                names[side].entry(key).or_insert_with(place).clone()
            };
            lengths.entry((identity, place)).or_default()[side] += row.len();
        }
    }
    let mut by_place: BTreeMap<ContainerKey, ContainerDiff> = BTreeMap::new();
    for ((_, place), [before, after]) in lengths {
        let of = by_place.entry(place.clone()).or_insert(ContainerDiff {
            holder: place.0,
            path: place.1,
            before: 0,
            after: 0,
            objects: 0,
        });
        of.before += before;
        of.after += after;
        of.objects += 1;
    }
    let mut containers: Vec<ContainerDiff> = by_place
        .into_values()
        .filter(|of| of.before != of.after)
        .collect();
    order::sort_by_key(&mut containers, |of| {
        Reverse(i128::from(of.after) - i128::from(of.before))
    });
    containers
}
