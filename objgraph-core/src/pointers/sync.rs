//! `Arc` and its `Weak`, in place of `std::sync`.
//!
//! Each object is in the table from its creation until its drop begins. Everything else is as with
//! std's pointers; [`rc`](super::rc) lists what exists here. Where tracking is off, these names
//! *are* std's. The rest of [`std::sync`] is here too, so that only one word of an import changes.
//!
//! # Waiting for visits
//!
//! While a snapshot on another thread visits a value, [`get_mut`](Arc::get_mut),
//! [`make_mut`](Arc::make_mut), [`try_unwrap`](Arc::try_unwrap) and [`into_inner`](Arc::into_inner)
//! with the program's only strong reference wait for the end of the visit. They stop waiting after
//! 10 s, and treat the reference of the visit as one of the program's: a `Visit` or a `Debug` that
//! takes so long most likely waits for them, because it joins their thread or locks a lock that it
//! holds. Use `try_lock` there, as the derive does.

use std::any::{Any, TypeId, type_name};
use std::borrow::Borrow;
use std::cmp::Ordering;
use std::error::Error;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::mem::{MaybeUninit, needs_drop};
use std::ops::Deref;
use std::panic::{Location, RefUnwindSafe, UnwindSafe};
use std::pin::Pin;

use super::files::file_traits;
use super::known::known_pointer;
use super::made::pointers_made;
use super::made_type;
use super::raw::raw_pointers;
use super::traits::pointer_traits;
use crate::pointers::inner::{ArcHeader, ArcInner, add_arc};
use crate::table::choice;
use crate::table::handles::{self, Handle};
use crate::table::interned::kinds;
use crate::table::pins;
use crate::table::record;
use crate::table::zombies;
#[doc(no_inline)]
pub use std::sync::*;

use crate::object_id::ObjectId;
use crate::pointer_kind::PointerKind;
use crate::trace::{Starts, Visitor};
use crate::tracked::Visit;
use crate::visibility::{Finite, Fuel, Registrar};

/// A thread-safe reference-counting pointer, as [`std::sync::Arc`], whose objects objgraph knows.
///
/// To create an object, only `T: Send + Sync + 'static` is required; with the feature `nightly`, only
/// `T: 'static`.
///
/// While another thread takes a snapshot, it holds a reference during the visit of the value.
/// Counts do not include it. [`try_unwrap`](Self::try_unwrap), [`into_inner`](Self::into_inner),
/// [`get_mut`](Self::get_mut) and [`make_mut`](Self::make_mut) wait for the visit, up to 10 s. If
/// the program drops its last reference during the visit, the other thread drops the value right
/// after it.
///
/// ```
/// use objgraph_core::sync::Arc;
///
/// let one = Arc::new(5);
/// let two = Arc::clone(&one);
/// let sum = std::thread::spawn(move || *two + 1).join().unwrap();
/// assert_eq!((sum, Arc::strong_count(&one)), (6, 1));
/// ```
#[cfg_attr(not(feature = "owners"), repr(transparent))]
#[cfg_attr(feature = "owners", repr(C))]
#[cfg_attr(
    all(feature = "nightly", not(feature = "owners")),
    derive(std::marker::CoercePointee)
)]
pub struct Arc<T: ?Sized> {
    // Before the reference, so that the handle's record is gone before the value's drop runs. A scan
    // relies on the order too.
    handle: Handle,
    inner: std::sync::Arc<ArcInner<T>>,
}

/// A weak reference, as [`std::sync::Weak`].
#[cfg_attr(not(feature = "owners"), repr(transparent))]
#[cfg_attr(feature = "owners", repr(C))]
#[cfg_attr(
    all(feature = "nightly", not(feature = "owners")),
    derive(std::marker::CoercePointee)
)]
pub struct Weak<T: ?Sized> {
    pub(crate) handle: Handle,
    pub(crate) inner: std::sync::Weak<ArcInner<T>>,
}

/// Writes how an object is created.
macro_rules! creation {
    ($($bound:path),*) => {
        impl<T: $($bound +)* 'static> Arc<T> {
            /// Creates an object.
            #[inline(always)]
            #[track_caller]
            #[must_use]
            pub fn new(value: T) -> Self {
                Self::new_at(value, Location::caller())
            }

            // Inlined, so that the value is written to its place at once, not by way of the stack.
            #[inline(always)]
            fn new_at(value: T, site: &'static Location<'static>) -> Self {
                let inner = std::sync::Arc::new(ArcInner {
                    header: ArcHeader::unlisted(),
                    value,
                });
                add_arc(&inner, site);
                Self::with_handle(inner, site)
            }

            /// Creates an object that holds a weak reference to itself. Until `make` returns, the object is
            /// not alive, and the reference that it gets cannot be upgraded.
            #[track_caller]
            pub fn new_cyclic<F: FnOnce(&Weak<T>) -> T>(make: F) -> Self {
                let site = Location::caller();
                let promise = Handle::promised();
                let inner = std::sync::Arc::new_cyclic(|weak| ArcInner {
                    value: make(&Weak::promised(&promise, weak)),
                    header: ArcHeader::unlisted(),
                });
                add_arc(&inner, site);
                promise.keep_promise(inner.header.id());
                zombies::record_creation(|| pins::address(&*inner), inner.header.id());
                Self::with_handle(inner, site)
            }
        }
    };
}

