//! What a service pays that is asked about itself: a scrape of its counters, and the pauses of its
//! threads during a trace.

use std::collections::HashMap;
use std::hint::black_box;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use objgraph::Tracked;
use objgraph::sync::Arc;

use super::readings::Readings;
use crate::clock::Clock;

/// One of many types, each of which one line creates.
#[derive(Tracked)]
struct Item<const TYPE: usize> {
    _number: u64,
}

/// Creates an object of a type, and keeps it.
fn keep<const TYPE: usize>(_number: u64) {
    std::mem::forget(Arc::new(Item::<TYPE> { _number }));
}

/// Names a hundred functions `keep`.
macro_rules! hundred {
    ($($tens:literal)*) => {
        [$(
            keep::<{ 10 * $tens }>, keep::<{ 10 * $tens + 1 }>, keep::<{ 10 * $tens + 2 }>,
            keep::<{ 10 * $tens + 3 }>, keep::<{ 10 * $tens + 4 }>, keep::<{ 10 * $tens + 5 }>,
            keep::<{ 10 * $tens + 6 }>, keep::<{ 10 * $tens + 7 }>, keep::<{ 10 * $tens + 8 }>,
            keep::<{ 10 * $tens + 9 }>
        ),*]
    };
}

const TYPES: [fn(u64); 100] = hundred!(0 1 2 3 4 5 6 7 8 9);

/// Measures a scrape of the counters of `n` objects of a hundred types: the first, and one after it.
pub(crate) fn scrape(n: usize) -> Readings {
    for number in 0..n {
        TYPES[number % TYPES.len()](number as u64);
    }
    let scrape = || {
        let clock = Clock::start();
        let text = objgraph::metrics_text();
        let seconds = clock.seconds();
        assert!(text.lines().count() > 3 * TYPES.len());
        seconds
    };
    let first = scrape();
    vec![("first", first), ("seconds", scrape())]
}

/// What the threads of a service create and drop, and what they keep.
#[derive(Tracked)]
struct Session {
    _number: u64,
    next: Mutex<Option<Arc<Session>>>,
}

impl Session {
    fn new(number: u64) -> Arc<Self> {
        let next = Mutex::new(None);
        Arc::new(Self {
            _number: number,
            next,
        })
    }
}

/// Number of threads that create and drop objects.
const THREADS: usize = 2;

/// Number of traces.
const TRACES: usize = 10;

/// Measures how long the creation and the drop of one object take at most, on two threads at full
/// speed, while `n` objects are traced again and again; and the same while the thread that would
/// trace computes for as long. Where there are fewer processors than threads, the pauses of both are
/// mostly those of the scheduler.
pub(crate) fn pauses(n: usize) -> Readings {
    let kept: Vec<Arc<Session>> = (0..n as u64).map(Session::new).collect();
    for (session, next) in kept.iter().zip(kept.iter().skip(1)) {
        *session.next.lock().expect("no thread panics") = Some(next.clone());
    }
    let mut longest_trace = 0.0_f64;
    let started = Instant::now();
    let traced = times_while(|| {
        for _ in 0..TRACES {
            let started = Instant::now();
            assert!(objgraph::snapshot().len() >= n);
            longest_trace = longest_trace.max(started.elapsed().as_secs_f64());
        }
    });
    let all = started.elapsed();
    let computed = times_while(|| {
        let started = Instant::now();
        let mut number = 0_u64;
        while started.elapsed() < all {
            for _ in 0..1000 {
                number = black_box(number.wrapping_mul(3).wrapping_add(1));
            }
        }
    });
    vec![
        ("trace", longest_trace),
        ("traced median", traced.at(0.5)),
        ("traced 99.9%", traced.at(0.999)),
        ("traced 99.99%", traced.at(0.9999)),
        ("traced maximum", traced.at(1.0)),
        ("computed median", computed.at(0.5)),
        ("computed 99.9%", computed.at(0.999)),
        ("computed 99.99%", computed.at(0.9999)),
        ("computed maximum", computed.at(1.0)),
        ("objects a second", traced.rate()),
        ("objects a second, computed", computed.rate()),
    ]
}

/// All sessions of a service behind one lock.
#[derive(Tracked)]
struct Sessions {
    by_number: Mutex<HashMap<u64, Arc<Session>>>,
}

/// Measures how long a thread waits at most for a lock around `n` objects, while they are traced and while
/// they are not: a visit holds the lock until it has read all items.
pub(crate) fn lock(n: usize) -> Readings {
    let sessions = (0..n as u64).map(|number| (number, Session::new(number)));
    let sessions = Arc::new(Sessions {
        by_number: Mutex::new(sessions.collect()),
    });
    let wait_while = |work: &dyn Fn()| {
        let is_done = AtomicBool::new(false);
        thread::scope(|scope| {
            let waiting = scope.spawn(|| {
                let mut longest = 0.0_f64;
                while !is_done.load(Ordering::Relaxed) {
                    let started = Instant::now();
                    drop(black_box(sessions.by_number.lock()));
                    longest = longest.max(started.elapsed().as_secs_f64());
                    // Otherwise the trace rarely finds the lock free.
                    thread::sleep(Duration::from_micros(50));
                }
                longest
            });
            work();
            is_done.store(true, Ordering::Relaxed);
            waiting.join().expect("it only counts")
        })
    };
    let traced = wait_while(&|| {
        for _ in 0..TRACES {
            assert!(objgraph::snapshot().len() > n);
        }
    });
    let untraced = wait_while(&|| thread::sleep(Duration::from_secs(1)));
    vec![("traced", traced), ("untraced", untraced)]
}

/// Times of single operations, by their logarithm in steps of an eighth.
struct Times {
    steps: Vec<u64>,
    seconds: f64,
}

impl Times {
    fn step(seconds: f64) -> usize {
        ((seconds * 1e9).max(1.0).log2() * 8.0) as usize
    }

    fn rate(&self) -> f64 {
        self.steps.iter().sum::<u64>() as f64 / self.seconds
    }

    /// Returns the time in seconds that this share of the operations did not exceed.
    fn at(&self, share: f64) -> f64 {
        let all: u64 = self.steps.iter().sum();
        let wanted = (all as f64 * share).ceil() as u64;
        let mut seen = 0;
        let step = self.steps.iter().position(|number| {
            seen += number;
            seen >= wanted
        });
        2_f64.powf((step.unwrap_or(0) + 1) as f64 / 8.0) / 1e9
    }
}

/// Times each creation with its drop on the threads, while `work` runs on this one.
fn times_while(work: impl FnOnce()) -> Times {
    let is_done = AtomicBool::new(false);
    let started = Instant::now();
    let steps = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|_| {
                scope.spawn(|| {
                    let mut steps = vec![0_u64; 8 * 64];
                    // Relaxed: nothing else is read because of it.
                    while !is_done.load(Ordering::Relaxed) {
                        let started = Instant::now();
                        drop(black_box(Session::new(0)));
                        steps[Times::step(started.elapsed().as_secs_f64())] += 1;
                    }
                    steps
                })
            })
            .collect();
        work();
        is_done.store(true, Ordering::Relaxed);
        let mut all = vec![0_u64; 8 * 64];
        for thread in threads {
            let steps = thread.join().expect("it only counts");
            all.iter_mut()
                .zip(steps)
                .for_each(|(all, steps)| *all += steps);
        }
        all
    });
    Times {
        steps,
        seconds: started.elapsed().as_secs_f64(),
    }
}
