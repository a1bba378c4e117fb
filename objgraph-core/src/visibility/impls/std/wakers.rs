//! A `Waker`, which may own the task that it wakes.

use std::task::Waker;

use crate::trace::Visitor;
use crate::tracked::Visit;

/// The task is found if it is watched and implements [`Wake`](std::task::Wake). What other wakers own
/// is unknown.
impl Visit for Waker {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.waker(self);
    }

    fn visit_owned<'a>(&'a self, visitor: &mut Visitor<'a>) {
        self.visit(visitor);
    }
}
