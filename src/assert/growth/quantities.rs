//! Quantities that can grow: objects, items of collections, bytes of texts, and zombies.

use objgraph_core::__private::Measurement;
use objgraph_core::{LengthRow, Node, NodeRow, Site, State};

use super::rule::{self, Pace};
use crate::analysis::{ShownNames, declaring};
use crate::assert::patience::is_shared;
use crate::order::{self, SortedMap};
use crate::words::{count as count_of, joined};

/// A quantity that can grow. Types are named in full.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Quantity {
    /// Objects of a type, made at a site.
    Made(String, Option<Site>),
    /// Objects of a type, made at any site.
    Type(String),
    /// Items of collections: the type or root that owns them, and the path in it.
    Items(String, String),
    /// Bytes of texts: the type or root that owns them, and the path in it.
    Text(String, String),
    /// Allocations of dropped values that weak references keep: the type and site of the values.
    Zombies(String, Site),
    /// Objects of a type, made at a site by other threads outside of every scope. Their growth does
    /// not fail the assertion.
    Strays(String, Site),
}

/// The amount of a quantity, and whether another thread may hold some of it.
#[derive(Clone, Copy, Debug, Default)]
struct Amount {
    now: u64,
    is_shared: bool,
}

impl Amount {
    fn add(&mut self, other: Self) {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        self.now += other.now;
        self.is_shared |= other.is_shared;
    }

    fn of(now: u64, row: &NodeRow) -> Self {
        Self {
            now,
            is_shared: is_shared(row.pointer_kind) || row.state == State::OtherThread,
        }
    }
}

/// The amounts of all quantities at one time.
#[derive(Debug)]
pub(super) struct Amounts(SortedMap<Quantity, Amount>);

impl Amounts {
    /// Returns the amounts in what was measured, of the nodes for which `is_meant` returns `true`.
    pub(super) fn of(measured: &Measurement, is_meant: impl Fn(Node<'_>) -> bool) -> Self {
        let snapshot = &measured.snapshot;
        let parts = snapshot.parts();
        let mut objects: SortedMap<(u32, u32), Amount> = SortedMap::new();
        for (at, row) in parts.nodes.iter().enumerate() {
            if at < measured.objects || !row.id.is_in_table() {
                let amount = objects.get_or_default((row.type_index, row.site));
                amount.add(Amount::of(1, row));
            }
        }
        let mut all: SortedMap<Quantity, Amount> = SortedMap::new();
        let mut add = |quantity, amount| all.get_or_default(quantity).add(amount);
        let name = |at: u32| parts.types[at as usize].name.clone();
        for ((type_index, site), amount) in objects.into_rows() {
            let site = parts.sites.get(site as usize).cloned();
            add(Quantity::Made(name(type_index), site), amount);
            add(Quantity::Type(name(type_index)), amount);
        }
        let lengths = |rows: &[LengthRow]| {
            let mut lengths: SortedMap<(Option<&str>, u32, _), Amount> = SortedMap::new();
            for row in rows {
                let node = snapshot.node(row.node);
                if is_meant(node) {
                    let holder = &parts.nodes[row.node.index()];
                    let key = (node.root(), holder.type_index, row.path);
                    let amount = lengths.get_or_default(key);
                    amount.add(Amount::of(row.len(), holder));
                }
            }
            let lengths =
                lengths
                    .into_rows()
                    .into_iter()
                    .map(|((root, type_index, path), amount)| {
                        let holder = match root {
                            Some(root) => root.to_owned(),
                            None => declaring(&parts.types[type_index as usize].name).to_owned(),
                        };
                        (holder, parts.paths.show_field(path), amount)
                    });
            lengths.collect::<Vec<_>>()
        };
        for (holder, path, amount) in lengths(snapshot.lengths()) {
            add(Quantity::Items(holder, path), amount);
        }
        for (holder, path, amount) in lengths(&parts.texts) {
            add(Quantity::Text(holder, path), amount);
        }
        for (name, site, number) in &measured.zombies {
            let amount = Amount {
                now: *number,
                is_shared: false,
            };
            add(Quantity::Zombies((*name).to_owned(), site.clone()), amount);
        }
        for (name, site, number) in &measured.strays {
            let amount = Amount {
                now: *number,
                is_shared: true,
            };
            add(Quantity::Strays((*name).to_owned(), site.clone()), amount);
        }
        Self(all)
    }

    pub(super) fn now(&self, quantity: &Quantity) -> u64 {
        self.0.get(quantity).map_or(0, |amount| amount.now)
    }
}

/// The amounts of a quantity after each call.
#[derive(Debug, Default)]
struct Series {
    /// The first is the amount before the calls.
    values: Vec<u64>,
    is_shared: bool,
}

/// The amounts of all quantities after each call.
#[derive(Debug, Default)]
pub(super) struct Observations {
    all: SortedMap<Quantity, Series>,
    observed: usize,
}

/// A quantity that has grown.
#[derive(Clone, Debug)]
pub(super) struct Rise {
    pub(super) quantity: Quantity,
    pub(super) pace: Pace,
    /// Whether another thread may hold some of it, and drop it.
    pub(super) is_shared: bool,
    /// The least amount in the first round and before it.
    pub(super) least: u64,
}

impl Observations {
    pub(super) fn add(&mut self, amounts: &Amounts) {
        for (quantity, amount) in amounts.0.iter() {
            let series = self.all.get_or_default(quantity.clone());
            series.values.resize(self.observed, 0);
            series.values.push(amount.now);
            series.is_shared |= amount.is_shared;
        }
        self.observed += 1;
        for series in self.all.values_mut() {
            series.values.resize(self.observed, 0);
        }
    }

