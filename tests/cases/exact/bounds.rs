//! Everything that does not create an object has std's bounds: above all, no `T: 'static`. Most of
//! these tests pass if they compile.

use std::borrow::Borrow;
use std::error::Error;
use std::fmt::{Debug, Display, Pointer};
use std::hash::Hash;
use std::ops::Deref;
use std::panic::{RefUnwindSafe, UnwindSafe};

/// Generic code over values that may hold borrows, for one of std's pointers and one of ours.
macro_rules! generic_code {
    ($name:ident, $($module:ident)::+, $Pointer:ident) => {
        mod $name {
            use super::*;
            pub(super) use $($module)::+::{$Pointer as Pointer_, Weak};

            #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub(super) struct Node<K: ?Sized> {
                inner: Pointer_<K>,
            }

            #[derive(Clone, Debug)]
            pub(super) struct Back<K> {
                owner: Weak<K>,
            }

            impl<K> Default for Back<K> {
                fn default() -> Self {
                    Self {
                        owner: Weak::default(),
                    }
                }
            }

            /// It refers to its own type, with a lifetime.
            pub(super) struct Cursor<'a> {
                pub(super) text: &'a str,
                pub(super) parent: Weak<Cursor<'a>>,
            }

            pub(super) fn traits<T: ?Sized, S>() {
                fn have<P: Clone + Deref + AsRef<P::Target> + Borrow<P::Target> + Pointer + Unpin>() {}
                fn weak<W: Clone + Debug>() {}
                fn default<W: Default>() {}
                have::<Pointer_<T>>();
                weak::<Weak<T>>();
                default::<Weak<S>>();
            }

            pub(super) fn forwarded<T: ?Sized + Debug + Display + Hash + Ord + Eq>() {
                fn have<P: Debug + Display + Hash + PartialEq + Eq + PartialOrd + Ord>() {}
                have::<Pointer_<T>>();
            }

            pub(super) fn unwind_safe<T: ?Sized + RefUnwindSafe>() {
                fn have<P: UnwindSafe>() {}
                have::<Pointer_<T>>();
            }

            #[cfg(unix)]
            pub(super) fn files<T: std::os::fd::AsFd + std::os::fd::AsRawFd>() {
                fn have<P: std::os::fd::AsFd + std::os::fd::AsRawFd>() {}
                have::<Pointer_<T>>();
            }

            pub(super) fn unsized_methods<T: ?Sized>(mut one: Pointer_<T>) -> Weak<T> {
                let weak = Pointer_::downgrade(&one);
                let counts = (Pointer_::strong_count(&one), Pointer_::weak_count(&one));
                assert_eq!(counts, (1, 1));
                assert_eq!((weak.strong_count(), weak.weak_count()), counts);
                assert!(weak.ptr_eq(&weak.clone()));
                assert!(Pointer_::ptr_eq(&one, &weak.upgrade().unwrap()));
                assert!(Pointer_::get_mut(&mut one).is_none());
                assert_eq!(Pointer_::as_ptr(&one), std::ptr::from_ref(&*one));
                weak
            }

            pub(super) fn sized_methods<T: Clone>(one: Pointer_<T>) -> T {
                assert!(Weak::<T>::new().upgrade().is_none());
                let mut two = Pointer_::clone(&one);
                let _ = Pointer_::make_mut(&mut two);
                let two = Pointer_::clone(&one);
                let one = Pointer_::try_unwrap(one).err().unwrap();
                assert!(Pointer_::into_inner(one).is_none());
                Pointer_::unwrap_or_clone(two)
            }

            pub(super) fn shortened<'a>(one: Pointer_<&'static str>, _: &'a str) -> Pointer_<&'a str> {
                one
            }
        }
    };
}

generic_code!(std_rc, std::rc, Rc);
generic_code!(std_arc, std::sync, Arc);
generic_code!(our_rc, objgraph::rc, Rc);
generic_code!(our_arc, objgraph::sync, Arc);

macro_rules! calls {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            // A local borrow, so that the types are not `'static`.
            fn with_borrow<'a>(text: &'a str) {
                super::$name::traits::<[&'a str], &'a str>();
                super::$name::forwarded::<&'a str>();
                super::$name::unwind_safe::<&'a str>();
                #[cfg(unix)]
                super::$name::files::<std::os::fd::BorrowedFd<'a>>();
                let cursor = super::$name::Cursor {
                    text,
                    parent: Default::default(),
                };
                assert!(cursor.parent.upgrade().is_none() && !cursor.text.is_empty());
                let _ = super::$name::Back::<&'a str>::default().clone();
                let shortened = super::$name::shortened(From::from("static"), text);
                assert_eq!(super::$name::sized_methods(shortened), "static");
            }
            with_borrow(&String::from("local"));
            let weak = super::$name::unsized_methods(super::$name::Pointer_::new("static"));
            assert!(weak.upgrade().is_none());
        }
    )*};
}

mod calls {
    calls!(std_rc std_arc our_rc our_arc);
}

#[test]
fn errors_in_an_arc_are_errors() {
    fn error<E: Error>() {}
    fn generic<T: ?Sized + Error>() {
        error::<std::sync::Arc<T>>();
        error::<objgraph::sync::Arc<T>>();
    }
    generic::<dyn Error + Send + Sync>();
}

/// A borrow that `get_mut` stored through a pointer of a shorter lifetime is not visited later.
#[test]
fn a_borrow_is_not_kept_beyond_its_lifetime() {
    let mut one = objgraph::rc::Rc::new("static");
    let two = {
        let text = String::from("local");
        let mut short = our_rc::shortened(one.clone(), &text);
        assert!(objgraph::rc::Rc::get_mut(&mut short).is_none());
        drop(std::mem::replace(&mut one, objgraph::rc::Rc::new("other")));
        *objgraph::rc::Rc::get_mut(&mut short).unwrap() = &text;
        let two = short.clone();
        assert_eq!(*two, "local");
        let _ = objgraph::find_leaks();
        two.len()
    };
    assert_eq!(two, 5);
}
