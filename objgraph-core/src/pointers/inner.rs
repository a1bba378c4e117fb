//! What the pointers allocate: the value, and before it a word that names the object.

use std::any::Any;
use std::cell::Cell;
use std::fmt;
use std::panic::Location;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::holder::Holder;
use crate::object_id::ObjectId;
use crate::table::erased::{Erased, SharedErased};
use crate::table::interned::kinds::{Reattach, TypeMeta};
use crate::table::pins;
use crate::table::record;

/// What an `Rc` allocates. The header is dropped first, so an object whose `Drop` runs is no
/// longer in the table.
pub struct RcInner<T: ?Sized> {
    pub(crate) header: RcHeader,
    pub(crate) value: T,
}

/// What an `Arc` allocates.
pub struct ArcInner<T: ?Sized> {
    pub(crate) header: ArcHeader,
    pub(crate) value: T,
}

impl<T: ?Sized> fmt::Debug for RcInner<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.header.id(), f)
    }
}

impl<T: ?Sized> fmt::Debug for ArcInner<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.header.id(), f)
    }
}

impl<T> RcInner<T> {
    /// The value, moved out; the object is no more.
    pub(crate) fn into_value(self) -> T {
        drop(self.header);
        self.value
    }
}

impl<T> ArcInner<T> {
    /// The value, moved out; the object is no more.
    pub(crate) fn into_value(self) -> T {
        drop(self.header);
        self.value
    }
}

// The comparison of std's pointers does not call `eq` for one allocation if its value is `Eq`; so
// that ours do the same, they compare these.
macro_rules! compare_values {
    ($Inner:ident) => {
        impl<T: ?Sized + PartialEq> PartialEq for $Inner<T> {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                self.value == other.value
            }

            #[allow(
                clippy::partialeq_ne_impl,
                reason = "the `ne` of a value may not be `!eq`"
            )]
            #[inline]
            fn ne(&self, other: &Self) -> bool {
                self.value != other.value
            }
        }

        impl<T: ?Sized + Eq> Eq for $Inner<T> {}
    };
}

compare_values!(RcInner);
compare_values!(ArcInner);

/// In a header: the table has no handle to the value, because a `&mut` to it was handed out. The
/// sign of the word, and never that of [`UNLISTED`], so that a clone asks for one bit.
const LENT: u64 = 1 << 63;

/// In a header: no object of the table.
const UNLISTED: u64 = ObjectId::NONE.to_raw() & !LENT;

#[inline]
fn id_of(word: u64) -> Option<ObjectId> {
    (word != UNLISTED).then(|| ObjectId::from_raw(word & !LENT))
}

/// The name of an object behind an `Rc`.
pub(crate) struct RcHeader(Cell<u64>);

/// The name of an object behind an `Arc`.
pub(crate) struct ArcHeader(AtomicU64);

macro_rules! header {
    ($header:ident, $forget:path, $get:expr, $set:expr) => {
        impl $header {
            #[inline]
            pub(crate) fn id(&self) -> Option<ObjectId> {
                id_of($get(self))
            }

            #[inline]
            pub(crate) fn set_id(&self, id: ObjectId) {
                $set(self, id.to_raw() & !LENT);
            }

            /// Whether the table has no handle to the value.
            #[inline]
            pub(crate) fn is_lent(&self) -> bool {
                let word: u64 = $get(self);
                word & LENT != 0
            }

            /// Whether the table holds a weak handle to the value.
            pub(crate) fn is_attached(&self) -> bool {
                let word: u64 = $get(self);
                word & LENT == 0 && word != UNLISTED
            }

            pub(crate) fn set_lent(&self, lent: bool) {
                let word: u64 = $get(self);
                if word != UNLISTED {
                    $set(self, if lent { word | LENT } else { word & !LENT });
                }
            }
        }

        impl Drop for $header {
            #[inline]
            fn drop(&mut self) {
                if let Some(id) = self.id() {
                    $forget(id.place());
                }
            }
        }
    };
}

header!(
    RcHeader,
    record::remove_rc,
    |header: &RcHeader| header.0.get(),
    |header: &RcHeader, word| header.0.set(word)
);
header!(
    ArcHeader,
    record::remove_arc,
    |header: &ArcHeader| header.0.load(Ordering::Relaxed),
    |header: &ArcHeader, word| header.0.store(word, Ordering::Relaxed)
);

impl RcHeader {
    pub(crate) const fn unlisted() -> Self {
        Self(Cell::new(UNLISTED))
    }
}

impl ArcHeader {
    pub(crate) const fn unlisted() -> Self {
        Self(AtomicU64::new(UNLISTED))
    }
}

/// The constants of a type behind an `Rc`.
pub(crate) trait RcMeta {
    const META: &'static TypeMeta;
}

impl<T: 'static> RcMeta for T {
    const META: &'static TypeMeta = &TypeMeta::new::<T>(Holder::Rc, Reattach::Rc(weak_rc::<T>));
}

fn weak_rc<T: 'static>(pointer: &dyn Any) -> Option<std::rc::Weak<dyn Erased>> {
    let weak: std::rc::Weak<RcInner<T>> = match pointer.downcast_ref() {
        Some(strong) => std::rc::Rc::downgrade(strong),
        None => pointer.downcast_ref().cloned()?,
    };
    Some(weak)
}

/// The constants of a type behind an `Arc`.
pub(crate) trait ArcMeta {
    const META: &'static TypeMeta;
}

impl<T: Send + Sync + 'static> ArcMeta for T {
    const META: &'static TypeMeta = &TypeMeta::new::<T>(Holder::Arc, Reattach::Arc(weak_arc::<T>));
}

fn weak_arc<T: Send + Sync + 'static>(
    pointer: &dyn Any,
) -> Option<std::sync::Weak<dyn SharedErased>> {
    let weak: std::sync::Weak<ArcInner<T>> = match pointer.downcast_ref() {
        Some(strong) => std::sync::Arc::downgrade(strong),
        None => pointer.downcast_ref().cloned()?,
    };
    Some(weak)
}

/// Puts a value into an allocation and its object into the table.
#[inline]
pub(crate) fn add_rc<T: 'static>(
    inner: &std::rc::Rc<RcInner<T>>,
    site: &'static Location<'static>,
) {
    let weak: std::rc::Weak<RcInner<T>> = std::rc::Rc::downgrade(inner);
    let listed = record::add_rc(<T as RcMeta>::META, site, Some(weak));
    inner.header.set_id(listed.id);
    if !listed.is_attached {
        inner.header.set_lent(true);
    }
}

/// Puts a value into an allocation and its object into the table.
#[inline]
pub(crate) fn add_arc<T: Send + Sync + 'static>(
    inner: &std::sync::Arc<ArcInner<T>>,
    site: &'static Location<'static>,
) {
    let weak: std::sync::Weak<ArcInner<T>> = std::sync::Arc::downgrade(inner);
    inner
        .header
        .set_id(record::add_arc(<T as ArcMeta>::META, site, Some(weak)));
}

impl<T: Clone> Clone for RcInner<T> {
    /// The clone is another object, not in the table yet.
    fn clone(&self) -> Self {
        Self {
            header: RcHeader::unlisted(),
            value: self.value.clone(),
        }
    }
}

impl<T: Clone> Clone for ArcInner<T> {
    /// The clone is another object, not in the table yet.
    fn clone(&self) -> Self {
        pins::allow();
        Self {
            header: ArcHeader::unlisted(),
            value: self.value.clone(),
        }
    }
}
