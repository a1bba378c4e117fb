//! Counts by type.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::io::{self, Write};

use objgraph_core::{Count, Object, counts, objects, public_name, short_name};

use super::growth::{Grown, Growth, own};
use super::typed::{Meaning, Typed, of_type};
use super::{LIMIT, advice};
use crate::order;
use crate::print::print;
use crate::report::{write_counts, write_growth};

/// How many objects of the type with this name are alive: by its short name (`Node`, `Node<u8>`;
/// `Node` means every `Node<…>` too), by its full name, or by one with some of its modules, as
/// reports show it where two types share the short name.
///
/// Where no object was ever of a type of this name, the name means objects that hold one in a
/// cell, a lock, an option or a box: `Widget` finds `RefCell<Widget>` and `Mutex<Widget>`.
///
/// It takes time for each type, not for each object.
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
    let counts = counts();
    let meaning = meaning(name, &counts);
    let alive = counts.iter().filter(|count| count.alive > 0);
    let of_name = alive.filter(|count| meaning.is(count.type_name));
    of_name.map(|count| count.alive as usize).sum()
}

/// What a name means among all types that objects were ever of.
pub(crate) fn meaning<'n>(name: &'n str, counts: &[Count]) -> Meaning<'n> {
    let known = counts.iter().filter(|count| count.born > 0);
    Meaning::among(name, known.map(|count| count.type_name))
}

/// How many of these objects are of the type with this name; as [`count`], over a collection or a
/// snapshot: `count_in("Node", snapshot.nodes())`.
///
/// ```
/// let leaks = objgraph::find_leaks();
/// assert_eq!(objgraph::alive::count_in("Session", leaks.iter()), 0);
/// ```
#[must_use]
pub fn count_in<T: Typed>(name: &str, objects: impl IntoIterator<Item = T>) -> usize {
    of_type(name, objects).len()
}

/// How many objects of each type are alive, by the short name of the type; types of one name in
/// different modules are counted together. [`stats`] is the same with options.
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

/// The ten types of which most objects are alive, most first; of equal numbers, by name.
/// [`stats`] is the same with options.
#[must_use]
pub fn most_common_types() -> Vec<(String, usize)> {
    stats().most_common_types()
}

/// Prints the ten types of which most objects are alive. [`stats`] is the same with options.
///
/// ```
/// objgraph::show_most_common_types();
/// ```
pub fn show_most_common_types() {
    stats().show_most_common_types();
}

/// Counts by type of all objects that are alive, to be given options.
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
    Stats::new(Things::Alive(objects, counts_alive))
}

/// Counts by type of some objects, or of a snapshot, to be given options.
///
/// ```
/// let snapshot = objgraph::snapshot();
/// let most = objgraph::alive::stats_of(snapshot.nodes()).limit(None).most_common_types();
/// assert_eq!(most.iter().map(|row| row.1).sum::<usize>(), snapshot.len());
/// ```
#[must_use = "options alone count nothing"]
pub fn stats_of<'f, T: Typed>(objects: impl IntoIterator<Item = T>) -> Stats<'f, T> {
    Stats::new(Things::Given(objects.into_iter().collect()))
}

/// Counts by type, with options: made by [`stats`] and [`stats_of`].
#[must_use = "options alone count nothing"]
pub struct Stats<'f, T> {
    things: Things<T>,
    shortnames: bool,
    limit: Option<usize>,
    filter: Option<Box<dyn Fn(&T) -> bool + 'f>>,
}