#[cfg(not(feature = "nightly"))]
creation!(Send, Sync);
// A value that is not `Send + Sync` is visited on its own thread.
#[cfg(feature = "nightly")]
creation!();

impl<T> Arc<T> {
    /// Returns the value if this is the only strong reference, else the reference.
    ///
    /// # Errors
    ///
    /// The reference itself, if there are others.
    pub fn try_unwrap(this: Self) -> Result<T, Self> {
        let Self { handle, inner } = this;
        // The other reference may be another thread's pin.
        let unwrapped = std::sync::Arc::try_unwrap(inner)
            .or_else(|inner| pins::run_unpinned(inner, std::sync::Arc::try_unwrap));
        match unwrapped {
            Ok(inner) => Ok(inner.into_value()),
            Err(inner) => Err(Self { handle, inner }),
        }
    }

    /// Returns the value if this is the only strong reference. If several threads call this, each
    /// with its own reference, one of them gets the value.
    #[must_use]
    pub fn into_inner(this: Self) -> Option<T> {
        // Under the lock of the pins: a pin that is made just now would be the last reference.
        let inner = pins::run_unpinned(this.inner, std::sync::Arc::into_inner)?;
        Some(inner.into_value())
    }

    /// Returns the value if this is the only strong reference, else a clone of it.
    pub fn unwrap_or_clone(this: Self) -> T
    where
        T: Clone,
    {
        Self::try_unwrap(this).unwrap_or_else(|this| (*this).clone())
    }
}

impl<T: ?Sized> Arc<T> {
    /// Makes a weak reference.
    #[must_use = "this returns a new `Weak` pointer, without modifying the original `Arc`"]
    #[cfg_attr(feature = "owners", track_caller)]
    pub fn downgrade(this: &Self) -> Weak<T> {
        let object = this.inner.header.id();
        zombies::record_downgrade(|| this.address(), object);
        Weak {
            handle: Handle::weak(object),
            inner: std::sync::Arc::downgrade(&this.inner),
        }
    }

    /// Returns the number of strong references.
    #[must_use]
    pub fn strong_count(this: &Self) -> usize {
        pins::count_without(this.address(), || std::sync::Arc::strong_count(&this.inner))
    }

    /// Returns the number of weak references, without the table's own.
    #[must_use]
    pub fn weak_count(this: &Self) -> usize {
        pins::count_unpinned(|| {
            let own = usize::from(this.inner.header.is_attached());
            std::sync::Arc::weak_count(&this.inner).saturating_sub(own)
        })
    }

    /// Whether two pointers point to the same object.
    #[must_use]
    pub fn ptr_eq(this: &Self, other: &Self) -> bool {
        std::sync::Arc::ptr_eq(&this.inner, &other.inner)
    }

    /// Returns a `&mut` to the value if this is the only reference, strong or weak.
    ///
    /// The table gives up its handle to the value, so the value is not traced from then on, until a
    /// trace visits a pointer to the object, or [`objgraph::watch`](crate::watch()) is called with
    /// one.
    pub fn get_mut(this: &mut Self) -> Option<&mut T> {
        if Self::strong_count(this) != 1 || Self::weak_count(this) != 0 || !this.detach_unpinned() {
            return None;
        }
        std::sync::Arc::get_mut(&mut this.inner).map(|inner| &mut inner.value)
    }

    /// Takes away the table's handle, and waits for the pins of other threads to go. Returns false
    /// and does nothing if they do not, or if this thread itself visits the value.
    fn detach_unpinned(&self) -> bool {
        if pins::wait_for_others(self.address()) {
            return false;
        }
        if !self.inner.header.is_lent() {
            self.detach();
            // No trace gets to the value from here on, except those that pinned it in between.
            return !pins::wait_for_others(self.address());
        }
        true
    }
}

impl<T: Clone> Arc<T> {
    /// Returns a `&mut` to the value if this is the only strong reference. Otherwise clones the
    /// value into a new object, makes this pointer point to it, and returns a `&mut` to the clone.
    /// Weak references to a value without another strong reference lead nowhere afterwards.
    ///
    /// As after [`get_mut`](Self::get_mut), the value is not traced.
    #[track_caller]
    pub fn make_mut(this: &mut Self) -> &mut T {
        if Self::strong_count(this) == 1 {
            this.detach_unpinned();
            if Self::weak_count(this) > 0 {
                handles::record_move(this.inner.header.id());
                zombies::record_move(|| this.address());
            }
        }
        let kind = this.inner.header.id().and_then(record::kind);
        // A pin, which a trace may make through a weak reference, must not make the value look
        // shared.
        let inner = pins::run_unpinned_until_allowed(&mut this.inner, std::sync::Arc::make_mut);
        match inner.header.id() {
            // The value itself, here or moved: the table's handle leads nowhere now.
            Some(id) => record::detach(id),
            // The clone has the type of the object before, which may be dead by now.
            None => {
                let meta = kind.and_then(kinds::meta);
                if let Some(meta) = meta.filter(|&meta| !choice::leaves_out(meta)) {
                    let id = record::add_lent_arc(meta, Location::caller());
                    inner.header.set_id(id);
                }
                this.handle = Handle::strong(|| inner.header.id());
            }
        }
        inner.header.set_lent(true);
        &mut inner.value
    }
}

