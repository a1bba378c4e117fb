//! Pins: the strong handles that a trace holds for one visit each, and that no count ever shows.
//!
//! A pin is written down before it is made, under the lock that every reader of a count takes while
//! there is a pin. While nothing is traced, reading a count costs one load more. The essay in
//! [`table`](crate::table) draws the states of a pin.

mod together;
mod waiting;

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicU64, Ordering, fence};
use std::sync::{Arc, Weak};
use std::thread::{self, ThreadId};
use std::time::Duration;

use crate::lock::{Mutex, MutexGuard, Pause, Wait, is_forked};
use crate::object_id::ObjectId;
use crate::platform::Instant;
use crate::table::erased::ArcValue;
use crate::table::places::shared;

pub(crate) use together::pin_all;
pub(crate) use waiting::{allow, run_unpinned, run_unpinned_until_allowed, wait_for_others};

/// Returns the address of a value, which distinguishes it from other live values.
pub(crate) fn address<T: ?Sized>(value: &T) -> usize {
    std::ptr::from_ref(value).cast::<()>().addr()
}

// ---- values of `Rc` ----

/// The pins that this thread holds on values of `Rc`: nearly always one, or none.
struct LocalPins {
    /// The address of the first; 0 for none.
    first: Cell<usize>,
    /// Number of the others, made while there was one.
    others: Cell<usize>,
}

