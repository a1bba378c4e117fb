//! tokio: the locks and cells of `tokio::sync`. Its channels do not lend what is queued in them, so they are
//! opaque.

use tokio::sync::{Barrier, Mutex, Notify, OnceCell, RwLock, Semaphore};

use crate::visibility::impls::std::shapes::{guarded, leaves, once};

guarded! {
    [] Mutex<T>, lock => lock.try_lock().ok();
    [] RwLock<T>, lock => lock.try_read().ok();
}

once! {
    [] OnceCell<T>, cell => cell.get();
    [] tokio::sync::SetOnce<T>, cell => cell.get();
}

// They also hold the wakers of the tasks that wait on them, which are not visited, but only while the
// tasks wait.
leaves!(Barrier, Notify, Semaphore);