enum Things<T> {
    /// All that is alive; counted in no time where each need not be looked at.
    Alive(fn() -> Vec<T>, fn() -> Vec<(&'static str, usize)>),
    Given(Vec<T>),
}

fn counts_alive() -> Vec<(&'static str, usize)> {
    let counts = counts().into_iter().filter(|count| count.alive > 0);
    counts
        .map(|count| (count.type_name, count.alive as usize))
        .collect()
}

impl<'f, T: Typed> Stats<'f, T> {
    fn new(things: Things<T>) -> Self {
        Self {
            things,
            shortnames: true,
            limit: Some(LIMIT),
            filter: None,
        }
    }

    /// Whether types are named without their modules, and those of one name counted together; so
    /// if not set.
    pub fn shortnames(mut self, shortnames: bool) -> Self {
        self.shortnames = shortnames;
        self
    }

    /// How many types to tell, or `None` for all; 10 if not set.
    pub fn limit(mut self, types: impl Into<Option<usize>>) -> Self {
        self.limit = types.into();
        self
    }

    /// Counts only objects for which this holds.
    pub fn filter(mut self, filter: impl Fn(&T) -> bool + 'f) -> Self {
        self.filter = Some(Box::new(filter));
        self
    }

    /// How many objects of each type there are, of all types whatever the limit.
    ///
    /// O(types) for all objects that are alive, without a filter; else O(objects).
    #[must_use]
    pub fn typestats(&self) -> BTreeMap<String, usize> {
        let mut by_full_name: HashMap<String, usize> = HashMap::new();
        let add = |thing: &T| {
            if self.filter.as_ref().is_none_or(|filter| filter(thing)) {
                match by_full_name.get_mut(thing.full_name()) {
                    Some(number) => *number += 1,
                    None => drop(by_full_name.insert(thing.full_name().to_owned(), 1)),
                }
            }
        };
        match &self.things {
            Things::Given(things) => things.iter().for_each(add),
            Things::Alive(objects, _) if self.filter.is_some() => objects().iter().for_each(add),
            Things::Alive(_, counts) => {
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

    /// The types of which there are most objects, most first; of equal numbers, by name.
    #[must_use]
    pub fn most_common_types(&self) -> Vec<(String, usize)> {
        let mut stats: Vec<_> = self.typestats().into_iter().collect();
        order::sort_by(&mut stats, |a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        stats.truncate(self.limit.unwrap_or(usize::MAX));
        stats
    }

    /// Writes what [`most_common_types`](Self::most_common_types) gives, as a table.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn write_most_common_types(&self, out: &mut dyn Write) -> io::Result<()> {
        write_counts(out, &self.most_common_types())
    }

    /// Prints what [`most_common_types`](Self::most_common_types) gives, as a table.
    pub fn show_most_common_types(&self) {
        let rows = self.most_common_types();
        print(|out| match self.advise(out)? {
            true => Ok(()),
            false => write_counts(out, &rows),
        });
    }

    /// The types of which there are more objects than at any call before, most growth first.
    /// [`growth`](crate::growth()) shares this state.
    #[must_use = "the next call tells what grew since this one"]
    pub fn growth(&self) -> Vec<Grown> {
        let stats = self.typestats();
        self.cut(own().update(stats))
    }

    /// The same, with a state of one's own.
    #[must_use = "the next call tells what grew since this one"]
    pub fn growth_in(&self, state: &mut Growth) -> Vec<Grown> {
        self.cut(state.update(self.typestats()))
    }

    /// Writes what [`growth`](Self::growth) gives, as a table; nothing if nothing grew.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn write_growth(&self, out: &mut dyn Write) -> io::Result<()> {
        write_growth(out, &rows(self.growth()))
    }

    /// Writes what [`growth_in`](Self::growth_in) gives, as a table; nothing if nothing grew.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn write_growth_in(&self, state: &mut Growth, out: &mut dyn Write) -> io::Result<()> {
        write_growth(out, &rows(self.growth_in(state)))
    }

    /// Prints what [`growth`](Self::growth) gives, as a table; nothing if nothing grew.
    pub fn show_growth(&self) {
        self.print_growth(|| self.growth());
    }

    /// Prints what [`growth_in`](Self::growth_in) gives, as a table; nothing if nothing grew.
    pub fn show_growth_in(&self, state: &mut Growth) {
        self.print_growth(|| self.growth_in(state));
    }

    fn print_growth(&self, growth: impl FnOnce() -> Vec<Grown>) {
        let rows = rows(growth());
        print(|out| match self.advise(out)? {
            true => Ok(()),
            false => write_growth(out, &rows),
        });
    }

    fn cut(&self, mut grown: Vec<Grown>) -> Vec<Grown> {
        grown.truncate(self.limit.unwrap_or(usize::MAX));
        grown
    }

    fn advise(&self, out: &mut dyn Write) -> io::Result<bool> {
        match self.things {
            Things::Alive(..) => advice::write(out),
            Things::Given(_) => Ok(false),
        }
    }
}

fn rows(grown: Vec<Grown>) -> Vec<(String, usize, usize)> {
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
