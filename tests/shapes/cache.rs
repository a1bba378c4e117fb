//! A cache that only grows: nothing in it has leaked, but it takes more and more memory.

use std::cell::RefCell;
use std::collections::HashMap;

use objgraph::rc::Rc;
use objgraph::{Tracked, growth::Growth};

use crate::exclusive::alone;

#[derive(Tracked, Default)]
struct Cache {
    sessions: RefCell<HashMap<u32, Rc<Session>>>,
}

#[derive(Tracked)]
struct Session(u32);

impl Cache {
    fn request(&self, number: u32) -> Rc<Session> {
        let mut sessions = self.sessions.borrow_mut();
        let session = sessions.entry(number);
        session.or_insert_with(|| Rc::new(Session(number))).clone()
    }
}

/// Returns how many more sessions there are than at any call before.
fn grown(growth: &mut Growth) -> usize {
    let rows = growth.grown();
    let row = rows.iter().find(|row| row.name == "Session");
    row.map_or(0, |row| row.delta)
}

#[test]
fn a_cache_that_only_grows() {
    if !objgraph::ENABLED {
        return;
    }
    let alone = alone();
    let cache = Rc::new(Cache::default());
    let mut growth = Growth::default();
    cache.request(0);
    assert_eq!(grown(&mut growth), 1);
    let before = objgraph::snapshot();
    for round in 1..4 {
        (0..100).for_each(|number| drop(cache.request(round * 100 + number)));
        assert_eq!(grown(&mut growth), 100);
    }
    assert!(objgraph::find_leaks().is_empty());
    let diff = objgraph::snapshot::diff(&before, &objgraph::snapshot());
    assert_eq!(diff.containers.len(), 1);
    let text = diff.to_string();
    assert!(text.contains("Cache.sessions grew from 1 to 301"), "{text}");

    // Fixed: unused entries are evicted.
    for round in 4..7 {
        (0..100).for_each(|number| drop(cache.request(round * 100 + number)));
        let in_use = |_: &u32, session: &mut Rc<Session>| Rc::strong_count(session) > 1;
        cache.sessions.borrow_mut().retain(in_use);
    }
    assert_eq!(grown(&mut growth), 0);
    drop(cache);
    alone.nothing(module_path!());
}
