//! What a watcher reports, as plain data.

use std::time::Duration;

use objgraph_core::{NodeId, ObjectId, Site};

use super::causes::Cause;
use crate::analysis::{AliveReason, Fingerprint, LeakKind, Leaks, Metric, ShownNames};
use crate::order::SortedMap;
use crate::report::{metric_text, place};
use crate::words::Names;

/// Something that a [`Watcher`](super::Watcher) found. Plain data; prints as some lines of at most 80
/// columns, where names allow.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum WatchReport {
    /// Something grows steadily.
    Growth(GrowthReport),
    /// A kind of leak has appeared.
    Leak(LeakReport),
    /// Reports of this day were left out.
    LeftOut(LeftOutReport),
}

/// Something that grows steadily.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct GrowthReport {
    /// What is counted.
    pub metric: Metric,
    /// The type that grows, as reports show it; empty if the items of a container are no objects.
    pub type_name: String,
    /// The line that creates the objects; `None` if no single line grows.
    pub site: Option<Site>,
    /// The container that holds the example, as `Server.sessions`.
    pub container: Option<String>,
    /// The counts of the last looks, the oldest first.
    pub counts: Vec<u64>,
    /// The time between two of the counts.
    pub every: Duration,
    /// Growth from one count to the next, of what stays.
    pub slope: f64,
    /// An object that stayed, if it is of a type or a line.
    pub example: Option<ObjectId>,
    /// The shortest chain of strong references to the example, from what holds it:
    /// `Server.sessions[3] → Session`.
    pub chain: String,
    /// What holds the beginning of the chain. Rings are empty, since they are parts of a snapshot.
    pub held_by: Option<AliveReason>,
    /// The kind of leak that the example is part of.
    pub fingerprint: Option<Fingerprint>,
    /// What grows because of it: the objects that these objects hold.
    pub with_it: Vec<String>,
}

/// A kind of leak that has appeared.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeakReport {
    /// The fingerprint of the kind.
    pub fingerprint: Fingerprint,
    /// Whether it has leaked only if inferred references are what they look like.
    pub is_likely: bool,
    /// Number of objects.
    pub objects: usize,
    /// Number of bytes that would be freed with them.
    pub retained: u64,
    /// The objects by type and line, most first.
    pub sites: Vec<SiteCount>,
    /// The cycle that keeps them alive: `Node.next → Node.next → (the first)`.
    pub chain: String,
    /// The fields to make `Weak`, if making them so frees the objects.
    pub fix: Option<String>,
}

/// Number of objects of one type that one line created.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SiteCount {
    /// The type, as reports show it.
    pub type_name: String,
    /// The line, if it is known.
    pub site: Option<Site>,
    /// Number of objects.
    pub objects: usize,
}

/// Reports that were left out, because the page of the day was full.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeftOutReport {
    /// Number of reports. What still grows is reported on the next day.
    pub reports: usize,
    /// Maximum number of lines in a day.
    pub lines_a_day: usize,
}

/// Maximum number of steps of a chain that are shown; of a longer one, the beginning and the end are.
const STEPS: usize = 8;

impl GrowthReport {
    pub(super) fn of(leaks: &Leaks, cause: &Cause) -> Self {
        let names = Names::of(leaks.snapshot());
        let shown = ShownNames::of(leaks.snapshot());
        let growth = &cause.growth;
        let (type_name, site) = match &growth.metric {
            Metric::Type(name) => (shown.get(name).into_owned(), None),
            Metric::Site(name, site) => (shown.get(name).into_owned(), Some(site.clone())),
            Metric::Container { .. } => (String::new(), None),
        };
        let why = cause.why.as_ref();
        let steps = why.map_or_else(Vec::new, |why| {
            let steps = why.retaining_path().iter();
            let steps = steps.map(|step| names.place(step.path, step.index));
            let end = why.snapshot().node(why.node());
            let end = names.get(end.type_index()).to_owned();
            steps.chain([end]).collect()
        });
        let held_by = why.map(|why| match why.reason() {
            AliveReason::Leaked { .. } => AliveReason::Leaked { ring: Vec::new() },
            AliveReason::LikelyLeaked { .. } => AliveReason::LikelyLeaked { ring: Vec::new() },
            other => other.clone(),
        });
        let container = match &growth.metric {
            own @ Metric::Container { .. } => Some(own),
            _ => cause.container.as_ref(),
        };
        let is_object = !matches!(growth.metric, Metric::Container { .. });
        Self {
            metric: growth.metric.clone(),
            type_name,
            site,
            container: container.and_then(|metric| match metric {
                Metric::Container { holder, path } => Some(place(&shown, holder, path)),
                _ => None,
            }),
            counts: growth.counts.clone(),
            every: growth.every,
            slope: growth.slope,
            example: why
                .filter(|_| is_object)
                .map(|why| why.snapshot().node(why.node()).id()),
            chain: shortened(steps).join(" → "),
            held_by,
            fingerprint: why.and_then(|why| fingerprint_of(leaks, why.node())),
            with_it: cause
                .with
                .iter()
                .map(|with| metric_text(&shown, with))
                .collect(),
        }
    }
}

impl LeakReport {
    pub(super) fn of(
        leaks: &Leaks,
        kind: &LeakKind,
        members: impl Iterator<Item = NodeId>,
        is_likely: bool,
    ) -> Self {
        let snapshot = leaks.snapshot();
        let names = Names::of(snapshot);
        let mut rows: SortedMap<(usize, Option<&Site>), usize> = SortedMap::new();
        for node in members.map(|node| snapshot.node(node)) {
            *rows.get_or_default((node.type_index(), node.site())) += 1;
        }
        let sites = rows.into_rows().into_iter();
        let sites = sites.map(|((of, site), objects)| SiteCount {
            type_name: names.get(of).to_owned(),
            site: site.cloned(),
            objects,
        });
        let mut sites: Vec<SiteCount> = sites.collect();
        crate::order::sort_by(&mut sites, |a, b| b.objects.cmp(&a.objects));
        let ring = kind.rings.first().map_or(&[][..], Vec::as_slice);
        let steps = ring.iter().map(|step| names.place(step.path, step.index));
        let steps = steps.chain(["(the first)".to_owned()]).collect();
        let fix = kind.fixes.first().map(|fix| {
            let fields = fix.fields.iter().map(|field| names.field(field));
            fields.collect::<Vec<String>>().join(", ")
        });
        Self {
            fingerprint: kind.fingerprint,
            is_likely,
            objects: kind.objects,
            retained: kind.retained,
            sites,
            chain: shortened(steps).join(" → "),
            fix: fix.filter(|fields| !fields.is_empty()),
        }
    }
}

/// Returns the kind of leak that an object is part of.
pub(super) fn fingerprint_of(leaks: &Leaks, node: NodeId) -> Option<Fingerprint> {
    let proven = (leaks.kinds(), leaks.nodes());
    let likely = (leaks.likely_kinds(), leaks.likely_nodes());
    [proven, likely].into_iter().find_map(|(kinds, nodes)| {
        let at = nodes.binary_search(&node).ok()?;
        let kind = kinds.kind_of_each().nth(at)??;
        Some(kinds.all()[kind].fingerprint)
    })
}

/// Returns the steps of a chain, without most of a long one.
fn shortened(mut steps: Vec<String>) -> Vec<String> {
    if steps.len() > STEPS {
        let left_out = steps.len() - STEPS + 1;
        steps.splice(
            STEPS / 2..STEPS / 2 + left_out,
            [format!("… {left_out} more …")],
        );
    }
    steps
}
