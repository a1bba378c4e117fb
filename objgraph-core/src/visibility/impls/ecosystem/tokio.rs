//! tokio: the locks and cells of `tokio::sync`. What is under way in a channel cannot be seen, so
//! channels are opaque.

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

// They hold the wakers of the tasks that wait on them, in which nothing can be seen either; but
// only for as long as they wait.
leaves!(Barrier, Notify, Semaphore);
