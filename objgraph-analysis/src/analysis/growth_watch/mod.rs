//! Finds objects that pile up in a service, look by look, in bounded memory.

mod ages;
#[cfg(test)]
mod load;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, VecDeque};

use objgraph_core::{NodeId, Snapshot};

use super::Metric;
use crate::order;
use ages::{AgeHistory, WINDOW};

/// The ages of all objects, by type and by site, at the last looks.
///
/// Takes about 3 KiB for each type and each site that has objects.
#[derive(Clone, Debug, Default)]
#[doc(hidden)]
pub struct AgeWatch {
    /// The epochs that began with the last looks.
    begun: VecDeque<u32>,
    histories: HashMap<Metric, AgeHistory>,
}

/// Objects of a type or a site that pile up.
#[derive(Clone, Debug, PartialEq)]
#[doc(hidden)]
pub struct PiledUp {
    /// The type or the site.
    pub metric: Metric,
    /// The counts, one for each look.
    pub counts: Vec<u64>,
    /// Mean number of objects that stay, for each interval.
    pub slope: f64,
    /// The epoch in which they began to pile up.
    pub since: u32,
}

impl AgeWatch {
    /// Adds a look. With `begins_period`, a new period of the load begins: counts may be as high as in
    /// the one before.
    ///
    /// O(nodes + types + sites).
    pub fn look(&mut self, snapshot: &Snapshot, begins_period: bool) {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let parts = snapshot.parts();
        // Objects that were made during the trace belong to the next interval.
        let now = parts.epoch;
        let cohorts = self.begun.len();
        let mut by_site: HashMap<(u32, u32), Vec<u64>> = HashMap::new();
        for row in parts.nodes.iter().filter(|row| row.id.is_in_table()) {
            if row.epoch < now || cohorts == 0 {
                let ages = by_site.entry((row.type_index, row.site));
                let ages = ages.or_insert_with(|| vec![0; cohorts + 1]);
                ages[self.begun.partition_point(|&begun| begun <= row.epoch)] += 1;
            }
        }
        let mut counts: HashMap<Metric, Vec<u64>> = HashMap::new();
        for ((of, site), ages) in by_site {
            let name = &parts.types[of as usize].name;
            let site = parts.sites.get(site as usize);
            let of_site = site.map(|site| Metric::Site(name.clone(), site.clone()));
            for metric in of_site.into_iter().chain([Metric::Type(name.clone())]) {
                let sums = counts.entry(metric);
                let sums = sums.or_insert_with(|| vec![0; ages.len()]);
                sums.iter_mut()
                    .zip(&ages)
                    .for_each(|(sum, age)| *sum += age);
            }
        }
        for (metric, ages) in counts {
            let history = self.histories.entry(metric);
            let history = history.or_insert_with(|| AgeHistory::new(cohorts));
            history.push(ages.iter().sum(), &ages[1..], begins_period);
        }
        self.begun.push_back(now);
        let looks = self.begun.len();
        for history in self.histories.values_mut() {
            if history.looks() < looks {
                history.push(0, &[], begins_period);
            }
        }
        if looks > WINDOW {
            self.begun.pop_front();
            self.histories.values_mut().for_each(AgeHistory::forget);
        }
        self.histories.retain(|_, history| !history.is_empty());
    }

    /// Returns the objects that pile up, sorted by type and site.
    #[must_use]
    pub fn piled_up(&self) -> Vec<PiledUp> {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let found = self.histories.iter().filter_map(|(metric, history)| {
            let found = history.accumulation()?;
            let before = self.begun.len() - 1 - found.intervals;
            Some(PiledUp {
                metric: metric.clone(),
                counts: history.totals(found.intervals),
                slope: found.slope,
                since: self.begun[before],
            })
        });
        let mut found: Vec<PiledUp> = found.collect();
        order::sort_by(&mut found, |a, b| a.metric.cmp(&b.metric));
        found
    }

    /// Returns whether fewer and fewer objects stay, as while a cache fills.
    #[must_use]
    pub fn is_filling(&self, metric: &Metric) -> bool {
        let history = self.histories.get(metric);
        history.is_some_and(AgeHistory::is_filling)
    }

    /// Returns the number of types and sites that have objects.
    #[must_use]
    pub fn len(&self) -> usize {
        self.histories.len()
    }

    /// Returns whether no object was seen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.histories.is_empty()
    }
}

/// Returns the object of a type or a site that was born first since an epoch.
#[doc(hidden)]
#[must_use]
pub fn oldest_since(snapshot: &Snapshot, metric: &Metric, since: u32) -> Option<NodeId> {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    let nodes = snapshot.nodes().filter(|node| {
        let is_of = |name: &String| node.type_info().name == *name;
        match metric {
            Metric::Type(name) => is_of(name),
            Metric::Site(name, site) => is_of(name) && node.site() == Some(site),
            Metric::Container { .. } => false,
        }
    });
    let nodes = nodes.filter(|node| node.id().is_in_table() && node.epoch() >= since);
    let first = nodes.min_by_key(|node| (node.epoch(), node.node_id()))?;
    Some(first.node_id())
}
