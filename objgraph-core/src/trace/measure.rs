//! Repeated measurements of what a part of the process holds.

use super::options::{Extent, SnapshotOptions};
use super::take::take;
use crate::order::SortedMap;
use crate::scope::Scope;
use crate::site::Site;
use crate::snapshot::Snapshot;
use crate::table::{self, ZombieWatch};

/// Where an object comes from.
#[derive(Clone, Copy, Debug)]
pub struct Origin {
    /// The number of the scope it was created in, or 0.
    pub scope: u32,
    /// Whether the calling thread created it.
    pub is_of_this_thread: bool,
}

/// Measures what a part of the process holds, any number of times.
pub struct Measure {
    zombies: ZombieWatch,
}

/// What a part of the process holds.
#[derive(Debug)]
#[non_exhaustive]
pub struct Measurement {
    /// The objects of the part, which are its first nodes, and what they reach; and the roots, with
    /// what these reach. It has the bytes of texts.
    pub snapshot: Snapshot,
    /// Number of objects of the part.
    pub objects: usize,
    /// Numbers of objects that belong to no known part, because other threads created them in no
    /// scope; each with the type and the site.
    pub strays: Vec<(&'static str, Site, u64)>,
    /// Numbers of allocations that weak references keep after their values are dropped, each with
    /// the type of the values and the site that created them. Only of objects that were created in
    /// the scope of the measure.
    pub zombies: Vec<(&'static str, Site, u64)>,
}

impl std::fmt::Debug for Measure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Measure").finish_non_exhaustive()
    }
}

impl Measure {
    /// Counts the allocations of objects that are created in a scope, while this exists.
    #[must_use]
    pub fn of(scope: &Scope) -> Self {
        Self {
            zombies: ZombieWatch::of(scope.handle()),
        }
    }

    /// Measures what exists now of the objects that `is_own` accepts.
    #[must_use]
    pub fn now(&self, is_own: &dyn Fn(Origin) -> bool) -> Measurement {
        let this = table::this_thread();
        let mut strays: SortedMap<u32, u64> = SortedMap::new();
        let mut listed = Vec::new();
        table::list_runs(&mut |run| {
            let origin = Origin {
                scope: run.first.scope,
                is_of_this_thread: this != 0 && run.first.thread == this,
            };
            if is_own(origin) {
                listed.extend(run.each());
            } else if origin.scope == 0 {
                *strays.get_or_default(run.first.kind) += run.ids.len() as u64;
            }
        });
        let objects = listed.len();
        let extent = Extent::Some {
            listed,
            roots: true,
            texts: true,
        };
        let strays = strays.into_rows().into_iter().filter_map(|(kind, number)| {
            let kind = table::kind(kind)?;
            Some(((kind.name)(), Site::from(kind.site), number))
        });
        let zombies = self.zombies.zombies().into_iter();
        Measurement {
            snapshot: take(&[], SnapshotOptions::default(), extent, None).0,
            objects,
            strays: strays.collect(),
            zombies: zombies
                .map(|(name, site, number)| (name, Site::from(site), number))
                .collect(),
        }
    }
}
