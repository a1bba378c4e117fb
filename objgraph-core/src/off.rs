//! The table and the pointers where tracking is off: the pointers are std's, and every query
//! returns an empty result.

pub use instance::{Instance, instance_id};
pub(crate) use scopes::{ScopeEntry, ScopeHandle};

use std::any::TypeId;
use std::panic::Location;

use crate::last_drop::LastDrop;
use crate::listing::{
    Kind, KindCount, LeftOutType, ListedHandle, ListedObject, Run, VisitOutcome, Zombies,
};
use crate::object::Strong;
use crate::object_id::ObjectId;
use crate::tracked::Value;
use crate::type_pattern::PatternError;

/// Whether tracking is compiled in: where debug assertions are on, or with the feature `always`.
pub const ENABLED: bool = false;

/// Drops its tokens, since tracking is not compiled in.
#[doc(hidden)]
#[macro_export]
macro_rules! __on {
    ($($tokens:tt)*) => {};
}

/// Keeps its tokens, since tracking is not compiled in.
#[doc(hidden)]
#[macro_export]
macro_rules! __off {
    ($($tokens:tt)*) => { $($tokens)* };
}

/// Does nothing, since tracking is not compiled in.
#[doc(hidden)]
#[macro_export]
macro_rules! __submit {
    ($entry:ident($value:expr)) => {};
}

/// Does nothing, since tracking is not compiled in.
#[doc(hidden)]
#[macro_export]
macro_rules! __submit_root {
    ($($root:tt)*) => {};
}

/// Does nothing, since tracking is not compiled in.
#[doc(hidden)]
#[macro_export]
macro_rules! __submit_generic {
    ($($generic:tt)*) => {};
}

pub use crate::{
    __off as off, __on as on, __submit as submit, __submit_generic as submit_generic,
    __submit_root as submit_root,
};

/// Chooses nothing, since nothing is tracked.
pub(crate) fn choose_only<P: AsRef<str>>(
    _: impl IntoIterator<Item = P>,
) -> Result<(), PatternError> {
    Ok(())
}

/// Chooses nothing, since nothing is tracked.
pub(crate) fn choose_except<P: AsRef<str>>(
    _: impl IntoIterator<Item = P>,
) -> Result<(), PatternError> {
    Ok(())
}

pub(crate) fn choose_all() {}

pub(crate) fn was_left_out() -> bool {
    false
}

pub(crate) fn left_out() -> Vec<LeftOutType> {
    Vec::new()
}

pub(crate) fn counts() -> Vec<KindCount> {
    Vec::new()
}

pub(crate) fn kinds() -> Vec<Kind> {
    Vec::new()
}

pub(crate) fn kind(_: u32) -> Option<Kind> {
    None
}

pub(crate) fn identify_rc<T: ?Sized>(_: &std::rc::Rc<T>) -> Option<ObjectId> {
    None
}

pub(crate) fn identify_arc<T: ?Sized>(_: &std::sync::Arc<T>) -> Option<ObjectId> {
    None
}

pub(crate) fn upgrade<T: 'static>(_: ObjectId, _: &'static Location<'static>) -> Option<Strong<T>> {
    None
}

pub(crate) fn list() -> Vec<ListedObject> {
    Vec::new()
}

pub(crate) fn list_each(_: &mut dyn FnMut(&ListedObject)) {}

