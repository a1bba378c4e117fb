//! Counts by type.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::io::{self, Write};

use objgraph_core::{Object, counts, objects, public_name, short_name};

use super::has_type::{HasType, of_type};
use super::meaning::meaning;
use super::peaks::{Growth, TypeGrowth, shared};
use super::{LIMIT, advice};
use crate::order;
use crate::print::print;
use crate::report::{write_counts, write_growth};

/// Returns the number of live objects of the type with this name: its short name (`Node`,
/// `Node<u8>`; `Node` also means every `Node<…>`), its full name, or a name with some of its modules,
/// as reports show it if two types share the short name.
///
/// If no object ever had a type of this name, the name means objects that hold one in a cell, a
/// lock, an option or a box: `Widget` finds `RefCell<Widget>` and `Mutex<Widget>`. Objects whose type was
/// [left out](crate::tracking) are not counted.
///
/// O(types).
///
/// ```
/// struct Leaf;
/// let leaves = [objgraph::rc::Rc::new(Leaf), objgraph::rc::Rc::new(Leaf)];
/// if objgraph::ENABLED {
///     assert_eq!(objgraph::count("Leaf"), 2);
/// }
/// ```
#[must_use]
pub fn count(name: &str) -> usize {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    let counts = counts();
    let meaning = meaning(name, &counts);
    let alive = counts.iter().filter(|count| count.alive > 0);
    let of_name = alive.filter(|count| meaning.is(count.type_name));
    of_name.map(|count| count.alive as usize).sum()
}

/// Returns the number of objects of the type with this name in a collection or a snapshot, like
/// [`count`]: `count_in("Node", snapshot.nodes())`.
///
/// ```
/// let leaks = objgraph::find_leaks();
/// assert_eq!(objgraph::alive::count_in("Session", leaks.iter()), 0);
/// ```
#[must_use]
pub fn count_in<T: HasType>(name: &str, objects: impl IntoIterator<Item = T>) -> usize {
    of_type(name, objects).len()
}

/// Returns the number of live objects of each type, by the short name of the type. Types of one name
/// in different modules are counted together. [`stats`] has options.
///
/// ```
/// struct Twig;
/// let twig = objgraph::rc::Rc::new(Twig);
/// assert_eq!(objgraph::typestats().get("Twig"), objgraph::ENABLED.then_some(&1));
/// ```
#[must_use]
pub fn typestats() -> BTreeMap<String, usize> {
    stats().typestats()
}

/// Returns the ten types with most live objects, most first, equal numbers by name. [`stats`] has
/// options.
#[must_use]
pub fn most_common_types() -> Vec<(String, usize)> {
    stats().most_common_types()
}

/// Prints the ten types with most live objects. [`stats`] has options.
///
/// ```
/// objgraph::show_most_common_types();
/// ```
pub fn show_most_common_types() {
    stats().show_most_common_types();
}

/// Returns a query that counts all live objects by type, to which options can be added.
///
/// ```
/// struct Bark;
/// let bark = objgraph::rc::Rc::new(Bark);
/// let barks = objgraph::alive::stats()
///     .shortnames(false)
///     .filter(|object| object.is::<Bark>())
///     .limit(3)
///     .most_common_types();
/// if objgraph::ENABLED {
///     assert!(barks[0].0.ends_with("::Bark") && barks[0].1 == 1);
/// }
/// ```
#[must_use = "options alone count nothing"]
pub fn stats<'f>() -> Stats<'f, Object> {
    Stats::new(Source::Alive(objects, counts_alive))
}

/// Returns a query that counts the objects of a collection or a snapshot by type, to which options
/// can be added.
///
/// ```
/// let snapshot = objgraph::snapshot();
/// let most = objgraph::alive::stats_of(snapshot.nodes()).limit(None).most_common_types();
/// assert_eq!(most.iter().map(|row| row.1).sum::<usize>(), snapshot.len());
/// ```
#[must_use = "options alone count nothing"]
pub fn stats_of<'f, T: HasType>(objects: impl IntoIterator<Item = T>) -> Stats<'f, T> {
    Stats::new(Source::Given(objects.into_iter().collect()))
}

/// A query that counts objects by type, with options. [`stats`] and [`stats_of`] return it.
#[must_use = "options alone count nothing"]
pub struct Stats<'f, T> {
    source: Source<T>,
    shortnames: bool,
    limit: Option<usize>,
    filter: Option<Box<dyn Fn(&T) -> bool + 'f>>,
}

