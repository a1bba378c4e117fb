//! What to report of a service, look after look: each cause once, and never more than a page a day.
//!
//! A [`Watcher`] keeps what it learned from the snapshots, and no snapshot. It starts no thread and
//! reads no clock; the crate `objgraph` does that, in `objgraph::growth::watch_growth`.

mod causes;
mod findings;
mod page;
#[cfg(test)]
mod tests;
mod text;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use objgraph_core::Snapshot;

use crate::analysis::{AgeWatch, Fingerprint, LeakKind, LeakKinds, Leaks, Metric, Trend};
use causes::{Candidate, Causes};
use page::Page;

pub use findings::{GrowthReport, LeakReport, LeftOutReport, SiteCount, WatchReport};

/// Number of intervals in one look of those that find slow growth.
const LONG: u64 = 12;

/// Maximum number of looks of which a trend keeps the numbers.
const HISTORY: usize = 96;

/// Finds what grows in a service and what leaks, and reports each cause once.
///
/// Each call of [`Watcher::tick`] is one look. `objgraph::growth::watch_growth` calls it on a thread of
/// its own; a program that has a scheduler can call it there.
///
/// # What is reported
///
/// - **Objects that pile up**: at one line, or of one type, each interval leaves objects behind, they do
///   not die, they do not get fewer as while a cache fills, and there are more than ever in the last two
///   [periods](Watcher::load_period). Five objects an interval are found after five intervals, three
///   after ten, one after twenty; objects that pile up more slowly, or among others that live for
///   long, are found by looks of twelve intervals.
/// - **Counts that rise** for longer than the load: of anything that a [`Trend`] counts, also the items
///   in a container that are no objects. The lowest count of the newest third of one and a half
///   periods or more is higher than the highest of the oldest third.
/// - **Leaks**: each kind of leaked cycle when it appears, by its fingerprint.
///
/// An object that a growing object holds is not a cause of its own, and is listed with it.
///
/// # What looks like a leak and is none
///
/// Objects that live for longer than a few intervals, while their number rises for the first time: a cache
/// or a pool that needs five intervals or more to fill at an even rate. Choose an interval in which
/// most objects of a request come and go, or a [`warm_up`](Watcher::warm_up) in which the service fills
/// its caches.
///
/// # What is found late
///
/// A leak in a line that made many more objects which are still alive: as long as the older half of the last
/// 24 intervals, or of the last 288, has more of them, the line looks like a cache that fills.
///
/// # Memory
///
/// Bounded: about 7 KiB for each type and each line that has objects, and 1 KiB for each container.
#[derive(Debug)]
pub struct Watcher {
    interval: Duration,
    period: Duration,
    warm_up: Duration,
    page: Page,
    began: Option<Duration>,
    /// The epoch that began with the first look after the warm-up.
    warm_since: Option<u32>,
    looks: u64,
    recent: AgeWatch,
    long: AgeWatch,
    trend: Trend,
    /// What was reported, or is part of it, and at which look.
    reported: HashMap<Metric, u64>,
    leaks: BTreeSet<Fingerprint>,
}

impl Watcher {
    /// Creates a watcher that looks after each `interval`.
    ///
    /// ```
    /// use objgraph::growth::{WatchReport, Watcher};
    /// use objgraph::rc::Rc;
    /// use std::time::Duration;
    ///
    /// struct Session;
    /// let mut kept = Vec::new();
    /// let mut reports = Vec::new();
    /// let minute = Duration::from_secs(60);
    /// let mut watcher = Watcher::new(minute);
    /// for look in 0..=5 {
    ///     reports.extend(watcher.tick(minute * look, &objgraph::find_leaks()));
    ///     kept.extend((0..5).map(|_| Rc::new(Session)));
    /// }
    /// # if objgraph::ENABLED {
    /// let WatchReport::Growth(growth) = &reports[0] else { panic!("the sessions grow") };
    /// assert_eq!(growth.type_name, "Session");
    /// assert_eq!(growth.counts, [0, 5, 10, 15, 20, 25]);
    /// # }
    /// ```
    #[must_use]
    pub fn new(interval: Duration) -> Self {
        Self {
            interval,
            period: Duration::from_secs(24 * 60 * 60),
            warm_up: Duration::ZERO,
            page: Page::new(Page::LINES),
            began: None,
            warm_since: None,
            looks: 0,
            recent: AgeWatch::default(),
            long: AgeWatch::default(),
            trend: Trend::with_history(HISTORY),
            reported: HashMap::new(),
            leaks: BTreeSet::new(),
        }
    }

