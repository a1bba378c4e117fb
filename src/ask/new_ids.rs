//! New ids: which objects were made since the last look.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::Index;
use std::sync::{Mutex, MutexGuard, PoisonError};

use objgraph_core::{ObjectId, advance_epoch, objects, short_name};

use super::{LIMIT, advice, print};
use crate::report::{NewIdsRow, write_new_ids};

/// The ids of the objects that were made since the last look, by type. Each holder of one sees
/// what is new since it looked last; [`get_new_ids`] has one of its own.
///
/// ```
/// use objgraph::NewIds;
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
    old: BTreeMap<String, usize>,
    current: BTreeMap<String, usize>,
    new: BTreeMap<String, Vec<ObjectId>>,
}

impl NewIds {
    /// Looks: what was current is old now, and what was made since is new. The first look finds
    /// everything new.
    ///
    /// O(objects alive).
    pub fn update(&mut self) {
        let next = advance_epoch();
        self.old = std::mem::take(&mut self.current);
        self.new.clear();
        let mut short_names: BTreeMap<&'static str, String> = BTreeMap::new();
        for object in objects() {
            let full = object.type_name();
            let name = short_names.entry(full).or_insert_with(|| short_name(full));
            if object.epoch() >= next {
                // Another thread made it after this look began: the next one tells.
                continue;
            }
            add(&mut self.current, name, |count| *count += 1);
            if object.epoch() >= self.since {
                add(&mut self.new, name, |ids| ids.push(object.id()));
            }
        }
        self.since = next;
    }

    /// The new ids of the types with this short name, in the order of the table.
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
        let names = self.current.iter();
        let mut rows: Vec<NewIdsRow> = names
            .map(|(name, &current)| {
                let old = self.old.get(name).copied().unwrap_or(0);
                NewIdsRow::new(name.clone(), old, current, self.of(name).len())
            })
            .collect();
        let gone = self
            .old
            .iter()
            .filter(|(name, _)| !self.current.contains_key(*name));
        rows.extend(gone.map(|(name, &old)| NewIdsRow::new(name.clone(), old, 0, 0)));
        rows.sort_by(|a, b| (b.delta, &b.name).cmp(&(a.delta, &a.name)));
        rows.truncate(LIMIT);
        write_new_ids(out, &rows)
    }
}

fn add<V: Default>(map: &mut BTreeMap<String, V>, name: &str, change: impl FnOnce(&mut V)) {
    match map.get_mut(name) {
        Some(value) => change(value),
        None => change(map.entry(name.to_owned()).or_default()),
    }
}

/// The new ids of a type; none if there are none.
impl Index<&str> for NewIds {
    type Output = [ObjectId];

    fn index(&self, name: &str) -> &[ObjectId] {
        self.of(name)
    }
}

static NEW_IDS: Mutex<NewIds> = Mutex::new(NewIds {
    since: 0,
    old: BTreeMap::new(),
    current: BTreeMap::new(),
    new: BTreeMap::new(),
});

fn own() -> MutexGuard<'static, NewIds> {
    NEW_IDS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The ids of the objects that were made since the last call, by type. The first call primes:
/// it finds everything new.
#[must_use = "the next call tells what is new since this one"]
pub fn new_ids() -> NewIds {
    let mut own = own();
    own.update();
    own.clone()
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
    let ids = new_ids();
    print(|out| match advice::write(out)? {
        true => Ok(()),
        false => ids.write(out),
    });
    ids
}
