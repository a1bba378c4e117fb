//! New ids: the objects created since the last update.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::Index;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use objgraph_core::{ObjectId, advance_epoch, each_object, public_name, short_name};

use super::{LIMIT, advice};
use crate::order::{self, SortedMap};
use crate::print::print;
use crate::report::{NewIdsRow, write_new_ids};

/// The ids of the objects that were created since the last update, by type. Each instance reports
/// what is new since its own last update; [`get_new_ids`] uses one for the process.
///
/// ```
/// use objgraph::growth::NewIds;
///
/// struct Leaf;
/// let mut ids = NewIds::default();
/// ids.update();
/// let leaf = objgraph::rc::Rc::new(Leaf);
/// ids.update();
/// if objgraph::ENABLED {
///     assert_eq!(ids["Leaf"], [objgraph::id(&leaf)]);
/// }
/// ```
#[derive(Clone, Debug, Default)]
pub struct NewIds {
    /// Objects born in this epoch or later are new.
    since: u32,
    /// Number of objects before the last update, by full name.
    old: BTreeMap<&'static str, usize>,
    /// Number of objects at the last update, by full name.
    current: BTreeMap<&'static str, usize>,
    /// Shared with the copies that callers got.
    new: Arc<BTreeMap<String, Vec<ObjectId>>>,
    full_names: bool,
}

/// The objects of one type.
#[derive(Default)]
struct IdsOfType {
    all: usize,
    new: Vec<ObjectId>,
}

/// The column by which the table of new ids is sorted, the greatest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SortBy {
    /// Number of objects at the update before.
    Old,
    /// Number of objects.
    Current,
    /// Number of new objects.
    New,
    /// Change of the number of objects.
    #[default]
    Deltas,
}

impl NewIds {
    /// Makes the current counts the old ones, and the objects created since the last update the new
    /// ones. In the first update every object is new.
    ///
    /// O(live objects).
    pub fn update(&mut self) {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let next = advance_epoch();
        // Objects of one type often follow each other, so the name is seldom looked up.
        let mut numbers: BTreeMap<&'static str, usize> = BTreeMap::new();
        let mut of_types: Vec<IdsOfType> = Vec::new();
        let mut last = ("", 0);
        each_object(&mut |object| {
            if object.epoch() >= next {
                // Another thread made it after this update began: the next update reports it.
                return;
            }
            let full = object.type_name();
            if of_types.is_empty() || !std::ptr::eq(full, last.0) {
                let number = *numbers.entry(full).or_insert(of_types.len());
                of_types.resize_with(numbers.len(), IdsOfType::default);
                last = (full, number);
            }
            let of_type = &mut of_types[last.1];
            of_type.all += 1;
            if object.epoch() >= self.since {
                of_type.new.push(object.id());
            }
        });
        let all = |(&full, &number): (&&'static str, &usize)| (full, of_types[number].all);
        let current = numbers.iter().map(all).collect();
        self.old = std::mem::replace(&mut self.current, current);
        let mut new: BTreeMap<String, Vec<ObjectId>> = BTreeMap::new();
        for (full, number) in numbers {
            let ids = std::mem::take(&mut of_types[number].new);
            if !ids.is_empty() {
                let of_name = new.entry(self.name(full)).or_default();
                let joins_others = !of_name.is_empty();
                of_name.extend(ids);
                if joins_others {
                    // By slot, which is the low half of an id.
                    of_name.sort_unstable_by_key(|id| id.to_raw() as u32);
                }
            }
        }
        self.new = Arc::new(new);
        self.since = next;
    }

    /// Returns an update with options, which [`NewIdsQuery::get`] and its like run.
    ///
    /// ```
    /// use objgraph::{alive::SortBy, growth::NewIds};
    ///
    /// let mut ids = NewIds::default();
    /// let mut table = Vec::new();
    /// ids.query().shortnames(false).limit(None).sort_by(SortBy::New).write(&mut table)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn query(&mut self) -> NewIdsQuery<'_> {
        NewIdsQuery::new(Some(self))
    }

    fn name(&self, full: &str) -> String {
        match self.full_names {
            true => public_name(full),
            false => short_name(full),
        }
    }

    /// Returns the new ids of the types with this name, in the order of the table.
    #[must_use]
    pub fn of(&self, name: &str) -> &[ObjectId] {
        self.new.get(name).map_or(&[], Vec::as_slice)
    }

    /// Returns the types that have new ids, each with these, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[ObjectId])> {
        self.new
            .iter()
            .map(|(name, ids)| (name.as_str(), ids.as_slice()))
    }

    /// Writes the table of the ten types whose count changed most.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        write_new_ids(out, &self.rows(SortBy::default(), Some(LIMIT)))
    }

    fn rows(&self, sort_by: SortBy, limit: Option<usize>) -> Vec<NewIdsRow> {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let mut counts: SortedMap<String, (usize, usize)> = SortedMap::new();
        for (full, &old) in &self.old {
            counts.get_or_default(self.name(full)).0 += old;
        }
        for (full, &current) in &self.current {
            counts.get_or_default(self.name(full)).1 += current;
        }
        let mut rows: Vec<NewIdsRow> = counts
            .into_rows()
            .into_iter()
            .map(|(name, (old, current))| {
                let new = self.of(&name).len();
                NewIdsRow::new(name, old, current, new)
            })
            .collect();
        let key = |row: &NewIdsRow| match sort_by {
            SortBy::Old => row.old as i64,
            SortBy::Current => row.current as i64,
            SortBy::New => row.new as i64,
            SortBy::Deltas => row.delta,
        };
        order::sort_by(&mut rows, |a, b| (key(b), &b.name).cmp(&(key(a), &a.name)));
        rows.truncate(limit.unwrap_or(usize::MAX));
        rows
    }
}

