//! The records of scopes, by number.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Weak};

use crate::lock::Mutex;

/// A scope. It is kept by its handles, by the scopes inside it, and by the origins in it.
pub(crate) struct ScopeRecord {
    pub(crate) number: u32,
    pub(crate) name: String,
    /// Whether it is the only scope of its name inside of the outer one.
    pub(crate) is_shared: bool,
    outer: Option<Arc<ScopeRecord>>,
    /// The shared scopes inside.
    shared: SharedScopes,
}

type SharedScopes = Mutex<Vec<Weak<ScopeRecord>>>;

/// The shared scopes that are inside of none.
static SHARED: SharedScopes = Mutex::new(Vec::new());

static SCOPES: Mutex<BTreeMap<u32, Weak<ScopeRecord>>> = Mutex::new(BTreeMap::new());

impl Drop for ScopeRecord {
    fn drop(&mut self) {
        SCOPES.lock().remove(&self.number);
        // In a loop: a program may nest scopes deeper than the stack allows.
        let mut outer = self.outer.take();
        while let Some(mut last) = outer.and_then(Arc::into_inner) {
            outer = last.outer.take();
        }
    }
}

impl ScopeRecord {
    /// Makes a scope inside another.
    pub(crate) fn new(name: String, outer: Option<Arc<Self>>) -> Arc<Self> {
        Self::make(name, outer, false)
    }

    /// Returns the shared scope of this name inside another, which is made if there is none.
    pub(crate) fn shared(outer: Option<&Arc<Self>>, name: &str) -> Arc<Self> {
        let all = outer.map_or(&SHARED, |outer| &outer.shared);
        let mut found = None;
        let mut dropped = Vec::new();
        let mut shared = all.lock();
        // What is upgraded here is dropped without the lock: the last handle of a scope drops what is
        // around it.
        shared.retain(|scope| match scope.upgrade() {
            None => false,
            Some(scope) if scope.name == name => {
                found = Some(scope);
                true
            }
            Some(other) => {
                dropped.push(other);
                true
            }
        });
        let scope = found.unwrap_or_else(|| {
            let scope = Self::make(name.to_owned(), outer.cloned(), true);
            shared.push(Arc::downgrade(&scope));
            scope
        });
        drop(shared);
        drop(dropped);
        scope
    }

    fn make(name: String, outer: Option<Arc<Self>>, is_shared: bool) -> Arc<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        // Relaxed: the number only has to be unique.
        let number = NEXT
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |next| {
                next.checked_add(1)
            })
            .unwrap_or(0);
        let record = Arc::new(Self {
            number,
            name,
            is_shared,
            outer,
            shared: Mutex::default(),
        });
        SCOPES.lock().insert(number, Arc::downgrade(&record));
        record
    }

    /// Returns the scope that it is inside of.
    pub(crate) fn outer(&self) -> Option<&Arc<Self>> {
        self.outer.as_ref()
    }

    /// Lists the scopes that exist and have this name, by number.
    pub(crate) fn named(name: &str) -> Vec<Arc<Self>> {
        let all: Vec<Weak<Self>> = SCOPES.lock().values().cloned().collect();
        // Without the lock: the last handle of a scope takes it when it is dropped.
        let mut scopes: Vec<Arc<Self>> = all.iter().filter_map(Weak::upgrade).collect();
        scopes.retain(|scope| scope.name == name);
        scopes
    }

    /// Whether the scope with a number is this one, or inside.
    pub(crate) fn contains(&self, number: u32) -> bool {
        if number == 0 || number == self.number {
            return number != 0;
        }
        let inner = SCOPES.lock().get(&number).and_then(Weak::upgrade);
        inner.is_some_and(|inner| inner.chain().any(|outer| outer == self.number))
    }

    /// Lists the numbers of the scope and of those that it is inside of.
    fn chain(&self) -> impl Iterator<Item = u32> {
        std::iter::successors(Some(self), |record| record.outer.as_deref())
            .map(|record| record.number)
    }
}
