//! Interns origins: the thread and the scope that objects are created in, as one number.
//!
//! An origin is kept while its thread is in its scope, and while an object that was created there
//! is alive. A sweep frees the others, so that many short threads and scopes need no memory.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::epochs::epoch;
use crate::listing::UNKNOWN;
use crate::lock::Mutex;
use crate::table::handles;
use crate::table::interned::kind_cache::Moment;
use crate::table::interned::scopes::ScopeRecord;
use crate::table::places::chunks;

/// The origin of objects that a thread created after its part of the table was gone.
pub(crate) const NOT_KNOWN: u32 = 0;

static ORIGINS: Mutex<OriginTable> = Mutex::new(OriginTable::new());

/// Minimum number of rows at a sweep.
const LIMIT: usize = 4096;

struct OriginTable {
    rows: BTreeMap<u32, OriginRow>,
    /// By thread and scope.
    numbers: BTreeMap<(u32, u32), u32>,
    threads: BTreeMap<u32, ThreadRow>,
    /// Free numbers, the oldest first.
    unused: VecDeque<u32>,
    next: u32,
    /// Number of rows at the next sweep.
    limit: usize,
}

struct OriginRow {
    thread: u32,
    scope: Option<Arc<ScopeRecord>>,
    /// Number of times that the thread entered and did not leave.
    entered: u32,
    /// Number of times that the thread entered.
    entries: u64,
}

struct ThreadRow {
    name: Option<String>,
    rows: u32,
}

impl Default for OriginTable {
    fn default() -> Self {
        Self::new()
    }
}

impl OriginTable {
    const fn new() -> Self {
        Self {
            rows: BTreeMap::new(),
            numbers: BTreeMap::new(),
            threads: BTreeMap::new(),
            unused: VecDeque::new(),
            next: NOT_KNOWN + 1,
            limit: LIMIT,
        }
    }

    fn enter(&mut self, thread: u32, scope: Option<&Arc<ScopeRecord>>) -> u32 {
        let key = (thread, scope.map_or(0, |scope| scope.number));
        let number = match self.numbers.get(&key) {
            Some(&number) => number,
            None => self.add(key, scope),
        };
        if let Some(row) = self.rows.get_mut(&number) {
            row.entered += 1;
            row.entries += 1;
        }
        number
    }

    fn add(&mut self, key: (u32, u32), scope: Option<&Arc<ScopeRecord>>) -> u32 {
        let number = match self.unused.pop_front() {
            Some(number) => number,
            None => {
                self.next += 1;
                self.next - 1
            }
        };
        let thread = self.threads.entry(key.0).or_insert_with(|| ThreadRow {
            name: std::thread::current().name().map(str::to_owned),
            rows: 0,
        });
        thread.rows += 1;
        self.numbers.insert(key, number);
        self.rows.insert(
            number,
            OriginRow {
                thread: key.0,
                scope: scope.cloned(),
                entered: 0,
                entries: 0,
            },
        );
        number
    }

    fn remove(&mut self, number: u32) -> Option<OriginRow> {
        let row = self.rows.remove(&number)?;
        self.numbers.remove(&(row.thread, row.scope_number()));
        self.unused.push_back(number);
        if let Some(thread) = self.threads.get_mut(&row.thread) {
            thread.rows -= 1;
            if thread.rows == 0 {
                self.threads.remove(&row.thread);
            }
        }
        Some(row)
    }
}

impl OriginRow {
    fn scope_number(&self) -> u32 {
        self.scope.as_ref().map_or(0, |scope| scope.number)
    }
}

fn enter(thread: u32, scope: Option<&Arc<ScopeRecord>>) -> u32 {
    let mut origins = ORIGINS.lock();
    let number = origins.enter(thread, scope);
    if origins.rows.len() >= origins.limit {
        // One thread sweeps at a time.
        origins.limit = usize::MAX;
        drop(origins);
        sweep();
    }
    number
}

fn leave(number: u32) {
    if let Some(row) = ORIGINS.lock().rows.get_mut(&number) {
        // In the child of a fork, the table and so the row may be new.
        row.entered = row.entered.saturating_sub(1);
    }
}

