//! The part of a process that an assertion checks.

use std::cell::Cell;
use std::sync::Arc;

use objgraph_core::__private::snapshot_from;
use objgraph_core::{Node, PointerKind, Scope};

use crate::analysis::{Leaks, find_leaks};

/// The part of a process that an assertion checks.
#[derive(Clone, Debug)]
pub(super) enum Part {
    /// All of it.
    Whole,
    /// What was made in a scope.
    Scope(Scope),
    /// What was made in a scope or, since this epoch, outside of every scope; for a test that runs
    /// alone.
    Since(Scope, u32),
    /// What was made outside of every scope in these epochs, each from the first to before the
    /// second.
    Stray(Vec<(u32, u32)>),
    /// Everything that was not made in these scopes.
    Outside(Vec<Scope>),
}

impl Part {
    /// Returns what has leaked of the part: each cycle of which at least one object was made in it,
    /// with all objects that the cycle keeps alive. `None` if nothing of the part is alive.
    ///
    /// Traces only the part and what it leads to, so that leaks of other tests cost no time and
    /// checks of several tests do not wait for each other.
    pub(super) fn leaks(&self) -> Option<Leaks> {
        if matches!(self, Self::Whole) {
            return Some(crate::ask::find_leaks());
        }
        let part = CachedPart::of(self);
        let find = || {
            let snapshot = snapshot_from(&|scope, epoch| part.has(scope, epoch), false)?;
            Some(find_leaks(&Arc::new(snapshot)))
        };
        let leaks = find()?;
        let mut found = leaks.iter().chain(leaks.likely_leaked());
        let is_shared = found.any(|object| {
            matches!(
                object.node().pointer_kind(),
                PointerKind::Arc | PointerKind::StdArc
            )
        });
        let leaks = match is_shared {
            true => leaks.confirmed_by(&find()?),
            false => leaks,
        };
        Some(leaks.only(|_| true, |_| true, |_| true))
    }

    /// Returns whether the object at this node was made in the part.
    pub(super) fn made(&self, node: Node<'_>) -> bool {
        match (self, node.pointer_kind()) {
            (Self::Whole, _) => true,
            // Roots, and values that other objects contain.
            (_, PointerKind::Value) => false,
            (_, PointerKind::StdRc | PointerKind::StdArc) if node.site().is_none() => false,
            _ => self.has(node.scope(), node.epoch()),
        }
    }

    fn has(&self, scope: u32, epoch: u32) -> bool {
        match self {
            Self::Whole => true,
            Self::Scope(own) => own.contains(scope),
            Self::Since(own, since) => own.contains(scope) || (scope == 0 && epoch >= *since),
            Self::Stray(epochs) => {
                scope == 0
                    && epochs
                        .iter()
                        .any(|(from, until)| (*from..*until).contains(&epoch))
            }
            Self::Outside(scopes) => !scopes.iter().any(|other| other.contains(scope)),
        }
    }
}

/// A part with its last answer, since successive objects mostly have the same scope and epoch.
struct CachedPart<'p> {
    part: &'p Part,
    last: Cell<Option<(u32, u32, bool)>>,
}

impl<'p> CachedPart<'p> {
    fn of(part: &'p Part) -> Self {
        Self {
            part,
            last: Cell::new(None),
        }
    }

    fn has(&self, scope: u32, epoch: u32) -> bool {
        match self.last.get() {
            Some((last_scope, last_epoch, made)) if (last_scope, last_epoch) == (scope, epoch) => {
                made
            }
            _ => {
                let made = self.part.has(scope, epoch);
                self.last.set(Some((scope, epoch, made)));
                made
            }
        }
    }
}
