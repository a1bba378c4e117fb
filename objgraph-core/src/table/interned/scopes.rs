//! Scopes: parts of a run that objects are made in.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Weak};

use crate::lock::Mutex;
use crate::table::thread;

/// A scope; kept while someone has it, a scope inside it, or an object that was made in it.
pub(crate) struct Named {
    pub(crate) number: u32,
    name: String,
    outer: Option<Arc<Named>>,
}

static SCOPES: Mutex<BTreeMap<u32, Weak<Named>>> = Mutex::new(BTreeMap::new());

impl Drop for Named {
    fn drop(&mut self) {
        SCOPES.lock().remove(&self.number);
        // One after the other: scopes may be nested as deep as a program likes.
        let mut outer = self.outer.take();
        while let Some(mut last) = outer.and_then(Arc::into_inner) {
            outer = last.outer.take();
        }
    }
}

impl Named {
    /// The numbers of the scope and of those that it is in.
    fn chain(&self) -> impl Iterator<Item = u32> {
        std::iter::successors(Some(self), |named| named.outer.as_deref()).map(|named| named.number)
    }
}

/// A handle to a scope.
#[derive(Clone)]
pub(crate) struct ScopeHandle(Arc<Named>);

impl ScopeHandle {
    /// A new scope, inside the one that the thread is in.
    pub(crate) fn new(name: String) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let number = NEXT
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |next| {
                next.checked_add(1)
            })
            .unwrap_or(0);
        let outer = Self::current().map(|outer| outer.0);
        let named = Arc::new(Named {
            number,
            name,
            outer,
        });
        SCOPES.lock().insert(number, Arc::downgrade(&named));
        Self(named)
    }

    /// The scope that the thread is in.
    pub(crate) fn current() -> Option<Self> {
        thread::with(|local| local.entries.scope().cloned()).map(Self)
    }

    pub(crate) fn number(&self) -> u32 {
        self.0.number
    }

    pub(crate) fn name(&self) -> &str {
        &self.0.name
    }

    /// Whether the scope with a number is this one, or inside.
    pub(crate) fn contains(&self, number: u32) -> bool {
        if number == 0 || number == self.0.number {
            return number != 0;
        }
        let inner = SCOPES.lock().get(&number).and_then(Weak::upgrade);
        inner.is_some_and(|inner| inner.chain().any(|outer| outer == self.0.number))
    }

    /// The thread enters the scope until the answer is dropped.
    pub(crate) fn enter(&self) -> Inside {
        Inside {
            number: thread::with(|local| {
                local.begin().then(|| local.entries.enter(self.0.clone()))
            }),
        }
    }
}

impl fmt::Debug for ScopeHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0.name, f)
    }
}

/// A thread is in a scope.
#[derive(Debug)]
pub(crate) struct Inside {
    /// `None` where the thread is so far gone that it is in no scope.
    number: Option<u64>,
}

impl Drop for Inside {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            thread::with(|local| local.entries.leave(number));
        }
    }
}
