//! The objects of scopes with a name, by their age.

use std::collections::HashMap;
use std::fmt::{self, Write as _};
use std::time::Duration;

use objgraph_core::{
    ENABLED, Object, Scope, Site, advance_epoch, age_of, each_object, public_name, shown_name,
};

use crate::order::{self, SortedMap};
use crate::report::off;
use crate::words::{count, in_line, time};

/// Maximum number of rows that are printed.
const ROWS: usize = super::LIMIT;

/// Returns a query for the objects that were created in scopes with this name, or in scopes inside of
/// these, and are alive. For scopes that spans make, it is the name of the span.
///
/// ```
/// use objgraph::rc::Rc;
/// use objgraph::scope::{Scope, alive_in};
/// use std::time::Duration;
///
/// let request = Scope::new("request");
/// let kept = {
///     let _entered = request.enter();
///     Rc::new(5)
/// };
/// if objgraph::ENABLED {
///     assert_eq!(alive_in("request").objects().len(), 1);
///     let hour = Duration::from_secs(3600);
///     assert!(alive_in("request").older_than(hour).objects().is_empty());
/// }
/// # drop(kept);
/// ```
pub fn alive_in(name: impl Into<String>) -> AliveIn {
    AliveIn {
        name: name.into(),
        age: None,
        epoch: None,
    }
}

/// A query for the objects of scopes with a name; see [`alive_in`].
///
/// Prints as a table, by type and line.
#[derive(Clone, Debug)]
#[must_use = "a query returns nothing by itself"]
pub struct AliveIn {
    name: String,
    age: Option<Duration>,
    epoch: Option<u32>,
}

/// Number of objects of one type that one line created in scopes with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AliveCount {
    /// The full name of the type.
    pub type_name: &'static str,
    /// The line that created them.
    pub site: Site,
    /// Number of objects that are alive.
    pub alive: usize,
}

impl AliveIn {
    /// Selects the objects that are at least this old.
    ///
    /// The table knows in which epoch an object was created, and not when. An object counts as old once
    /// its epoch *ended* that long ago, so it may be reported late, by the length of its epoch, and never
    /// too early. Epochs end with each snapshot, so with each interval of a
    /// [`watch_growth`](crate::watch_growth), at most a minute after the last one where spans are scopes,
    /// and with each query that has this option. [`age_of`](crate::core::age_of) says how many are
    /// remembered.
    ///
    /// ```
    /// use objgraph::scope::alive_in;
    /// use std::time::Duration;
    ///
    /// println!("{}", alive_in("request").older_than(Duration::from_secs(3600)));
    /// ```
    pub fn older_than(mut self, age: Duration) -> Self {
        self.age = Some(age);
        self
    }

    /// Selects the objects that were created before an epoch began, as
    /// [`advance_epoch`](crate::core::advance_epoch) returned it.
    ///
    /// ```
    /// use objgraph::core::advance_epoch;
    /// use objgraph::rc::Rc;
    /// use objgraph::scope::{Scope, alive_in};
    ///
    /// let job = Scope::new("job");
    /// let _entered = job.enter();
    /// let one = Rc::new(1);
    /// let epoch = advance_epoch();
    /// let two = Rc::new(2);
    /// # if objgraph::ENABLED {
    /// assert_eq!(alive_in("job").before(epoch).objects().len(), 1);
    /// # }
    /// # drop((one, two));
    /// ```
    pub fn before(mut self, epoch: u32) -> Self {
        self.epoch = Some(epoch);
        self
    }

    /// Lists the objects, in the order of the table. O(objects).
    #[must_use]
    pub fn objects(&self) -> Vec<Object> {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let scopes = Scope::named(&self.name);
        let mut is_inside: HashMap<u32, bool> = HashMap::from([(0, false)]);
        let mut is_old: HashMap<u32, bool> = HashMap::new();
        let mut found = Vec::new();
        each_object(&mut |object| {
            let number = object.scope();
            let is_inside = is_inside
                .entry(number)
                .or_insert_with(|| scopes.iter().any(|scope| scope.contains(number)));
            if *is_inside {
                let is_old = is_old.entry(object.epoch());
                let is_old = is_old.or_insert_with(|| self.wants(object.epoch()));
                if *is_old {
                    found.push(*object);
                }
            }
        });
        if self.age.is_some() && ENABLED {
            // For the age of what exists now, in later queries.
            advance_epoch();
        }
        found
    }

    fn wants(&self, epoch: u32) -> bool {
        self.epoch.is_none_or(|before| epoch < before)
            && self.age.is_none_or(|age| age_of(epoch).0 >= age)
    }

    /// Counts the objects by type and line, most first. O(objects).
    #[must_use]
    pub fn counts(&self) -> Vec<AliveCount> {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let mut rows: SortedMap<(&'static str, Site), usize> = SortedMap::new();
        for object in self.objects() {
            *rows.get_or_default((object.type_name(), object.site())) += 1;
        }
        let rows = rows.into_rows().into_iter();
        let rows = rows.map(|((type_name, site), alive)| AliveCount {
            type_name,
            site,
            alive,
        });
        let mut rows: Vec<AliveCount> = rows.collect();
        order::sort_by(&mut rows, |a, b| b.alive.cmp(&a.alive));
        rows
    }
}

/// Shows the number of objects, and those of each type and line.
impl fmt::Display for AliveIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !ENABLED {
            return f.write_str(off());
        }
        let rows = self.counts();
        let all = rows.iter().map(|row| row.alive).sum();
        let age = self.age.map(|age| format!(", at least {} old", time(age)));
        let epoch = self
            .epoch
            .map(|epoch| format!(", made before epoch {epoch}"));
        let mut out = String::new();
        write!(
            out,
            "{} of `{}` alive{}{}",
            count(all, "object", "objects"),
            in_line(&self.name),
            age.unwrap_or_default(),
            epoch.unwrap_or_default()
        )?;
        for row in rows.iter().take(ROWS) {
            let name = public_name(row.type_name);
            let name = shown_name(&name);
            write!(out, "\n  {} × {name} made at {}", row.alive, row.site)?;
        }
        if rows.len() > ROWS {
            write!(out, "\n  … and {} more lines", rows.len() - ROWS)?;
        }
        f.write_str(&out)
    }
}