thread_local! {
    static HELD: LocalPins = const {
        LocalPins {
            first: Cell::new(0),
            others: Cell::new(0),
        }
    };
    /// The addresses of the others.
    static OTHERS: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

/// A pin on a value of an `Rc` of this thread. Drop it after the strong handle.
pub(crate) struct LocalPin {
    address: usize,
    is_first: bool,
}

impl LocalPin {
    /// Makes a pin, and returns it with the number of other pins that this thread holds on the
    /// value.
    #[inline]
    pub(crate) fn new(address: usize) -> (Self, usize) {
        let is_first = HELD.with(|held| {
            let is_first = held.first.get() == 0 && held.others.get() == 0;
            if is_first {
                held.first.set(address);
            }
            is_first
        });
        let before = if is_first { 0 } else { Self::one_more(address) };
        (Self { address, is_first }, before)
    }

    #[cold]
    fn one_more(address: usize) -> usize {
        let before = of_this_thread(address);
        HELD.with(|held| held.others.set(held.others.get() + 1));
        let _ = OTHERS.try_with(|others| others.borrow_mut().push(address));
        before
    }
}

impl Drop for LocalPin {
    #[inline]
    fn drop(&mut self) {
        if self.is_first {
            return HELD.with(|held| held.first.set(0));
        }
        HELD.with(|held| held.others.set(held.others.get() - 1));
        let _ = OTHERS.try_with(|others| {
            let mut others = others.borrow_mut();
            let at = others.iter().rposition(|&address| address == self.address);
            at.map(|at| others.swap_remove(at));
        });
    }
}

/// Returns the number of pins that this thread holds on a value.
#[inline]
pub(crate) fn of_this_thread(address: usize) -> usize {
    let (first, others) = HELD.with(|held| (held.first.get(), held.others.get()));
    let first = usize::from(first == address);
    if others == 0 {
        return first;
    }
    let others =
        OTHERS.try_with(|others| others.borrow().iter().filter(|&&a| a == address).count());
    first + others.unwrap_or(0)
}

// ---- values of `Arc` ----

/// A pin on a value of an `Arc`.
struct PinRow {
    address: usize,
    thread: ThreadId,
    number: u64,
    /// The strong handle is being dropped, so it is unknown whether the count still includes it.
    leaving: bool,
    /// A thread waited for the pin for too long. No thread waits for it any more.
    overdue: bool,
}

impl PinRow {
    fn new(address: usize, number: u64) -> Self {
        Self {
            address,
            thread: this_thread(),
            number,
            leaving: false,
            overdue: false,
        }
    }
}

type PinsGuard = MutexGuard<'static, Vec<PinRow>>;

static PINS: Mutex<Vec<PinRow>> = Mutex::new(Vec::new());

/// Number of pins that were ever written down, and that are gone; equal while there is none.
static WRITTEN: AtomicU64 = AtomicU64::new(0);
static GONE: AtomicU64 = AtomicU64::new(0);

/// Returns the number of pins that were ever written down, if there is none now.
fn none_pinned() -> Option<u64> {
    let written = WRITTEN.load(Ordering::SeqCst);
    (GONE.load(Ordering::SeqCst) == written).then_some(written)
}

/// Whether no pin was written down since. The caller has read a count in between.
fn none_written_since(written: u64) -> bool {
    // Pairs with the release fence of `write_down`: a count that includes a pin was read after the
    // pin was written down, so the load below sees that.
    fence(Ordering::Acquire);
    WRITTEN.load(Ordering::SeqCst) == written
}

/// Writes pins down before any count shows them, and returns the number of the first. The caller has
/// locked [`PINS`].
fn write_down(pins: u64) -> u64 {
    let number = WRITTEN.fetch_add(pins, Ordering::SeqCst);
    // Pairs with the acquire fence of `none_written_since`.
    fence(Ordering::Release);
    number
}

/// A pinned value of an `Arc`, with its counts as the program sees them.
pub(crate) struct SharedPin<T: ?Sized> {
    /// `None` only during the drop.
    handle: Option<Arc<T>>,
    pub(crate) strong: usize,
    pub(crate) weak: usize,
    number: u64,
}

/// Maximum time that a trace waits for another thread to end its visit of the same object: code of
/// the user in that visit may itself wait for this thread.
const PATIENCE: Duration = Duration::from_millis(100);

/// Pins the value of an object; `None` if it is being dropped, or nothing may visit it.
///
/// Traces of several threads take turns with each object. So a lock in it that one trace holds is
/// not reported busy by another, and the count is known.
pub(crate) fn pin(id: ObjectId) -> Option<SharedPin<dyn ArcValue>> {
    let this = this_thread();
    let mut pins = PINS.lock();
    if !pins.is_empty() {
        let deadline = Instant::now() + PATIENCE;
        let mut pause = Pause::default();
        while let Some(address) = address_of(id) {
            let others = || {
                pins.iter()
                    .filter(|pin| pin.address == address && pin.thread != this)
            };
            // One that is leaving is gone in a moment, or its object is.
            let leaving = others().any(|pin| pin.leaving);
            let is_late = Instant::now() >= deadline;
            if others().next().is_none() || (is_late && (!leaving || is_forked())) {
                break;
            }
            pins = PINS.pause(pins, &mut pause);
        }
    }
    pin_by(pins, || shared::upgrade(id))
}

thread_local! {
    /// `thread::current` counts references to the thread, which costs more than the rest of a pin.
    static THIS: ThreadId = thread::current().id();
}

fn this_thread() -> ThreadId {
    THIS.with(|id| *id)
}

/// Returns the address of the value of an object. The caller has locked [`PINS`].
fn address_of(id: ObjectId) -> Option<usize> {
    write_down(1);
    let address = shared::copy(id).map(|weak| weak.as_ptr().cast::<()>().addr());
    GONE.fetch_add(1, Ordering::SeqCst);
    address
}

/// Pins the value behind a weak handle; `None` if it is dead.
pub(crate) fn pin_weak<T: ?Sized>(weak: &Weak<T>) -> Option<SharedPin<T>> {
    // Neither the handle in the table nor this one is the program's.
    let upgrade = || Some((weak.upgrade()?, weak.weak_count().saturating_sub(1)));
    pin_by(PINS.lock(), upgrade)
}

/// Returns a strong handle to the value of an object, for the program.
pub(crate) fn strong(id: ObjectId) -> Option<Arc<dyn ArcValue>> {
    let mut wait = Wait::default();
    loop {
        let pins = PINS.lock();
        write_down(1);
        let strong = match shared::copy(id) {
            Some(weak) => upgrade_without_pins(&pins, &weak),
            None => Some(None),
        };
        GONE.fetch_add(1, Ordering::SeqCst);
        if let Some(strong) = strong {
            return strong;
        }
        drop(pins);
        wait.forget_leaving();
    }
}

/// Upgrades a weak handle, if the program has a strong one: a value that only pins hold is dead for
/// it.
pub(crate) fn upgrade<T: ?Sized>(weak: &Weak<T>) -> Option<Arc<T>> {
    // A pin that is made after this check, and outlives the last handle of the program, does no
    // harm: the program dropped that handle while this function ran.
    if none_pinned().is_some() {
        return weak.upgrade();
    }
    let mut wait = Wait::default();
    loop {
        if let Some(strong) = upgrade_without_pins(&PINS.lock(), weak) {
            return strong;
        }
        wait.forget_leaving();
    }
}

/// Upgrades while no pin comes or goes; `None` if the count is not known now.
fn upgrade_without_pins<T: ?Sized>(pins: &[PinRow], weak: &Weak<T>) -> Option<Option<Arc<T>>> {
    let count = without_pins(pins, weak.as_ptr().cast::<()>().addr(), weak.strong_count())?;
    Some((count > 0).then(|| weak.upgrade()).flatten())
}

/// Subtracts the pins from a strong count; `None` if the count is not known now.
fn without_pins(pins: &[PinRow], address: usize, count: usize) -> Option<usize> {
    let of_value = || pins.iter().filter(|pin| pin.address == address);
    let known = count == 0 || !of_value().any(|pin| pin.leaving);
    known.then(|| count.saturating_sub(of_value().count()))
}

impl Wait {
    /// Lets other threads run. In the child of a fork, the thread that was dropping a handle may
    /// not exist: after some time, the handle counts as the program's.
    fn forget_leaving(&mut self) {
        if self.is_over() {
            PINS.lock().retain(|pin| {
                GONE.fetch_add(u64::from(pin.leaving), Ordering::SeqCst);
                !pin.leaving
            });
        }
    }
}

/// Runs `run` while no other thread reads a count. No code of the user may run inside.
pub(crate) fn run_unread(run: impl FnOnce()) {
    let _nobody_counts = PINS.lock();
    write_down(1);
    run();
    GONE.fetch_add(1, Ordering::SeqCst);
}

/// Pins under the lock. `upgrade` returns the strong handle, and the number of weak handles of the
/// program.
fn pin_by<T: ?Sized>(
    mut pins: MutexGuard<'_, Vec<PinRow>>,
    upgrade: impl FnOnce() -> Option<(Arc<T>, usize)>,
) -> Option<SharedPin<T>> {
    let number = write_down(1);
    let Some((handle, weak)) = upgrade() else {
        GONE.fetch_add(1, Ordering::SeqCst);
        return None;
    };
    let address = address(&*handle);
    let pinned = 1 + pins.iter().filter(|pin| pin.address == address).count();
    let strong = Arc::strong_count(&handle).saturating_sub(pinned);
    pins.push(PinRow::new(address, number));
    Some(SharedPin {
        handle: Some(handle),
        strong,
        weak,
        number,
    })
}

impl<T: ?Sized> SharedPin<T> {
    pub(crate) fn get(&self) -> Option<&T> {
        self.handle.as_deref()
    }
}

impl<T: ?Sized> Drop for SharedPin<T> {
    fn drop(&mut self) {
        let leaving = PinRemoval(self.number);
        with_pin(leaving.0, |pins, at| pins[at].leaving = true);
        // This may be the last handle: then the drop of the value runs here, with nothing locked.
        drop(self.handle.take());
    }
}

/// Removes a pin when it is dropped, also if the drop of the value panics.
struct PinRemoval(u64);

impl Drop for PinRemoval {
    fn drop(&mut self) {
        with_pin(self.0, |pins, at| {
            pins.swap_remove(at);
            GONE.fetch_add(1, Ordering::SeqCst);
        });
    }
}

fn with_pin(number: u64, change: impl FnOnce(&mut Vec<PinRow>, usize)) {
    let mut pins = PINS.lock();
    if let Some(at) = pins.iter().position(|pin| pin.number == number) {
        change(&mut pins, at);
    }
}

/// Returns a count without the pins that it includes. `read` reads the count of the value at
/// `address`.
pub(crate) fn count_without(address: usize, read: impl Fn() -> usize) -> usize {
    if let Some(written) = none_pinned() {
        let count = read();
        if none_written_since(written) {
            return count;
        }
    }
    let mut wait = Wait::default();
    loop {
        let pins = PINS.lock();
        if let Some(count) = without_pins(&pins, address, read()) {
            return count;
        }
        drop(pins);
        wait.forget_leaving();
    }
}

/// Returns a count that no pin changes, except for a moment while it is made.
pub(crate) fn count_unpinned(read: impl Fn() -> usize) -> usize {
    if let Some(written) = none_pinned() {
        let count = read();
        if none_written_since(written) {
            return count;
        }
    }
    let _nobody_pins = PINS.lock();
    read()
}
