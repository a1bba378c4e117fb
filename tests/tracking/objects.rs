//! Objects that were left out, one by one.

use std::any::Any;
use std::cell::RefCell;

use objgraph::rc::{Rc, Weak};
use objgraph::sync::Arc;
use objgraph::{ENABLED, Instance, ObjectId, Tracked, count_of, id, tracking, unsize};

use super::alone;

#[derive(Tracked, Clone, Debug, PartialEq)]
struct Token(u32);

#[derive(Tracked)]
struct Session {
    token: RefCell<Option<Rc<Token>>>,
}

#[test]
fn an_object_that_is_left_out_is_in_no_list() {
    let _alone = alone();
    tracking::except(["objects::Token"]).unwrap();
    let one = Rc::new(Token(1));
    let other = Arc::new(Token(2));
    let session = Rc::new(Session {
        token: RefCell::new(Some(one.clone())),
    });
    assert_eq!((id(&one), id(&other)), (ObjectId::NONE, ObjectId::NONE));
    assert_eq!((count_of::<Token>(), objgraph::count("Token")), (0, 0));
    assert_eq!(count_of::<Session>(), usize::from(ENABLED));
    assert!(objgraph::alive::by_type_of::<Token>().is_empty());
    assert_eq!(Rc::weak_count(&one), 0);
    assert_eq!(Arc::weak_count(&other), 0);
    assert_eq!((Rc::strong_count(&one), Arc::strong_count(&other)), (2, 1));
    drop((one, other, session));
    assert_eq!((count_of::<Token>(), count_of::<Session>()), (0, 0));
}

#[test]
fn objects_that_exist_stay_as_they_are() {
    let _alone = alone();
    let recorded = Rc::new(Token(1));
    tracking::except(["objects::Token"]).unwrap();
    let left_out = Rc::new(Token(2));
    assert_eq!(count_of::<Token>(), usize::from(ENABLED));
    tracking::all();
    let later = Rc::new(Token(3));
    assert_eq!(count_of::<Token>(), 2 * usize::from(ENABLED));
    assert_eq!(id(&left_out), ObjectId::NONE);
    drop(left_out);
    assert_eq!(count_of::<Token>(), 2 * usize::from(ENABLED));
    drop((recorded, later));
    assert_eq!(count_of::<Token>(), 0);
}

#[test]
fn only_and_except_combine_and_replace_what_they_chose_before() {
    mod app {
        pub(super) struct Kept;
        pub(super) mod hot {
            pub(in super::super) struct Dropped;
        }
    }
    let _alone = alone();
    let counts = || {
        let one = (
            Rc::new(app::Kept),
            Rc::new(app::hot::Dropped),
            Rc::new(1.5_f32),
        );
        let counts = (
            count_of::<app::Kept>(),
            count_of::<app::hot::Dropped>(),
            count_of::<f32>(),
        );
        drop(one);
        counts
    };
    if !ENABLED {
        return;
    }
    tracking::only(["*::app::*"]).unwrap();
    assert_eq!(counts(), (1, 1, 0));
    tracking::except(["*::hot::*"]).unwrap();
    assert_eq!(counts(), (1, 0, 0));
    tracking::only(["f32"]).unwrap();
    assert_eq!(counts(), (0, 0, 1));
    // A choice with a mistake changes nothing.
    assert!(tracking::only(["*::app::*", "app:"]).is_err());
    assert!(tracking::except(["", "u8"]).is_err());
    assert_eq!(counts(), (0, 0, 1));
    tracking::only([] as [&str; 0]).unwrap();
    assert_eq!(counts(), (0, 0, 0));
    tracking::all();
    assert_eq!(counts(), (1, 1, 1));
}

#[test]
fn an_instance_that_is_left_out_has_no_id() {
    struct Row {
        instance: Instance<Row>,
    }
    let _alone = alone();
    tracking::except(["Row"]).unwrap();
    let row = Row {
        instance: Instance::new(),
    };
    assert_eq!((row.instance.id(), count_of::<Row>()), (None, 0));
    assert_eq!(format!("{:?}", row.instance), "#-");
    tracking::all();
    let clone = row.instance.clone();
    assert_eq!(clone.id().is_some(), ENABLED);
    let both = [row, Row { instance: clone }];
    assert_eq!(count_of::<Row>(), usize::from(ENABLED));
    drop(Vec::from(both));
    assert_eq!(count_of::<Row>(), 0);
}

#[test]
fn watch_records_an_object_that_was_left_out() {
    let _alone = alone();
    tracking::except(["objects::Token"]).unwrap();
    let (one, other) = (Rc::new(Token(1)), Arc::new(Token(2)));
    let std = std::rc::Rc::new(Token(3));
    let ids = [
        objgraph::watch(&one),
        objgraph::watch(&other),
        objgraph::watch(&std),
    ];
    assert_eq!(ids.map(|id| objgraph::at(id).is_some()), [ENABLED; 3]);
    assert_eq!((id(&one), id(&other)), (ids[0], ids[1]));
    assert_eq!((Rc::weak_count(&one), Arc::weak_count(&other)), (0, 0));
    assert_eq!(count_of::<Token>(), 3 * usize::from(ENABLED));
    assert_eq!(objgraph::watch(&one), ids[0]);
    drop((one, other, std));
    assert!(ids.iter().all(|&id| objgraph::at(id).is_none()));
}

/// Law 3: only the table leads back to the type.
#[test]
fn a_pointer_to_any_type_leads_back() {
    let _alone = alone();
    tracking::only([] as [&str; 0]).unwrap();
    let any: Rc<dyn Any> = unsize!(Rc::new(Token(1)) => dyn Any);
    let again = any.clone();
    assert_eq!(*any.downcast::<Token>().unwrap(), Token(1));
    assert!(again.downcast::<String>().is_err());

    let any: Arc<dyn Any + Send + Sync> = unsize!(Arc::new(Token(2)) => dyn Any + Send + Sync);
    assert_eq!(*any.downcast::<Token>().unwrap(), Token(2));

    let token = Rc::new(Token(3));
    let weak: Weak<dyn Any> = unsize!(Rc::downgrade(&token) => dyn Any);
    let any = weak.upgrade().unwrap();
    assert_eq!(*any.downcast::<Token>().unwrap(), Token(3));

    let slice: Rc<[Token]> = Rc::from([Token(4), Token(5)]);
    let array: Rc<[Token; 2]> = slice.try_into().unwrap();
    assert_eq!(array[1], Token(5));
}

#[test]
fn a_clone_by_make_mut_follows_the_choice() {
    let _alone = alone();
    let mut recorded = Rc::new(Token(1));
    let shared = recorded.clone();
    tracking::except(["objects::Token"]).unwrap();
    Rc::make_mut(&mut recorded).0 += 1;
    assert_eq!((recorded.0, shared.0), (2, 1));
    assert_eq!(id(&recorded), ObjectId::NONE);
    assert_eq!(count_of::<Token>(), usize::from(ENABLED));
    let mut other = Arc::new(Token(1));
    let clone = other.clone();
    Arc::make_mut(&mut other).0 += 1;
    assert_eq!((other.0, clone.0, id(&other)), (2, 1, ObjectId::NONE));
    Arc::make_mut(&mut other).0 += 1;
    assert_eq!(Arc::get_mut(&mut other).unwrap().0, 3);
    assert_eq!(Arc::try_unwrap(other).unwrap(), Token(3));
}
