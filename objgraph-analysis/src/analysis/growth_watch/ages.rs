//! Distinguishes objects that pile up from objects that come and go, by their ages.
//!
//! Counts alone cannot: in the morning, sessions rise for hours, and no test of a rising series
//! knows that they will fall in the evening. Ages can. Sessions come and go all the time, also
//! while their number rises; leaked objects only come. So for each interval the objects that were
//! born in it are a *cohort*, and the number of each cohort that is still alive is counted at every
//! look. Objects pile up if
//!
//! 1. each part of the last intervals left some behind, and
//! 2. those do not die: with 99 % confidence, their mean lifetime is more than twice the time that
//!    was looked at, and not even one in two hundred died, and
//! 3. the cohorts do not get smaller, as they do while a cache fills, and
//! 4. there are more of them than ever in this period of the load and the one before.
//!
//! The four are tried for objects of every age, and for those that have survived 1, 2, 4 and 8
//! intervals, so that short-lived objects of the same line do not hide a leak.

use std::collections::VecDeque;

/// Maximum number of intervals that are remembered.
pub(super) const WINDOW: usize = 24;

/// Numbers of intervals over which objects may pile up: few for much, more for little.
const SPANS: [usize; 3] = [5, 10, 20];

/// Numbers of intervals that objects have to survive before they count.
const LAGS: [usize; 5] = [0, 1, 2, 4, 8];

/// Minimum number of cohorts.
const COHORTS: usize = 3;

/// Objects pile up if they live longer than this number of spans on average.
const LIFETIME: f64 = 2.0;

/// Objects pile up if at most one of this number died.
const DEATHS: u64 = 200;

/// -ln 0.01: the confidence is 99 %.
const CONFIDENCE: f64 = 4.605;

/// Cohorts get smaller if the younger half has fewer survivors than the older, by more than this
/// number of standard deviations.
const DEVIATIONS: f64 = 2.0;

/// The ages of the objects of one series, at the last looks.
///
/// Takes about 3 KiB at most.
#[derive(Clone, Debug, Default)]
pub(super) struct AgeHistory {
    /// Number of objects at each look.
    totals: VecDeque<u32>,
    /// For each look, how many of those that were born in the interval before it were alive at that
    /// look and at each later one. The first is not known.
    cohorts: VecDeque<Vec<u32>>,
    /// The most objects of each lag, in this period of the load and in the one before.
    peaks: [[u32; 2]; LAGS.len()],
}

/// Objects that pile up.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Accumulation {
    /// Number of intervals over which they do.
    pub intervals: usize,
    /// Number of intervals that objects survived before they counted.
    pub lag: usize,
    /// Mean number of objects that an interval adds.
    pub slope: f64,
}

impl AgeHistory {
    /// Creates the history of a series that had no objects at the earlier looks.
    pub fn new(looks: usize) -> Self {
        Self {
            totals: vec![0; looks].into(),
            cohorts: (0..looks).map(|look| vec![0; looks - look]).collect(),
            peaks: Default::default(),
        }
    }

    /// Adds a look: the number of objects, and how many of each cohort are alive, the oldest first.
    /// The last is the one of the interval that ends now; missing ones are older than the window.
    pub fn push(&mut self, total: u64, cohorts: &[u64], begins_period: bool) {
        self.remember_peaks(begins_period);
        self.totals.push_back(saturated(total));
        self.cohorts.push_back(Vec::new());
        let unknown = self.cohorts.len().saturating_sub(cohorts.len());
        for (at, cohort) in self.cohorts.iter_mut().enumerate() {
            let alive = at.checked_sub(unknown).and_then(|at| cohorts.get(at));
            cohort.push(saturated(alive.copied().unwrap_or(0)));
        }
    }

    /// Forgets the oldest look.
    pub fn forget(&mut self) {
        self.totals.pop_front();
        self.cohorts.pop_front();
    }

    /// Returns the number of looks that are remembered.
    pub fn looks(&self) -> usize {
        self.totals.len()
    }

    /// Returns whether the series had no objects at any look.
    pub fn is_empty(&self) -> bool {
        self.totals.iter().all(|&total| total == 0)
    }

    /// Returns the number of objects at each of the last looks.
    pub fn totals(&self, intervals: usize) -> Vec<u64> {
        let from = self.totals.len().saturating_sub(intervals + 1);
        self.totals
            .range(from..)
            .map(|&total| total.into())
            .collect()
    }

    /// Returns whether objects pile up.
    pub fn accumulation(&self) -> Option<Accumulation> {
        let tries = SPANS.iter().flat_map(|&span| LAGS.map(|lag| (span, lag)));
        tries
            .into_iter()
            .find_map(|(span, lag)| self.over(span, lag))
    }