    /// Sets after what time the load of the service repeats itself. A day by default.
    #[must_use]
    pub fn load_period(mut self, period: Duration) -> Self {
        self.period = period;
        self
    }

    /// Sets for how long after the first look no growth is reported. What was created meanwhile counts as
    /// what the service needs. Zero by default.
    #[must_use]
    pub fn warm_up(mut self, time: Duration) -> Self {
        self.warm_up = time;
        self
    }

    /// Sets the maximum number of lines of the reports of 24 hours, at least 2. A page of 60 lines by
    /// default.
    ///
    /// What does not fit is summarised in one line, and reported the next day if it still grows.
    #[must_use]
    pub fn lines_a_day(mut self, lines: usize) -> Self {
        self.page = Page::new(lines);
        self
    }

    /// Returns the time between two looks.
    #[must_use]
    pub fn interval(&self) -> Duration {
        self.interval
    }

    /// Takes a look at what a snapshot of now has, with its leaks, and returns what is new. `now` is the
    /// time since any moment that is the same for all calls.
    ///
    /// O(nodes + edges) for each report, 16 at most, and O(nodes + types + sites) without one. Where
    /// tracking is off, nothing is reported.
    pub fn tick(&mut self, now: Duration, leaks: &Leaks) -> Vec<WatchReport> {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let snapshot = leaks.snapshot();
        if !snapshot.parts().enabled {
            return Vec::new();
        }
        let began = *self.began.get_or_insert(now);
        let since = now.saturating_sub(began);
        let mut reports: Vec<WatchReport> = self.page.turn(since).into_iter().collect();
        let is_warm = since >= self.warm_up;
        if is_warm && self.warm_since.is_none() {
            self.warm_since = Some(snapshot.parts().epoch);
        }
        self.look(snapshot);
        self.leaks(leaks, &mut reports);
        if is_warm {
            self.growth(leaks, &mut reports);
        }
        self.looks += 1;
        reports
    }

    /// Returns the summary of what was left out of the page of today, if anything was: for the end of
    /// the watch.
    #[must_use]
    pub fn left_out(&mut self) -> Option<WatchReport> {
        self.page.close()
    }

    fn look(&mut self, snapshot: &Snapshot) {
        let period = self.looks_in(self.period);
        self.recent.look(snapshot, self.looks % period == 0);
        if self.looks % LONG == 0 {
            let begins_period = (self.looks / LONG) % period.div_ceil(LONG) == 0;
            self.long.look(snapshot, begins_period);
        }
        if self.warm_since.is_some() {
            self.trend.observe(snapshot);
        }
    }

    /// Returns the number of looks in a time, at least 1.
    fn looks_in(&self, time: Duration) -> u64 {
        let looks = time.as_nanos().div_ceil(self.interval.as_nanos().max(1));
        u64::try_from(looks).unwrap_or(u64::MAX).max(1)
    }

