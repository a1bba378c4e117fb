//! `assert_no_growth!`: an operation that is repeated leaves nothing behind.

use std::collections::BTreeMap;
use std::sync::Arc;

use objgraph_core::__private::snapshot_from;
use objgraph_core::{NodeId, NodeRow, Scope, Site, Snapshot, State, shown_name, snapshot};

use super::check::WAIT;
use super::failure::{Failure, Point};
use super::patience::{Patience, is_shared};
use crate::order;
use crate::report::{count_of, in_line};

/// How often the operation is repeated, if nothing else is said: a prime, so that what happens
/// every second or every third time is no multiple of it.
pub(super) const REPEAT: u32 = 7;

/// Caches fill and pools grow in the first rounds.
const WARM_UP: u32 = 2;
/// At most so many lines are told.
const LINES: usize = 10;
/// The numbers of which one is taken to repeat the operation once more.
const CONFIRM: [u32; 2] = [11, 13];

/// Repeats the operation, and looks at what there is more of; what seems to grow is confirmed by
/// more rounds, of another number, and stragglers are waited for.
///
/// # Errors
///
/// If there is more of something, by the same number for each round.
pub(super) fn no_growth(repeat: u32, mut operation: impl FnMut()) -> Result<(), Failure> {
    let repeat = repeat.max(1);
    let around = Scope::current();
    let inside = Scope::new("assert_no_growth!");
    let own = |scope: u32| {
        let around = around.as_ref().unwrap_or(&inside);
        scope == 0 || around.contains(scope)
    };
    let mut run = |rounds: u32| {
        let _entered = inside.enter();
        (0..rounds).for_each(|_| operation());
    };

    run(WARM_UP);
    let first = Measured::now(own);
    run(repeat);
    let second = settled(&first, repeat, own);
    let seen = second.grown_since(&first, repeat);
    if seen.is_empty() {
        return Ok(());
    }
    let again = CONFIRM[usize::from(repeat == CONFIRM[0])];
    run(again);
    // Stragglers had their time.
    let third = Measured::now(own);
    let confirmed: Vec<Grown> = third
        .grown_since(&second, again)
        .into_iter()
        .filter(|grown| {
            seen.iter()
                .any(|seen| (&seen.what, seen.by) == (&grown.what, grown.by))
        })
        .collect();
    match confirmed.is_empty() {
        true => Ok(()),
        false => Err(failure(&confirmed, repeat, again, own)),
    }
}

/// What there is once nothing seems to grow any more, or time is over.
fn settled(before: &Measured, rounds: u32, own: impl Fn(u32) -> bool) -> Measured {
    let mut patience = Patience::new(WAIT);
    loop {
        let now = Measured::now(&own);
        let grown = now.grown_since(before, rounds);
        if !(grown.iter().any(|grown| grown.is_shared) && patience.pause()) {
            return now;
        }
    }
}

/// Of what there can be more.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    /// Objects of a type, made at a place.
    Made(String, Option<Site>),
    /// Objects of a type, made at several places.
    Type(String),
    /// Items of a collection: the type that owns it, and the field.
    Items(String, String),
}

/// How many there are of each.
#[derive(Debug)]
struct Measured(BTreeMap<What, Number>);

/// How many there are, and whether another thread may hold some of it.
#[derive(Clone, Copy, Debug, Default)]
struct Number {
    now: u64,
    is_shared: bool,
}

impl Number {
    fn add(&mut self, other: Self) {
        self.now += other.now;
        self.is_shared |= other.is_shared;
    }

    fn of(now: u64, row: &NodeRow) -> Self {
        Self {
            now,
            is_shared: is_shared(row.holder) || row.state == State::OtherThread,
        }
    }
}

/// What there is more of, and by how many in each round.
#[derive(Debug)]
struct Grown {
    what: What,
    by: u64,
    is_shared: bool,
}

impl Measured {
    /// What there is now of objects of some scopes, of what they lead to, and of roots.
    fn now(own: impl Fn(u32) -> bool) -> Self {
        match snapshot_from(&|scope, _| own(scope), true) {
            Some(snapshot) => Self::of(&snapshot, &own),
            None => Self(BTreeMap::new()),
        }
    }

    fn of(snapshot: &Snapshot, own: impl Fn(u32) -> bool) -> Self {
        let parts = snapshot.parts();
        let mut objects: BTreeMap<(u32, u32), Number> = BTreeMap::new();
        let nodes = parts.nodes.iter().filter(|row| own(row.scope));
        for row in nodes {
            let number = objects.entry((row.type_index, row.site)).or_default();
            number.add(Number::of(1, row));
        }
        let mut items: BTreeMap<(u32, _), Number> = BTreeMap::new();
        for row in snapshot.lengths() {
            let holder = &parts.nodes[row.node.index()];
            if own(holder.scope) {
                let number = items.entry((holder.type_index, row.path)).or_default();
                number.add(Number::of(row.len(), holder));
            }
        }
        let name = |at: u32| parts.types[at as usize].short_name.clone();
        let mut all: BTreeMap<What, Number> = BTreeMap::new();
        let mut add = |what, number| all.entry(what).or_default().add(number);
        for ((type_index, site), number) in objects {
            let site = parts.sites.get(site as usize).cloned();
            add(What::Made(name(type_index), site), number);
            add(What::Type(name(type_index)), number);
        }
        for ((type_index, path), number) in items {
            let path = parts.paths.show_field(path);
            add(What::Items(name(type_index), path), number);
        }
        Self(all)
    }

