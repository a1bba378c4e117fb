//! Finds growth that lasts longer than the load rises, by counts alone.
//!
//! A watcher looks at every series again and again, for months, so a test of significance alone would
//! soon be passed by chance. And a load that rises in the morning is significant, and no leak. Here, the
//! lowest count of the newest third of a series has to be higher than the highest of the oldest third,
//! over at least one and a half periods of the load. The two thirds are then at least half a period
//! long, so each has high counts and low counts of the load; and if they are a period apart, the same
//! ones.

use super::mann_kendall::{p_value_of, score};

/// Minimum number of counts.
const LEAST: usize = 12;

/// Maximum p-value, which is low because there are many looks at many series.
const SIGNIFICANCE: f64 = 1e-4;

/// Minimum growth: a number, and a part of the highest count of the oldest third.
const GROWTH: (u64, u64) = (10, 10);

/// Returns the longest end of the series that rises throughout, if it has at least this number of
/// counts. Leading zeros are left out: the metric did not exist yet.
pub(super) fn long_rise(series: &[u64], least: usize) -> Option<&[u64]> {
    let begun = series.iter().position(|&number| number > 0)?;
    let series = &series[begun..];
    let ends = [0, series.len() / 2, series.len() / 4 * 3].map(|from| &series[from..]);
    ends.into_iter()
        .find(|end| end.len() >= least.max(LEAST) && rises(end))
}

fn rises(series: &[u64]) -> bool {
    let third = series.len() / 3;
    let (oldest, newest) = (&series[..third], &series[series.len() - third..]);
    let high = oldest.iter().copied().max().unwrap_or(0);
    let low = newest.iter().copied().min().unwrap_or(0);
    low >= high + GROWTH.0.max(high / GROWTH.1)
        && score(newest) > 0
        && p_value_of(series) <= SIGNIFICANCE
}

#[cfg(test)]
mod tests {
    use super::long_rise;

    /// Returns counts of a load that rises and falls between 100 and 1000 every 24 counts, with noise.
    fn wave(counts: usize, phase: usize, growth: f64) -> Vec<u64> {
        let mut random = 1u64;
        let wave = (0..counts).map(|at| {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let noise = (random >> 33) as f64 / (1u64 << 31) as f64 * 60.0;
            let turn = (at + phase) as f64 / 24.0 * std::f64::consts::TAU;
            (550.0 - 450.0 * turn.cos() + noise + growth * at as f64) as u64
        });
        wave.collect()
    }

    #[test]
    fn a_load_that_repeats_itself_is_no_rise() {
        for phase in 0..24 {
            for counts in 36..200 {
                let wave = wave(counts, phase, 0.0);
                assert_eq!(long_rise(&wave, 36), None, "{counts} from {phase}");
            }
        }
    }

    #[test]
    fn growth_below_a_load_is_found_after_some_periods() {
        let first =
            |growth| (36..400).find(|&counts| long_rise(&wave(counts, 0, growth), 36).is_some());
        assert!(
            first(50.0).is_some_and(|counts| counts <= 48),
            "{:?}",
            first(50.0)
        );
        assert!(
            first(10.0).is_some_and(|counts| counts <= 240),
            "{:?}",
            first(10.0)
        );
    }

    #[test]
    fn a_rise_has_to_be_long_and_high_enough() {
        let rise: Vec<u64> = (0..40).map(|at| 100 + 3 * at).collect();
        assert_eq!(long_rise(&rise, 36), Some(&rise[..]));
        assert_eq!(long_rise(&rise[..35], 36), None);
        let small: Vec<u64> = (0..40).map(|at| 1000 + at).collect();
        assert_eq!(long_rise(&small, 36), None);
        // It did not exist, and then it was there.
        let late: Vec<u64> = (0..60).map(|at| if at < 30 { 0 } else { 500 }).collect();
        assert_eq!(long_rise(&late, 12), None);
    }
}
