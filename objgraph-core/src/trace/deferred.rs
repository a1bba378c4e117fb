//! Visits that are deferred because values own each other too deeply for the stack.

use crate::snapshot::PathId;
use crate::visibility::View;

/// A value whose visit was deferred.
pub(super) struct DeferredVisit<'a> {
    pub(super) value: View<'a>,
    pub(super) node: u32,
    pub(super) path: PathId,
    pub(super) way: Way<'a>,
}

/// The way to a value over deferred values. It detects a value that says it owns itself, which would be
/// visited for ever, with constant memory (R. P. Brent, "An improved Monte Carlo factorization algorithm",
/// 1980).
#[derive(Clone, Copy, Default)]
pub(super) struct Way<'a> {
    steps: u32,
    /// The value at the last step whose number is a power of two.
    mark: Option<View<'a>>,
}

impl<'a> Way<'a> {
    /// Returns the way to a value one step further; `None` if the value is the mark, and so owns itself.
    pub(super) fn to(self, value: View<'a>) -> Option<Self> {
        if self.mark.is_some_and(|mark| mark.is(value)) {
            return None;
        }
        let steps = self.steps.wrapping_add(1);
        let mark = if steps.is_power_of_two() {
            Some(value)
        } else {
            self.mark
        };
        Some(Self { steps, mark })
    }
}

impl std::fmt::Debug for Way<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Way({})", self.steps)
    }
}

impl std::fmt::Debug for DeferredVisit<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DeferredVisit({})", self.node)
    }
}
