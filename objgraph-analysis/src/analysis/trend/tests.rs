use objgraph_core::{NodeId, Site};

use super::{Metric, Trend};
use crate::analysis::testkit::Kit;

/// Observes snapshots with these numbers of nodes and sessions.
fn observed(counts: &[(usize, u64)]) -> Trend {
    let mut trend = Trend::new();
    for &(nodes, sessions) in counts {
        let mut kit = Kit::new();
        let server = kit.node("app::Server", 1);
        for _ in 0..nodes {
            kit.node("app::Node", 1);
        }
        kit.length(server, "sessions", sessions);
        trend.observe(&kit.snapshot());
    }
    trend
}

fn steady(counts: &[(usize, u64)]) -> Vec<Metric> {
    let steady = observed(counts).steady_growth();
    steady.into_iter().map(|one| one.metric).collect()
}

fn sessions() -> Metric {
    Metric::Container {
        holder: "app::Server".to_owned(),
        path: "sessions".to_owned(),
    }
}

#[test]
fn endless_growth_is_steady() {
    let site = Site {
        file: "src/app.rs".into(),
        line: 11,
        column: 5,
    };
    let counts: Vec<(usize, u64)> = (0..8).map(|at| (3 + at, 10 * (at as u64 + 1))).collect();
    let trend = observed(&counts);
    let steady = trend.steady_growth();
    let slopes: Vec<(&Metric, f64)> = steady.iter().map(|one| (&one.metric, one.slope)).collect();
    let of_type = Metric::Type("app::Node".to_owned());
    let of_site = Metric::Site("app::Node".to_owned(), site);
    assert_eq!(
        slopes,
        [(&sessions(), 10.0), (&of_type, 1.0), (&of_site, 1.0)]
    );
    assert_eq!(trend.series(&of_type).unwrap(), [3, 4, 5, 6, 7, 8, 9, 10]);
    assert_eq!(trend.len(), 8);
}

#[test]
fn noise_is_not_steady() {
    // A pool that breathes, a cache that fills, one burst, and a series that shrinks.
    let pool = [3, 9, 4, 8, 3, 9, 4, 8, 5, 9];
    let cache = [1, 5, 9, 12, 12, 12, 12, 12, 12, 12];
    let burst = [4, 4, 4, 4, 4, 4, 4, 4, 4, 900];
    let shrinks = [9, 8, 7, 6, 5, 4, 3, 2, 1, 0];
    for series in [pool, cache, burst, shrinks] {
        let counts: Vec<(usize, u64)> = series.iter().map(|&at| (at, at as u64)).collect();
        assert_eq!(steady(&counts), [], "{series:?}");
    }
    assert_eq!(steady(&[(1, 1), (2, 2), (3, 3), (4, 4)]), []);
}

#[test]
fn growth_with_noise_is_steady() {
    let series: [usize; 12] = [5, 9, 8, 14, 12, 18, 15, 22, 21, 27, 24, 30];
    let counts: Vec<(usize, u64)> = series.iter().map(|&at| (7, at as u64)).collect();
    assert_eq!(steady(&counts), [sessions()]);
}

/// The counts of a type that appears later begin with zeros.
#[test]
fn a_type_that_appears_later_starts_at_zero() {
    let mut trend = Trend::new();
    for number in [0, 0, 1, 2, 0] {
        let mut kit = Kit::new();
        let _: Vec<NodeId> = (0..number).map(|_| kit.node("app::Late", 1)).collect();
        trend.observe(&kit.snapshot());
    }
    let late = Metric::Type("app::Late".to_owned());
    assert_eq!(trend.series(&late).unwrap(), [0, 0, 1, 2, 0]);
}

/// Observes this number of snapshots, in which a list grows by one each time, with a history of 8.
fn bounded(snapshots: u64) -> Trend {
    let mut trend = Trend::with_history(8);
    for number in 0..snapshots {
        let mut kit = Kit::new();
        let server = kit.node("app::Server", 1);
        kit.length(server, "sessions", number + 1);
        if number < 3 {
            kit.node("app::Early", 1);
        }
        // The name of a root may be new each time.
        let request = kit.root_value("app::Request", &format!("request {number}"));
        kit.length(request, "rows", 1);
        trend.observe(&kit.snapshot());
    }
    trend
}

#[test]
fn a_bounded_history_is_thinned_and_reaches_back_to_the_beginning() {
    for (snapshots, stride, series) in [
        (7, 1, &[1, 2, 3, 4, 5, 6, 7][..]),
        (8, 2, &[1, 3, 5, 7]),
        (9, 2, &[1, 3, 5, 7, 9]),
        (16, 4, &[1, 5, 9, 13]),
        (1000, 256, &[1, 257, 513, 769]),
    ] {
        let trend = bounded(snapshots);
        assert_eq!((trend.len(), trend.stride()), (series.len(), stride));
        assert_eq!(trend.series(&sessions()).unwrap(), series);
    }
}

#[test]
fn a_bounded_history_forgets_what_has_vanished() {
    let trend = bounded(1000);
    assert_eq!(trend.series(&Metric::Type("app::Early".to_owned())), None);
    // The server by type and by line, its list, and what the last snapshots had.
    assert!(trend.series.iter().count() <= 3 + 3 * 4);
}
