//! The program whose instructions are counted, with the `rc` and `sync` of the crate root.

use std::cell::RefCell;
use std::hint::black_box;
use std::sync::Mutex;

use crate::{rc, sync};

struct Node {
    id: u64,
    next: RefCell<Option<rc::Rc<Node>>>,
    parent: RefCell<rc::Weak<Node>>,
}

struct SharedNode {
    id: u64,
    next: Mutex<Option<sync::Arc<SharedNode>>>,
}

/// Does the same work this many times.
fn work(times: u64) -> u64 {
    let mut sum = 0;
    for id in 0..times {
        let mut first = rc::Rc::new(Node {
            id,
            next: RefCell::new(None),
            parent: RefCell::new(rc::Weak::new()),
        });
        if let Some(node) = rc::Rc::get_mut(&mut first) {
            node.id += 1;
        }
        let second = rc::Rc::new(Node {
            id,
            next: RefCell::new(Some(first.clone())),
            parent: RefCell::new(rc::Weak::new()),
        });
        *first.parent.borrow_mut() = rc::Rc::downgrade(&second);
        let held = black_box(second.clone());
        sum += held.id + held.next.borrow().as_ref().map_or(0, |next| next.id);
        sum += first
            .parent
            .borrow()
            .upgrade()
            .map_or(0, |parent| parent.id);
        sum += rc::Rc::strong_count(&first) as u64;

        let shared = sync::Arc::new(SharedNode {
            id,
            next: Mutex::new(None),
        });
        let other = black_box(shared.clone());
        sum += other.id;
        let inner = other.next.lock().is_ok_and(|next| next.is_some());
        sum += u64::from(inner);
        drop(other);
        sum += sync::Arc::try_unwrap(shared).map_or(0, |shared| shared.id);
    }
    sum
}

pub(crate) fn main() {
    let times = std::env::args().nth(1).and_then(|arg| arg.parse().ok());
    black_box(work(black_box(times.unwrap_or(0))));
}
