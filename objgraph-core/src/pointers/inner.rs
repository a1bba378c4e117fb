//! What the pointers allocate: a header with the object's id, and the value.

use std::any::Any;
use std::cell::Cell;
use std::fmt;
use std::panic::Location;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::object_id::ObjectId;
use crate::pointer_kind::PointerKind;
use crate::table::choice;
#[cfg(feature = "nightly")]
use crate::table::erased::LocalArcValue;
use crate::table::erased::{ArcValue, RcValue};
use crate::table::interned::kinds::{Reattach, TypeMeta};
#[cfg(feature = "nightly")]
use crate::table::local_arcs;
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
    /// Removes the object from the table, and returns the value.
    pub(crate) fn into_value(self) -> T {
        drop(self.header);
        self.value
    }
}

impl<T> ArcInner<T> {
    /// Removes the object from the table, and returns the value.
    pub(crate) fn into_value(self) -> T {
        drop(self.header);
        self.value
    }
}

// std's pointers to one allocation are equal without a call of `eq`, if its value is `Eq`. Ours
// compare these, so they are as well.
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

/// A bit of a header: the table has no handle to the value, because a `&mut` to it was handed out.
/// It is the sign of the word, and not set in [`UNLISTED`], so that a clone tests one bit.
const LENT: u64 = 1 << 63;

/// In place of an id in a header: the object is not in the table.
const UNLISTED: u64 = ObjectId::NONE.to_raw() & !LENT;

#[inline]
fn id_of(word: u64) -> Option<ObjectId> {
    (word != UNLISTED).then(|| ObjectId::from_raw(word & !LENT))
}

/// The header of an object behind an `Rc`.
pub(crate) struct RcHeader(Cell<u64>);

/// The header of an object behind an `Arc`.
pub(crate) struct ArcHeader(AtomicU64);

macro_rules! header {
    ($header:ident, $forget:path) => {
        impl $header {
            #[inline]
            pub(crate) fn id(&self) -> Option<ObjectId> {
                id_of(self.word())
            }

            #[inline(always)]
            pub(crate) fn set_id(&self, id: ObjectId) {
                self.set_word(id.to_raw() & !LENT);
            }

            /// Whether the table has no handle to the value.
            #[inline]
            pub(crate) fn is_lent(&self) -> bool {
                self.word() & LENT != 0
            }

            /// Whether the table holds a weak handle to the value.
            pub(crate) fn is_attached(&self) -> bool {
                let word = self.word();
                word & LENT == 0 && word != UNLISTED
            }

            pub(crate) fn set_lent(&self, lent: bool) {
                let word = self.word();
                if word != UNLISTED {
                    self.set_word(if lent { word | LENT } else { word & !LENT });
                }
            }
        }

        impl Drop for $header {
            #[cfg_attr(debug_assertions, inline(never))]
            #[cfg_attr(not(debug_assertions), inline)]
            fn drop(&mut self) {
                let word: u64 = *self.0.get_mut();
                if word != UNLISTED {
                    $forget(ObjectId::from_raw(word).place());
                }
            }
        }
    };
}

header!(RcHeader, record::remove_rc);
header!(ArcHeader, record::remove_arc);

impl RcHeader {
    #[inline(always)]
    pub(crate) const fn unlisted() -> Self {
        Self(Cell::new(UNLISTED))
    }

    #[inline(always)]
    fn word(&self) -> u64 {
        self.0.get()
    }

    #[inline(always)]
    fn set_word(&self, word: u64) {
        self.0.set(word);
    }
}

// Relaxed, and pairs with nothing: it is written before the pointer is shared, by the owner of the
// only pointer, or under the lock of the pins; whatever passes the pointer on orders that before each
// read.
impl ArcHeader {
    #[inline(always)]
    pub(crate) const fn unlisted() -> Self {
        Self(AtomicU64::new(UNLISTED))
    }

    #[inline(always)]
    fn word(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    #[inline(always)]
    fn set_word(&self, word: u64) {
        self.0.store(word, Ordering::Relaxed);
    }
}

/// The constant of a type behind an `Rc`.
pub(crate) trait RcMeta {
    const META: &'static TypeMeta;
}

impl<T: 'static> RcMeta for T {
    const META: &'static TypeMeta =
        &TypeMeta::new::<T>(PointerKind::Rc, Reattach::Rc(weak_rc::<T>));
}

fn weak_rc<T: 'static>(pointer: &dyn Any) -> Option<std::rc::Weak<dyn RcValue>> {
    let weak: std::rc::Weak<RcInner<T>> = match pointer.downcast_ref() {
        Some(strong) => std::rc::Rc::downgrade(strong),
        None => pointer.downcast_ref().cloned()?,
    };
    Some(weak)
}

/// The constant of a type behind an `Arc`.
pub(crate) trait ArcMeta {
    const META: &'static TypeMeta;
}

impl<T: Send + Sync + 'static> ArcMeta for T {
    const META: &'static TypeMeta =
        &TypeMeta::new::<T>(PointerKind::Arc, Reattach::Arc(weak_arc::<T>));
}

