//! Pins on several objects at once, for looks at objects that are believed to have leaked.
//!
//! A pin on its own takes the lock three times, which is most of the cost of a look. Objects that are in
//! use are pinned one at a time, so that the program never waits for the visits of others.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{GONE, PINS, PinRow, address, write_down};
use crate::object_id::ObjectId;
use crate::table::erased::ArcValue;
use crate::table::places::shared;

/// Pinned values of `Arc`s, in the order in which they were given.
pub(crate) struct PinnedObjects {
    values: Vec<PinnedValue>,
    numbers: Range<u64>,
}

/// A pinned value, with its counts as the program sees them.
pub(crate) struct PinnedValue {
    pub(crate) handle: Arc<dyn ArcValue>,
    pub(crate) strong: usize,
    pub(crate) weak: usize,
}

impl PinnedObjects {
    pub(crate) fn values(&self) -> &[PinnedValue] {
        &self.values
    }
}

/// Pins the values of all these objects, which are different; `None` if one of them is not an `Arc` that
/// can be visited, or while there is any other pin: then traces of several threads take turns with each
/// object.
pub(crate) fn pin_all(ids: &[ObjectId]) -> Option<PinnedObjects> {
    let mut pins = PINS.lock();
    if !pins.is_empty() {
        return None;
    }
    let first = write_down(ids.len() as u64);
    let mut pinned = PinnedObjects {
        values: Vec::with_capacity(ids.len()),
        numbers: first..first + ids.len() as u64,
    };
    for (number, &id) in pinned.numbers.clone().zip(ids) {
        let Some((handle, weak)) = shared::upgrade(id) else {
            GONE.fetch_add(pinned.numbers.end - number, Ordering::SeqCst);
            drop(pins);
            return None;
        };
        let strong = Arc::strong_count(&handle).saturating_sub(1);
        pins.push(PinRow::new(address(&*handle), number));
        pinned.values.push(PinnedValue {
            handle,
            strong,
            weak,
        });
    }
    Some(pinned)
}

impl Drop for PinnedObjects {
    fn drop(&mut self) {
        let removal = PinsRemoval(self.numbers.clone());
        let mut pins = PINS.lock();
        for pin in pins.iter_mut() {
            pin.leaving |= removal.0.contains(&pin.number);
        }
        drop(pins);
        // These may be the last handles: then the drops of the values run here, with nothing locked.
        self.values.clear();
    }
}

/// Removes pins when it is dropped, also if the drop of a value panics.
struct PinsRemoval(Range<u64>);

impl Drop for PinsRemoval {
    fn drop(&mut self) {
        let mut pins = PINS.lock();
        let before = pins.len();
        pins.retain(|pin| !self.0.contains(&pin.number));
        GONE.fetch_add((before - pins.len()) as u64, Ordering::SeqCst);
    }
}