/// An update with options: returned by [`NewIds::query`] and [`query_new_ids`], run by
/// [`get`](Self::get), [`show`](Self::show) or [`write`](Self::write).
#[derive(Debug)]
#[must_use = "`get`, `show` or `write` runs the query"]
pub struct NewIdsQuery<'s> {
    /// `None` for the state of the process.
    state: Option<&'s mut NewIds>,
    skip_update: bool,
    limit: Option<usize>,
    sort_by: SortBy,
    shortnames: Option<bool>,
}

impl<'s> NewIdsQuery<'s> {
    fn new(state: Option<&'s mut NewIds>) -> Self {
        Self {
            state,
            skip_update: false,
            limit: Some(LIMIT),
            sort_by: SortBy::default(),
            shortnames: None,
        }
    }

    /// Sets whether to return the result of the last update, without another one; then nothing is
    /// written either.
    pub fn skip_update(mut self, skip: bool) -> Self {
        self.skip_update = skip;
        self
    }

    /// Sets the maximum number of types in the table, or `None` for all; 10 by default.
    pub fn limit(mut self, types: impl Into<Option<usize>>) -> Self {
        self.limit = types.into();
        self
    }

    /// Sets the column by which the table is sorted; the change of the count by default.
    pub fn sort_by(mut self, column: SortBy) -> Self {
        self.sort_by = column;
        self
    }

    /// Sets whether types are named without their modules, and types of one name are put together.
    /// By default as in the last update, and `true` in the first.
    pub fn shortnames(mut self, shortnames: bool) -> Self {
        self.shortnames = Some(shortnames);
        self
    }

    /// Updates, and returns the ids.
    pub fn get(self) -> NewIds {
        self.run().0
    }

    /// Updates, prints the table, and returns the ids.
    pub fn show(self) -> NewIds {
        let is_skipped = self.skip_update;
        let (ids, rows) = self.run();
        if !is_skipped {
            print(|out| match advice::write(out)? {
                true => Ok(()),
                false => write_new_ids(out, &rows),
            });
        }
        ids
    }

    /// Updates, writes the table, and returns the ids.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn write(self, out: &mut dyn Write) -> io::Result<NewIds> {
        let is_skipped = self.skip_update;
        let (ids, rows) = self.run();
        if !is_skipped {
            write_new_ids(out, &rows)?;
        }
        Ok(ids)
    }

    fn run(self) -> (NewIds, Vec<NewIdsRow>) {
        let update = |state: &mut NewIds| {
            if !self.skip_update {
                if let Some(shortnames) = self.shortnames {
                    state.full_names = !shortnames;
                }
                state.update();
            }
            (state.clone(), state.rows(self.sort_by, self.limit))
        };
        match self.state {
            Some(state) => update(state),
            None => update(&mut shared()),
        }
    }
}

/// Returns the new ids of a type; an empty slice if there are none.
impl Index<&str> for NewIds {
    type Output = [ObjectId];

    fn index(&self, name: &str) -> &[ObjectId] {
        self.of(name)
    }
}

static NEW_IDS: LazyLock<Mutex<NewIds>> = LazyLock::new(Mutex::default);

/// Returns the state that all callers of [`get_new_ids`] share.
fn shared() -> MutexGuard<'static, NewIds> {
    NEW_IDS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns the ids of the objects that were created since the last call, by type. The first call
/// returns all objects.
#[must_use = "the next call reports what is new since this one"]
pub fn new_ids() -> NewIds {
    query_new_ids().get()
}

/// Returns a query like [`get_new_ids`], to which options can be added.
///
/// ```
/// let _ = objgraph::growth::query_new_ids().limit(0).show();
/// let same = objgraph::growth::query_new_ids().skip_update(true).get();
/// # let _ = same;
/// ```
pub fn query_new_ids() -> NewIdsQuery<'static> {
    NewIdsQuery::new(None)
}

/// Prints the table of what is new since the last call, like [`get_new_ids`], and returns nothing.
pub fn show_new_ids() {
    let _ = get_new_ids();
}

/// Prints the table of what is new since the last call, and returns the ids. In the first call every
/// object is new.
///
/// ```
/// struct Petal;
/// let _ = objgraph::get_new_ids();
/// let petals = [objgraph::rc::Rc::new(Petal), objgraph::rc::Rc::new(Petal)];
/// let ids = objgraph::get_new_ids();
/// if objgraph::ENABLED {
///     assert_eq!(ids["Petal"].len(), 2);
/// }
/// ```
pub fn get_new_ids() -> NewIds {
    query_new_ids().show()
}