    /// What there is more of by a multiple of the rounds, most first.
    fn grown_since(&self, before: &Self, rounds: u32) -> Vec<Grown> {
        let rounds = u64::from(rounds);
        let grown = self
            .0
            .iter()
            .filter_map(|(what, &Number { now, is_shared })| {
                let more = now.saturating_sub(before.0.get(what).map_or(0, |number| number.now));
                (more > 0 && more % rounds == 0).then(|| Grown {
                    what: what.clone(),
                    by: more / rounds,
                    is_shared,
                })
            });
        let mut grown: Vec<Grown> = grown.collect();
        // A type is told by itself where no single place makes up for it.
        let told: Vec<String> = grown
            .iter()
            .filter_map(|grown| match &grown.what {
                What::Made(name, _) => Some(name.clone()),
                _ => None,
            })
            .collect();
        grown.retain(|grown| match &grown.what {
            What::Type(name) => !told.contains(name),
            _ => true,
        });
        order::sort_by(&mut grown, |a, b| {
            b.by.cmp(&a.by).then_with(|| a.what.cmp(&b.what))
        });
        grown
    }
}

/// `` +1 `Session` per iteration, made at src/server.rs:88:14 ``.
fn line(Grown { what, by, .. }: &Grown) -> String {
    let name = match what {
        What::Made(name, _) | What::Type(name) | What::Items(name, _) => shown_name(name),
    };
    match what {
        What::Made(_, Some(site)) => format!("+{by} `{name}` per iteration, made at {site}"),
        What::Made(_, None) => format!("+{by} `{name}` per iteration"),
        What::Type(_) => format!("+{by} `{name}` per iteration, made at several places"),
        What::Items(_, path) => {
            let path = in_line(path);
            let items = count_of(usize::try_from(*by).unwrap_or(usize::MAX), "item", "items");
            match path.is_empty() || path.starts_with('[') {
                true => format!("+{items} per iteration in `{name}{path}`"),
                false => format!("+{items} per iteration in `{name}.{path}`"),
            }
        }
    }
}

fn failure(grown: &[Grown], repeat: u32, again: u32, own: impl Fn(u32) -> bool) -> Failure {
    let snapshot = Arc::new(snapshot());
    let last: Vec<NodeId> = grown
        .iter()
        .filter_map(|grown| last_of(&grown.what, &snapshot, &own))
        .collect();
    let mut body: Vec<String> = grown.iter().skip(1).take(LINES).map(line).collect();
    if grown.len() > LINES + 1 {
        body.push(format!("… and {} more", grown.len() - LINES - 1));
    }
    if !body.is_empty() {
        body.push(String::new());
    }
    body.push(format!(
        "So it was in {repeat} iterations, and in {again} more."
    ));
    let points = grown.iter().filter_map(|grown| match &grown.what {
        What::Made(_, Some(site)) => Some(Point {
            site: site.clone(),
            text: line(grown),
        }),
        _ => None,
    });
    let points: Vec<Point> = points.collect();
    let failure = match last.is_empty() {
        true => Failure::new(line(&grown[0]), body.join("\n")),
        false => {
            body.push("For example, the last of them:".to_owned());
            Failure::alive(&snapshot, &last, "").instead(&line(&grown[0]), &body.join("\n"))
        }
    };
    failure.pointing_at(points)
}

/// The object of this kind that was made last.
fn last_of(what: &What, snapshot: &Snapshot, own: impl Fn(u32) -> bool) -> Option<NodeId> {
    let nodes = snapshot.nodes().filter(|node| own(node.scope()));
    let alike = nodes.filter(|node| match what {
        What::Made(name, site) => {
            node.type_info().short_name == *name && node.site() == site.as_ref()
        }
        What::Type(name) => node.type_info().short_name == *name,
        What::Items(..) => false,
    });
    alike
        .max_by_key(|node| (node.epoch(), node.id()))
        .map(|node| node.node_id())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(of: &[(&str, u64)]) -> Measured {
        let of = of.iter().map(|(name, number)| {
            let (name, line) = name.split_once(':').unwrap_or((name, "1"));
            let site = Site {
                file: "a.rs".into(),
                line: line.parse().expect("a number"),
                column: 0,
            };
            let number = Number {
                now: *number,
                is_shared: false,
            };
            (What::Made(name.to_owned(), Some(site)), number)
        });
        let mut all: BTreeMap<What, Number> = of.collect();
        for (what, number) in all.clone() {
            if let What::Made(name, _) = what {
                all.entry(What::Type(name)).or_default().add(number);
            }
        }
        Measured(all)
    }

    #[test]
    fn only_multiples_of_the_rounds_have_grown() {
        let before = measured(&[("A", 3), ("B", 3), ("C", 3), ("D", 3)]);
        let after = measured(&[("A", 10), ("B", 9), ("C", 3), ("D", 1), ("E", 14), ("F", 6)]);
        let grown: Vec<String> = after.grown_since(&before, 7).iter().map(line).collect();
        let lines = [
            "+2 `E` per iteration, made at a.rs:1",
            "+1 `A` per iteration, made at a.rs:1",
        ];
        assert_eq!(grown, lines);
    }

    #[test]
    fn a_type_that_grows_at_several_places_is_told_without_one() {
        let before = measured(&[("A:1", 3), ("A:2", 3)]);
        let after = measured(&[("A:1", 7), ("A:2", 6)]);
        let grown: Vec<String> = after.grown_since(&before, 7).iter().map(line).collect();
        assert_eq!(grown, ["+1 `A` per iteration, made at several places"]);
    }
}
