//! A report that found nothing says what it could not trace.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Mutex;

use objgraph::Tracked;
use objgraph::rc::Rc;
use objgraph::sync::Arc;

use super::assert_says;
use crate::process;

/// A key without the derive: no map around it can be traced.
#[derive(PartialEq, Eq, Hash)]
struct Key(u32);

type Counters = HashMap<u8, HashMap<Key, HashMap<u32, u64>>>;

#[derive(Tracked)]
struct Storage {
    counters: Mutex<Counters>,
}

/// limitador: a map that only grows, with a key that nothing registers.
#[test]
fn untraced_growth_is_not_denied() {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds("reports::coverage::untraced_growth_is_not_denied", || {
        let storage = Arc::new(Storage {
            counters: Mutex::default(),
        });
        let mut number = 0;
        let mut request = || {
            number += 1;
            let mut counters = storage.counters.lock().unwrap();
            let of_key = counters.entry(0).or_default().entry(Key(0)).or_default();
            of_key.insert(number, 1);
        };
        request();
        let before = objgraph::snapshot();
        let mut trend = objgraph::growth::Trend::new();
        for _ in 0..10 {
            request();
            trend.observe(&objgraph::snapshot());
        }
        let untraced = "1 value of HashMap<Key, HashMap<u32, u64>> in Storage.counters";
        let diff = objgraph::snapshot::diff(&before, &objgraph::snapshot());
        assert_says(
            &diff,
            &[
                "Nothing was born, nothing died, and no collection that could be traced changed.",
                "Not traced, so growth may hide there",
                untraced,
            ],
        );
        assert_says(
            &trend,
            &[
                "Nothing grows steadily over 10 snapshots.",
                "Not traced, so growth may hide there",
                untraced,
            ],
        );
        assert_says(
            objgraph::find_cycles(&storage),
            &[
                "No cycle of strong references among the 1 object that could be traced; \
                 1 value in it could not:",
                untraced,
            ],
        );
        let leaks = objgraph::find_leaks();
        assert_says(
            &leaks,
            &[
                "No leak found for certain among the 1 object that could be traced; \
                 1 value in it could not:",
                untraced,
            ],
        );
        assert!(!leaks.coverage().is_complete());
        assert_says(
            objgraph::blind_spots(),
            &["HashMap<Key, HashMap<u32, u64>>"],
        );
    });
}

/// Other reasons: an object without the derive, a cell in use, another thread.
#[test]
fn untraced_leaks_are_not_denied() {
    if !objgraph::ENABLED {
        return;
    }
    struct Foreign {
        _name: String,
    }
    #[derive(Tracked)]
    struct Known {
        me: RefCell<Option<Rc<Known>>>,
    }
    let known = || {
        Rc::new(Known {
            me: RefCell::default(),
        })
    };
    process::succeeds("reports::coverage::untraced_leaks_are_not_denied", || {
        let seen = known();
        assert_says(
            objgraph::find_leaks(),
            &["Nothing leaked: 1 object is alive, and held from outside."],
        );
        assert_says(objgraph::blind_spots(), &["The only object was traced."]);
        assert_says(
            objgraph::find_cycles(&seen),
            &["No cycle of strong references."],
        );
        let foreign = Rc::new(Foreign {
            _name: String::new(),
        });
        assert_says(
            objgraph::find_leaks(),
            &[
                "No leak found among the 1 object that could be traced; 1 could not:",
                "1 object of Foreign",
            ],
        );
        // An object that the value does not lead to cannot hide a cycle of it.
        assert_says(
            objgraph::find_cycles(&seen),
            &["No cycle of strong references."],
        );
        drop(foreign);
        let guard = seen.me.borrow_mut();
        assert_says(
            objgraph::find_leaks(),
            &[
                "No leak found for certain among the 1 object that could be traced; 1 value in \
                 it could not:",
                "1 cell or lock that was in use: try again",
            ],
        );
        drop(guard);
        std::thread::scope(|scope| {
            let (ready, is_ready) = std::sync::mpsc::channel();
            let (done, is_done) = std::sync::mpsc::channel::<()>();
            scope.spawn(move || {
                let kept = known();
                ready.send(()).unwrap();
                let _ = is_done.recv();
                drop(kept);
            });
            is_ready.recv().unwrap();
            assert_says(
                objgraph::find_leaks(),
                &[
                    "No leak found among the 1 object that could be traced; 1 could not:",
                    "1 Rc object of another thread",
                ],
            );
            drop(done);
        });
        *seen.me.borrow_mut() = Some(seen.clone());
        drop(seen);
        let _foreign = Rc::new(Foreign {
            _name: String::new(),
        });
        assert_says(
            objgraph::find_leaks(),
            &[
                "1 object leaked",
                "Not traced, so more may have leaked",
                "1 object of Foreign",
            ],
        );
    });
}

/// m4b/scroll#75: types that a macro puts in invisible groups.
#[test]
fn types_from_macros_are_traced() {
    if !objgraph::ENABLED {
        return;
    }
    macro_rules! link {
        ($to:ty) => { Option<Rc<$to>> };
    }
    macro_rules! shelf {
        ($name:ident<$life:lifetime, $of:ident> { $field:ident: $item:ty = $length:expr }) => {
            #[derive(Tracked)]
            struct $name<$life, $of: 'static> {
                $field: RefCell<[Option<$item>; $length]>,
                label: &$life str,
                other: RefCell<Option<$of>>,
            }
        };
    }
    shelf!(Shelf<'x, T> { bottles: Rc<Bottle> = 1 + 1 });
    #[derive(Tracked, Default)]
    struct Bottle {
        one: RefCell<link!(Bottle)>,
        many: RefCell<std::vec::Vec<link!(Bottle)>>,
        shelf: RefCell<Option<Rc<Shelf<'static, Rc<Bottle>>>>>,
    }
    process::succeeds("reports::coverage::types_from_macros_are_traced", || {
        let bottle = Rc::new(Bottle::default());
        *bottle.one.borrow_mut() = Some(bottle.clone());
        drop(bottle);
        let bottle = Rc::new(Bottle::default());
        bottle.many.borrow_mut().push(Some(bottle.clone()));
        drop(bottle);
        let bottle = Rc::new(Bottle::default());
        let shelf = Rc::new(Shelf {
            bottles: RefCell::new([None, Some(bottle.clone())]),
            label: "red",
            other: RefCell::default(),
        });
        *bottle.shelf.borrow_mut() = Some(shelf);
        drop(bottle);
        let leaks = objgraph::find_leaks();
        assert_eq!(leaks.len(), 4, "{leaks}");
        assert!(leaks.coverage().is_complete(), "{leaks}");
        assert_says(
            leaks,
            &["Bottle.one →", "Bottle.many[0] →", "Shelf.bottles[1]"],
        );
    });
}
