//! Waiting for the pins of other threads: what the program does with the only handle that it has,
//! to get the value or a `&mut` to it, waits until no other thread pins the value.

use std::cell::Cell;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::{PINS, PinRow, PinsGuard, address, without_pins};
use crate::lock::{self, Pause, is_forked};
use crate::platform::Instant;

/// Maximum time to wait for a pin. A visit that takes longer most likely waits, itself, for the
/// thread that waits here. After that, the pin counts as a handle of another thread, which it is.
const PATIENCE: Duration = Duration::from_secs(if cfg!(test) { 1 } else { 10 });

/// Waits until no other thread pins the value, and returns whether it is still pinned, as by this
/// thread.
pub(crate) fn wait_for_others(address: usize) -> bool {
    let mut pins = PINS.lock();
    let mut waits = PinWait::default();
    let this = thread::current().id();
    let is_pinned = |pins: &[PinRow]| pins.iter().any(|pin| pin.address == address);
    let by_this =
        |pins: &[PinRow]| (pins.iter()).any(|pin| pin.address == address && pin.thread == this);
    while !by_this(&pins) {
        let Some(number) = of_others(&pins, address) else {
            break;
        };
        pins = waits.wait(pins, number);
    }
    is_pinned(&pins)
}

/// Runs `run` while no other thread pins the value and none can; or at once, while the program has
/// other handles or one of the pins is overdue. No code of the user may run inside.
pub(crate) fn run_unpinned<T, R>(inner: Arc<T>, run: impl FnOnce(Arc<T>) -> R) -> R {
    let _nobody_pins = lock_unpinned(&inner);
    run(inner)
}

thread_local! {
    /// The guard of the lock, while this thread runs a function of std that may call code of the
    /// user.
    static KEPT: Cell<Option<PinsGuard>> = const { Cell::new(None) };
}

/// As [`run_unpinned`], until [`allow`] is called, which must be before code of the user runs.
pub(crate) fn run_unpinned_until_allowed<'i, T, R>(
    inner: &'i mut Arc<T>,
    run: impl FnOnce(&'i mut Arc<T>) -> R,
) -> R {
    let pins = lock_unpinned(inner);
    // A thread whose thread-locals are gone keeps no guard.
    let _ = KEPT.try_with(|kept| kept.set(Some(pins)));
    let result = run(inner);
    allow();
    result
}

/// Allows pins again.
pub(crate) fn allow() {
    let _ = KEPT.try_with(|kept| drop(kept.take()));
}

fn lock_unpinned<T>(inner: &Arc<T>) -> PinsGuard {
    let address = address(&**inner);
    let mut pins = PINS.lock();
    let mut waits = PinWait::default();
    while let Some(number) = of_others(&pins, address) {
        let others = without_pins(&pins, address, Arc::strong_count(inner));
        if others.is_some_and(|count| count > 1) {
            break;
        }
        pins = waits.wait(pins, number);
    }
    pins
}

/// Returns the number of the first pin of another thread; `None` if one of them is overdue.
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

/// A wait for pins, one after the other.
#[derive(Default)]
struct PinWait {
    /// The pin that is waited for, and until when.
    pin: Option<(u64, Instant)>,
    pause: Pause,
}

impl PinWait {
    /// Waits for a pin to go, until it is overdue.
    fn wait(&mut self, mut pins: PinsGuard, number: u64) -> PinsGuard {
        let until = match self.pin {
            Some((before, until)) if before == number => until,
            // In a child of a fork, the thread of the pin may not exist.
            _ if is_forked() => Instant::now() + lock::patience(),
            _ => Instant::now() + PATIENCE,
        };
        self.pin = Some((number, until));
        if Instant::now() >= until {
            if let Some(pin) = pins.iter_mut().find(|pin| pin.number == number) {
                pin.overdue = true;
            }
            return pins;
        }
        PINS.pause(pins, &mut self.pause)
    }
}

#[cfg(test)]
mod tests;
