//! Distinguishes steady growth from noise, over many snapshots.

mod long_rise;
mod mann_kendall;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use objgraph_core::{NodeId, NodeRow, PathId, Site, Snapshot};

use crate::order::{self, SortedMap};

use super::fields::declaring;
use super::{Coverage, ShownNames};
use long_rise::long_rise;
use mann_kendall::{p_value_of, score};

/// What grows steadily over many snapshots: counts of objects by type and by site, and lengths of
/// containers.
///
/// A trend keeps the numbers of each snapshot, but no snapshot. Growth is steady if the test of
/// Mann and Kendall finds it unlikely that a series without a trend rises as much, and if it
/// continues in the second half. This distinguishes a leak from a cache that fills and a pool that
/// breathes. At least 5 snapshots are needed.
///
/// Prints as a table.
///
/// ```
/// use objgraph::{rc::Rc, growth::Trend};
///
/// struct Session;
/// let mut kept = Vec::new();
/// let mut trend = Trend::new();
/// for _ in 0..8 {
///     kept.push(Rc::new(Session));
///     trend.observe(&objgraph::snapshot());
/// }
/// if objgraph::ENABLED {
///     let steady = trend.steady_growth();
///     assert_eq!(steady[0].series, [1, 2, 3, 4, 5, 6, 7, 8]);
///     assert_eq!(steady[0].slope, 1.0);
/// }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Trend {
    observed: usize,
    /// Number of snapshots observed, with those that were thinned out.
    all: usize,
    /// Of the snapshots observed, one of this number is kept, and 0 stands for 1.
    stride: usize,
    /// Maximum number of snapshots kept, if there is one.
    history: Option<usize>,
    coverage: Coverage,
    pub(crate) names: ShownNames,
    series: SortedMap<Metric, Vec<u64>>,
}

/// What a [`Trend`] counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Metric {
    /// Objects of the type with this full name.
    Type(String),
    /// Objects of the type with this full name that were created at this site.
    Site(String, Site),
    /// Items in the containers at a path, in all objects of a type or in a root.
    Container {
        /// The full name of the type that declares the path, or the name of the root.
        holder: String,
        /// The path: `sessions`, `rooms[_].guests`.
        path: String,
    },
}

/// A metric that grows steadily.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SteadyGrowth {
    /// What is counted.
    pub metric: Metric,
    /// The counts, one for each snapshot.
    pub series: Vec<u64>,
    /// Growth from one snapshot that is kept to the next: the median over all pairs of snapshots (Henri Theil,
    /// 1950; Pranab Kumar Sen, 1968).
    pub slope: f64,
    /// Probability that a series without a trend rises at least as much.
    pub p_value: f64,
}

impl Metric {
    /// Returns the metric of the containers at a path in a node.
    pub(crate) fn container(snapshot: &Snapshot, node: NodeId, path: PathId) -> Self {
        let node = snapshot.node(node);
        Self::Container {
            holder: match node.root() {
                Some(name) => name.to_owned(),
                None => declaring(&node.type_info().name).to_owned(),
            },
            path: snapshot.parts().paths.show_field(path),
        }
    }
}

impl Trend {
    /// Growth is steady if its p-value is at most this.
    pub const SIGNIFICANCE: f64 = 0.01;

    /// Creates a trend without snapshots.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates a trend that keeps the numbers of at most this many snapshots, at least 8, so that its
    /// memory is bounded however long it is used.
    ///
    /// A full history is thinned: every second snapshot is dropped, and from then on only every second,
    /// then every fourth one is kept ([`Trend::stride`]). It reaches back to the first snapshot, so it
    /// finds growth that is slower the longer it runs. A metric that was zero in the newer half of the
    /// history is forgotten.
    ///
    /// ```
    /// use objgraph::growth::Trend;
    ///
    /// let mut trend = Trend::with_history(8);
    /// for _ in 0..20 {
    ///     trend.observe(&objgraph::snapshot());
    /// }
    /// assert!(trend.len() <= 8);
    /// assert_eq!(trend.stride(), 4);
    /// ```
    #[must_use]
    pub fn with_history(snapshots: usize) -> Self {
        Self {
            history: Some(snapshots.max(8)),
            ..Self::default()
        }
    }

    /// Returns how many snapshots were observed for each one whose numbers are kept: 1, and more if a
    /// history was thinned.
    #[must_use]
    pub fn stride(&self) -> usize {
        self.stride.max(1)
    }

    /// Returns the number of snapshots whose numbers are kept: all that were observed, unless a history
    /// was thinned.
    #[must_use]
    pub fn len(&self) -> usize {
        self.observed
    }