fn weak_arc<T: Send + Sync + 'static>(pointer: &dyn Any) -> Option<std::sync::Weak<dyn ArcValue>> {
    let weak: std::sync::Weak<ArcInner<T>> = match pointer.downcast_ref() {
        Some(strong) => std::sync::Arc::downgrade(strong),
        None => pointer.downcast_ref().cloned()?,
    };
    Some(weak)
}

/// Adds a new object behind an `Rc` to the table, unless its type is left out.
#[inline(always)]
pub(crate) fn add_rc<T: 'static>(
    inner: &std::rc::Rc<RcInner<T>>,
    site: &'static Location<'static>,
) {
    let meta = <T as RcMeta>::META;
    if choice::leaves_out(meta) {
        return;
    }
    let weak: std::rc::Weak<RcInner<T>> = std::rc::Rc::downgrade(inner);
    list_rc(&inner.header, meta, site, weak);
}

#[cfg_attr(debug_assertions, inline(never))]
#[cfg_attr(not(debug_assertions), inline)]
fn list_rc(
    header: &RcHeader,
    meta: &'static TypeMeta,
    site: &'static Location<'static>,
    weak: std::rc::Weak<dyn RcValue>,
) {
    let listed = record::add_rc(meta, site, Some(weak));
    header.set_id(listed.id);
    if !listed.is_attached {
        header.set_lent(true);
    }
}

/// Adds a new object behind an `Arc` to the table, unless its type is left out.
#[cfg(not(feature = "nightly"))]
#[inline(always)]
pub(crate) fn add_arc<T: Send + Sync + 'static>(
    inner: &std::sync::Arc<ArcInner<T>>,
    site: &'static Location<'static>,
) {
    add_shared(inner, site);
}

/// Adds a new object behind an `Arc` to the table, unless its type is left out.
#[cfg(feature = "nightly")]
#[inline]
pub(crate) fn add_arc<T: 'static>(
    inner: &std::sync::Arc<ArcInner<T>>,
    site: &'static Location<'static>,
) {
    T::add(inner, site);
}

#[inline(always)]
fn add_shared<T: Send + Sync + 'static>(
    inner: &std::sync::Arc<ArcInner<T>>,
    site: &'static Location<'static>,
) {
    let meta = <T as ArcMeta>::META;
    if choice::leaves_out(meta) {
        return;
    }
    let weak: std::sync::Weak<ArcInner<T>> = std::sync::Arc::downgrade(inner);
    list_arc(&inner.header, meta, site, weak);
}

#[cfg_attr(debug_assertions, inline(never))]
#[cfg_attr(not(debug_assertions), inline)]
fn list_arc(
    header: &ArcHeader,
    meta: &'static TypeMeta,
    site: &'static Location<'static>,
    weak: std::sync::Weak<dyn ArcValue>,
) {
    header.set_id(record::add_arc(meta, site, Some(weak)));
}

/// A value behind an `Arc`, which any thread may visit if it is `Send + Sync`, and only its own if
/// not. Specialised, because both may be created in code that does not know.
#[cfg(feature = "nightly")]
trait ArcTarget: Sized {
    fn add(inner: &std::sync::Arc<ArcInner<Self>>, site: &'static Location<'static>);
}

#[cfg(feature = "nightly")]
impl<T: 'static> ArcTarget for T {
    default fn add(inner: &std::sync::Arc<ArcInner<Self>>, site: &'static Location<'static>) {
        let meta = <T as LocalArcMeta>::META;
        if choice::leaves_out(meta) {
            return;
        }
        let weak: std::sync::Weak<ArcInner<T>> = std::sync::Arc::downgrade(inner);
        inner.header.set_id(local_arcs::add(meta, site, Some(weak)));
    }
}

#[cfg(feature = "nightly")]
impl<T: Send + Sync + 'static> ArcTarget for T {
    #[inline]
    fn add(inner: &std::sync::Arc<ArcInner<Self>>, site: &'static Location<'static>) {
        add_shared(inner, site);
    }
}

/// The constant of a type behind an `Arc` that stays on its thread.
#[cfg(feature = "nightly")]
trait LocalArcMeta {
    const META: &'static TypeMeta;
}

#[cfg(feature = "nightly")]
impl<T: 'static> LocalArcMeta for T {
    const META: &'static TypeMeta =
        &TypeMeta::new::<T>(PointerKind::Arc, Reattach::LocalArc(weak_local_arc::<T>));
}

#[cfg(feature = "nightly")]
fn weak_local_arc<T: 'static>(pointer: &dyn Any) -> Option<std::sync::Weak<dyn LocalArcValue>> {
    let weak: std::sync::Weak<ArcInner<T>> = match pointer.downcast_ref() {
        Some(strong) => std::sync::Arc::downgrade(strong),
        None => pointer.downcast_ref().cloned()?,
    };
    Some(weak)
}

impl<T: Clone> Clone for RcInner<T> {
    /// Clones the value into another object, which is not in the table yet.
    fn clone(&self) -> Self {
        Self {
            header: RcHeader::unlisted(),
            value: self.value.clone(),
        }
    }
}

impl<T: Clone> Clone for ArcInner<T> {
    /// Clones the value into another object, which is not in the table yet.
    fn clone(&self) -> Self {
        // Called by std's `make_mut`: from here on the value's own `clone` runs.
        pins::allow();
        Self {
            header: ArcHeader::unlisted(),
            value: self.value.clone(),
        }
    }
}
