//! Law 6: what was left out is named by every report that it could change, with the call that tracks it.
//!
//! A program of its own, since what other tests leave out is named as well.

#![allow(
    unused_qualifications,
    reason = "where tracking is off, our pointers are those of std"
)]
#![allow(
    dead_code,
    reason = "most fields are there to hold, and nothing else reads them"
)]

use std::cell::RefCell;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use objgraph::leaks::LeakCheck;
use objgraph::rc::Rc;
use objgraph::scope::Scope;
use objgraph::{ENABLED, Tracked, tracking};

static ALONE: Mutex<()> = Mutex::new(());

/// One test at a time, since a choice is valid for the whole process.
fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Tracked, Default)]
struct Room {
    guests: RefCell<Vec<Rc<Guest>>>,
}

#[derive(Tracked)]
struct Guest {
    room: Rc<Room>,
}

/// A cycle of a room and a guest; the guest is left out by the first of the reports below, and is named
/// by all later ones.
fn leak() -> Rc<Room> {
    let room = Rc::new(Room::default());
    let guest = Rc::new(Guest { room: room.clone() });
    room.guests.borrow_mut().push(guest);
    room
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Law 7: the advice is applied in the end.
#[test]
fn a_leak_through_an_object_that_was_left_out_is_not_denied() {
    if !ENABLED {
        return;
    }
    let _alone = alone();
    tracking::except(["left_out::Guest"]).unwrap();
    let room = leak();
    let weak = Rc::downgrade(&room);
    drop(room);

    let leaks = objgraph::find_leaks();
    assert!(leaks.is_empty());
    let possibly: Vec<_> = leaks.possibly_leaked().map(|object| object.id()).collect();
    assert_eq!(possibly, [objgraph::id(&weak.upgrade().unwrap())]);
    assert!(leaks.coverage().left_out_types() >= 1);
    let text = one_line(&leaks.to_string());
    for expected in [
        "No leak found for certain among the",
        "left out by choice (",
        "Guest",
        "call `objgraph::tracking::all()` before these objects are made",
        "1 value of Guest in Room.guests, left out: call `objgraph::tracking::all()` before it is made, \
         or `objgraph::watch(&pointer)`",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    let spots = one_line(&objgraph::blind_spots().to_string());
    assert!(spots.contains("Room.guests[]: 1 value of"), "{spots}");
    assert!(spots.contains("left out by choice: "), "{spots}");

    // The advice about the value.
    let room = weak.upgrade().unwrap();
    objgraph::watch(&room.guests.borrow()[0]);
    drop(room);
    assert_eq!(objgraph::find_leaks().len(), 2);
    let room = weak.upgrade().unwrap();
    room.guests.borrow_mut().clear();
    drop(room);

    // The advice about the type.
    tracking::all();
    let room = leak();
    let weak = Rc::downgrade(&room);
    drop(room);
    assert_eq!(objgraph::find_leaks().len(), 2);
    weak.upgrade().unwrap().guests.borrow_mut().clear();
}

/// A test that passes although something may have leaked says so, and fails if it is strict.
#[test]
fn checks_do_not_vouch_for_what_was_left_out() {
    let _alone = alone();
    tracking::except(["left_out::Guest"]).unwrap();
    let scope = Scope::new("checked");
    let entered = scope.enter();
    let guest = Rc::new(Guest {
        room: Rc::new(Room::default()),
    });
    drop(entered);
    let check = || LeakCheck::of(&scope).wait(std::time::Duration::ZERO);
    assert!(check().run().is_ok());
    let strict = check()
        .strict()
        .run()
        .map_err(|failure| failure.to_string());
    assert_eq!(strict.is_err(), ENABLED);
    drop(guest);
    // Nothing that was recorded is alive, so nothing is traced.
    assert_eq!(check().strict().run().is_err(), ENABLED);
    if let Err(text) = strict {
        let text = one_line(&text);
        assert!(
            text.contains("objects that were left out by choice may have leaked"),
            "{text}"
        );
        assert!(text.contains("Guest"), "{text}");
        assert!(
            text.contains("→ call `objgraph::tracking::all()`"),
            "{text}"
        );
    }
}

/// A type that can hold no reference cannot hide a leak, but growth.
#[test]
fn what_holds_nothing_hides_growth_only() {
    struct Plain(u32);

    if !ENABLED {
        return;
    }
    let _alone = alone();
    tracking::except(["left_out::what_holds_nothing_hides_growth_only::Plain"]).unwrap();
    let kept: Vec<_> = (0..3).map(|number| Rc::new(Plain(number))).collect();
    let snapshot = Arc::new(objgraph::snapshot());
    let left_out =
        |coverage: &objgraph::leaks::Coverage| one_line(&coverage.to_string()).contains("Plain");
    assert!(!left_out(
        &objgraph::leaks::find_leaks_in(&snapshot).coverage()
    ));
    assert!(left_out(&objgraph::leaks::Coverage::of(&snapshot)));
    let diff = objgraph::snapshot::diff(&snapshot, &objgraph::snapshot());
    assert!(one_line(&diff.to_string()).contains("Plain"), "{diff}");
    drop(kept);
}

#[test]
fn a_number_of_objects_that_were_left_out_is_not_asserted() {
    struct Uncounted;

    if !ENABLED {
        return;
    }
    let _alone = alone();
    tracking::except(["Uncounted"]).unwrap();
    let one = Rc::new(Uncounted);
    let failed = std::panic::catch_unwind(|| objgraph::assert_count!(Uncounted == 1));
    let text = failed.unwrap_err();
    let text = text.downcast_ref::<String>().unwrap();
    assert!(text.contains("Uncounted were left out by choice"), "{text}");
    drop(one);
}
