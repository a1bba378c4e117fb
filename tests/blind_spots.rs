//! Swapping the imports is enough to count everything, and the report says what to derive next.

#![allow(dead_code, reason = "nothing but objgraph looks at these types")]

use std::cell::RefCell;

// The one line that an existing program changes.
use objgraph::rc::Rc;
use objgraph::sync::Arc;

mod app {
    use super::{Arc, Rc, RefCell};

    /// Types as they were before objgraph: no derive.
    pub struct Session {
        pub peers: RefCell<Vec<Rc<Session>>>,
    }

    pub struct Config(pub Arc<String>);
}

/// A type with the derive, among types without it.
#[derive(objgraph::Tracked)]
struct Server {
    sessions: Vec<Rc<app::Session>>,
    config: Vec<app::Config>,
    log: RefCell<Vec<Rc<Server>>>,
}

#[rustfmt::skip]
fn session() -> (u32, Rc<app::Session>) {
    (line!(), Rc::new(app::Session { peers: RefCell::default() }))
}

#[test]
fn without_a_derive_everything_is_counted_and_types_to_derive_are_named() {
    if !objgraph::ENABLED {
        return;
    }
    let mut growth = objgraph::growth::Growth::default();
    growth.grown();
    let (lines, sessions): (Vec<_>, Vec<_>) = (0..12).map(|_| session()).unzip();
    sessions[0].peers.borrow_mut().push(sessions[1].clone());
    assert_eq!(objgraph::count("Session"), 12);
    assert_eq!(objgraph::count("blind_spots::app::Session"), 12);
    let grown = growth.grown();
    assert_eq!((grown[0].name.as_str(), grown[0].delta), ("Session", 12));
    let sites = objgraph::alive::counts();
    let site = sites
        .iter()
        .find(|count| count.type_name.ends_with("::Session"))
        .unwrap();
    assert_eq!((site.site.line, site.alive), (lines[0], 12));
    assert_eq!(site.site.file, file!());

    let server = Rc::new(Server {
        sessions,
        config: vec![app::Config(Arc::new(String::new()))],
        log: RefCell::default(),
    });
    let busy = server.log.borrow_mut();
    let text = objgraph::blind_spots().to_string();
    drop(busy);
    let expected = [
        "12 objects of blind_spots::app::Session\n    → derive `Tracked` on it",
        "Server.config[]: 1 value of blind_spots::app::Config\n    → derive `Tracked` on it or,",
        "Server.log: 1 value of",
        "    → mutably borrowed, or locked, at that time: try again",
    ];
    for expected in expected {
        assert!(text.contains(expected), "{expected}\n---\n{text}");
    }
    assert!(
        text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );
    // An opaque value can hide a leak and never invents one.
    assert!(objgraph::find_leaks().is_empty());
}
