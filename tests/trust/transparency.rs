//! Nothing that a program can see depends on whether it is tracked: random programs run with std's
//! pointers and with ours, with random queries in between. No value is visited while a `&mut` to it
//! lives.

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use proptest::prelude::*;

use objgraph::{ObjectId, Visit, Visitor, snapshot::State};

use crate::alone;
use crate::queries::query_all;

/// An operation, and the places that it works on.
type Step = (u8, usize, usize);

const OPERATIONS: u8 = 22;
const PLACES: usize = 5;

/// A query in between, mostly one that visits values.
fn query(number: usize) {
    match number {
        0 => drop(objgraph::snapshot()),
        1 => drop(objgraph::leaks::with_labels(objgraph::find_leaks())),
        2 => drop(objgraph::growth()),
        3 => drop(objgraph::blind_spots()),
        _ => drop(query_all()),
    }
}

macro_rules! program {
    ($name:ident, $($rc:ident)::+, $($arc:ident)::+, $Any:ty) => {
        mod $name {
            use std::cell::RefCell;

            use $($rc)::+ as rc;
            use $($arc)::+ as arc;
            use objgraph::Tracked;

            use super::{PLACES, Step, query};

            type Notes = std::rc::Rc<RefCell<Vec<String>>>;

            /// The value behind an `Rc`, which records what happens to it.
            #[derive(Tracked)]
            struct Local {
                number: u32,
                children: RefCell<Vec<rc::Rc<Local>>>,
                parent: RefCell<rc::Weak<Local>>,
                shared: Option<arc::Arc<SharedNumber>>,
                #[tracked(skip)]
                notes: Notes,
            }

            /// The value behind an `Arc`.
            #[derive(Tracked, Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
            struct SharedNumber(u32);

            impl Local {
                fn new(number: u32, notes: &Notes) -> Self {
                    let parent = RefCell::default();
                    let children = RefCell::default();
                    Self { number, children, parent, shared: None, notes: notes.clone() }
                }

                fn note(&self, what: &str) {
                    let thread = std::thread::current().name().map(str::to_owned);
                    self.notes.borrow_mut().push(format!("{what} {} on {thread:?}", self.number));
                }
            }

            impl Clone for Local {
                fn clone(&self) -> Self {
                    self.note("clone");
                    if self.number % 4 == 0 {
                        query(self.number as usize / 4 % 5);
                    }
                    Self {
                        number: self.number + 1000,
                        children: self.children.clone(),
                        parent: self.parent.clone(),
                        shared: self.shared.clone(),
                        notes: self.notes.clone(),
                    }
                }
            }

            impl Drop for Local {
                fn drop(&mut self) {
                    self.note("drop");
                    if self.number % 4 == 1 {
                        query(self.number as usize / 4 % 5);
                    }
                    let parent = self.parent.borrow();
                    let parent = (parent.strong_count(), parent.weak_count(), parent.upgrade().is_some());
                    self.note(&format!("with {parent:?}"));
                }
            }

            /// Runs a program and returns what it saw.
            pub(super) fn run(program: &[Step]) -> Vec<String> {
                let notes = Notes::default();
                let mut strong: [Option<rc::Rc<Local>>; PLACES] = Default::default();
                let mut weak: [rc::Weak<Local>; PLACES] = Default::default();
                let mut shared: [Option<arc::Arc<SharedNumber>>; PLACES] = Default::default();
                let mut weak_shared: [arc::Weak<SharedNumber>; PLACES] = Default::default();
                for (number, &(operation, a, b)) in (0_u32..).zip(program) {
                    let said = match operation {
                        0 | 1 => {
                            strong[a] = Some(rc::Rc::new(Local::new(number, &notes)));
                            String::new()
                        }
                        2 => {
                            strong[a] = Some(rc::Rc::new_cyclic(|me| {
                                query(b);
                                let value = Local::new(number, &notes);
                                value.parent.replace(me.clone());
                                value
                            }));
                            String::new()
                        }
                        3 => {
                            strong[b] = strong[a].clone();
                            String::new()
                        }
                        4 => {
                            strong[a] = None;
                            String::new()
                        }
                        5 => {
                            weak[b] = strong[a].as_ref().map(rc::Rc::downgrade).unwrap_or_default();
                            String::new()
                        }
                        6 => {
                            strong[b] = weak[a].upgrade();
                            String::new()
                        }
                        7 => {
                            let (child, parent) = (strong[b].clone(), strong[a].as_ref());
                            let is_other = a != b && parent.zip(child.as_ref()).is_some_and(|(a, b)| !rc::Rc::ptr_eq(a, b));
                            if let (Some(parent), Some(child), true) = (parent, child, is_other) {
                                child.parent.replace(rc::Rc::downgrade(parent));
                                parent.children.borrow_mut().push(child);
                            }
                            format!("{is_other}")
                        }
                        8 => {
                            let children = strong[a].as_ref().map(|parent| parent.children.take());
                            format!("{:?}", children.map(|all| all.len()))
                        }
                        // A `&mut` is held during every query.
                        9 => {
                            let number = strong[a].as_mut().and_then(rc::Rc::get_mut).map(|value| {
                                value.number += 7;
                                query(b);
                                value.shared = None;
                                value.number += 1;
                                value.number
                            });
                            format!("{number:?}")
                        }
                        10 => {
                            let number = strong[a].as_mut().map(rc::Rc::make_mut).map(|value| {
                                value.number += 7;
                                query(b);
                                value.children.get_mut().clear();
                                value.number += 1;
                                value.number
                            });
                            format!("{number:?}")
                        }
                        11 => match strong[a].take().map(rc::Rc::try_unwrap) {
                            Some(Ok(value)) => format!("{}", value.number),
                            Some(Err(pointer)) => {
                                strong[a] = Some(pointer);
                                "shared".into()
                            }
                            None => String::new(),
                        },
                        12 => {
                            let value = strong[a].take().and_then(rc::Rc::into_inner);
                            format!("{:?}", value.map(|value| value.number))
                        }
                        13 => {
                            let value = strong[a].take().map(rc::Rc::unwrap_or_clone);
                            format!("{:?}", value.map(|value| value.number))
                        }
                        14 => {
                            shared[a] = Some(arc::Arc::new(SharedNumber(number)));
                            shared[b] = shared[a].clone();
                            String::new()
                        }
                        15 => {
                            let held = shared[a].clone();
                            let value = strong[b].as_mut().map(rc::Rc::make_mut);
                            let before = value.and_then(|value| std::mem::replace(&mut value.shared, held));
                            format!("{before:?}")
                        }
                        16 => {
                            let number = shared[a].as_mut().and_then(arc::Arc::get_mut).map(|value| {
                                value.0 += 7;
                                query(b);
                                value.0 += 1;
                                value.0
                            });
                            format!("{number:?}")
                        }
                        17 => {
                            let number = shared[a].as_mut().map(arc::Arc::make_mut).map(|value| {
                                value.0 += 7;
                                query(b);
                                value.0 += 1;
                                value.0
                            });
                            format!("{number:?}")
                        }
                        18 => {
                            weak_shared[b] = shared[a].as_ref().map(arc::Arc::downgrade).unwrap_or_default();
                            shared[a] = None;
                            format!("{:?}", weak_shared[b].upgrade())
                        }
                        19 => {
                            let value = shared[a].take().map(arc::Arc::try_unwrap);
                            format!("{value:?} {:?}", shared[a].partial_cmp(&shared[b]))
                        }
                        20 => {
                            let any = strong[a].take().map(|pointer| objgraph::unsize!(pointer => $Any));
                            query(b);
                            strong[a] = any.map(|any| any.downcast().ok().unwrap());
                            String::new()
                        }
                        _ => {
                            query(b);
                            String::new()
                        }
                    };
                    let counts: Vec<_> = strong
                        .iter()
                        .flatten()
                        .map(|one| (one.number, rc::Rc::strong_count(one), rc::Rc::weak_count(one)))
                        .collect();
                    let weak_counts: Vec<_> = weak
                        .iter()
                        .map(|one| (one.upgrade().map(|one| one.number), one.strong_count(), one.weak_count()))
                        .collect();
                    let shared_counts: Vec<_> = shared
                        .iter()
                        .flatten()
                        .map(|one| (one.0, arc::Arc::strong_count(one), arc::Arc::weak_count(one)))
                        .collect();
                    let weak_shared: Vec<_> = weak_shared
                        .iter()
                        .map(|one| (one.upgrade(), one.strong_count(), one.weak_count()))
                        .collect();
                    notes.borrow_mut().push(format!(
                        "{operation} {a} {b}: {said} {counts:?} {weak_counts:?} {shared_counts:?} {weak_shared:?}"
                    ));
                }
                // Objects of a cycle are dropped too.
                for one in strong.iter().flatten() {
                    let children = one.children.take();
                    drop(children);
                }
                drop(strong);
                let weak_counts: Vec<_> = weak.iter().map(|one| (one.strong_count(), one.weak_count())).collect();
                notes.borrow_mut().push(format!("end {weak_counts:?}"));
                notes.take()
            }
        }
    };
}

