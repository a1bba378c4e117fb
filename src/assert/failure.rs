//! Why an assertion failed, as text for people.

use std::sync::Arc;
use std::{error, fmt};

use objgraph_core::__private::with_report;
use objgraph_core::{NodeId, Site, Snapshot, shown_name};

use super::surroundings::Surroundings;
use super::test_name::TestName;
use crate::analysis::{AliveObjects, ExternalHandles, LeakKind, Leaks, UnprovenObjects};
use crate::ask::{Picture, backrefs_in, picture_of_leaks, with_labels};
use crate::draw::Drawing;
use crate::order::{self, SortedMap};
use crate::report::{left_out_in_line, still_alive, unproven_text};
use crate::words::{count as count_of, in_line};

/// Why an assertion about leaks failed. Prints as the whole explanation, after a short first line.
#[derive(Clone, Debug)]
pub struct Failure {
    headline: String,
    body: String,
    points: Vec<Point>,
    picture: Option<Box<Drawing>>,
    found: Found,
}

/// What a check found, as data.
#[derive(Clone, Debug, Default)]
pub(super) enum Found {
    /// Nothing that leaked or may have.
    #[default]
    Other,
    /// Leaks, proven or likely.
    Leaks(Box<Leaks>),
    /// Objects that may have leaked.
    Unproven(Box<UnprovenObjects>),
}

/// A place in the source, with a text about it.
#[derive(Clone, Debug)]
pub(super) struct Point {
    pub(super) site: Site,
    pub(super) text: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.headline)?;
        match self.body.is_empty() {
            true => Ok(()),
            false => write!(f, "\n\n{}", self.body.trim_end()),
        }
    }
}

impl error::Error for Failure {}

impl Failure {
    pub(super) fn new(headline: impl Into<String>, body: impl Into<String>) -> Self {
        Self {
            headline: headline.into(),
            body: body.into(),
            points: Vec::new(),
            picture: None,
            found: Found::Other,
        }
    }

    /// Returns the failure for leaks, or for likely ones if nothing has leaked for certain.
    pub(super) fn leaked(leaks: Leaks, test: Option<&TestName>, hints: &[String]) -> Self {
        if !crate::HAS_OBJECTS {
            return Self::new("", "");
        }
        let headline = headline(&leaks);
        // A label may wait for a lock: then the headline is announced.
        let announced = headline.clone();
        // A record must not run code of the program that its test does not run.
        let is_recorded = Surroundings::now().record.is_some();
        let leaks = match is_recorded {
            true => leaks,
            false => with_report(move || announced.clone(), || with_labels(leaks)),
        };
        let kinds = leaks.kinds().all().iter().chain(leaks.likely_kinds().all());
        let mut body = leaks.to_string();
        if leaks.is_empty() && test.is_some() {
            body.push_str(
                "\n\nThis is not proven; `allow_likely` lets tests pass that have only likely leaked.",
            );
        }
        for hint in hints {
            body.push_str(&format!("\n\n{hint}"));
        }
        if test.is_some_and(|test| test.package.is_some()) && !is_recorded {
            body.push_str(
                "\n\nIf it has to stay for now, OBJGRAPH_UPDATE=1 adds it to objgraph-leaks.toml.",
            );
        }
        Self {
            points: kinds.filter_map(|kind| Point::of(kind, &leaks)).collect(),
            picture: picture_of_leaks(&leaks)
                .and_then(|picture| draw(&headline, &body, &picture.labels(!is_recorded))),
            headline,
            body,
            found: Found::Leaks(Box::new(leaks)),
        }
    }

    /// Returns the failure of a strict check, for objects that are alive and may have leaked.
    pub(super) fn unproven(unproven: &UnprovenObjects) -> Self {
        if !crate::HAS_OBJECTS {
            return Self::new("", "");
        }
        let number = unproven.nodes().count();
        let nodes = unproven.nodes().map(|node| node.node_id());
        let site = unproven.nodes().find_map(|node| {
            Some(Point {
                site: node.site()?.clone(),
                text: format!("{} may have leaked", node.type_info().short_name),
            })
        });
        let headline = match number {
            0 => format!(
                "objects that were left out by choice may have leaked: {}",
                left_out_in_line(unproven)
            ),
            _ => format!(
                "{} may have leaked: {}",
                count_of(number, "object", "objects"),
                types(unproven.snapshot(), nodes)
            ),
        };
        Self {
            headline,
            body: format!(
                "Strict checks fail where they cannot prove that nothing leaked.\n\n{}",
                unproven_text(unproven)
            ),
            points: site.into_iter().collect(),
            picture: None,
            found: Found::Unproven(Box::new(unproven.clone())),
        }
    }

