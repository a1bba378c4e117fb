//! Who holds an object: its handles, those inside of objects and those outside, and weak handles
//! that keep nothing but memory.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::ShownNames;
use crate::order;
use objgraph_core::{HandleRow, Held, NodeId, ObjectId, Site, Snapshot};

/// Who holds an object: the answer of [`owners`].
///
/// It prints as a report for people.
#[derive(Clone)]
pub struct Owners {
    snapshot: Arc<Snapshot>,
    node: NodeId,
    internal: Vec<InternalHandle>,
    external: Vec<ExternalHandles>,
}

/// A handle that an object holds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InternalHandle {
    /// The object that holds it, and where in it.
    pub held: Held,
    /// Whether it owns.
    pub strong: bool,
    /// Where it was made.
    pub site: Site,
    /// The thread that made it, if that is known.
    pub thread: Option<String>,
    /// How old it is, at least, and at most if that is known; as exact as
    /// [`Node::age`](objgraph_core::Node::age).
    pub age: (Duration, Option<Duration>),
}

/// Handles from outside, made at one place on one thread.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExternalHandles {
    /// Whether they own.
    pub strong: bool,
    /// Where they were made: the call of `new`, `clone`, `upgrade`, `downgrade`, ….
    pub site: Site,
    /// The thread that made them, or several of this name, if that is known.
    pub thread: Option<String>,
    /// How many there are.
    pub count: usize,
    /// How old they are: the youngest at least, and the oldest at most if that is known; as exact
    /// as [`Node::age`](objgraph_core::Node::age).
    pub age: (Duration, Option<Duration>),
}

/// Who holds an object: each handle to it, by the object and field that holds it, or, for those
/// that the trace did not meet, by the place where it was made.
///
/// `None` if the snapshot has no such object. Where it does not know handles (see
/// [`Snapshot::knows_handles`]) there are none in the answer.
///
/// Takes time in proportion to the handles of the object.
#[must_use]
pub fn owners(snapshot: &Arc<Snapshot>, id: ObjectId) -> Option<Owners> {
    let node = snapshot.find(id)?;
    let internal = snapshot.handles_to(node).iter().filter_map(|row| {
        Some(InternalHandle {
            held: row.held?,
            strong: row.strong,
            site: snapshot.parts().sites[row.site as usize].clone(),
            thread: snapshot.parts().threads.get(row.thread as usize).cloned(),
            age: snapshot.age_of(row.epoch),
        })
    });
    Some(Owners {
        internal: internal.collect(),
        external: external_handles(snapshot, [node]),
        node,
        snapshot: Arc::clone(snapshot),
    })
}

/// The handles to objects that are held from outside: owning ones first, then most at one place
/// first. None where handles are not known.
#[must_use]
pub fn external_handles(
    snapshot: &Snapshot,
    nodes: impl IntoIterator<Item = NodeId>,
) -> Vec<ExternalHandles> {
    let rows = nodes.into_iter().flat_map(|node| snapshot.handles_to(node));
    let mut found: BTreeMap<(bool, u32, Option<&str>), ExternalHandles> = BTreeMap::new();
    for row in rows.filter(|row| row.held.is_none()) {
        let age = snapshot.age_of(row.epoch);
        // The workers of a pool have one name.
        let thread = snapshot.parts().threads.get(row.thread as usize);
        found
            .entry((row.strong, row.site, thread.map(String::as_str)))
            .and_modify(|site| {
                site.count += 1;
                let oldest = |one: Option<Duration>| one.unwrap_or(Duration::MAX);
                if oldest(age.1) > oldest(site.age.1) {
                    site.age.1 = age.1;
                }
                site.age.0 = site.age.0.min(age.0);
            })
            .or_insert_with(|| ExternalHandles {
                strong: row.strong,
                site: snapshot.parts().sites[row.site as usize].clone(),
                thread: thread.cloned(),
                count: 1,
                age,
            });
    }
    let mut sites: Vec<ExternalHandles> = found.into_values().collect();
    let key = |one: &ExternalHandles| (!one.strong, usize::MAX - one.count);
    order::sort_by(&mut sites, |a, b| {
        let names = |one: &ExternalHandles| (one.site.clone(), one.thread.clone());
        key(a).cmp(&key(b)).then_with(|| names(a).cmp(&names(b)))
    });
    sites
}

