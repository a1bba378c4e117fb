// What `Rc` and `Arc` share: their methods.

use objgraph_core::unsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

/// Notes its drop.
struct Noisy(&'static str, &'static Mutex<Vec<&'static str>>);

impl Drop for Noisy {
    fn drop(&mut self) {
        self.1.lock().unwrap().push(self.0);
    }
}

fn notes() -> &'static Mutex<Vec<&'static str>> {
    Box::leak(Box::default())
}

#[test]
fn new_holds_the_value_once() {
    let seven = Ptr::new(7);
    assert_eq!(*seven, 7);
    assert_eq!((Ptr::strong_count(&seven), Ptr::weak_count(&seven)), (1, 0));
}

#[test]
fn clone_shares_and_drop_gives_up() {
    let notes = notes();
    let one = Ptr::new(Noisy("value", notes));
    let two = Ptr::clone(&one);
    assert_eq!((Ptr::strong_count(&one), Ptr::strong_count(&two)), (2, 2));
    drop(one);
    assert_eq!(Ptr::strong_count(&two), 1);
    assert!(notes.lock().unwrap().is_empty());
    drop(two);
    assert_eq!(*notes.lock().unwrap(), ["value"]);
}

#[test]
fn values_are_dropped_in_the_order_of_their_last_references() {
    let notes = notes();
    struct Outer {
        _noisy: Noisy,
        _first: Ptr<Noisy>,
        _second: Ptr<Noisy>,
    }
    let shared = Ptr::new(Noisy("shared", notes));
    let outer = Ptr::new(Outer {
        _noisy: Noisy("outer", notes),
        _first: shared.clone(),
        _second: Ptr::new(Noisy("second", notes)),
    });
    drop(outer);
    drop(shared);
    assert_eq!(*notes.lock().unwrap(), ["outer", "second", "shared"]);
}

#[test]
fn new_cyclic_gives_a_reference_that_works_afterwards() {
    struct Gadget {
        me: Weak<Gadget>,
        number: u8,
    }
    let gadget = Ptr::new_cyclic(|me: &Weak<Gadget>| {
        assert!(me.upgrade().is_none());
        assert_eq!((me.strong_count(), me.weak_count()), (0, 0));
        Gadget {
            me: me.clone(),
            number: 3,
        }
    });
    assert_eq!(
        (Ptr::strong_count(&gadget), Ptr::weak_count(&gadget)),
        (1, 1)
    );
    let again = gadget.me.upgrade().unwrap();
    assert!(Ptr::ptr_eq(&gadget, &again));
    assert_eq!(again.number, 3);
    assert_eq!((gadget.me.strong_count(), gadget.me.weak_count()), (2, 1));
}

#[test]
fn new_cyclic_that_panics_leaves_a_dead_reference() {
    let kept: Mutex<Option<Weak<String>>> = Mutex::new(None);
    let made = catch_unwind(AssertUnwindSafe(|| {
        Ptr::new_cyclic(|me: &Weak<String>| {
            *kept.lock().unwrap() = Some(me.clone());
            panic!("not today");
        })
    }));
    assert!(made.is_err());
    let weak = kept.lock().unwrap().take().unwrap();
    assert!(weak.upgrade().is_none());
    assert_eq!((weak.strong_count(), weak.weak_count()), (0, 0));
}

#[test]
fn new_uninit_is_filled_by_get_mut() {
    let mut slot = Ptr::<u64>::new_uninit();
    assert_eq!(*Ptr::get_mut(&mut slot).unwrap().write(5), 5);
    assert_eq!(Ptr::strong_count(&slot), 1);
    let zeroed = Ptr::<[u8; 4]>::new_zeroed();
    assert_eq!(size_of_val(&*zeroed), 4);
}

#[test]
fn pin_stays_where_it_is() {
    let pinned = Ptr::pin(String::from("here"));
    let again = pinned.clone();
    assert_eq!((pinned.as_str(), again.as_str()), ("here", "here"));
    let free = Pin::into_inner(pinned);
    assert_eq!(Ptr::strong_count(&free), 2);
}

#[test]
fn try_unwrap_needs_the_only_strong_reference() {
    let one = Ptr::new(String::from("one"));
    let two = one.clone();
    let one = Ptr::try_unwrap(one).unwrap_err();
    assert_eq!(Ptr::strong_count(&one), 2);
    drop(two);
    let weak = Ptr::downgrade(&one);
    assert_eq!(Ptr::try_unwrap(one).unwrap(), "one");
    assert!(weak.upgrade().is_none());
    assert_eq!((weak.strong_count(), weak.weak_count()), (0, 0));
}

#[test]
fn into_inner_gives_the_value_to_the_last() {
    let notes = notes();
    let one = Ptr::new(Noisy("value", notes));
    let two = one.clone();
    assert!(Ptr::into_inner(one).is_none());
    let value = Ptr::into_inner(two).unwrap();
    assert!(notes.lock().unwrap().is_empty());
    drop(value);
    assert_eq!(notes.lock().unwrap().len(), 1);
}

#[test]
fn unwrap_or_clone_clones_only_what_is_shared() {
    let one = Ptr::new(vec![1, 2]);
    let address = one.as_ptr();
    let shared = one.clone();
    let copy = Ptr::unwrap_or_clone(one);
    assert_ne!(copy.as_ptr(), address);
    let original = Ptr::unwrap_or_clone(shared);
    assert_eq!((original.as_ptr(), copy), (address, original));
}

#[test]
fn get_mut_needs_the_only_reference_of_any_kind() {
    let mut one = Ptr::new(1);
    *Ptr::get_mut(&mut one).unwrap() += 1;
    *Ptr::get_mut(&mut one).unwrap() += 1;
    assert_eq!((Ptr::strong_count(&one), Ptr::weak_count(&one)), (1, 0));
    let two = one.clone();
    assert!(Ptr::get_mut(&mut one).is_none());
    drop(two);
    let weak = Ptr::downgrade(&one);
    assert!(Ptr::get_mut(&mut one).is_none());
    assert_eq!((Ptr::strong_count(&one), Ptr::weak_count(&one)), (1, 1));
    drop(weak);
    *Ptr::get_mut(&mut one).unwrap() += 1;
    assert_eq!(*one, 4);
}

#[test]
fn get_mut_goes_through_unsized_pointers() {
    let mut slice: Ptr<[u8]> = Ptr::from([3, 1, 2]);
    Ptr::get_mut(&mut slice).unwrap().sort_unstable();
    assert_eq!(*slice, [1, 2, 3]);
    let weak = Ptr::downgrade(&slice);
    assert_eq!((Ptr::weak_count(&slice), weak.weak_count()), (1, 1));
    assert!(Ptr::get_mut(&mut slice).is_none());
    drop(weak);
    Ptr::get_mut(&mut slice).unwrap()[0] = 9;
    let two = slice.clone();
    assert!(Ptr::get_mut(&mut slice).is_none());
    assert_eq!((slice[0], Ptr::strong_count(&two)), (9, 2));
}

#[test]
fn make_mut_works_in_place_where_it_can() {
    let mut one = Ptr::new(5);
    let address = Ptr::as_ptr(&one);
    *Ptr::make_mut(&mut one) += 1;
    assert_eq!((*one, Ptr::as_ptr(&one)), (6, address));
}

#[test]
fn make_mut_clones_what_is_shared() {
    let mut one = Ptr::new(String::from("a"));
    let two = one.clone();
    Ptr::make_mut(&mut one).push('b');
    assert_eq!((one.as_str(), two.as_str()), ("ab", "a"));
    assert_eq!((Ptr::strong_count(&one), Ptr::strong_count(&two)), (1, 1));
    assert!(!Ptr::ptr_eq(&one, &two));
}

#[test]
fn make_mut_cuts_weak_references_off_without_a_clone() {
    #[derive(Debug, PartialEq)]
    struct Unique(u8);
    impl Clone for Unique {
        fn clone(&self) -> Self {
            panic!("not needed")
        }
    }
    let mut one = Ptr::new(Unique(1));
    let weak = Ptr::downgrade(&one);
    Ptr::make_mut(&mut one).0 += 1;
    assert_eq!(*one, Unique(2));
    assert!(weak.upgrade().is_none());
    assert_eq!((weak.strong_count(), weak.weak_count()), (0, 0));
    assert_eq!((Ptr::strong_count(&one), Ptr::weak_count(&one)), (1, 0));
    let weak = Ptr::downgrade(&one);
    assert_eq!((Ptr::weak_count(&one), weak.weak_count()), (1, 1));
}

#[test]
fn make_mut_whose_clone_panics_changes_nothing() {
    struct Never;
    impl Clone for Never {
        fn clone(&self) -> Self {
            panic!("never")
        }
    }
    let mut one = Ptr::new(Never);
    let two = one.clone();
    assert!(catch_unwind(AssertUnwindSafe(|| _ = Ptr::make_mut(&mut one))).is_err());
    assert!(Ptr::ptr_eq(&one, &two));
    assert_eq!(Ptr::strong_count(&one), 2);
}

#[test]
fn ptr_eq_compares_objects_and_not_values() {
    let one = Ptr::new(5);
    let same = one.clone();
    let equal = Ptr::new(5);
    assert!(Ptr::ptr_eq(&one, &same));
    assert!(!Ptr::ptr_eq(&one, &equal));
    assert_eq!(one, equal);
}

#[test]
fn as_ptr_is_where_the_value_is() {
    let one = Ptr::new(String::from("x"));
    let two = one.clone();
    assert_eq!(Ptr::as_ptr(&one), &raw const *one);
    assert_eq!(Ptr::as_ptr(&one), Ptr::as_ptr(&two));
}

#[test]
fn into_raw_keeps_the_reference_counted() {
    let one = Ptr::new(1);
    let weak = Ptr::downgrade(&one);
    let pointer = Ptr::into_raw(one.clone());
    assert_eq!(pointer, Ptr::as_ptr(&one));
    drop(one);
    assert_eq!(weak.strong_count(), 1);
    assert_eq!(weak.clone().into_raw(), pointer);
    assert_eq!(weak.weak_count(), 2);
}

#[test]
fn downgrade_and_upgrade() {
    let one = Ptr::new(5);
    let weak = Ptr::downgrade(&one);
    assert_eq!((Ptr::strong_count(&one), Ptr::weak_count(&one)), (1, 1));
    let two = weak.upgrade().unwrap();
    assert_eq!((weak.strong_count(), weak.weak_count()), (2, 1));
    drop((one, two));
    assert!(weak.upgrade().is_none());
    assert_eq!((weak.strong_count(), weak.weak_count()), (0, 0));
}

#[test]
fn a_value_that_drops_is_gone_for_its_weak_references() {
    static SEEN: Mutex<Vec<(bool, usize, usize)>> = Mutex::new(Vec::new());
    struct DropQuery(Weak<DropQuery>);
    impl Drop for DropQuery {
        fn drop(&mut self) {
            let seen = (
                self.0.upgrade().is_some(),
                self.0.strong_count(),
                self.0.weak_count(),
            );
            SEEN.lock().unwrap().push(seen);
        }
    }
    drop(Ptr::new_cyclic(|me| DropQuery(me.clone())));
    assert_eq!(*SEEN.lock().unwrap(), [(false, 0, 0)]);
}

#[test]
fn weak_new_leads_to_nothing() {
    const NOTHING: Weak<u8> = Weak::new();
    let weak = NOTHING;
    assert!(weak.upgrade().is_none());
    assert_eq!((weak.strong_count(), weak.weak_count()), (0, 0));
    assert!(weak.ptr_eq(&Weak::default()));
    assert!(!weak.ptr_eq(&Ptr::downgrade(&Ptr::new(1))));
    let unsized_weak = unsize!(weak => dyn Debug);
    assert!(unsized_weak.upgrade().is_none());
    assert!(unsized_weak.as_ptr().addr() > 0);
}

#[test]
fn weak_references_are_equal_by_object() {
    let one = Ptr::new(5);
    let first = Ptr::downgrade(&one);
    let second = first.clone();
    assert!(first.ptr_eq(&second));
    assert!(!first.ptr_eq(&Ptr::downgrade(&Ptr::new(5))));
    assert_eq!(Ptr::weak_count(&one), 2);
    drop(first);
    assert_eq!(Ptr::weak_count(&one), 1);
    drop(one);
    assert!(second.ptr_eq(&second.clone()));
}

#[test]
fn weak_as_ptr_is_where_the_value_is_and_was() {
    #[repr(align(64))]
    struct Wide;
    let one = Ptr::new(5);
    let weak = Ptr::downgrade(&one);
    let address = weak.as_ptr();
    assert_eq!(address, Ptr::as_ptr(&one));
    drop(one);
    assert_eq!(weak.as_ptr(), address);
    let wide = Ptr::new(Wide);
    assert_eq!(Ptr::downgrade(&wide).as_ptr(), Ptr::as_ptr(&wide));
    let slice: Ptr<[u8]> = Ptr::from([1, 2]);
    assert_eq!(
        Ptr::downgrade(&slice).as_ptr().addr(),
        slice.as_ptr().addr()
    );
}
