//! What of the program waits for pins of other threads: whatever asks for the value, or a `&mut` to
//! it, through the only handle that the program has.

use std::cell::Cell;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::{PINS, PinRow, PinsGuard, UNPINNED, address, beside};
use crate::lock::{self, is_forked};

/// How long a pin is waited for. A visit that takes longer most likely waits, itself, for the thread
/// that waits here. Then the pin is a handle that somebody else has, which is the truth.
const PATIENCE: Duration = Duration::from_secs(if cfg!(test) { 1 } else { 10 });

/// PinWait for other threads to pin the value no more; answers whether it is pinned still, as by this
/// thread.
pub(crate) fn wait_for_others(address: usize) -> bool {
    let mut pins = PINS.lock();
    let mut waits = PinWait::default();
    let this = thread::current().id();
    let is_pinned = |pins: &[PinRow]| pins.iter().any(|pin| pin.address == address);
    let by_this =
        |pins: &[PinRow]| (pins.iter()).any(|pin| pin.address == address && pin.thread == this);
    while !by_this(&pins)
        && let Some(number) = of_others(&pins, address)
    {
        pins = waits.wait(pins, number);
    }
    is_pinned(&pins)
}

/// Runs while no other thread pins the value, and none can; or while the program has other handles,
/// or one of the pins was waited for in vain. No code of the user may run inside.
pub(crate) fn unpinned<T, R>(inner: Arc<T>, run: impl FnOnce(Arc<T>) -> R) -> R {
    let _nobody_pins = lock_unpinned(&inner);
    run(inner)
}

thread_local! {
    /// The lock, while this thread runs what may come to code of the user.
    static KEPT: Cell<Option<PinsGuard>> = const { Cell::new(None) };
}

/// The same until [`allow`] is called, which must be before code of the user runs.
pub(crate) fn unpinned_until_allowed<'i, T, R>(
    inner: &'i mut Arc<T>,
    run: impl FnOnce(&'i mut Arc<T>) -> R,
) -> R {
    let pins = lock_unpinned(inner);
    // A thread that is nearly gone keeps nothing.
    let _ = KEPT.try_with(|kept| kept.set(Some(pins)));
    let result = run(inner);
    allow();
    result
}

/// PinsGuard may be made again.
pub(crate) fn allow() {
    let _ = KEPT.try_with(|kept| drop(kept.take()));
}

fn lock_unpinned<T>(inner: &Arc<T>) -> PinsGuard {
    let address = address(&**inner);
    let mut pins = PINS.lock();
    let mut waits = PinWait::default();
    while let Some(number) = of_others(&pins, address)
        && beside(&pins, address, Arc::strong_count(inner)).is_none_or(|count| count <= 1)
    {
        pins = waits.wait(pins, number);
    }
    pins
}

/// The number of a pin of another thread, if each of them is worth waiting for.
fn of_others(pins: &[PinRow], address: usize) -> Option<u64> {
    let this = thread::current().id();
    let others = || {
        pins.iter()
            .filter(|pin| pin.address == address && pin.thread != this)
    };
    let is_overdue = others().any(|pin| pin.overdue);
    let first = others().map(|pin| pin.number).min();
    first.filter(|_| !is_overdue)
}

/// For how long which pin is waited for.
#[derive(Default)]
struct PinWait(Option<(u64, Instant)>);

impl PinWait {
    /// PinWait for a pin to go, until it is overdue.
    fn wait(&mut self, mut pins: PinsGuard, number: u64) -> PinsGuard {
        let until = match self.0 {
            Some((before, until)) if before == number => until,
            // The thread of the pin may not exist there.
            _ if is_forked() => Instant::now() + lock::patience(),
            _ => Instant::now() + PATIENCE,
        };
        self.0 = Some((number, until));
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            if let Some(pin) = pins.iter_mut().find(|pin| pin.number == number) {
                pin.overdue = true;
            }
            return pins;
        }
        UNPINNED.wait(&PINS, pins, left)
    }
}

#[cfg(test)]
mod tests;