pub(crate) fn list_runs(_: &mut dyn FnMut(&Run<'_>)) {}

pub(crate) fn lives(_: ObjectId) -> bool {
    false
}

pub(crate) fn addresses(_: &[ObjectId], _: &mut Vec<usize>) {}

pub(crate) fn watch_rc<T>(_: &std::rc::Rc<T>, _: &'static Location<'static>) -> Option<ObjectId> {
    None
}

pub(crate) fn watch_arc<T>(
    _: &std::sync::Arc<T>,
    _: &'static Location<'static>,
) -> Option<ObjectId> {
    None
}

pub(crate) fn watched() -> Vec<(usize, ObjectId)> {
    Vec::new()
}

pub(crate) fn handles() -> Vec<ListedHandle> {
    Vec::new()
}

pub(crate) fn handles_of(_: impl Iterator<Item = u64>) -> Vec<ListedHandle> {
    Vec::new()
}

pub(crate) fn still_there(_: &ListedHandle) -> bool {
    false
}

pub(crate) fn follow(_: TypeId) {}

/// The addresses of the records of handles: none.
#[allow(dead_code, reason = "used with the feature `scan`")]
pub(crate) struct HandleAddresses;

#[allow(dead_code, reason = "used with the feature `scan`")]
impl HandleAddresses {
    pub(crate) fn new() -> Self {
        Self
    }

    pub(crate) fn strong_handle_to(&self, _: ObjectId, _: usize) -> Option<u64> {
        None
    }
}

pub(crate) fn last_drop(_: ObjectId) -> Option<LastDrop> {
    None
}

pub(crate) fn this_thread() -> u32 {
    0
}

/// Counts nothing, since tracking is off.
pub(crate) struct ZombieWatch;

impl ZombieWatch {
    pub(crate) fn of(_: &ScopeHandle) -> Self {
        Self
    }

    pub(crate) fn zombies(&self) -> Zombies {
        Vec::new()
    }
}

pub(crate) fn own_values() -> Vec<ListedObject> {
    Vec::new()
}

pub(crate) fn describe(_: ObjectId) -> Option<ListedObject> {
    None
}

pub(crate) fn visit_all(_: &[ObjectId], _: &mut dyn FnMut(usize, Value<'_>, usize, usize)) -> bool {
    false
}

pub(crate) fn visit(_: ObjectId, _: impl FnMut(Value<'_>, usize, usize)) -> VisitOutcome {
    VisitOutcome::Gone
}

pub(crate) fn thread_names<'r>(_: impl Iterator<Item = &'r mut u32>) -> Vec<String> {
    Vec::new()
}

/// `Instance`, which is nothing where tracking is off.
mod instance {
    use std::cmp::Ordering;
    use std::fmt;
    use std::hash::{Hash, Hasher};
    use std::marker::PhantomData;

    use crate::object_id::ObjectId;
    use crate::tracked::Visit;

    /// A field for types that live by value: in a `Vec`, in a map, on the stack. Tracking is off,
    /// so it has no size and does nothing.
    pub struct Instance<T: 'static>(PhantomData<fn() -> T>);

    impl<T: 'static> Instance<T> {
        /// Does nothing, since tracking is off.
        #[must_use]
        pub const fn new() -> Self {
            Self(PhantomData)
        }

        /// Returns no id, since tracking is off.
        #[must_use]
        pub const fn id(&self) -> Option<ObjectId> {
            None
        }
    }

    /// Returns no id, since tracking is off.
    #[doc(hidden)]
    #[must_use]
    pub const fn instance_id<T: 'static>(_: &Instance<T>) -> Option<ObjectId> {
        None
    }

    impl<T: 'static> Default for Instance<T> {
        fn default() -> Self {
            Self::new()
        }
    }

    impl<T: 'static> Clone for Instance<T> {
        fn clone(&self) -> Self {
            Self::new()
        }
    }

    impl<T: 'static> fmt::Debug for Instance<T> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("#-")
        }
    }

    impl<T: 'static> PartialEq for Instance<T> {
        fn eq(&self, _: &Self) -> bool {
            true
        }
    }

    impl<T: 'static> Eq for Instance<T> {}

    impl<T: 'static> PartialOrd for Instance<T> {
        fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
            Some(self.cmp(other))
        }
    }

    impl<T: 'static> Ord for Instance<T> {
        fn cmp(&self, _: &Self) -> Ordering {
            Ordering::Equal
        }
    }

    impl<T: 'static> Hash for Instance<T> {
        fn hash<H: Hasher>(&self, _: &mut H) {}
    }

    impl<T: 'static> Visit for Instance<T> {}
}

