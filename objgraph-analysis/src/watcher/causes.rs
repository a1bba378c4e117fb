//! Groups what grows by its cause: objects that a growing object holds grow because of it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use objgraph_core::{Node, NodeId, PathId, Segment, Snapshot};

use super::findings::fingerprint_of;
use crate::analysis::{
    Fingerprint, Leaks, Metric, PiledUp, SteadyGrowth, WhyAlive, oldest_since, why_alive,
};

/// Maximum number of causes that are examined at one look; more are at the next.
const CAUSES: usize = 16;

/// Number of looks within which what a reported object holds is found to grow as well.
const LATER: u64 = 24;

/// Maximum number of counts of a report.
const COUNTS: usize = 12;

/// A metric that grows.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub metric: Metric,
    pub counts: Vec<u64>,
    pub every: Duration,
    pub slope: f64,
    /// The epoch in which it began to grow.
    pub since: u32,
}

/// What grows by itself.
pub(super) struct Cause {
    pub growth: Candidate,
    pub why: Option<WhyAlive>,
    /// The container that holds the example.
    pub container: Option<Metric>,
    /// What grows because of it.
    pub with: Vec<Metric>,
}

pub(super) struct Causes;

impl Candidate {
    pub fn piled_up(found: PiledUp, every: Duration) -> Self {
        Self {
            metric: found.metric,
            counts: found.counts,
            every,
            slope: found.slope,
            since: found.since,
        }
    }

    pub fn rise(found: SteadyGrowth, every: Duration) -> Self {
        let counts = &found.series[found.series.len().saturating_sub(COUNTS)..];
        Self {
            metric: found.metric,
            counts: counts.to_vec(),
            every,
            slope: found.slope,
            since: 0,
        }
    }
}

impl Cause {
    /// Lists what needs no other report.
    pub fn metrics(&self) -> impl Iterator<Item = Metric> {
        let own = [Some(self.growth.metric.clone()), self.container.clone()];
        let own = own.into_iter().flatten();
        own.chain(self.with.clone())
    }
}

impl Causes {
    /// Groups what grows, and returns the causes, and what is part of a cause that was reported before.
    /// `looks_since` returns how many looks ago a metric was reported that does not grow now, and 0 for one
    /// that does.
    pub fn of(
        snapshot: &Arc<Snapshot>,
        mut candidates: Vec<Candidate>,
        looks_since: impl Fn(&Metric) -> Option<u64>,
    ) -> (Vec<Cause>, Vec<Metric>) {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        // A line says more than its type.
        let lines = candidates.iter().filter_map(|of| match &of.metric {
            Metric::Site(name, _) => Some(name.clone()),
            _ => None,
        });
        let lines: HashSet<String> = lines.collect();
        candidates.retain(|of| match &of.metric {
            Metric::Type(name) => !lines.contains(name),
            _ => true,
        });
        let mut seen = HashSet::new();
        candidates.retain(|of| seen.insert(of.metric.clone()));
        let growing: HashSet<Metric> = candidates.iter().map(|of| of.metric.clone()).collect();
        candidates.truncate(CAUSES);

        let mut examined: Vec<Cause> = Vec::new();
        let mut explained = Vec::new();
        let mut held_by: HashMap<Metric, Metric> = HashMap::new();
        for growth in candidates {
            let why = example(snapshot, &growth).and_then(|node| {
                let id = snapshot.node(node).id();
                why_alive(snapshot, id)
            });
            let outer = why.as_ref().and_then(|why| {
                let metrics = holders(why, &growth.metric);
                metrics.into_iter().find(|metric| {
                    let was_reported = || looks_since(metric).is_some_and(|ago| ago <= LATER);
                    *metric != growth.metric && (growing.contains(metric) || was_reported())
                })
            });
            match outer {
                Some(outer) if !growing.contains(&outer) => explained.push(growth.metric),
                outer => {
                    held_by.extend(outer.map(|outer| (growth.metric.clone(), outer)));
                    examined.push(Cause {
                        container: why.as_ref().and_then(container),
                        growth,
                        why,
                        with: Vec::new(),
                    });
                }
            }
        }
        let (mut causes, inner): (Vec<Cause>, Vec<Cause>) = examined
            .into_iter()
            .partition(|cause| outermost(&held_by, &cause.growth.metric) == cause.growth.metric);
        for inner in inner {
            let outermost = outermost(&held_by, &inner.growth.metric);
            let mut all = causes.iter_mut();
            // If it is not among those examined, it is at the next look.
            if let Some(cause) = all.find(|cause| cause.growth.metric == outermost) {
                cause.with.push(inner.growth.metric);
            }
        }
        explain_containers(&mut causes, &mut explained);
        (causes, explained)
    }
}

