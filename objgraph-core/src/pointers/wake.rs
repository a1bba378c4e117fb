//! `Wake` for our `Arc`, in place of `std::task::Wake`, which names std's.

use std::task::Waker;

use super::sync::Arc;
use crate::pointers::inner::ArcInner;

/// Wakes a task, as [`std::task::Wake`] does, of which it has the methods.
///
/// A method with `self: Arc<Self>` of our `Arc` needs a nightly compiler, so this exists with the
/// feature `nightly` only. `Waker::from(arc)` makes the waker; it is a reference to the object, as
/// std's is, and a trace sees it in a field of type `Waker`.
pub trait Wake {
    /// Wakes the task.
    fn wake(self: Arc<Self>);

    /// Wakes the task without consuming the reference. Unlike with std, another reference exists
    /// during the call.
    fn wake_by_ref(self: &Arc<Self>) {
        self.clone().wake();
    }
}

impl<W: Wake + Send + Sync + 'static> std::task::Wake for ArcInner<W> {
    fn wake(self: std::sync::Arc<Self>) {
        Arc::from_inner(self).wake();
    }

    fn wake_by_ref(self: &std::sync::Arc<Self>) {
        Arc::from_inner(std::sync::Arc::clone(self)).wake_by_ref();
    }
}

impl<W: Wake + Send + Sync + 'static> From<Arc<W>> for Waker {
    fn from(waker: Arc<W>) -> Self {
        Self::from(waker.into_made().0)
    }
}

/// As std's, for code that calls `unsafe` functions with the result.
impl<W: Wake + Send + Sync + 'static> From<Arc<W>> for std::task::RawWaker {
    fn from(waker: Arc<W>) -> Self {
        Self::from(waker.into_made().0)
    }
}