/// Frees the numbers that nothing needs any more. O(slots).
fn sweep() {
    let left = |row: &OriginRow| row.entered == 0;
    // After this, a thread can only create an object in one of these origins if it enters again,
    // which changes the number of entries.
    let before: Vec<(u32, u64)> = ORIGINS
        .lock()
        .rows
        .iter()
        .filter(|(_, row)| left(row))
        .map(|(&number, row)| (number, row.entries))
        .collect();
    let mut living = chunks::origins_of_living();
    handles::origins_of_living(&mut living);
    let mut origins = ORIGINS.lock();
    let mut removed = Vec::new();
    for (number, entries) in before {
        let is_needed = living.contains(&number)
            || !origins
                .rows
                .get(&number)
                .is_some_and(|row| left(row) && row.entries == entries);
        if !is_needed {
            removed.push(origins.remove(number));
        }
    }
    origins.limit = LIMIT.max(2 * origins.rows.len());
    drop(origins);
    drop(removed);
}

/// Lists the thread and the scope of each origin.
pub(crate) fn known() -> HashMap<u32, (u32, u32)> {
    let origins = ORIGINS.lock();
    let rows = origins.rows.iter();
    rows.map(|(&number, row)| (number, (row.thread, row.scope_number())))
        .collect()
}

/// Returns the thread and the scope of an origin.
pub(crate) fn of(number: u32) -> (u32, u32) {
    let origins = ORIGINS.lock();
    let row = origins.rows.get(&number);
    row.map_or(NOWHERE, |row| (row.thread, row.scope_number()))
}

/// Returns the name of the thread of an origin.
#[allow(dead_code, reason = "called by handles, with the feature `owners`")]
pub(crate) fn thread_name(number: u32) -> Option<String> {
    let origins = ORIGINS.lock();
    let thread = origins.rows.get(&number)?.thread;
    let name = origins.threads.get(&thread)?.name.clone();
    Some(name.unwrap_or_else(|| without_name(thread)))
}

fn without_name(thread: u32) -> String {
    format!("thread {thread}")
}

/// The thread and the scope of an origin that is not known.
pub(crate) const NOWHERE: (u32, u32) = (UNKNOWN, 0);

/// The number of a thread, and the stack of scopes that it entered.
pub(crate) struct ScopeStack {
    /// The number of the thread, from 1; 0 before it begins.
    thread: u32,
    /// The origin outside of all scopes.
    bare: u32,
    current: u32,
    scopes: Vec<EnteredScope>,
    /// The scopes entered last, whose origins stay entered when the thread leaves them, so that it
    /// enters them again without the lock. The latest is the last.
    recent: Vec<RecentScope>,
    next: u64,
}

struct EnteredScope {
    number: u64,
    origin: u32,
    scope: Arc<ScopeRecord>,
    /// Whether this entry is counted in the row of the origin; a recent scope's are not.
    is_counted: bool,
}

struct RecentScope {
    scope: u32,
    origin: u32,
}

/// Maximum number of recent scopes of a thread: more than a server nests for one request.
const RECENT: usize = 8;

impl ScopeStack {
    pub(crate) const fn new() -> Self {
        Self {
            thread: 0,
            bare: NOT_KNOWN,
            current: NOT_KNOWN,
            scopes: Vec::new(),
            recent: Vec::new(),
            next: 0,
        }
    }

    /// Returns the number of the thread; 0 before it begins.
    #[inline]
    pub(crate) fn thread(&self) -> u32 {
        self.thread
    }

    /// Returns the origin of what the thread creates now.
    #[inline]
    #[allow(dead_code, reason = "called by handles, with the feature `owners`")]
    pub(crate) fn origin(&self) -> u32 {
        self.current
    }

    /// Returns the origin and the epoch of what the thread creates now.
    #[inline(always)]
    pub(crate) fn moment(&self) -> Moment {
        Moment::new(self.current, epoch())
    }

    /// Numbers the thread, if it has no number yet.
    pub(crate) fn begin(&mut self) {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        if self.thread == 0 {
            // Relaxed: the number only has to be unique.
            self.thread = NEXT.fetch_add(1, Ordering::Relaxed);
            self.bare = enter(self.thread, None);
            self.current = self.bare;
        }
    }