/// Drops the causes that are the container of another cause.
fn explain_containers(causes: &mut Vec<Cause>, explained: &mut Vec<Metric>) {
    let containers = causes.iter().filter_map(|cause| cause.container.clone());
    let containers: HashSet<Metric> = containers.collect();
    causes.retain(|cause| {
        let is_explained = containers.contains(&cause.growth.metric);
        if is_explained {
            explained.push(cause.growth.metric.clone());
        }
        !is_explained
    });
}

/// Merges the causes whose examples are parts of the same kind of leak.
pub(super) fn merged_by_leak(causes: Vec<Cause>, leaks: &Leaks) -> Vec<Cause> {
    let mut merged: Vec<(Option<Fingerprint>, Cause)> = Vec::new();
    for cause in causes {
        let node = cause.why.as_ref().map(WhyAlive::node);
        let of = node.and_then(|node| fingerprint_of(leaks, node));
        let known = merged
            .iter_mut()
            .find(|known| of.is_some() && known.0 == of);
        match known {
            Some((_, first)) => first.with.extend(cause.metrics().collect::<Vec<Metric>>()),
            None => merged.push((of, cause)),
        }
    }
    merged.into_iter().map(|(_, cause)| cause).collect()
}

/// Follows what holds a metric. Of metrics that hold each other, the least is the outermost.
fn outermost(held_by: &HashMap<Metric, Metric>, metric: &Metric) -> Metric {
    let mut path = vec![metric];
    while let Some(outer) = held_by.get(path[path.len() - 1]) {
        if let Some(first) = path.iter().position(|&of| of == outer) {
            let ring = path[first..].iter().copied();
            return ring.min().unwrap_or(outer).clone();
        }
        path.push(outer);
    }
    path[path.len() - 1].clone()
}

/// Lists the lines and types of what holds an example, the outermost first. What owns a container holds its
/// items.
fn holders(why: &WhyAlive, growing: &Metric) -> Vec<Metric> {
    let snapshot = why.snapshot();
    let own = matches!(growing, Metric::Container { .. }).then_some(why.node());
    let nodes = why.retaining_path().iter().map(|step| step.node).chain(own);
    nodes
        .flat_map(|node| metrics_of(snapshot.node(node)))
        .collect()
}

/// Returns an object that grows, or the owner of a container that does.
fn example(snapshot: &Snapshot, growth: &Candidate) -> Option<NodeId> {
    match &growth.metric {
        Metric::Container { .. } => {
            let rows = snapshot.lengths().iter();
            let of =
                rows.filter(|row| Metric::container(snapshot, row.node, row.path) == growth.metric);
            of.max_by_key(|row| row.len()).map(|row| row.node)
        }
        metric => oldest_since(snapshot, metric, growth.since),
    }
}

/// Returns the line and the type of an object.
fn metrics_of(node: Node<'_>) -> Vec<Metric> {
    let name = &node.type_info().name;
    let site = node.site();
    let of_site = site.map(|site| Metric::Site(name.clone(), site.clone()));
    of_site
        .into_iter()
        .chain([Metric::Type(name.clone())])
        .collect()
}

/// Returns the container on the retaining path that is nearest to the object.
fn container(why: &WhyAlive) -> Option<Metric> {
    let snapshot = why.snapshot();
    let mut steps = why.retaining_path().iter().rev();
    steps.find_map(|step| {
        let path = container_path(snapshot, step.path)?;
        Some(Metric::container(snapshot, step.node, path))
    })
}

/// Returns the path of the innermost container that a path leads through.
fn container_path(snapshot: &Snapshot, path: PathId) -> Option<PathId> {
    let paths = &snapshot.parts().paths;
    let mut at = Some(path);
    while let Some(path) = at {
        let parent = paths.parent(path);
        if matches!(paths.segment(path), Segment::Element | Segment::Entry) {
            return parent;
        }
        at = parent;
    }
    None
}
