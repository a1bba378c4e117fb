//! Handles to scopes, and the guard of a thread that is in one.

use std::fmt;
use std::sync::Arc;

use crate::table::interned::scopes::ScopeRecord;
use crate::table::thread;

/// A handle to a scope.
#[derive(Clone)]
pub(crate) struct ScopeHandle(Arc<ScopeRecord>);

impl ScopeHandle {
    /// Makes a scope, inside the one that the thread is in.
    pub(crate) fn new(name: String) -> Self {
        let outer = Self::current().map(|outer| outer.0);
        Self(ScopeRecord::new(name, outer))
    }

    /// Lists the scopes that exist and have this name.
    pub(crate) fn named(name: &str) -> Vec<Self> {
        let scopes = ScopeRecord::named(name).into_iter();
        scopes.map(Self).collect()
    }

    /// Returns the only scope of this name inside another.
    pub(crate) fn shared(outer: Option<&Self>, name: &str) -> Self {
        Self(ScopeRecord::shared(outer.map(|outer| &outer.0), name))
    }

    pub(crate) fn is_shared(&self) -> bool {
        self.0.is_shared
    }

    /// Returns the scope around it.
    pub(crate) fn outer(&self) -> Option<Self> {
        self.0.outer().cloned().map(Self)
    }

    /// Returns the scope that the thread is in.
    pub(crate) fn current() -> Option<Self> {
        thread::with(|local| local.scopes.scope().cloned()).map(Self)
    }

    pub(crate) fn number(&self) -> u32 {
        self.0.number
    }

    pub(crate) fn name(&self) -> &str {
        &self.0.name
    }

    /// Whether the scope with a number is this one, or inside.
    pub(crate) fn contains(&self, number: u32) -> bool {
        self.0.contains(number)
    }

    /// Enters the scope on this thread, until the guard is dropped.
    pub(crate) fn enter(&self) -> ScopeEntry {
        ScopeEntry {
            number: thread::with(|local| local.begin().then(|| local.scopes.enter(self.0.clone()))),
        }
    }
}

impl fmt::Debug for ScopeHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0.name, f)
    }
}

/// The thread is in a scope while this exists.
#[derive(Debug)]
pub(crate) struct ScopeEntry {
    /// `None` if the thread's part of the table is gone, so that it is in no scope.
    number: Option<u64>,
}

impl Drop for ScopeEntry {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            thread::with(|local| local.scopes.leave(number));
        }
    }
}
