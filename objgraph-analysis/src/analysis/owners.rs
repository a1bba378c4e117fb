//! The owners of an object: the handles that objects hold, external handles, and weak handles that
//! keep only memory.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::ShownNames;
use crate::order::{self, SortedMap};
use objgraph_core::{HandlePlace, HandleRow, NodeId, ObjectId, Site, Snapshot};

/// The owners of an object; see [`owners`].
///
/// Prints as a report.
#[derive(Clone)]
pub struct Owners {
    snapshot: Arc<Snapshot>,
    node: NodeId,
    internal: Vec<InternalHandle>,
    external: Vec<ExternalHandles>,
}

/// A handle that an object holds, or an opaque value in it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InternalHandle {
    /// The object that holds the handle, and where.
    pub held: HandlePlace,
    /// Whether the place is inferred: a closure, a future or another opaque value there has the words
    /// of the handle. If the handle was moved elsewhere since, it is external.
    pub is_inferred: bool,
    /// Whether the handle is strong.
    pub strong: bool,
    /// Where the handle was created.
    pub site: Site,
    /// The name of the thread that created the handle, if it is known.
    pub thread: Option<String>,
    /// The age of the handle: at least, and at most if that is known; as exact as
    /// [`Node::age`](objgraph_core::Node::age).
    pub age: (Duration, Option<Duration>),
}

/// External handles that were created at one site, by threads of one name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExternalHandles {
    /// Whether the handles are strong.
    pub strong: bool,
    /// Where the handles were created: the call of `new`, `clone`, `upgrade`, `downgrade`, ….
    pub site: Site,
    /// The name of the thread, or of several threads, that created the handles, if it is known.
    pub thread: Option<String>,
    /// Number of handles.
    pub count: usize,
    /// The age of the handles: at least the first, of the youngest, and at most the second, of the
    /// oldest, if that is known; as exact as [`Node::age`](objgraph_core::Node::age).
    pub age: (Duration, Option<Duration>),
}