impl<T> Weak<T> {
    /// Makes a weak reference to nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            handle: Handle::NONE,
            inner: std::sync::Weak::new(),
        }
    }
}

impl<T: ?Sized> Weak<T> {
    /// Returns a strong reference, if the value is alive.
    #[must_use = "this returns a new `Arc`, without modifying the original weak pointer"]
    #[cfg_attr(feature = "owners", track_caller)]
    pub fn upgrade(&self) -> Option<Arc<T>> {
        let inner = pins::upgrade(&self.inner)?;
        let handle = Handle::strong(|| inner.header.id());
        Some(Arc { handle, inner })
    }

    /// Returns the number of strong references; 0 if the value is dead.
    #[must_use]
    pub fn strong_count(&self) -> usize {
        let address = self.inner.as_ptr().cast::<()>().addr();
        pins::count_without(address, || self.inner.strong_count())
    }

    /// Returns the number of weak references; 0 if the value is dead.
    #[must_use]
    pub fn weak_count(&self) -> usize {
        if self.strong_count() == 0 {
            return 0;
        }
        let own = hold(&self.inner, |inner| inner.header.is_attached());
        pins::count_unpinned(|| self.inner.weak_count())
            .saturating_sub(usize::from(own == Some(true)))
    }

    /// Whether two pointers point to the same allocation, or both to nothing.
    #[must_use]
    pub fn ptr_eq(&self, other: &Self) -> bool {
        self.inner.ptr_eq(&other.inner)
    }
}

/// Calls `see` with what a weak reference leads to. Pinned, since the program may drop its last
/// strong reference meanwhile.
fn hold<T: ?Sized, R>(
    weak: &std::sync::Weak<ArcInner<T>>,
    see: impl FnOnce(&ArcInner<T>) -> R,
) -> Option<R> {
    pins::pin_weak(weak).and_then(|pinned| pinned.get().map(see))
}

pointer_traits!(Arc);
known_pointer!(
    Arc,
    ArcInner,
    ArcHeader,
    sync,
    pins::run_unread,
    reference_at
);
pointers_made!(Arc, [Send, Sync], dyn Any + Send + Sync, shared_strong);
raw_pointers!(Arc, ArcInner, sync, hold);
file_traits!(Arc);

impl<T: RefUnwindSafe + ?Sized> UnwindSafe for Arc<T> {}

// With the record of its handle, a pointer has two words: it coerces, but a method of `self: Arc<Self>`
// cannot be called on a trait object.
#[cfg(all(feature = "nightly", feature = "owners"))]
impl<T: ?Sized + std::marker::Unsize<U>, U: ?Sized> std::ops::CoerceUnsized<Arc<U>> for Arc<T> {}

#[cfg(all(feature = "nightly", feature = "owners"))]
impl<T: ?Sized + std::marker::Unsize<U>, U: ?Sized> std::ops::CoerceUnsized<Weak<U>> for Weak<T> {}

#[cfg(feature = "nightly")]
impl<T: ?Sized> std::ops::LegacyReceiver for Arc<T> {}

impl<T: ?Sized + Error> Error for Arc<T> {
    #[allow(deprecated, reason = "as std's")]
    fn description(&self) -> &str {
        (**self).description()
    }

    #[allow(deprecated, reason = "as std's")]
    fn cause(&self) -> Option<&dyn Error> {
        (**self).cause()
    }

    fn source(&self) -> Option<&(dyn Error + 'static)> {
        (**self).source()
    }
}

impl<Steps, T: ?Sized, const NAME: u64> Finite<Steps, NAME> for Weak<T> {}

impl<T: ?Sized + 'static> Visit for Weak<T> {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        self.visit_owned(visitor);
    }

    fn visit_owned<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.record_handle(self.handle.number());
        if visitor.weak_reference_at(self.inner.as_ptr() as *const () as usize) {
            return;
        }
        hold(&self.inner, |inner| {
            let pointer: Option<&dyn Any> = if Arc::<T>::THIN {
                Some(&self.inner)
            } else {
                None
            };
            weak_reference(visitor, &inner.header, pointer);
        });
    }

    fn register<Left: Fuel>(_: &mut Registrar)
    where
        Self: 'static,
    {
    }

    fn is_leaf() -> bool {
        false
    }
}
