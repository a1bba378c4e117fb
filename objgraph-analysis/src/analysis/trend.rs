//! Steady growth, told from noise, over many snapshots.

mod mann_kendall;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::order;
use objgraph_core::{Site, Snapshot};

use super::fields::declaring;
use super::{Coverage, ShownNames};
use mann_kendall::{rises_by_chance, score};

/// What grows steadily over many snapshots: counts of objects by type and by site, and lengths of
/// collections.
///
/// It keeps the numbers of each snapshot, and no snapshot. Whether growth is steady is decided by
/// the test of Mann and Kendall, which asks how often a series that goes up and down by chance
/// rises as much as this one; and what has come to rest in the second half is not told. So a
/// cache that fills and a pool that breathes are told from a leak. With fewer than 5 snapshots
/// nothing is.
///
/// It prints as a table for people.
///
/// ```
/// use objgraph::{Trend, rc::Rc};
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
    coverage: Coverage,
    pub(crate) names: ShownNames,
    series: BTreeMap<Metric, Vec<u64>>,
}

/// What is counted in a [`Trend`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Metric {
    /// Objects of the type of this full name.
    Type(String),
    /// Objects of the type of this full name made at this place.
    Site(String, Site),
    /// Items in the collections at a path of all objects of a type, or of the root of this name.
    Container {
        /// The full name of the type, or the name of the root.
        holder: String,
        /// The path: `sessions`, `rooms[_].guests`.
        path: String,
    },
}

/// What grows steadily.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SteadyGrowth {
    /// What is counted.
    pub metric: Metric,
    /// The numbers, one for each snapshot.
    pub series: Vec<u64>,
    /// By how many it grows from one snapshot to the next: the median over all pairs of snapshots
    /// (Henri Theil, 1950; Pranab Kumar Sen, 1968).
    pub slope: f64,
    /// How often, from 0 to 1, a series without a trend would rise as much.
    pub p_value: f64,
}

impl Trend {
    /// A series that would rise as much by chance this often, or less, is steady.
    pub const SIGNIFICANCE: f64 = 0.01;

    /// A trend of no snapshot.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many snapshots were observed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.observed
    }

    /// Whether none was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.observed == 0
    }

    /// Takes the numbers of a snapshot, which must be younger than those before.
    ///
    /// Takes time in proportion to the nodes.
    pub fn observe(&mut self, snapshot: &Snapshot) {
        let parts = snapshot.parts();
        let mut sites: BTreeMap<(u32, u32), u64> = BTreeMap::new();
        for row in &parts.nodes {
            if row.id.is_in_table() {
                *sites.entry((row.type_index, row.site)).or_default() += 1;
            }
        }
        let mut now: BTreeMap<Metric, u64> = BTreeMap::new();
        for ((of, site), number) in sites {
            let name = &parts.types[of as usize].name;
            *now.entry(Metric::Type(name.clone())).or_default() += number;
            if let Some(site) = parts.sites.get(site as usize) {
                now.insert(Metric::Site(name.clone(), site.clone()), number);
            }
        }
        let mut paths: BTreeMap<(Option<&str>, u32, usize), (Metric, u64)> = BTreeMap::new();
        for row in snapshot.lengths() {
            let node = snapshot.node(row.node);
            let key = (node.root(), node.type_index() as u32, row.path.index());
            let metric = || Metric::Container {
                holder: match node.root() {
                    Some(name) => name.to_owned(),
                    None => declaring(&node.type_info().name).to_owned(),
                },
                path: parts.paths.show_field(row.path),
            };
            paths.entry(key).or_insert_with(|| (metric(), 0)).1 += row.len();
        }
        for (metric, length) in paths.into_values() {
            *now.entry(metric).or_default() += length;
        }
        for (metric, number) in now {
            let series = self.series.entry(metric).or_default();
            series.resize(self.observed, 0);
            series.push(number);
        }
        self.observed += 1;
        self.coverage = Coverage::of(snapshot);
        self.names = ShownNames::of(snapshot);
        for series in self.series.values_mut() {
            series.resize(self.observed, 0);
        }
    }

    /// What of the last snapshot could be traced, and what could not and may hide growth.
    #[must_use]
    pub fn coverage(&self) -> &Coverage {
        &self.coverage
    }

    /// The numbers of all snapshots.
    #[must_use]
    pub fn series(&self, metric: &Metric) -> Option<&[u64]> {
        self.series.get(metric).map(Vec::as_slice)
    }

    /// What grows steadily: what would least likely grow as much by chance first, then the
    /// steepest.
    ///
    /// Takes time in proportion to the square of the number of snapshots, for each series.
    #[must_use]
    pub fn steady_growth(&self) -> Vec<SteadyGrowth> {
        let mut found: Vec<SteadyGrowth> = self
            .series
            .iter()
            .filter_map(|(metric, series)| {
                let p_value = rises_by_chance(series);
                let still = score(&series[series.len() / 2..]) > 0;
                (still && p_value <= Self::SIGNIFICANCE).then(|| SteadyGrowth {
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

/// The median of the slopes between all pairs of points.
fn slope(series: &[u64]) -> f64 {
    let mut slopes: Vec<f64> = Vec::new();
    for (at, &first) in series.iter().enumerate() {
        for (after, &second) in series.iter().enumerate().skip(at + 1) {
            slopes.push((second as f64 - first as f64) / (after - at) as f64);
        }
    }
    // As many as there are pairs.
    slopes.sort_unstable_by(f64::total_cmp);
    match slopes.len() {
        0 => 0.0,
        len if len % 2 == 1 => slopes[len / 2],
        len => f64::midpoint(slopes[len / 2 - 1], slopes[len / 2]),
    }
}
