//! One operation, timed over and over.

use crate::clock::Clock;

/// How many samples are taken of each operation.
const SAMPLES: usize = 25;

/// Seconds for one operation: the least of many short samples of `times` each, since what
/// disturbs a sample only ever adds to it.
#[inline]
pub(super) fn seconds_each(times: usize, mut operation: impl FnMut(u64)) -> f64 {
    least(SAMPLES, || {
        let clock = Clock::start();
        for number in 0..times as u64 {
            operation(number);
        }
        clock.seconds() / times as f64
    })
}

/// The least of so many samples.
pub(super) fn least(samples: usize, mut sample: impl FnMut() -> f64) -> f64 {
    let samples = (0..samples).map(|_| sample());
    samples.fold(f64::INFINITY, f64::min)
}
