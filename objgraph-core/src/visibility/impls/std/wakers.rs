//! A `Waker`, which may own the task that it wakes.

use std::task::Waker;

use crate::trace::Visitor;
use crate::tracked::Visit;

/// It leads to a task that is watched and implements [`Wake`](std::task::Wake). What another
/// waker owns is not known.
impl Visit for Waker {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.waker(self);
    }

    fn visit_owned<'a>(&'a self, visitor: &mut Visitor<'a>) {
        self.visit(visitor);
    }
}