impl Owners {
    /// The object.
    #[must_use]
    pub fn node(&self) -> NodeId {
        self.node
    }

    /// The snapshot that was looked at.
    #[must_use]
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }

    /// Whether handles are known: with the feature `owners`. If not, all lists are empty.
    #[must_use]
    pub fn are_known(&self) -> bool {
        self.snapshot.knows_handles()
    }

    /// The handles that objects hold, owning ones first, by object and field.
    #[must_use]
    pub fn internal(&self) -> &[InternalHandle] {
        &self.internal
    }

    /// The handles that nothing holds which was looked into: they are on the stack, in statics, in
    /// closures, futures and foreign types, or forgotten. Owning ones first.
    #[must_use]
    pub fn external(&self) -> &[ExternalHandles] {
        &self.external
    }

    /// How many owning handles there are; `None` where that could not be read.
    #[must_use]
    pub fn strong(&self) -> Option<usize> {
        let node = self.snapshot.node(self.node);
        node.strong().map(|strong| strong as usize)
    }

    /// How many handles of one kind are inside of objects, and how many outside.
    #[must_use]
    pub fn counts(&self, strong: bool) -> (usize, usize) {
        let internal = self.internal.iter().filter(|one| one.strong == strong);
        let external = self.external.iter().filter(|one| one.strong == strong);
        (internal.count(), external.map(|one| one.count).sum())
    }
}

/// Weak handles that keep the memory of allocations whose values are gone: the answer of
/// [`zombies`].
///
/// It prints as a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Zombies {
    pub(crate) is_enabled: bool,
    pub(crate) is_known: bool,
    rows: Vec<ZombieSite>,
    allocations: usize,
    bytes: u64,
}

/// Weak handles to values that are gone, of one type, made at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ZombieSite {
    /// The name of the type of the values, as reports show it.
    pub type_name: String,
    /// Where the handles were made.
    pub site: Site,
    /// How many handles there are.
    pub handles: usize,
    /// How many allocations they keep.
    pub allocations: usize,
    /// How many bytes these have, at least. An allocation that handles of several places keep is
    /// counted for each.
    pub bytes: u64,
}

/// What an allocation has besides the value: two counts, and the name of the object.
const HEADER: u64 = 24;

/// Weak handles that keep the memory of allocations whose values are gone. Takes time in
/// proportion to such handles.
#[must_use]
pub fn zombies(snapshot: &Snapshot) -> Zombies {
    let rows = snapshot.handles_to_nothing();
    let bytes_of = |row: &HandleRow| {
        let size = snapshot.types()[row.type_index as usize].size as u64;
        (size + HEADER).next_multiple_of(8)
    };
    let mut all: BTreeMap<ObjectId, u64> = BTreeMap::new();
    let mut sites: BTreeMap<(u32, u32), (usize, BTreeMap<ObjectId, u64>)> = BTreeMap::new();
    for row in rows {
        all.insert(row.object, bytes_of(row));
        let (handles, objects) = sites.entry((row.type_index, row.site)).or_default();
        *handles += 1;
        objects.insert(row.object, bytes_of(row));
    }
    let names = ShownNames::of(snapshot);
    let mut rows: Vec<ZombieSite> = sites
        .into_iter()
        .map(|((type_index, site), (handles, objects))| ZombieSite {
            type_name: names
                .get(&snapshot.types()[type_index as usize].name)
                .into_owned(),
            site: snapshot.parts().sites[site as usize].clone(),
            handles,
            allocations: objects.len(),
            bytes: objects.values().sum(),
        })
        .collect();
    order::sort_by(&mut rows, |a, b| {
        let most = b.bytes.cmp(&a.bytes);
        most.then_with(|| (&a.type_name, &a.site).cmp(&(&b.type_name, &b.site)))
    });
    Zombies {
        is_enabled: snapshot.parts().enabled,
        is_known: snapshot.knows_handles(),
        rows,
        allocations: all.len(),
        bytes: all.values().sum(),
    }
}

impl Zombies {
    /// By type and place, most bytes first.
    #[must_use]
    pub fn rows(&self) -> &[ZombieSite] {
        &self.rows
    }

    /// How many allocations are kept.
    #[must_use]
    pub fn allocations(&self) -> usize {
        self.allocations
    }

    /// How many bytes they have together, at least: alignments above 8 are not known.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.allocations == 0
    }
}
