//! The part of a process that an assertion is about.

use std::cell::Cell;
use std::sync::Arc;

use objgraph_core::__private::snapshot_from;
use objgraph_core::{Holder, Node, Scope, label_of};

use crate::analysis::{Leaks, find_leaks};

/// The part of a process that an assertion is about.
#[derive(Clone, Debug)]
pub(super) enum Part {
    /// All of it.
    Whole,
    /// What was made in a scope.
    Scope(Scope),
    /// What was made in a scope, or in none since this epoch: nothing else runs.
    Since(Scope, u32),
    /// What was made in no scope in these epochs, from the first to before the second.
    Stray(Vec<(u32, u32)>),
    /// All but what was made in these scopes.
    Outside(Vec<Scope>),
}

impl Part {
    /// What has leaked of the part: a cycle belongs to it if one of its objects at least was made
    /// in it; what hangs on that cycle is told with it. `None` if nothing of the part is alive.
    ///
    /// Only the part is traced, and what it leads to: the leaks of others cost nothing here, and
    /// others who look at the same time are not met.
    pub(super) fn leaks(&self) -> Option<Leaks> {
        if matches!(self, Self::Whole) {
            return Some(crate::ask::find_leaks());
        }
        let asked = Asked::of(self);
        let look = || {
            let snapshot = snapshot_from(&|scope, epoch| asked.has(scope, epoch), false)?;
            Some(find_leaks(&Arc::new(snapshot)))
        };
        let leaks = look()?.labelled_by(label_of);
        let is_shared = leaks
            .iter()
            .any(|object| matches!(object.node().holder(), Holder::Arc | Holder::StdArc));
        let leaks = match is_shared {
            true => leaks.confirmed_by(&look()?),
            false => leaks,
        };
        Some(leaks.only(|_| true, |_| true))
    }

    /// Whether the object at this node was made in the part.
    pub(super) fn made(&self, node: Node<'_>) -> bool {
        match (self, node.holder()) {
            (Self::Whole, _) => true,
            // Roots, and values that were met on the way.
            (_, Holder::Value) => false,
            (_, Holder::StdRc | Holder::StdArc) if node.site().is_none() => false,
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

/// A part that is asked for one object after the other, most of which are of the same scope as the
/// one before.
struct Asked<'p> {
    part: &'p Part,
    last: Cell<Option<(u32, u32, bool)>>,
}

impl<'p> Asked<'p> {
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
