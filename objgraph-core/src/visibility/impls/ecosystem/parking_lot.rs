//! parking_lot. Its locks are those of lock_api over a raw lock, so these impls serve every crate that is
//! built on lock_api.

use crate::visibility::impls::std::shapes::{guarded, leaves};

guarded! {
    [R: lock_api_0_4::RawMutex] lock_api_0_4::Mutex<R, T>, lock => lock.try_lock();
    [R: lock_api_0_4::RawRwLock] lock_api_0_4::RwLock<R, T>, lock => lock.try_read();
    [R: lock_api_0_4::RawMutex, G: lock_api_0_4::GetThreadId] lock_api_0_4::ReentrantMutex<R, G, T>,
        lock => lock.try_lock();
}

#[cfg(feature = "parking_lot")]
guarded! {
    [R: lock_api_0_5::RawMutex] lock_api_0_5::Mutex<R, T>, lock => lock.try_lock();
    [R: lock_api_0_5::RawRwLock] lock_api_0_5::RwLock<R, T>, lock => lock.try_read();
    [R: lock_api_0_5::RawMutex, G: lock_api_0_5::GetThreadId]
        lock_api_0_5::ReentrantMutex<R, G, T>, lock => lock.try_lock();
}

leaves!(parking_lot::Once, parking_lot::Condvar);