/// Returns the owners of an object: each handle to it, by the object and field that holds it or,
/// for external handles, by the site that created it.
///
/// `None` if the snapshot has no such object. Without knowledge of handles (see
/// [`Snapshot::knows_handles`]) the lists are empty.
///
/// O(handles of the object · log of their sites).
#[must_use]
pub fn owners(snapshot: &Arc<Snapshot>, id: ObjectId) -> Option<Owners> {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    let node = snapshot.find(id)?;
    let internal = snapshot.handles_to(node).iter().filter_map(|row| {
        Some(InternalHandle {
            held: row.held?,
            is_inferred: row.is_inferred,
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

/// Returns the external handles to objects: strong ones first, then the sites with the most
/// handles. Empty if handles are not known.
#[must_use]
pub fn external_handles(
    snapshot: &Snapshot,
    nodes: impl IntoIterator<Item = NodeId>,
) -> Vec<ExternalHandles> {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    let rows = nodes.into_iter().flat_map(|node| snapshot.handles_to(node));
    let mut found: SortedMap<(bool, u32, Option<&str>), ExternalHandles> = SortedMap::new();
    for row in rows.filter(|row| row.held.is_none()) {
        let age = snapshot.age_of(row.epoch);
        // By name, because the workers of a pool share one.
        let thread = snapshot.parts().threads.get(row.thread as usize);
        let key = (row.strong, row.site, thread.map(String::as_str));
        let site = found.get_or_insert_with(key, || ExternalHandles {
            strong: row.strong,
            site: snapshot.parts().sites[row.site as usize].clone(),
            thread: thread.cloned(),
            count: 0,
            age,
        });
        site.count += 1;
        let oldest = |one: Option<Duration>| one.unwrap_or(Duration::MAX);
        if oldest(age.1) > oldest(site.age.1) {
            site.age.1 = age.1;
        }
        site.age.0 = site.age.0.min(age.0);
    }
    let found = found.into_rows().into_iter();
    let mut sites: Vec<ExternalHandles> = found.map(|(_, site)| site).collect();
    let key = |one: &ExternalHandles| (!one.strong, usize::MAX - one.count);
    order::sort_by(&mut sites, |a, b| {
        let names = |one: &ExternalHandles| (one.site.clone(), one.thread.clone());
        key(a).cmp(&key(b)).then_with(|| names(a).cmp(&names(b)))
    });
    sites
}

impl Owners {
    /// Returns the object.
    #[must_use]
    pub fn node(&self) -> NodeId {
        self.node
    }

    /// Returns the snapshot that was analysed.
    #[must_use]
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }

    /// Returns whether handles are known, which needs the feature `owners`. If not, all lists are
    /// empty.
    #[must_use]
    pub fn are_known(&self) -> bool {
        self.snapshot.knows_handles()
    }

    /// Returns the handles that objects hold, strong ones first, by object and field. With the feature
    /// `scan`, also those that opaque values in them have captured.
    #[must_use]
    pub fn internal(&self) -> &[InternalHandle] {
        &self.internal
    }

    /// Returns the handles that no traced object holds, strong ones first: they are on the stack,
    /// in statics, in closures, futures or foreign types that were not found to have them, or
    /// forgotten.
    #[must_use]
    pub fn external(&self) -> &[ExternalHandles] {
        &self.external
    }

    /// Returns the number of strong handles; `None` if it could not be read.
    #[must_use]
    pub fn strong(&self) -> Option<usize> {
        let node = self.snapshot.node(self.node);
        node.strong().map(|strong| strong as usize)
    }

    /// Returns the number of strong or weak handles in [`Owners::internal`] and in
    /// [`Owners::external`].
    #[must_use]
    pub fn counts(&self, strong: bool) -> (usize, usize) {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let internal = self.internal.iter().filter(|one| one.strong == strong);
        let external = self.external.iter().filter(|one| one.strong == strong);
        (internal.count(), external.map(|one| one.count).sum())
    }
}

/// Weak handles that keep the memory of allocations whose values were dropped; see [`zombies`].
///
/// Prints as a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Zombies {
    pub(crate) is_enabled: bool,
    pub(crate) is_known: bool,
    rows: Vec<ZombieSite>,
    allocations: usize,
    bytes: u64,
}

/// Weak handles to dropped values of one type that were created at one site.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ZombieSite {
    /// The name of the type of the values, as reports show it.
    pub type_name: String,
    /// Where the handles were created.
    pub site: Site,
    /// Number of handles.
    pub handles: usize,
    /// Number of allocations that the handles keep.
    pub allocations: usize,
    /// Size of these allocations in bytes, at least. An allocation that handles of several sites
    /// keep counts for each.
    pub bytes: u64,
}

/// Size of an allocation in bytes besides the value: two counts and the id of the object.
const HEADER: u64 = 24;

/// Finds weak handles that keep the memory of allocations whose values were dropped. O(handles to
/// dropped values).
#[must_use]
pub fn zombies(snapshot: &Snapshot) -> Zombies {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    let rows = snapshot.handles_to_nothing();
    let bytes_of = |row: &HandleRow| {
        let size = snapshot.types()[row.type_index as usize].size as u64;
        (size + HEADER).next_multiple_of(8)
    };
    let mut all: HashMap<ObjectId, u64> = HashMap::new();
    let mut sites: SortedMap<(u32, u32), (usize, HashMap<ObjectId, u64>)> = SortedMap::new();
    for row in rows {
        all.insert(row.object, bytes_of(row));
        let (handles, objects) = sites.get_or_default((row.type_index, row.site));
        *handles += 1;
        objects.insert(row.object, bytes_of(row));
    }
    let names = ShownNames::of(snapshot);
    let mut rows: Vec<ZombieSite> = sites
        .into_rows()
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
    /// Returns the handles by type and site, most bytes first.
    #[must_use]
    pub fn rows(&self) -> &[ZombieSite] {
        &self.rows
    }

    /// Returns the number of allocations that are kept.
    #[must_use]
    pub fn allocations(&self) -> usize {
        self.allocations
    }

    /// Returns the size of these allocations in bytes, at least: alignments above 8 are not known.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Returns whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.allocations == 0
    }
}
