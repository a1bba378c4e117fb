//! `Arc`s created and dropped by one thread, then by two at once.
#![expect(dead_code, reason = "what is measured is the making")]

use std::hint::black_box;
use std::sync::{Barrier, Mutex};
use std::thread;

use super::readings::Readings;
use crate::clock::Clock;
use crate::samples::Samples;

/// How often one thread and two threads take turns.
const TURNS: usize = 5;

/// Number of samples of each thread in a turn.
const SAMPLES: usize = 9;

/// Defines a function that measures objects linked by `$Pointer`.
macro_rules! threads {
    ($(#[$attribute:meta])* $name:ident, $($Pointer:tt)::+) => {
        pub(crate) fn $name(n: usize) -> Readings {
            $(#[$attribute])*
            struct Node {
                id: u64,
                next: Mutex<Option<$($Pointer)::+<Node>>>,
            }
            let work = || {
                for id in 0..n as u64 {
                    let next = Mutex::new(None);
                    drop(black_box($($Pointer)::+::new(Node { id, next })));
                }
            };
            // Alternates, since the second thread may be slow for a while.
            let turns = (0..TURNS).map(|_| (throughput(1, n, &work), throughput(2, n, &work)));
            let (one, two): (Vec<f64>, Vec<f64>) = turns.unzip();
            vec![("one", median(one)), ("two", median(two))]
        }
    };
}

/// Returns how often per second `work`, which does something `n` times, is done by this many
/// threads. Each has a clock of its own, which stops while the thread has no processor.
fn throughput(threads: usize, n: usize, work: &(impl Fn() + Sync)) -> f64 {
    let start = Barrier::new(threads);
    let measure_one = || {
        work();
        start.wait();
        let samples = (0..SAMPLES).map(|_| {
            let clock = Clock::start();
            work();
            n as f64 / clock.seconds()
        });
        median(samples.collect())
    };
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(measure_one)).collect();
        let rates = running.into_iter().map(|thread| thread.join());
        rates.map(|rate| rate.unwrap_or(f64::NAN)).sum()
    })
}

fn median(rates: Vec<f64>) -> f64 {
    Samples::new(rates).map_or(f64::NAN, |rates| rates.median())
}

threads!(std_arc, std::sync::Arc);
threads!(
    #[derive(objgraph::Tracked)]
    our_arc,
    objgraph::sync::Arc
);