/// Scopes, which contain nothing where tracking is off.
mod scopes {
    /// A handle to a scope.
    #[derive(Clone)]
    pub(crate) struct ScopeHandle;

    impl ScopeHandle {
        pub(crate) fn new(_: String) -> Self {
            Self
        }

        pub(crate) fn named(_: &str) -> Vec<Self> {
            Vec::new()
        }

        pub(crate) fn shared(_: Option<&Self>, _: &str) -> Self {
            Self
        }

        pub(crate) fn is_shared(&self) -> bool {
            false
        }

        pub(crate) fn outer(&self) -> Option<Self> {
            None
        }

        pub(crate) fn current() -> Option<Self> {
            None
        }

        pub(crate) fn number(&self) -> u32 {
            0
        }

        pub(crate) fn name(&self) -> &str {
            ""
        }

        pub(crate) fn contains(&self, _: u32) -> bool {
            false
        }

        pub(crate) fn enter(&self) -> ScopeEntry {
            ScopeEntry
        }
    }

    /// The thread is in a scope while this exists.
    #[derive(Debug)]
    pub(crate) struct ScopeEntry;

    // As where tracking is on, so that lints treat code that drops them by hand alike.

    impl Drop for ScopeHandle {
        fn drop(&mut self) {}
    }

    impl Drop for ScopeEntry {
        fn drop(&mut self) {}
    }
}

/// The drop-in pointers: std's own, since tracking is off.
pub mod pointers {
    use std::pin::Pin;

    /// The trait of tasks that wake themselves: that of std, since tracking is off.
    #[cfg(feature = "nightly")]
    pub mod wake {
        pub use std::task::Wake;
    }

    /// Single-threaded reference-counting pointers: those of std, since tracking is off.
    ///
    #[doc = include_str!("../docs/pointers.md")]
    pub mod rc {
        pub use std::rc::{Rc, Weak};
    }

    /// Thread-safe reference-counting pointers: those of std, since tracking is off; and the rest
    /// of [`std::sync`].
    pub mod sync {
        #[doc(no_inline)]
        pub use std::sync::*;
        pub use std::sync::{Arc, Weak};
    }

    /// Converts a pointer to a value into one to a `dyn Trait`, or a pointer to an array into one
    /// to a slice: for `Rc`, `Arc` and their `Weak`s, and for a `Pin` of one. Tracking is off, so
    /// the compiler does it.
    ///
    /// ```
    /// use objgraph_core::{rc::Rc, unsize};
    /// use std::fmt::Display;
    ///
    /// let text: Rc<dyn Display> = unsize!(Rc::new(5) => dyn Display);
    /// assert_eq!(text.to_string(), "5");
    /// ```
    #[macro_export]
    macro_rules! unsize {
        ($pointer:expr => $target:ty) => {
            $crate::__private::Unsize::<$target>::unsize($pointer, |inner| inner)
        };
    }

    /// Pointers that can be converted into pointers to `U`.
    pub trait Unsize<U: ?Sized>: Sized {
        /// The result.
        type Output;

        /// Converts the pointer. `coerce` is `|inner| inner`, written where the compiler knows both
        /// types.
        fn unsize(self, coerce: impl FnOnce(Self) -> Self::Output) -> Self::Output;
    }

    macro_rules! unsize_std {
        ($($Pointer:ty => $Output:ty;)*) => {$(
            impl<T, U: ?Sized> Unsize<U> for $Pointer {
                type Output = $Output;

                fn unsize(self, coerce: impl FnOnce(Self) -> $Output) -> $Output {
                    coerce(self)
                }
            }
        )*};
    }

    unsize_std! {
        Pin<std::rc::Rc<T>> => Pin<std::rc::Rc<U>>;
        Pin<std::sync::Arc<T>> => Pin<std::sync::Arc<U>>;
        std::rc::Rc<T> => std::rc::Rc<U>;
        std::rc::Weak<T> => std::rc::Weak<U>;
        std::sync::Arc<T> => std::sync::Arc<U>;
        std::sync::Weak<T> => std::sync::Weak<U>;
    }
}
