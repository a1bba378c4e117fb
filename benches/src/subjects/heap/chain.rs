//! `find_leaks` of one leaked cycle as long as the heap, of `Rc`s or of `Arc`s.

use std::cell::RefCell;
use std::sync::Mutex;

use objgraph::{Tracked, rc::Rc, sync::Arc};

use super::super::readings::Readings;
use crate::clock::Clock;

#[derive(Tracked)]
struct Local {
    next: RefCell<Option<Rc<Local>>>,
}

#[derive(Tracked)]
struct Shared {
    next: Mutex<Option<Arc<Shared>>>,
}

/// Measures the search in a chain of `Rc`s, which is traced once.
pub(crate) fn of_rcs(n: usize) -> Readings {
    let link = |next| {
        let next = RefCell::new(next);
        Rc::new(Local { next })
    };
    let last = link(None);
    let first = (1..n).fold(last.clone(), |next, _| link(Some(next)));
    *last.next.borrow_mut() = Some(first);
    drop(last);
    found(n)
}

/// Measures the search in a chain of `Arc`s, whose leak further looks confirm.
pub(crate) fn of_arcs(n: usize) -> Readings {
    let link = |next| {
        let next = Mutex::new(next);
        Arc::new(Shared { next })
    };
    let last = link(None);
    let first = (1..n).fold(last.clone(), |next, _| link(Some(next)));
    *last.next.lock().expect("nothing panicked") = Some(first);
    drop(last);
    found(n)
}

fn found(n: usize) -> Readings {
    let clock = Clock::start();
    let leaks = objgraph::find_leaks();
    let seconds = clock.seconds();
    assert_eq!(leaks.len(), n, "the whole chain leaked");
    vec![("seconds", seconds)]
}