    /// Returns whether no snapshot was observed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.observed == 0
    }

    /// Adds the numbers of a snapshot, which must be younger than those before.
    ///
    /// O(nodes + series).
    pub fn observe(&mut self, snapshot: &Snapshot) {
        let is_kept = self.all % self.stride() == 0;
        self.all += 1;
        self.coverage = Coverage::of(snapshot);
        self.names = ShownNames::of(snapshot);
        if is_kept {
            self.keep(snapshot);
        }
    }

    fn keep(&mut self, snapshot: &Snapshot) {
        for (metric, number) in Self::numbers(snapshot).into_rows() {
            let series = self.series.get_or_default(metric);
            series.resize(self.observed, 0);
            series.push(number);
        }
        self.observed += 1;
        for series in self.series.values_mut() {
            series.resize(self.observed, 0);
        }
        if let Some(most) = self.history {
            self.thin(most);
        }
    }

    /// Returns the numbers of the snapshot, by what they count.
    fn numbers(snapshot: &Snapshot) -> SortedMap<Metric, u64> {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let parts = snapshot.parts();
        let mut sites: HashMap<(u32, u32), usize> = HashMap::new();
        // Objects of one type and site come in runs, and a hash is slow.
        let of = |row: &NodeRow| (row.type_index, row.site, row.id.is_in_table());
        for run in parts.nodes.chunk_by(|one, next| of(one) == of(next)) {
            let (type_index, site, is_in_table) = of(&run[0]);
            if is_in_table {
                *sites.entry((type_index, site)).or_default() += run.len();
            }
        }
        let mut now: SortedMap<Metric, u64> = SortedMap::new();
        for ((of, site), number) in sites {
            let name = &parts.types[of as usize].name;
            *now.get_or_default(Metric::Type(name.clone())) += number as u64;
            if let Some(site) = parts.sites.get(site as usize) {
                *now.get_or_default(Metric::Site(name.clone(), site.clone())) += number as u64;
            }
        }
        let mut paths: SortedMap<(Option<&str>, u32, usize), (Metric, u64)> = SortedMap::new();
        // A path starts at a type, so all containers at it in nodes without a name are one metric. The
        // first of each path, and the sum of all.
        let mut unnamed: Vec<Option<(NodeId, PathId, u64)>> = Vec::new();
        for row in snapshot.lengths() {
            let type_index = |node: NodeId| parts.nodes[node.index()].type_index;
            let root = match parts.roots.is_empty() {
                true => None,
                false => snapshot.node(row.node).root(),
            };
            let at = row.path.index();
            if unnamed.len() <= at {
                unnamed.resize(at + 1, None);
            }
            if root.is_none() {
                let sum = unnamed[at].get_or_insert((row.node, row.path, 0));
                if type_index(sum.0) == type_index(row.node) {
                    sum.2 += row.len();
                    continue;
                }
            }
            let key = (root, type_index(row.node), at);
            let metric = || Metric::container(snapshot, row.node, row.path);
            paths.get_or_insert_with(key, || (metric(), 0)).1 += row.len();
        }
        for (node, path, length) in unnamed.into_iter().flatten() {
            *now.get_or_default(Metric::container(snapshot, node, path)) += length;
        }
        for (_, (metric, length)) in paths.into_rows() {
            *now.get_or_default(metric) += length;
        }
        now
    }

    /// Drops every second snapshot of a full history, and the metrics that vanished long ago.
    fn thin(&mut self, most: usize) {
        if self.observed >= most {
            self.observed = self.observed.div_ceil(2);
            self.stride = self.stride() * 2;
            for series in self.series.values_mut() {
                *series = series.iter().copied().step_by(2).collect();
            }
        }
        let half = self.observed / 2;
        let has_vanished = |series: &[u64]| series[half..].iter().all(|&number| number == 0);
        if self.series.iter().any(|(_, series)| has_vanished(series)) {
            let mut left = SortedMap::new();
            for (metric, series) in std::mem::take(&mut self.series).into_rows() {
                if !has_vanished(&series) {
                    left.get_or_insert_with(metric, || series);
                }
            }
            self.series = left;
        }
    }

    /// Returns what has risen for at least this number of snapshots, which should be one and a half
    /// periods of the load: see [`long_rise`]. Sorted by metric.
    #[doc(hidden)]
    #[must_use]
    pub fn long_rises(&self, snapshots: usize) -> Vec<SteadyGrowth> {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let found = self.series.iter().filter_map(|(metric, series)| {
            let rise = long_rise(series, snapshots)?;
            Some(SteadyGrowth {
                metric: metric.clone(),
                series: rise.to_vec(),
                slope: slope(rise),
                p_value: p_value_of(rise),
            })
        });
        found.collect()
    }

    /// Returns what the trace of the last snapshot saw, and what it did not, which may hide growth.
    #[must_use]
    pub fn coverage(&self) -> &Coverage {
        &self.coverage
    }

    /// Returns the counts of all snapshots for a metric.
    #[must_use]
    pub fn series(&self, metric: &Metric) -> Option<&[u64]> {
        self.series.get(metric).map(Vec::as_slice)
    }

    /// Returns what grows steadily: the lowest p-value first, then the steepest.
    ///
    /// O(snapshots²) for each series.
    #[must_use]
    pub fn steady_growth(&self) -> Vec<SteadyGrowth> {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let mut found: Vec<SteadyGrowth> = self
            .series
            .iter()
            .filter_map(|(metric, series)| {
                let p_value = p_value_of(series);
                let is_still_growing = score(&series[series.len() / 2..]) > 0;
                (is_still_growing && p_value <= Self::SIGNIFICANCE).then(|| SteadyGrowth {
                    metric: metric.clone(),
                    series: series.clone(),
                    slope: slope(series),
                    p_value,
                })
            })
            .collect();
        order::sort_by(&mut found, |a, b| {
            let by_chance = a.p_value.total_cmp(&b.p_value);
            let by_slope = b.slope.total_cmp(&a.slope);
            by_chance
                .then(by_slope)
                .then_with(|| a.metric.cmp(&b.metric))
        });
        found
    }
}

/// Returns the median of the slopes between all pairs of points.
fn slope(series: &[u64]) -> f64 {
    let mut slopes: Vec<f64> = Vec::new();
    for (at, &first) in series.iter().enumerate() {
        for (after, &second) in series.iter().enumerate().skip(at + 1) {
            slopes.push((second as f64 - first as f64) / (after - at) as f64);
        }
    }
    // One slope for each pair.
    slopes.sort_unstable_by(f64::total_cmp);
    match slopes.len() {
        0 => 0.0,
        len if len % 2 == 1 => slopes[len / 2],
        len => f64::midpoint(slopes[len / 2 - 1], slopes[len / 2]),
    }
}
