//! The pointers behave as std's, and every object that they create is in the table.

use std::cell::{Cell, RefCell};
use std::fmt::Display;

use objgraph_core::rc::{Rc, Weak};
use objgraph_core::sync::Arc;
use objgraph_core::{ENABLED, State, Visit, Visitor, at, count_of, id, snapshot, unsize, watch};

struct Node {
    next: RefCell<Option<Rc<Node>>>,
    back: RefCell<Weak<Node>>,
}

impl Visit for Node {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.field("next", &self.next);
        visitor.field("back", &self.back);
    }
}

#[test]
fn an_object_is_in_the_table_from_new_to_drop() {
    struct MyNumber(#[allow(dead_code)] u64);
    let before = count_of::<MyNumber>();
    let one = Rc::new(MyNumber(1));
    let two = one.clone();
    let expected = usize::from(ENABLED);
    assert_eq!(count_of::<MyNumber>() - before, expected);
    drop(one);
    assert_eq!(count_of::<MyNumber>() - before, expected);
    let object = id(&two);
    assert_eq!(at(object).is_some(), ENABLED);
    drop(two);
    assert_eq!(count_of::<MyNumber>() - before, 0);
    assert!(at(object).is_none());
}

#[test]
fn get_mut_lends_the_value_and_watch_gives_it_back() {
    if !ENABLED {
        return;
    }
    objgraph_core::register::<Node>();
    let mut one = Rc::new(Node {
        next: RefCell::default(),
        back: RefCell::default(),
    });
    let object = id(&one);
    let state = || {
        let snapshot = snapshot();
        snapshot.node(snapshot.find(object).unwrap()).state()
    };
    assert_eq!(state(), State::Visited);
    Rc::get_mut(&mut one).unwrap();
    assert_eq!((Rc::strong_count(&one), Rc::weak_count(&one)), (1, 0));
    assert_eq!(state(), State::Lent);
    let two = Rc::clone(&one);
    assert_eq!(watch(&one), object);
    assert_eq!(state(), State::Visited);
    assert!(Rc::get_mut(&mut one).is_none());
    drop(two);
    *Rc::make_mut(&mut Rc::new(5)) += 1;
}

#[test]
fn make_mut_moves_values_away_from_weak_references_and_clones_shared_ones() {
    let mut one = Rc::new(5);
    let weak = Rc::downgrade(&one);
    *Rc::make_mut(&mut one) += 1;
    assert_eq!(
        (*one, weak.upgrade().is_none(), Rc::weak_count(&one)),
        (6, true, 0)
    );
    let two = one.clone();
    let first = id(&two);
    *Rc::make_mut(&mut one) += 1;
    assert_eq!((*one, *two), (7, 6));
    assert!(!ENABLED || id(&one) != first);
    assert_eq!((Rc::strong_count(&one), Rc::strong_count(&two)), (1, 1));

    let mut one = Arc::new(5);
    let weak = Arc::downgrade(&one);
    *Arc::make_mut(&mut one) += 1;
    assert_eq!(
        (*one, weak.upgrade().is_none(), Arc::weak_count(&one)),
        (6, true, 0)
    );
    let two = one.clone();
    *Arc::make_mut(&mut one) += 1;
    assert_eq!((*one, *two), (7, 6));
}

#[test]
fn counts_show_the_references_of_the_program_only() {
    let one = Rc::new(1);
    let weak = Rc::downgrade(&one);
    let also = weak.clone();
    assert_eq!((Rc::strong_count(&one), Rc::weak_count(&one)), (1, 2));
    assert_eq!((weak.strong_count(), weak.weak_count()), (1, 2));
    let _ = snapshot();
    assert_eq!((weak.strong_count(), weak.weak_count()), (1, 2));
    assert_eq!(Rc::try_unwrap(one).unwrap(), 1);
    assert_eq!((also.strong_count(), also.weak_count()), (0, 0));

    let one = Arc::new(1);
    let weak = Arc::downgrade(&one);
    assert_eq!((Arc::strong_count(&one), Arc::weak_count(&one)), (1, 1));
    assert_eq!((weak.strong_count(), weak.weak_count()), (1, 1));
    let _ = snapshot();
    assert_eq!((weak.strong_count(), weak.weak_count()), (1, 1));
    assert_eq!(Arc::into_inner(one), Some(1));
    assert_eq!((weak.strong_count(), weak.weak_count()), (0, 0));
}

#[test]
fn unsized_pointers_keep_their_object() {
    let text = Rc::new(String::from("text"));
    let object = id(&text);
    let text: Rc<dyn Display> = unsize!(text => dyn Display);
    assert_eq!(text.to_string(), "text");
    assert_eq!(id(&text), object);
    let weak = unsize!(Rc::downgrade(&Rc::new([1, 2])) => [i32]);
    assert!(weak.upgrade().is_none());
    let slice: Arc<[i32]> = unsize!(Arc::new([1, 2]) => [i32]);
    assert_eq!(slice.iter().sum::<i32>(), 3);
    let weak = unsize!(Arc::downgrade(&Arc::new(1)) => dyn Display + Send + Sync);
    assert!(weak.upgrade().is_none());
    let slice: Rc<[u8]> = Rc::from([1, 2, 3]);
    assert_eq!(*slice, [1, 2, 3]);
}

#[test]
fn a_cycle_is_traced_with_its_paths() {
    if !ENABLED {
        return;
    }
    objgraph_core::register::<Node>();
    let one = Rc::new_cyclic(|weak| Node {
        next: RefCell::default(),
        back: RefCell::new(weak.clone()),
    });
    let two = Rc::new(Node {
        next: RefCell::new(Some(one.clone())),
        back: RefCell::default(),
    });
    *one.next.borrow_mut() = Some(two.clone());
    let snapshot = snapshot();
    let node = snapshot.find(id(&one)).unwrap();
    let edges: Vec<_> = snapshot
        .edges(node)
        .map(|e| (e.path(), e.is_strong(), e.target()))
        .collect();
    let target = snapshot.find(id(&two)).unwrap();
    assert_eq!(
        edges,
        [("next".into(), true, target), ("back".into(), false, node)]
    );
    assert_eq!(
        (snapshot.node(node).strong(), snapshot.node(node).weak()),
        (Some(2), Some(1))
    );
    assert_eq!(
        (snapshot.external(node), snapshot.external(target)),
        (Some(1), Some(1))
    );
    assert_eq!(
        snapshot.node(node).site().unwrap().line,
        snapshot.node(target).site().unwrap().line - 4
    );
    one.next.take();
}

#[test]
fn the_drop_of_a_value_may_query_and_no_longer_finds_the_value() {
    thread_local!(static SEEN: Cell<(usize, usize)> = const { Cell::new((9, 9)) });
    struct DropQuery;
    impl Drop for DropQuery {
        fn drop(&mut self) {
            SEEN.set((count_of::<Self>(), snapshot().len()));
        }
    }
    let all = snapshot().len();
    drop(Rc::new(DropQuery));
    assert_eq!(SEEN.get().0, 0);
    let _ = all;
}

#[test]
fn threads_count_together_and_their_rcs_are_listed_elsewhere() {
    if !ENABLED {
        return;
    }
    struct FarObject;
    let (say, said) = std::sync::mpsc::channel();
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let thread = std::thread::spawn(move || {
        let kept = Rc::new(FarObject);
        say.send(id(&kept)).unwrap();
        wait.recv().unwrap();
    });
    let object = said.recv().unwrap();
    assert_eq!(count_of::<FarObject>(), 1);
    let before = snapshot();
    let node = before.node(before.find(object).unwrap());
    assert_eq!((node.state(), node.strong()), (State::OtherThread, None));
    go.send(()).unwrap();
    thread.join().unwrap();
    assert_eq!(count_of::<FarObject>(), 0);
    assert!(at(object).is_none());
}

#[test]
fn a_pointer_that_loses_its_type_restores_the_handle_of_a_lent_value_first() {
    if !ENABLED {
        return;
    }
    let state = |object| {
        let snapshot = snapshot();
        snapshot.node(snapshot.find(object).unwrap()).state()
    };
    let mut one = Rc::new([1, 2]);
    let object = id(&one);
    Rc::get_mut(&mut one).unwrap()[0] = 5;
    assert_eq!(state(object), State::Lent);
    let mut slice = unsize!(one => [i32]);
    assert_ne!(state(object), State::Lent);
    // Once the slice was lent, no code leads from the pointer to it back to the array.
    Rc::get_mut(&mut slice).unwrap()[0] = 6;
    let two = slice.clone();
    assert_eq!(state(object), State::Lent);
    assert_eq!((Rc::strong_count(&two), Rc::weak_count(&two)), (2, 0));
}

#[test]
fn a_pointer_whose_type_is_lost_panics_with_advice() {
    if !ENABLED {
        return;
    }
    let mut any = unsize!(Arc::new(5) => dyn std::any::Any + Send + Sync);
    assert!(Arc::get_mut(&mut any).is_some());
    let any = any.downcast::<u8>().unwrap_err();
    let find = std::panic::AssertUnwindSafe(|| any.downcast::<i32>());
    let lost = std::panic::catch_unwind(find);
    let message = lost.unwrap_err().downcast::<String>().unwrap();
    assert!(message.contains("after `get_mut` on it"), "{message}");
    assert!(message.contains("Arc<i32>"), "{message}");

    let mut slice: Rc<[u8]> = Rc::from([1, 2]);
    assert!(Rc::get_mut(&mut slice).is_some());
    let slice = Rc::<[u8; 3]>::try_from(slice).unwrap_err();
    assert!(std::panic::catch_unwind(|| Rc::<[u8; 2]>::try_from(slice)).is_err());
}

#[test]
fn a_weak_reference_to_a_lent_value_of_unknown_type_is_counted() {
    let mut shown = unsize!(Arc::new(5) => dyn Display + Send + Sync);
    assert!(Arc::get_mut(&mut shown).is_some());
    let weak = Arc::downgrade(&shown);
    assert_eq!((weak.strong_count(), weak.weak_count()), (1, 1));
    assert_eq!(Arc::weak_count(&shown), 1);
    assert_eq!(weak.as_ptr().addr(), Arc::as_ptr(&shown).addr());
}

#[test]
#[allow(
    unused_qualifications,
    reason = "where tracking is off both kinds are one"
)]
fn pointers_of_both_crates_unsize_with_one_macro() {
    let ours = unsize!(Rc::new(5) => dyn Display);
    let stds = unsize!(std::rc::Rc::new(5) => dyn Display);
    let weak = unsize!(std::sync::Arc::downgrade(&std::sync::Arc::new(5)) => dyn Display);
    assert_eq!(ours.to_string(), stds.to_string());
    assert!(weak.upgrade().is_none());
}