    /// Returns what has risen in each round, most first.
    pub(super) fn grown(&self, round: usize) -> Vec<Rise> {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let grown = self.all.iter().filter_map(|(quantity, series)| {
            let values = &series.values;
            rule::rises(values, round).then(|| Rise {
                quantity: quantity.clone(),
                pace: Pace::of(values, round),
                is_shared: series.is_shared,
                least: values.iter().take(round + 1).min().copied().unwrap_or(0),
            })
        });
        let mut grown = without_what_follows(grown.collect());
        order::sort_by(&mut grown, |a, b| {
            let most = b.pace.by().cmp(&a.pace.by());
            let kind = |grown: &Rise| matches!(grown.quantity, Quantity::Text(..));
            let texts_last = kind(a).cmp(&kind(b));
            texts_last
                .then(most)
                .then_with(|| a.quantity.cmp(&b.quantity))
        });
        grown
    }
}

/// Removes what only grows because something else grows: a type if one of its sites grows, items and
/// texts in objects of a type that grows, and items and texts in items that grow.
fn without_what_follows(grown: Vec<Rise>) -> Vec<Rise> {
    let all: Vec<Quantity> = grown.iter().map(|grown| grown.quantity.clone()).collect();
    let is_type_of = |holder: &str| {
        all.iter().any(|quantity| match quantity {
            Quantity::Made(name, _) | Quantity::Type(name) => declaring(name) == holder,
            _ => false,
        })
    };
    let is_below = |holder: &str, path: &str| {
        all.iter().any(|quantity| match quantity {
            Quantity::Items(of, items) => {
                of == holder && path.len() > items.len() && path.starts_with(items.as_str())
            }
            _ => false,
        })
    };
    let follows = |quantity: &Quantity| match quantity {
        Quantity::Type(name) => all
            .iter()
            .any(|other| matches!(other, Quantity::Made(made, _) if made == name)),
        Quantity::Items(holder, path) | Quantity::Text(holder, path) => {
            is_type_of(holder) || is_below(holder, path)
        }
        _ => false,
    };
    let mut grown = grown;
    grown.retain(|grown| !follows(&grown.quantity));
    grown
}

impl Rise {
    /// Returns ``+1 `Session` per call, made at src/server.rs:88:14``.
    pub(super) fn in_words(&self, names: &ShownNames) -> String {
        match self.made_at() {
            Some(made_at) => format!("{}, {made_at}", self.without_site(names)),
            None => self.without_site(names),
        }
    }

    /// Returns ``+1 `Session` per call``.
    pub(super) fn without_site(&self, names: &ShownNames) -> String {
        let (by, pace) = (self.pace.by(), self.pace.in_words());
        let name = |name: &str| names.get(name).into_owned();
        let number = |one, many| count_of(usize::try_from(by).unwrap_or(usize::MAX), one, many);
        match &self.quantity {
            Quantity::Made(of, _) | Quantity::Type(of) | Quantity::Strays(of, _) => {
                format!("+{by} `{}` {pace}", name(of))
            }
            Quantity::Items(holder, path) => format!(
                "+{} {pace} in `{}`",
                number("item", "items"),
                joined(&name(holder), path)
            ),
            Quantity::Text(holder, path) => format!(
                "text in `{}` grew by {} {pace}",
                joined(&name(holder), path),
                number("byte", "bytes")
            ),
            Quantity::Zombies(of, _) => {
                format!(
                    "+{by} dropped `{}` {pace} that a `Weak` keeps in memory",
                    name(of)
                )
            }
        }
    }

