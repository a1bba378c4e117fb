//! Generic types that lead to ever larger instances of each other.

use std::cell::RefCell;

use objgraph::Tracked;
use objgraph::rc::{Rc, Weak};

use super::{does_not_say, reports, says};
use crate::process;

#[derive(Tracked)]
struct Level<T: 'static> {
    item: Rc<T>,
    up: Option<&'static Spine<T>>,
}

#[derive(Tracked)]
struct Spine<T: 'static> {
    pairs: Option<&'static Level<(T, T)>>,
}

#[derive(Tracked)]
struct Owner {
    level: Level<u8>,
}

/// rust-lang/rust#55625: the derive does not follow types that have no end, so they compile.
#[test]
fn two_types_that_grow_through_each_other_compile() {
    if !objgraph::ENABLED {
        return;
    }
    let test = "advice::growth::two_types_that_grow_through_each_other_compile";
    process::succeeds(test, || {
        let owner = Rc::new(Owner {
            level: Level {
                item: Rc::new(1),
                up: None,
            },
        });
        assert_eq!(*owner.level.item, 1);
        assert!(owner.level.up.is_none_or(|spine| spine.pairs.is_none()));
        assert!(objgraph::blind_spots().is_empty());
        drop(owner);
        assert_eq!(objgraph::find_leaks().len(), 0);
    });
}

/// Grows behind a weak pointer, where values of larger instances can be dropped.
#[derive(Tracked)]
struct Ring<T: 'static> {
    value: Option<T>,
    itself: RefCell<Option<Rc<Ring<T>>>>,
    larger: RefCell<Weak<Ring<[T; 1]>>>,
}

#[derive(Tracked)]
struct RingOwner(Rc<Ring<u8>>);

impl<T: 'static> Ring<T> {
    fn leak(larger: RefCell<Weak<Ring<[T; 1]>>>) -> Weak<Self> {
        let ring = Rc::new(Self {
            value: None,
            itself: RefCell::default(),
            larger,
        });
        ring.itself.replace(Some(ring.clone()));
        Rc::downgrade(&ring)
    }
}

type Fifth = [[[[[u8; 1]; 1]; 1]; 1]; 1];

#[test]
fn an_instance_beyond_the_first_is_registered_by_the_line_given() {
    if !objgraph::ENABLED {
        return;
    }
    let test = "advice::growth::an_instance_beyond_the_first_is_registered_by_the_line_given";
    process::succeeds(test, || {
        let fifth = Ring::<Fifth>::leak(RefCell::default());
        let fourth = Ring::leak(RefCell::new(fifth));
        let third = Ring::leak(RefCell::new(fourth));
        drop(RingOwner(
            Ring::<u8>::leak(RefCell::default()).upgrade().unwrap(),
        ));
        assert!(third.upgrade().is_some());
        let leaks = objgraph::find_leaks();
        assert_eq!(leaks.len(), 3, "{leaks}");
        says(
            &reports(),
            "objgraph::register!(cases::advice::growth::Ring<[[[[[u8; 1]; 1]; 1]; 1]; 1]>)",
        );
        objgraph::register::<Ring<Fifth>>();
        assert_eq!(objgraph::find_leaks().len(), 4);
        does_not_say(&reports(), "register!");
    });
}