    /// Reports the kinds of leaks that are new.
    fn leaks(&mut self, leaks: &Leaks, reports: &mut Vec<WatchReport>) {
        let proven = (leaks.kinds(), leaks.nodes(), false);
        let likely = (leaks.likely_kinds(), leaks.likely_nodes(), true);
        for (kinds, nodes, is_likely) in [proven, likely] {
            for (number, kind) in kinds.all().iter().enumerate() {
                if self.is_known(kind) {
                    continue;
                }
                let members = || members(kinds, nodes, number);
                let report = LeakReport::of(leaks, kind, members(), is_likely);
                if self.page.add(&kind.fingerprint.to_string(), &report) {
                    self.leaks.extend(kind.fingerprints());
                    reports.push(WatchReport::Leak(report));
                }
            }
        }
    }

    fn is_known(&self, kind: &LeakKind) -> bool {
        kind.fingerprints().any(|of| self.leaks.contains(&of))
    }

    /// Lists what grows, with what was reported.
    fn growing(&self) -> Vec<Candidate> {
        let mut found = Vec::new();
        let is_full = |metric: &Metric| !self.long.is_filling(metric);
        let recent = self.recent.piled_up().into_iter();
        found.extend(
            recent
                .filter(|piled| is_full(&piled.metric))
                .map(|piled| Candidate::piled_up(piled, self.interval)),
        );
        let times = |looks: u64| {
            self.interval
                .saturating_mul(u32::try_from(looks).unwrap_or(u32::MAX))
        };
        if self.looks % LONG == 0 {
            let long = self.long.piled_up().into_iter();
            found.extend(long.map(|piled| Candidate::piled_up(piled, times(LONG))));
        }
        found.retain(|candidate| Some(candidate.since) >= self.warm_since);
        let stride = self.trend.stride() as u64;
        // One and a half periods.
        let points = (self.looks_in(self.period).saturating_mul(3) / 2).div_ceil(stride);
        let points = usize::try_from(points).unwrap_or(usize::MAX);
        if self.looks % stride == 0 && self.trend.len() >= points {
            let rises = self.trend.long_rises(points).into_iter();
            found.extend(rises.map(|rise| Candidate::rise(rise, times(stride))));
        }
        found
    }

    /// Returns whether a metric was reported, or the type of a line, or a line of the type was.
    fn is_reported(&self, metric: &Metric) -> bool {
        let is_same = |other: &Metric| match (metric, other) {
            (Metric::Site(name, _), Metric::Type(other))
            | (Metric::Type(name), Metric::Site(other, _)) => name == other,
            _ => metric == other,
        };
        self.reported.keys().any(is_same)
    }

    /// Reports what grows and was not reported.
    fn growth(&mut self, leaks: &Leaks, reports: &mut Vec<WatchReport>) {
        let snapshot: &Arc<Snapshot> = leaks.snapshot();
        let mut candidates = self.growing();
        let growing: HashSet<Metric> = candidates.iter().map(|of| of.metric.clone()).collect();
        candidates.retain(|candidate| !self.is_reported(&candidate.metric));
        let (causes, explained) = Causes::of(snapshot, candidates, |metric| {
            let looks = self.looks - self.reported.get(metric)?;
            Some(if growing.contains(metric) { 0 } else { looks })
        });
        self.mark(explained);
        for cause in causes::merged_by_leak(causes, leaks) {
            let report = GrowthReport::of(leaks, &cause);
            if self
                .page
                .add(&format!("{:?}", cause.growth.metric), &report)
            {
                self.mark(cause.metrics());
                reports.push(WatchReport::Growth(report));
            }
        }
    }

    fn mark(&mut self, metrics: impl IntoIterator<Item = Metric>) {
        let looks = self.looks;
        let metrics = metrics.into_iter();
        self.reported.extend(metrics.map(|metric| (metric, looks)));
    }
}

/// Lists the objects of a kind of leak.
fn members<'k>(
    kinds: &'k LeakKinds,
    nodes: &'k [objgraph_core::NodeId],
    number: usize,
) -> impl Iterator<Item = objgraph_core::NodeId> + 'k {
    let all = nodes.iter().zip(kinds.kind_of_each());
    all.filter(move |(_, kind)| *kind == Some(number))
        .map(|(&node, _)| node)
}