    /// Enters a scope, and returns a number for [`ScopeStack::leave`].
    pub(crate) fn enter(&mut self, scope: Arc<ScopeRecord>) -> u64 {
        let recent = self
            .recent
            .iter()
            .find(|recent| recent.scope == scope.number);
        let (origin, is_counted) = match recent {
            Some(recent) => (recent.origin, false),
            None => {
                let origin = enter(self.thread, Some(&scope));
                (origin, !self.make_recent(scope.number, origin))
            }
        };
        let number = self.next;
        self.next += 1;
        self.scopes.push(EnteredScope {
            number,
            origin,
            scope,
            is_counted,
        });
        self.current = origin;
        number
    }

    /// Keeps an origin entered, in place of the least recent one that the thread is not in. Returns
    /// false if it is in all of them.
    fn make_recent(&mut self, scope: u32, origin: u32) -> bool {
        if self.recent.len() >= RECENT {
            let is_left = |recent: &RecentScope| {
                let mut entered = self.scopes.iter();
                !entered.any(|entry| entry.origin == recent.origin)
            };
            let Some(at) = self.recent.iter().position(is_left) else {
                return false;
            };
            leave(self.recent.remove(at).origin);
        }
        self.recent.push(RecentScope { scope, origin });
        true
    }

    /// Leaves a scope, which need not be the one that was entered last.
    pub(crate) fn leave(&mut self, number: u64) {
        let at = self.scopes.iter().rposition(|entry| entry.number == number);
        if let Some(at) = at {
            let entry = self.scopes.remove(at);
            if entry.is_counted {
                leave(entry.origin);
            }
        }
        self.current = self.scopes.last().map_or(self.bare, |entry| entry.origin);
    }

    /// Returns the scope that the thread is in.
    pub(crate) fn scope(&self) -> Option<&Arc<ScopeRecord>> {
        self.scopes.last().map(|entry| &entry.scope)
    }

    /// Leaves all scopes, when the thread ends. Without `may_live`, no object that it created is
    /// alive, and its origins are freed at once.
    pub(crate) fn end(&mut self, may_live: bool) {
        if self.thread == 0 {
            return;
        }
        let counted = self.scopes.drain(..).filter(|entry| entry.is_counted);
        let counted = counted.map(|entry| entry.origin);
        let recent = self.recent.drain(..).map(|recent| recent.origin);
        counted.chain(recent).for_each(leave);
        leave(self.bare);
        if !may_live {
            let mut origins = ORIGINS.lock();
            let all = (self.thread, 0)..=(self.thread, u32::MAX);
            let numbers: Vec<u32> = origins.numbers.range(all).map(|(_, &n)| n).collect();
            let removed: Vec<_> = numbers.into_iter().map(|n| origins.remove(n)).collect();
            drop(origins);
            drop(removed);
        }
    }
}

/// Returns the names of the threads in a column, in the order of their numbers, and makes the
/// column hold indexes into them.
pub(crate) fn thread_names<'r>(column: impl Iterator<Item = &'r mut u32>) -> Vec<String> {
    let column: Vec<&mut u32> = column.collect();
    let mut used: Vec<u32> = column.iter().map(|number| **number).collect();
    used.sort_unstable();
    used.dedup();
    used.retain(|&number| number != UNKNOWN);
    let mut index_of = HashMap::new();
    let mut found = Vec::new();
    let origins = ORIGINS.lock();
    for number in used {
        index_of.insert(number, found.len() as u32);
        let thread = origins.threads.get(&number);
        let name = thread.and_then(|thread| thread.name.clone());
        found.push(name.unwrap_or_else(|| without_name(number)));
    }
    drop(origins);
    for number in column {
        *number = index_of.get(number).copied().unwrap_or(UNKNOWN);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scope::Scope;
    use crate::sync::Arc;

    #[test]
    fn the_number_of_origins_does_not_grow_with_that_of_short_threads_and_scopes() {
        let kept: Vec<_> = (0..3 * LIMIT)
            .filter_map(|round| {
                let made = std::thread::spawn(move || {
                    let scope = Scope::new("short");
                    let _entered = scope.enter();
                    (Arc::new(round), scope)
                });
                let made = made.join().expect("the thread does not panic");
                round.is_multiple_of(1000).then_some(made)
            })
            .collect();
        let origins = ORIGINS.lock();
        assert!(origins.rows.len() <= 2 * LIMIT, "{}", origins.rows.len());
        assert_eq!(origins.rows.len(), origins.numbers.len());
        assert!(origins.threads.len() <= origins.rows.len());
        drop(origins);
        for (_, scope) in kept {
            assert_eq!(scope.alive(), 1);
        }
    }
}
