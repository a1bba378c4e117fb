//! New ids: which objects were made since the last look.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::Index;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use objgraph_core::{ObjectId, advance_epoch, each_object, public_name, short_name};

use super::{LIMIT, advice};
use crate::order;
use crate::print::print;
use crate::report::{NewIdsRow, write_new_ids};

/// The ids of the objects that were made since the last look, by type. Each holder of one sees
/// what is new since it looked last; [`get_new_ids`] has one of its own.
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
    /// How many objects there were at the last look but one, and at the last, by full name.
    old: BTreeMap<&'static str, usize>,
    current: BTreeMap<&'static str, usize>,
    /// Shared with those who were told.
    new: Arc<BTreeMap<String, Vec<ObjectId>>>,
    full_names: bool,
}

/// The objects of one type.
#[derive(Default)]
struct OfType {
    all: usize,
    new: Vec<ObjectId>,
}

/// What the table of new ids is sorted by, the greatest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SortBy {
    /// How many objects there were at the last look.
    Old,
    /// How many there are.
    Current,
    /// How many of them are new.
    New,
    /// How many more there are.
    #[default]
    Deltas,
}

impl NewIds {
    /// Looks: what was current is old now, and what was made since is new. The first look finds
    /// everything new.
    ///
    /// O(objects alive).
    pub fn update(&mut self) {
        let next = advance_epoch();
        // Objects of a type come many after one another, so its name is seldom looked up.
        let mut numbers: BTreeMap<&'static str, usize> = BTreeMap::new();
        let mut of_types: Vec<OfType> = Vec::new();
        let mut last = ("", 0);
        each_object(&mut |object| {
            if object.epoch() >= next {
                // Another thread made it after this look began: the next one tells.
                return;
            }
            let full = object.type_name();
            if of_types.is_empty() || !std::ptr::eq(full, last.0) {
                let number = *numbers.entry(full).or_insert(of_types.len());
                of_types.resize_with(numbers.len(), OfType::default);
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
                    // By place.
                    of_name.sort_unstable_by_key(|id| id.to_raw() as u32);
                }
            }
        }
        self.new = Arc::new(new);
        self.since = next;
    }

    /// A look with options, which [`NewIdsLook::get`] and its like do.
    ///
    /// ```
    /// use objgraph::{alive::SortBy, growth::NewIds};
    ///
    /// let mut ids = NewIds::default();
    /// let mut table = Vec::new();
    /// ids.look().shortnames(false).limit(None).sort_by(SortBy::New).write(&mut table)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn look(&mut self) -> NewIdsLook<'_> {
        NewIdsLook::new(Some(self))
    }

    fn name(&self, full: &str) -> String {
        match self.full_names {
            true => public_name(full),
            false => short_name(full),
        }
    }

    /// The new ids of the types with this name, in the order of the table.
    #[must_use]
    pub fn of(&self, name: &str) -> &[ObjectId] {
        self.new.get(name).map_or(&[], Vec::as_slice)
    }

    /// The types of which there are new ids, with them, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[ObjectId])> {
        self.new
            .iter()
            .map(|(name, ids)| (name.as_str(), ids.as_slice()))
    }

    /// Writes the table of the ten types whose count has changed most.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        write_new_ids(out, &self.rows(SortBy::default(), Some(LIMIT)))
    }

    fn rows(&self, sort_by: SortBy, limit: Option<usize>) -> Vec<NewIdsRow> {
        let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for (full, &old) in &self.old {
            counts.entry(self.name(full)).or_default().0 += old;
        }
        for (full, &current) in &self.current {
            counts.entry(self.name(full)).or_default().1 += current;
        }
        let mut rows: Vec<NewIdsRow> = counts
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

/// A look for new ids, with options: made by [`NewIds::look`] and [`look_for_new_ids`], done by
/// [`get`](Self::get), [`show`](Self::show) or [`write`](Self::write).
#[derive(Debug)]
#[must_use = "`get`, `show` or `write` looks"]
pub struct NewIdsLook<'s> {
    /// The shared state if none.
    state: Option<&'s mut NewIds>,
    skip_update: bool,
    limit: Option<usize>,
    sort_by: SortBy,
    shortnames: Option<bool>,
}

impl<'s> NewIdsLook<'s> {
    fn new(state: Option<&'s mut NewIds>) -> Self {
        Self {
            state,
            skip_update: false,
            limit: Some(LIMIT),
            sort_by: SortBy::default(),
            shortnames: None,
        }
    }

    /// Whether to give what the last look gave, without looking; then nothing is written either.
    pub fn skip_update(mut self, skip: bool) -> Self {
        self.skip_update = skip;
        self
    }

    /// How many types the table has, or `None` for all; 10 if not set.
    pub fn limit(mut self, types: impl Into<Option<usize>>) -> Self {
        self.limit = types.into();
        self
    }

    /// The column the table is sorted by; the change of the count if not set.
    pub fn sort_by(mut self, column: SortBy) -> Self {
        self.sort_by = column;
        self
    }

    /// Whether types are named without their modules, and those of one name put together; so if
    /// never set, and as at the last look if not set in this one.
    pub fn shortnames(mut self, shortnames: bool) -> Self {
        self.shortnames = Some(shortnames);
        self
    }

    /// Looks, and gives the ids.
    pub fn get(self) -> NewIds {
        self.looked().0
    }

    /// Looks, prints the table, and gives the ids.
    pub fn show(self) -> NewIds {
        let is_skipped = self.skip_update;
        let (ids, rows) = self.looked();
        if !is_skipped {
            print(|out| match advice::write(out)? {
                true => Ok(()),
                false => write_new_ids(out, &rows),
            });
        }
        ids
    }

    /// Looks, writes the table, and gives the ids.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn write(self, out: &mut dyn Write) -> io::Result<NewIds> {
        let is_skipped = self.skip_update;
        let (ids, rows) = self.looked();
        if !is_skipped {
            write_new_ids(out, &rows)?;
        }
        Ok(ids)
    }

    fn looked(self) -> (NewIds, Vec<NewIdsRow>) {
        let look = |state: &mut NewIds| {
            if !self.skip_update {
                if let Some(shortnames) = self.shortnames {
                    state.full_names = !shortnames;
                }
                state.update();
            }
            (state.clone(), state.rows(self.sort_by, self.limit))
        };
        match self.state {
            Some(state) => look(state),
            None => look(&mut own()),
        }
    }
}

/// The new ids of a type; none if there are none.
impl Index<&str> for NewIds {
    type Output = [ObjectId];

    fn index(&self, name: &str) -> &[ObjectId] {
        self.of(name)
    }
}

static NEW_IDS: LazyLock<Mutex<NewIds>> = LazyLock::new(Mutex::default);

fn own() -> MutexGuard<'static, NewIds> {
    NEW_IDS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The ids of the objects that were made since the last call, by type. The first call primes:
/// it finds everything new.
#[must_use = "the next call tells what is new since this one"]
pub fn new_ids() -> NewIds {
    look_for_new_ids().get()
}

/// [`get_new_ids`] with options.
///
/// ```
/// let _ = objgraph::growth::look_for_new_ids().limit(0).show();
/// let same = objgraph::growth::look_for_new_ids().skip_update(true).get();
/// # let _ = same;
/// ```
pub fn look_for_new_ids() -> NewIdsLook<'static> {
    NewIdsLook::new(None)
}

/// Prints the table of what is new since the last call; as [`get_new_ids`], for the eye alone.
pub fn show_new_ids() {
    let _ = get_new_ids();
}

/// Prints the table of what is new since the last call, and gives the ids. The first call primes.
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
    look_for_new_ids().show()
}