/// The objects to count.
enum Source<T> {
    /// All live objects: a function that lists them, and one that counts them by type without
    /// visiting each.
    Alive(fn() -> Vec<T>, fn() -> Vec<(&'static str, usize)>),
    Given(Vec<T>),
}

fn counts_alive() -> Vec<(&'static str, usize)> {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    counts()
        .into_iter()
        .filter(|count| count.alive > 0)
        .map(|count| (count.type_name, count.alive as usize))
        .collect()
}

impl<'f, T: HasType> Stats<'f, T> {
    fn new(source: Source<T>) -> Self {
        Self {
            source,
            shortnames: true,
            limit: Some(LIMIT),
            filter: None,
        }
    }

    /// Sets whether types are named without their modules, and types of one name are counted
    /// together; `true` by default.
    pub fn shortnames(mut self, shortnames: bool) -> Self {
        self.shortnames = shortnames;
        self
    }

    /// Sets the maximum number of types in a list, or `None` for all; 10 by default.
    pub fn limit(mut self, types: impl Into<Option<usize>>) -> Self {
        self.limit = types.into();
        self
    }

    /// Counts only objects for which `filter` returns `true`.
    pub fn filter(mut self, filter: impl Fn(&T) -> bool + 'f) -> Self {
        self.filter = Some(Box::new(filter));
        self
    }

    /// Returns the number of objects of each type, for all types whatever the limit.
    ///
    /// O(types) for all live objects without a filter, else O(objects).
    #[must_use]
    pub fn typestats(&self) -> BTreeMap<String, usize> {
        let mut by_full_name: HashMap<String, usize> = HashMap::new();
        let add = |object: &T| {
            if self.filter.as_ref().is_none_or(|filter| filter(object)) {
                match by_full_name.get_mut(object.full_name()) {
                    Some(number) => *number += 1,
                    None => drop(by_full_name.insert(object.full_name().to_owned(), 1)),
                }
            }
        };
        match &self.source {
            Source::Given(objects) => objects.iter().for_each(add),
            Source::Alive(objects, _) if self.filter.is_some() => objects().iter().for_each(add),
            Source::Alive(_, counts) => {
                for (name, number) in counts() {
                    *by_full_name.entry(name.to_owned()).or_default() += number;
                }
            }
        }
        let mut stats = BTreeMap::new();
        for (full, number) in by_full_name {
            let name = match self.shortnames {
                true => short_name(&full),
                false => public_name(&full),
            };
            *stats.entry(name).or_default() += number;
        }
        stats
    }

    /// Returns the types with most objects, most first, equal numbers by name.
    #[must_use]
    pub fn most_common_types(&self) -> Vec<(String, usize)> {
        let mut stats: Vec<_> = self.typestats().into_iter().collect();
        order::sort_by(&mut stats, |a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        stats.truncate(self.limit.unwrap_or(usize::MAX));
        stats
    }

    /// Writes what [`most_common_types`](Self::most_common_types) returns, as a table.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn write_most_common_types(&self, out: &mut dyn Write) -> io::Result<()> {
        write_counts(out, &self.most_common_types())
    }

    /// Prints what [`most_common_types`](Self::most_common_types) returns, as a table.
    pub fn show_most_common_types(&self) {
        let rows = self.most_common_types();
        print(|out| match self.advise(out)? {
            true => Ok(()),
            false => write_counts(out, &rows),
        });
    }

    /// Returns the types of which there are more objects than at any call before, most growth first.
    /// Shares its state with [`growth`](crate::growth()).
    #[must_use = "the next call reports growth since this one"]
    pub fn growth(&self) -> Vec<TypeGrowth> {
        let stats = self.typestats();
        self.cut(shared().update(stats))
    }

    /// Returns what [`growth`](Self::growth) returns, compared with `state` instead.
    #[must_use = "the next call reports growth since this one"]
    pub fn growth_in(&self, state: &mut Growth) -> Vec<TypeGrowth> {
        self.cut(state.update(self.typestats()))
    }

    /// Writes what [`growth`](Self::growth) returns, as a table; nothing if nothing grew.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn write_growth(&self, out: &mut dyn Write) -> io::Result<()> {
        write_growth(out, &rows(self.growth()))
    }

    /// Writes what [`growth_in`](Self::growth_in) returns, as a table; nothing if nothing grew.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn write_growth_in(&self, state: &mut Growth, out: &mut dyn Write) -> io::Result<()> {
        write_growth(out, &rows(self.growth_in(state)))
    }

    /// Prints what [`growth`](Self::growth) returns, as a table; nothing if nothing grew.
    pub fn show_growth(&self) {
        self.print_growth(|| self.growth());
    }

    /// Prints what [`growth_in`](Self::growth_in) returns, as a table; nothing if nothing grew.
    pub fn show_growth_in(&self, state: &mut Growth) {
        self.print_growth(|| self.growth_in(state));
    }

    fn print_growth(&self, growth: impl FnOnce() -> Vec<TypeGrowth>) {
        let rows = rows(growth());
        print(|out| match self.advise(out)? {
            true => Ok(()),
            false => write_growth(out, &rows),
        });
    }

    fn cut(&self, mut grown: Vec<TypeGrowth>) -> Vec<TypeGrowth> {
        grown.truncate(self.limit.unwrap_or(usize::MAX));
        grown
    }

    fn advise(&self, out: &mut dyn Write) -> io::Result<bool> {
        match self.source {
            Source::Alive(..) => advice::write(out),
            Source::Given(_) => Ok(false),
        }
    }
}

fn rows(grown: Vec<TypeGrowth>) -> Vec<(String, usize, usize)> {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    let rows = grown.into_iter();
    rows.map(|grown| (grown.name, grown.count, grown.delta))
        .collect()
}

impl<T> fmt::Debug for Stats<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stats")
            .field("shortnames", &self.shortnames)
            .field("limit", &self.limit)
            .field("filter", &self.filter.is_some())
            .finish_non_exhaustive()
    }
}
