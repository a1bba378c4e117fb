//! `Rc` and its `Weak`, in place of `std::rc`.
//!
//! Each object is in the table from its creation until its drop begins. Everything else is as with
//! std's pointers. Where tracking is off, these names *are* std's.
//!
#![doc = include_str!("../../docs/pointers.md")]

use std::any::{Any, TypeId, type_name};
use std::borrow::Borrow;
use std::cmp::Ordering;
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
use crate::object_id::ObjectId;
use crate::pointer_kind::PointerKind;
use crate::pointers::inner::{RcHeader, RcInner, add_rc};
use crate::table::choice;
use crate::table::handles::{self, Handle};
use crate::table::interned::kinds;
use crate::table::pins;
use crate::table::record;
use crate::table::zombies;
use crate::trace::{Starts, Visitor};
use crate::tracked::Visit;
use crate::visibility::{Finite, Fuel, Registrar};

/// A single-threaded reference-counting pointer, as [`std::rc::Rc`], whose objects objgraph knows.
///
/// To create an object, only `T: 'static` is required.
///
/// ```
/// use objgraph_core::rc::Rc;
///
/// let one = Rc::new(5);
/// let two = Rc::clone(&one);
/// assert_eq!((*two, Rc::strong_count(&one)), (5, 2));
/// ```
#[cfg_attr(not(feature = "owners"), repr(transparent))]
#[cfg_attr(feature = "owners", repr(C))]
#[cfg_attr(
    all(feature = "nightly", not(feature = "owners")),
    derive(std::marker::CoercePointee)
)]
pub struct Rc<T: ?Sized> {
    // Before the reference, so that the handle's record is gone before the value's drop runs. A scan
    // relies on the order too.
    handle: Handle,
    inner: std::rc::Rc<RcInner<T>>,
}

/// A weak reference, as [`std::rc::Weak`].
#[cfg_attr(not(feature = "owners"), repr(transparent))]
#[cfg_attr(feature = "owners", repr(C))]
#[cfg_attr(
    all(feature = "nightly", not(feature = "owners")),
    derive(std::marker::CoercePointee)
)]
pub struct Weak<T: ?Sized> {
    pub(crate) handle: Handle,
    pub(crate) inner: std::rc::Weak<RcInner<T>>,
}

impl<T: 'static> Rc<T> {
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
        let inner = std::rc::Rc::new(RcInner {
            header: RcHeader::unlisted(),
            value,
        });
        add_rc(&inner, site);
        Self::with_handle(inner, site)
    }

    /// Creates an object that holds a weak reference to itself. Until `make` returns, the object is
    /// not alive, and the reference that it gets cannot be upgraded.
    #[track_caller]
    pub fn new_cyclic<F: FnOnce(&Weak<T>) -> T>(make: F) -> Self {
        let site = Location::caller();
        let promise = Handle::promised();
        let inner = std::rc::Rc::new_cyclic(|weak| RcInner {
            value: make(&Weak::promised(&promise, weak)),
            header: RcHeader::unlisted(),
        });
        add_rc(&inner, site);
        promise.keep_promise(inner.header.id());
        zombies::record_creation(|| pins::address(&*inner), inner.header.id());
        Self::with_handle(inner, site)
    }
}

impl<T> Rc<T> {
    /// Returns the value if this is the only strong reference, else the reference.
    ///
    /// # Errors
    ///
    /// The reference itself, if there are others.
    pub fn try_unwrap(this: Self) -> Result<T, Self> {
        let Self { handle, inner } = this;
        match std::rc::Rc::try_unwrap(inner) {
            Ok(inner) => Ok(inner.into_value()),
            Err(inner) => Err(Self { handle, inner }),
        }
    }

    /// Returns the value if this is the only strong reference.
    #[must_use]
    pub fn into_inner(this: Self) -> Option<T> {
        std::rc::Rc::into_inner(this.inner).map(RcInner::into_value)
    }

    /// Returns the value if this is the only strong reference, else a clone of it.
    pub fn unwrap_or_clone(this: Self) -> T
    where
        T: Clone,
    {
        Self::try_unwrap(this).unwrap_or_else(|this| (*this).clone())
    }
}

impl<T: ?Sized> Rc<T> {
    /// Makes a weak reference.
    #[must_use = "this returns a new `Weak` pointer, without modifying the original `Rc`"]
    #[cfg_attr(feature = "owners", track_caller)]
    pub fn downgrade(this: &Self) -> Weak<T> {
        let object = this.inner.header.id();
        zombies::record_downgrade(|| this.address(), object);
        Weak {
            handle: Handle::weak(object),
            inner: std::rc::Rc::downgrade(&this.inner),
        }
    }

    /// Returns the number of strong references.
    #[must_use]
    pub fn strong_count(this: &Self) -> usize {
        std::rc::Rc::strong_count(&this.inner) - pins::of_this_thread(this.address())
    }

    /// Returns the number of weak references, without the table's own.
    #[must_use]
    pub fn weak_count(this: &Self) -> usize {
        std::rc::Rc::weak_count(&this.inner) - usize::from(this.inner.header.is_attached())
    }

    /// Whether two pointers point to the same object.
    #[must_use]
    pub fn ptr_eq(this: &Self, other: &Self) -> bool {
        std::rc::Rc::ptr_eq(&this.inner, &other.inner)
    }