    /// Returns the failure for objects that are alive and should not be. `what` says when.
    pub(super) fn alive(snapshot: &Arc<Snapshot>, nodes: &[NodeId], what: &str) -> Self {
        if !crate::HAS_OBJECTS {
            return Self::new("", "");
        }
        let starts = nodes.iter().copied().take(3);
        let picture = backrefs_in(snapshot, starts).too_many(4);
        let site = |node: &NodeId| {
            let node = snapshot.node(*node);
            let text = format!(
                "{} is still alive",
                shown_name(&node.type_info().short_name)
            );
            Some(Point {
                site: node.site()?.clone(),
                text,
            })
        };
        let headline = format!(
            "{} still alive {what}: {}",
            match nodes.len() {
                1 => "1 object is".to_owned(),
                number => format!("{number} objects are"),
            },
            types(snapshot, nodes.iter().copied())
        );
        let objects = AliveObjects::of(snapshot, nodes);
        let body = still_alive(&objects);
        Self {
            picture: draw(&headline, &body, &picture),
            headline,
            body,
            points: nodes
                .iter()
                .find_map(site)
                .into_iter()
                .chain(Point::of_handles(&objects))
                .collect(),
            found: Found::Other,
        }
    }

    /// Replaces the headline, and puts `body` before the rest.
    pub(super) fn instead(mut self, headline: &str, body: &str) -> Self {
        self.headline = headline.to_owned();
        if !body.is_empty() {
            self.body = format!("{body}\n\n{}", self.body);
        }
        self
    }

    /// Appends another failure.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.body = format!("{}\n\n{other}", self.body.trim_end());
        self.points.extend(other.points);
        self.picture = self.picture.or(other.picture);
        if let Found::Other = self.found {
            self.found = other.found;
        }
        self
    }

    pub(super) fn pointing_at(mut self, points: Vec<Point>) -> Self {
        self.points = points;
        self
    }

    pub(super) fn headline(&self) -> &str {
        &self.headline
    }

    pub(super) fn points(&self) -> &[Point] {
        &self.points
    }

    pub(super) fn found(&self) -> &Found {
        &self.found
    }

    pub(super) fn picture(&self) -> Option<&Drawing> {
        self.picture.as_deref()
    }
}

/// Draws the picture of a failure. If a label in it does not end, the text of the failure is
/// announced.
fn draw(headline: &str, body: &str, picture: &Picture<'_>) -> Option<Box<Drawing>> {
    let words = format!("{headline}\n\n{}", body.trim_end());
    let drawing = with_report(move || words.clone(), || picture.drawing());
    drawing.ok().map(Box::new)
}

/// Returns `2 objects leaked (Node): leak-0123456789abcdef`.
fn headline(leaks: &Leaks) -> String {
    let (kinds, number, leaked) = match leaks.is_empty() {
        true => (
            leaks.likely_kinds(),
            leaks.likely_leaked().len(),
            "likely leaked",
        ),
        false => (leaks.kinds(), leaks.len(), "leaked"),
    };
    let kinds = kinds.all();
    let objects = count_of(number, "object", "objects");
    let types = match kinds.first() {
        Some(kind) => types(leaks.snapshot(), kind.groups[0].cycle.iter().copied()),
        None => String::new(),
    };
    match kinds {
        [kind] => format!("{objects} {leaked} ({types}): {}", kind.fingerprint),
        [kind, others @ ..] => format!(
            "{objects} {leaked} ({types}, …): {} and {} more",
            kind.fingerprint,
            others.len()
        ),
        [] => format!("{objects} {leaked}"),
    }
}

/// Lists the types of these objects, the most frequent first and at most three.
fn types(snapshot: &Snapshot, nodes: impl Iterator<Item = NodeId>) -> String {
    let mut counts: SortedMap<&str, usize> = SortedMap::new();
    for node in nodes {
        let info = snapshot.node(node).type_info();
        *counts.get_or_default(&info.short_name) += 1;
    }
    let mut counts = counts.into_rows();
    order::sort_by(&mut counts, |a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let first = counts.iter().take(3);
    let mut names: Vec<_> = first.map(|count| shown_name(count.0)).collect();
    if counts.len() > names.len() {
        names.push("…".into());
    }
    names.join(", ")
}

impl Point {
    /// Returns where the external handles to these objects were made; at most three places.
    fn of_handles(objects: &AliveObjects) -> Vec<Self> {
        let text = match objects.nodes() {
            [node] => {
                let node = objects.snapshot().node(*node);
                shown_name(&node.type_info().short_name).into_owned()
            }
            _ => "what should have been dropped".to_owned(),
        };
        let point = |one: &ExternalHandles| Self {
            site: one.site.clone(),
            text: format!("a handle made here still holds {text}"),
        };
        objects.handles().iter().take(3).map(point).collect()
    }

    /// Returns where the first object of the cycle that has a site was made, and what to change.
    fn of(kind: &LeakKind, leaks: &Leaks) -> Option<Self> {
        let group = kind.groups.first()?;
        let objects = group.cycle.iter().chain(&group.objects);
        let made = objects
            .filter_map(|&node| {
                let node = leaks.snapshot().node(node);
                Some((node.site()?, shown_name(&node.type_info().short_name)))
            })
            .next();
        let (site, name) = made?;
        let what = count_of(kind.objects, "object", "objects");
        let likely = match leaks.nodes().binary_search(group.cycle.first()?) {
            Ok(_) => "",
            Err(_) => "likely ",
        };
        let fingerprint = kind.fingerprint;
        let mut text = format!("{what} {likely}leaked with this {name} ({fingerprint})");
        if let Some(fix) = kind.fixes.first() {
            let change = fix.change(&|field| in_line(&field.to_string()).into_owned());
            text.push_str(&format!(": {change}"));
        }
        Some(Self {
            site: site.clone(),
            text,
        })
    }
}
