//! Times one operation over and over.

use crate::clock::Clock;

/// Number of samples of each operation.
const SAMPLES: usize = 25;

/// Returns the seconds of one operation: the minimum of many short samples of `times` operations,
/// since disturbances only add time.
#[inline]
pub(super) fn seconds_each(times: usize, mut operation: impl FnMut(u64)) -> f64 {
    minimum(SAMPLES, || {
        let clock = Clock::start();
        for number in 0..times as u64 {
            operation(number);
        }
        clock.seconds() / times as f64
    })
}

/// Returns the minimum of this number of samples.
pub(super) fn minimum(samples: usize, mut sample: impl FnMut() -> f64) -> f64 {
    let samples = (0..samples).map(|_| sample());
    samples.fold(f64::INFINITY, f64::min)
}