    /// Returns `made at src/server.rs:88:14`, if that is known.
    pub(super) fn made_at(&self) -> Option<String> {
        match &self.quantity {
            Quantity::Type(_) => Some("made at several places".to_owned()),
            Quantity::Strays(_, site) => Some(format!("made at {site}")),
            _ => self.site().map(|site| format!("made at {site}")),
        }
    }

    /// Returns where the objects were made, if they were made at one site.
    pub(super) fn site(&self) -> Option<&Site> {
        match &self.quantity {
            Quantity::Made(_, site) => site.as_ref(),
            Quantity::Zombies(_, site) => Some(site),
            _ => None,
        }
    }

    pub(super) fn is_stray(&self) -> bool {
        matches!(self.quantity, Quantity::Strays(..))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lists what has grown, given the values of each quantity.
    fn grown(of: &[(Quantity, &[u64])]) -> Vec<String> {
        let mut observed = Observations {
            all: SortedMap::new(),
            observed: 7,
        };
        for (quantity, values) in of {
            *observed.all.get_or_default(quantity.clone()) = Series {
                values: values.to_vec(),
                is_shared: false,
            };
        }
        let grown = observed.grown(2);
        let names = ShownNames::default();
        grown.iter().map(|one| one.in_words(&names)).collect()
    }

    fn made(name: &str, line: u32) -> Quantity {
        let site = Site {
            file: "a.rs".into(),
            line,
            column: 0,
        };
        Quantity::Made(name.to_owned(), Some(site))
    }

    fn items(holder: &str, path: &str) -> Quantity {
        Quantity::Items(holder.to_owned(), path.to_owned())
    }

    fn text(holder: &str, path: &str) -> Quantity {
        Quantity::Text(holder.to_owned(), path.to_owned())
    }

    #[test]
    fn the_fastest_growth_comes_first() {
        let lines = grown(&[
            (made("A", 1), &[3, 4, 5, 6, 7, 8, 9]),
            (made("B", 1), &[3, 3, 4, 4, 5, 5, 6]),
            (made("C", 1), &[3, 3, 3, 3, 3, 3, 3]),
            (made("D", 1), &[9, 8, 7, 6, 5, 4, 3]),
            (items("E", "list"), &[0, 2, 4, 6, 8, 10, 12]),
            (text("E", "name"), &[0, 9, 9, 18, 18, 27, 27]),
        ]);
        let expected = [
            "+2 items per call in `E.list`",
            "+1 `A` per call, made at a.rs:1",
            "+1 `B` in every 2 calls, made at a.rs:1",
            "text in `E.name` grew by 9 bytes in every 2 calls",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn a_type_that_grows_at_several_sites_is_listed_without_a_site() {
        let of = || Quantity::Type("A".to_owned());
        let lines = grown(&[
            (made("A", 1), &[0, 1, 2, 2, 2, 3, 4]),
            (made("A", 2), &[0, 0, 0, 1, 2, 2, 2]),
            (of(), &[0, 1, 2, 3, 4, 5, 6]),
        ]);
        assert_eq!(lines, ["+1 `A` per call, made at several places"]);
        let lines = grown(&[
            (made("A", 1), &[0, 1, 2, 3, 4, 5, 6]),
            (of(), &[0, 1, 2, 3, 4, 5, 6]),
        ]);
        assert_eq!(lines, ["+1 `A` per call, made at a.rs:1"]);
    }

    #[test]
    fn growth_that_follows_from_other_growth_is_not_listed() {
        let rising: &[u64] = &[0, 1, 2, 3, 4, 5, 6];
        let lines = grown(&[
            (made("core::cell::RefCell<A>", 1), rising),
            (items("A", "list"), rising),
            (text("A", "name"), rising),
            (items("B", "list"), rising),
            (text("B", "list[*]"), rising),
            (text("B", "name"), rising),
        ]);
        let expected = [
            "+1 `RefCell<A>` per call, made at a.rs:1",
            "+1 item per call in `B.list`",
            "text in `B.name` grew by 1 byte per call",
        ];
        assert_eq!(lines, expected);
    }
}