program!(with_std, std::rc, std::sync, dyn std::any::Any);
program!(with_ours, objgraph::rc, objgraph::sync, dyn std::any::Any);

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        cases: 64,
        ..ProptestConfig::default()
    })]

    #[test]
    fn programs_see_the_same(
        program in proptest::collection::vec((0..OPERATIONS, 0..PLACES, 0..PLACES), 0..50)
    ) {
        let _alone = alone();
        prop_assert_eq!(with_std::run(&program), with_ours::run(&program));
    }
}

/// Counts its visits.
#[derive(Default)]
struct VisitCounter {
    looks: AtomicU32,
    number: u32,
}

impl Clone for VisitCounter {
    fn clone(&self) -> Self {
        Self {
            looks: AtomicU32::new(0),
            number: self.number,
        }
    }
}

impl Visit for VisitCounter {
    fn visit<'a>(&'a self, _: &mut Visitor<'a>) {
        self.looks.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for VisitCounter {
    fn drop(&mut self) {}
}

fn query_here_and_elsewhere(id: Option<ObjectId>) {
    let look = move || {
        let snapshot = objgraph::snapshot();
        let _ = (objgraph::find_leaks(), objgraph::blind_spots());
        id.map(|id| snapshot.node(snapshot.find(id).unwrap()).state())
    };
    let elsewhere = thread::spawn(look).join().unwrap();
    assert_ne!(elsewhere, Some(State::Visited));
    assert!(matches!(look(), None | Some(State::Lent)));
    if let Some(id) = id {
        let object = objgraph::at(id).unwrap();
        assert!(object.upgrade::<VisitCounter>().is_none() && object.label().is_none());
        let _ = objgraph::refs(id).to_dot().unwrap();
    }
}

macro_rules! lent {
    ($name:ident, $module:ident::$Pointer:ident) => {
        #[test]
        fn $name() {
            use objgraph::$module::$Pointer;

            if !objgraph::ENABLED {
                return;
            }
            let _alone = alone();
            objgraph::register::<VisitCounter>();
            let assert_seen = |pointer: &$Pointer<VisitCounter>| {
                let before = pointer.looks.load(Ordering::Relaxed);
                let _ = objgraph::snapshot();
                assert!(pointer.looks.load(Ordering::Relaxed) > before);
            };
            let mut one = $Pointer::new(VisitCounter::default());
            assert_seen(&one);
            let id = objgraph::id(&one);

            let value = $Pointer::get_mut(&mut one).unwrap();
            let before = *value.looks.get_mut();
            value.number = 1;
            query_here_and_elsewhere(Some(id));
            assert_eq!(
                (value.number, *value.looks.get_mut()),
                (1, before),
                "get_mut"
            );
            assert_eq!(objgraph::watch(&one), id);
            assert_seen(&one);

            let value = $Pointer::make_mut(&mut one);
            let before = *value.looks.get_mut();
            value.number = 2;
            query_here_and_elsewhere(Some(id));
            assert_eq!(
                (value.number, *value.looks.get_mut()),
                (2, before),
                "make_mut, alone"
            );
            let weak = $Pointer::downgrade(&one);
            assert_eq!(objgraph::watch(&one), id);
            assert_seen(&one);

            // Moved away from the weak reference.
            let value = $Pointer::make_mut(&mut one);
            let before = *value.looks.get_mut();
            value.number = 3;
            query_here_and_elsewhere(None);
            assert_eq!(
                (value.number, *value.looks.get_mut()),
                (3, before),
                "make_mut, weakly held"
            );
            assert!(weak.upgrade().is_none());
            let other = one.clone();
            assert_eq!(objgraph::watch(&one), id);
            assert_seen(&one);

            // Cloned: the clone is lent, the original is visited.
            let value = $Pointer::make_mut(&mut one);
            value.number = 4;
            query_here_and_elsewhere(None);
            assert_eq!(
                (value.number, *value.looks.get_mut()),
                (4, 0),
                "make_mut, shared"
            );
            assert_seen(&other);
            drop(other);

            // A `&mut` that lives until after the next query.
            let value = $Pointer::get_mut(&mut one);
            if let Some(value) = value {
                query_here_and_elsewhere(None);
                value.number = 6;
            }
            let _ = objgraph::watch(&one);
            assert_seen(&one);
        }
    };
}

lent!(what_an_rc_lends_is_not_looked_at, rc::Rc);
lent!(what_an_arc_lends_is_not_looked_at, sync::Arc);

/// The counts that a program reads are right, even inside of a visit.
#[test]
fn counts_are_right_inside_of_a_visit() {
    use objgraph::rc::{Rc, Weak};

    thread_local! {
        static SEEN: Cell<(usize, usize, bool)> = const { Cell::new((9, 9, false)) };
    }
    struct Counts(RefCell<Weak<Counts>>);
    impl Visit for Counts {
        fn visit<'a>(&'a self, _: &mut Visitor<'a>) {
            let weak = self.0.borrow();
            SEEN.set((
                weak.strong_count(),
                weak.weak_count(),
                weak.upgrade().is_some(),
            ));
        }
    }
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    objgraph::register::<Counts>();
    let counts = Rc::new_cyclic(|me| Counts(RefCell::new(me.clone())));
    let _ = objgraph::snapshot();
    assert_eq!(SEEN.get(), (1, 1, true));
    let other = counts.clone();
    let _ = objgraph::find_leaks();
    assert_eq!(SEEN.get(), (2, 1, true));
    drop(other);
}