    fn over(&self, intervals: usize, lag: usize) -> Option<Accumulation> {
        let now = self.totals.len().checked_sub(1)?;
        let before = now.checked_sub(intervals)?;
        let number = intervals.checked_sub(lag).filter(|&of| of >= COHORTS)?;
        let counted: Vec<&Vec<u32>> = self.cohorts.range(before + 1..=now - lag).collect();
        let survivors: Vec<u64> = counted.iter().map(|cohort| last(cohort)).collect();
        if !adds_in_each_part(&survivors) {
            return None;
        }
        // Objects that were alive before, and old enough `lag` intervals later.
        let old_then = self.older(before, before + lag);
        let old_now = self.older(before, now);
        let mut deaths = old_then.saturating_sub(old_now);
        let (mut entered, mut exposure) = (0, 0);
        for cohort in counted {
            let first = u64::from(cohort[lag]);
            entered += first;
            deaths += first.saturating_sub(last(cohort));
            exposure += sum(&cohort[lag..cohort.len() - 1]);
        }
        let of = deaths as f64;
        // An upper bound of the expected number of deaths, if this many are seen.
        let expected = CONFIDENCE + of + (2.0 * of * CONFIDENCE).sqrt();
        let live_long =
            exposure as f64 >= LIFETIME * intervals as f64 * expected && deaths * DEATHS <= entered;
        let is_new_peak = self.lagging(now, lag) > self.peak(lag);
        if !live_long || !is_new_peak || self.gets_smaller(lag) {
            return None;
        }
        Some(Accumulation {
            intervals,
            lag,
            slope: survivors.iter().sum::<u64>() as f64 / number as f64,
        })
    }

    /// Returns whether the cohorts get smaller over all intervals that are remembered.
    pub fn is_filling(&self) -> bool {
        self.totals.len() > 2 && self.gets_smaller(0)
    }

    fn gets_smaller(&self, lag: usize) -> bool {
        let survivors: Vec<u64> = self.cohorts.range(1..).map(|cohort| last(cohort)).collect();
        get_smaller(&survivors) || get_smaller(&survivors[..survivors.len() - lag])
    }

    /// Returns the number of objects born before the look `born` that were alive at the look `at`.
    fn older(&self, born: usize, at: usize) -> u64 {
        let younger = (born + 1..=at).map(|cohort| u64::from(self.cohorts[cohort][at - cohort]));
        u64::from(self.totals[at]).saturating_sub(younger.sum())
    }

    /// Returns the number of objects at a look that had survived this number of intervals.
    fn lagging(&self, at: usize, lag: usize) -> u64 {
        self.older(at.saturating_sub(lag), at)
    }

    fn peak(&self, lag: usize) -> u64 {
        let at = LAGS.iter().position(|&of| of == lag).unwrap_or(0);
        let [this, before] = self.peaks[at];
        this.max(before).into()
    }

    /// Adds the last look to the peaks.
    fn remember_peaks(&mut self, begins_period: bool) {
        let looks = self.totals.len();
        for (at, lag) in LAGS.into_iter().enumerate() {
            // Before that, no age is known.
            if looks > lag {
                let number = saturated(self.lagging(looks - 1, lag));
                let this = &mut self.peaks[at][0];
                *this = number.max(*this);
            }
            if begins_period {
                self.peaks[at] = [0, self.peaks[at][0]];
            }
        }
    }
}

/// Returns whether each fifth of the cohorts has survivors, or each cohort if there are fewer.
fn adds_in_each_part(survivors: &[u64]) -> bool {
    let parts = survivors.len().min(5);
    let end = |part: usize| part * survivors.len() / parts;
    (0..parts).all(|part| sum_of(&survivors[end(part)..end(part + 1)]) > 0)
}

/// Returns whether the younger half has significantly fewer survivors than the older half.
fn get_smaller(survivors: &[u64]) -> bool {
    let half = survivors.len() / 2;
    let older = sum_of(&survivors[..half]) as f64;
    let younger = sum_of(&survivors[survivors.len() - half..]) as f64;
    older - younger > DEVIATIONS * (older + younger).sqrt()
}

fn last(cohort: &[u32]) -> u64 {
    cohort.last().copied().unwrap_or(0).into()
}

fn sum(numbers: &[u32]) -> u64 {
    numbers.iter().copied().map(u64::from).sum()
}

fn sum_of(numbers: &[u64]) -> u64 {
    numbers.iter().sum()
}

fn saturated(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