    /// Returns a `&mut` to the value if this is the only reference, strong or weak.
    ///
    /// The table gives up its handle to the value, so the value is not traced from then on, until a
    /// trace visits a pointer to the object, or [`objgraph::watch`](crate::watch()) is called with
    /// one.
    pub fn get_mut(this: &mut Self) -> Option<&mut T> {
        if std::rc::Rc::strong_count(&this.inner) != 1 || Self::weak_count(this) != 0 {
            return None;
        }
        this.detach();
        std::rc::Rc::get_mut(&mut this.inner).map(|inner| &mut inner.value)
    }
}

impl<T: Clone> Rc<T> {
    /// Returns a `&mut` to the value if this is the only strong reference. Otherwise clones the
    /// value into a new object, makes this pointer point to it, and returns a `&mut` to the clone.
    /// Weak references to a value without another strong reference lead nowhere afterwards.
    ///
    /// As after [`get_mut`](Self::get_mut), the value is not traced.
    #[track_caller]
    pub fn make_mut(this: &mut Self) -> &mut T {
        if std::rc::Rc::strong_count(&this.inner) == 1 {
            this.detach();
            if Self::weak_count(this) > 0 {
                handles::record_move(this.inner.header.id());
                zombies::record_move(|| this.address());
            }
        }
        let kind = this.inner.header.id().and_then(record::kind);
        let inner = std::rc::Rc::make_mut(&mut this.inner);
        // The clone has the type of the object before, which may be dead by now.
        if inner.header.id().is_none() {
            let meta = kind.and_then(kinds::meta);
            if let Some(meta) = meta.filter(|&meta| !choice::leaves_out(meta)) {
                let listed = record::add_rc(meta, Location::caller(), None);
                inner.header.set_id(listed.id);
            }
            this.handle = Handle::strong(|| inner.header.id());
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
            inner: std::rc::Weak::new(),
        }
    }
}

impl<T: ?Sized> Weak<T> {
    /// Returns a strong reference, if the value is alive.
    #[must_use = "this returns a new `Rc`, without modifying the original weak pointer"]
    #[cfg_attr(feature = "owners", track_caller)]
    pub fn upgrade(&self) -> Option<Rc<T>> {
        let inner = self.strong()?;
        let handle = Handle::strong(|| inner.header.id());
        Some(Rc { handle, inner })
    }

    /// Returns a strong reference that is not one of the program's.
    fn strong(&self) -> Option<std::rc::Rc<RcInner<T>>> {
        let inner = self.inner.upgrade()?;
        // A value that only a visit holds is dead for the program.
        let pins = pins::of_this_thread(pins::address(&*inner));
        (std::rc::Rc::strong_count(&inner) > pins + 1).then_some(inner)
    }

    /// Returns the number of strong references; 0 if the value is dead.
    #[must_use]
    pub fn strong_count(&self) -> usize {
        self.strong().map_or(0, |strong| {
            let pins = pins::of_this_thread(pins::address(&*strong));
            std::rc::Rc::strong_count(&strong) - pins - 1
        })
    }

    /// Returns the number of weak references; 0 if the value is dead.
    #[must_use]
    pub fn weak_count(&self) -> usize {
        self.strong().map_or(0, |strong| {
            let own = usize::from(strong.header.is_attached());
            std::rc::Rc::weak_count(&strong) - own
        })
    }

    /// Whether two pointers point to the same allocation, or both to nothing.
    #[must_use]
    pub fn ptr_eq(&self, other: &Self) -> bool {
        self.inner.ptr_eq(&other.inner)
    }
}

fn hold<T: ?Sized, R>(
    weak: &std::rc::Weak<RcInner<T>>,
    see: impl FnOnce(&RcInner<T>) -> R,
) -> Option<R> {
    weak.upgrade().map(|inner| see(&inner))
}

fn at_once(change: impl FnOnce()) {
    change();
}

pointer_traits!(Rc);
known_pointer!(Rc, RcInner, RcHeader, rc, at_once, local_reference_at);
pointers_made!(Rc, [], dyn Any, local_strong);
raw_pointers!(Rc, RcInner, rc, hold);
file_traits!(Rc);

impl<T: RefUnwindSafe + ?Sized> UnwindSafe for Rc<T> {}
impl<T: RefUnwindSafe + ?Sized> RefUnwindSafe for Rc<T> {}

// With the record of its handle, a pointer has two words: it coerces, but a method of `self: Rc<Self>`
// cannot be called on a trait object.
#[cfg(all(feature = "nightly", feature = "owners"))]
impl<T: ?Sized + std::marker::Unsize<U>, U: ?Sized> std::ops::CoerceUnsized<Rc<U>> for Rc<T> {}

#[cfg(all(feature = "nightly", feature = "owners"))]
impl<T: ?Sized + std::marker::Unsize<U>, U: ?Sized> std::ops::CoerceUnsized<Weak<U>> for Weak<T> {}

#[cfg(feature = "nightly")]
impl<T: ?Sized> std::ops::LegacyReceiver for Rc<T> {}

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
        if let Some(strong) = self.strong() {
            let pointer: Option<&dyn Any> = if Rc::<T>::THIN { Some(&strong) } else { None };
            weak_reference(visitor, &strong.header, pointer);
        }
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
