use super::AgeWatch;
use super::ages::{AgeHistory, WINDOW};
use super::load::{Load, Population};
use crate::analysis::Metric;
use crate::analysis::testkit::Kit;

/// Returns the interval after which objects of these loads, all of one line, are found to pile up.
fn found(loads: &[Load], seed: u64, intervals: u64) -> Option<u64> {
    let populations = loads.iter().zip(1..);
    let mut populations: Vec<Population> = populations
        .map(|(&load, number)| Population::new(load, seed * 31 + number))
        .collect();
    let mut history = AgeHistory::default();
    (0..=intervals).find(|&at| {
        let (mut total, mut cohorts) = (0, vec![0; at.min(WINDOW as u64) as usize]);
        for population in &mut populations {
            if at > 0 {
                population.pass();
            }
            let (alive, ages) = population.ages();
            total += alive;
            cohorts
                .iter_mut()
                .zip(ages)
                .for_each(|(sum, age)| *sum += age);
        }
        if history.looks() > WINDOW {
            history.forget();
        }
        history.push(total, &cohorts, at % 288 == 0);
        history.accumulation().is_some()
    })
}

/// Returns in how many of the runs objects were found to pile up within a number of intervals.
fn found_in(runs: u64, loads: &[Load], intervals: u64) -> usize {
    let runs = 0..runs;
    runs.filter(|&seed| found(loads, seed, intervals).is_some())
        .count()
}

#[test]
fn a_steady_leak_is_found_within_five_intervals() {
    for number in [5, 10, 1000] {
        assert_eq!(found(&[Load::EvenLeak { number }], 0, 99), Some(5));
    }
    for rate in [10.0, 100.0, 400.0] {
        let within_five = found_in(50, &[Load::Leak { rate }], 5);
        assert!(within_five >= 45, "{rate}: {within_five} of 50");
    }
}

#[test]
fn a_slow_leak_is_found_later() {
    assert_eq!(found(&[Load::EvenLeak { number: 3 }], 0, 99), Some(10));
    assert_eq!(found(&[Load::EvenLeak { number: 1 }], 0, 99), Some(20));
    assert_eq!(found_in(20, &[Load::Leak { rate: 1.0 }], 60), 20);
}

#[test]
fn short_lived_objects_of_the_same_line_do_not_hide_a_leak() {
    for (lasting, intervals) in [(0.1, 6), (0.3, 10), (1.0, 25)] {
        let sessions = Load::Sessions {
            rate: 60.0,
            lasting,
            begun: (60.0 * lasting) as u64,
        };
        let loads = [sessions, Load::Leak { rate: 30.0 }];
        let number = found_in(20, &loads, intervals);
        assert!(number >= 18, "{lasting}: {number} of 20");
    }
}

/// Each run is some days of looks at one line, every five minutes.
#[test]
fn load_without_a_leak_is_never_found() {
    let mut loads = Vec::new();
    for (rate, lasting) in [
        (0.5, 0.3),
        (5.0, 1.0),
        (50.0, 0.3),
        (20.0, 3.0),
        (5.0, 10.0),
    ] {
        for begun in [0, (rate * lasting) as u64] {
            loads.push(Load::Sessions {
                rate,
                lasting,
                begun,
            });
        }
        let period = 288.0;
        loads.push(Load::Wave {
            rate,
            lasting,
            period,
        });
    }
    for used in [5.0, 50.0] {
        let period = 4.0;
        loads.push(Load::Pool {
            used,
            swing: 0.0,
            period,
        });
        loads.push(Load::Pool {
            used,
            swing: 50.0,
            period,
        });
    }
    for is_skewed in [false, true] {
        loads.push(Load::Cache {
            entries: 100,
            keys: 1000,
            lookups: 100.0,
            is_skewed,
        });
        loads.push(Load::Cache {
            entries: 100,
            keys: 100,
            lookups: 100.0,
            is_skewed,
        });
    }
    for load in loads {
        let days = match load {
            Load::Cache { .. } => 5,
            _ => 15,
        };
        assert_eq!(found_in(3, &[load], 288 * days), 0, "{load:?}");
    }
}

/// Counts in the test below.
fn watched(numbers: impl Fn(u32) -> Vec<u32>, looks: u32) -> AgeWatch {
    let mut watch = AgeWatch::default();
    for look in 1..=looks {
        let mut kit = Kit::new();
        kit.epoch(look);
        for (epoch, number) in (0..).zip(numbers(look)) {
            for _ in 0..number {
                let node = kit.node("app::Node", 1);
                kit.row(node).epoch = epoch;
            }
        }
        watch.look(&kit.snapshot(), false);
    }
    watch
}

#[test]
fn ages_are_read_from_snapshots() {
    // At each look, ten objects more, and no old one is gone.
    let watch = watched(|look| vec![10; look as usize], 6);
    let found = watch.piled_up();
    assert_eq!(found.len(), 2, "the type and the site");
    assert_eq!(found[0].metric, Metric::Type("app::Node".to_owned()));
    assert!(matches!(&found[1].metric, Metric::Site(_, site) if site.line == 10));
    for found in found {
        assert_eq!(found.counts, [10, 20, 30, 40, 50, 60]);
        assert_eq!((found.slope, found.since), (10.0, 1));
    }
    // The same counts, of objects that are replaced at each look.
    let young = watched(
        |look| {
            let mut ages = vec![0; look as usize];
            ages[look as usize - 1] = 10 * look;
            ages
        },
        6,
    );
    assert_eq!(young.piled_up(), []);
}

#[test]
fn what_has_vanished_is_forgotten() {
    let watch = watched(|look| vec![u32::from(look == 1)], 1 + WINDOW as u32);
    assert!(watch.is_empty());
    assert_eq!(watched(|_| vec![1], 100).len(), 2);
}
