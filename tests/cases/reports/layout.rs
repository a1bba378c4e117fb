//! A report fits its terminal, is short where it must be, and is grammatical.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Display;

use objgraph::Tracked;
use objgraph::rc::Rc;

use crate::process;

/// The `Debug` text of a finding is a summary, not the whole graph.
#[test]
fn the_debug_text_of_a_finding_is_a_summary() {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds(
        "reports::layout::the_debug_text_of_a_finding_is_a_summary",
        || {
            let all: Vec<_> = (0..1000_u32).map(|n| Rc::new(Some(n))).collect();
            let id = objgraph::id(&all[0]);
            for text in [
                format!("{:?}", objgraph::find_leaks()),
                format!("{:?}", objgraph::snapshot()),
                format!("{:?}", objgraph::blind_spots()),
                format!("{:?}", objgraph::find_cycles(&all)),
                format!("{:?}", objgraph::why_alive(id)),
                format!("{:?}", objgraph::what_if::what_if_dropped(id)),
                format!("{:?}", objgraph::bytes::retained()),
            ] {
                assert!(text.len() < 1000, "{} bytes: {text:.1000}", text.len());
            }
        },
    );
}

/// Types whose names fill a line.
mod of_a_name_that_is_long_for_a_module {
    use super::*;

    #[derive(Tracked)]
    pub(super) struct AConnectionOfAClientToTheServer<State: 'static> {
        pub(super) state: RefCell<Option<State>>,
        pub(super) connections_that_were_opened_by_it: RefCell<Vec<Rc<Self>>>,
        pub(super) what_was_sent_but_not_acknowledged: RefCell<HashMap<String, Vec<String>>>,
        pub(super) called_when_the_connection_is_closed:
            RefCell<Option<Box<dyn Fn(&str) -> String>>>,
    }

    #[derive(Tracked)]
    pub(super) struct TheStateOfAConnectionThatIsEstablished;

    pub(super) struct ABufferOfAForeignLibrary<Contents>(pub(super) Vec<Contents>);
}

/// Every report fits a terminal, except words that are too wide themselves.
#[test]
fn no_report_is_too_wide() {
    use of_a_name_that_is_long_for_a_module::{
        ABufferOfAForeignLibrary, AConnectionOfAClientToTheServer,
        TheStateOfAConnectionThatIsEstablished,
    };
    type Connection = AConnectionOfAClientToTheServer<TheStateOfAConnectionThatIsEstablished>;

    if !objgraph::ENABLED {
        return;
    }
    let connection = || {
        Rc::new(Connection {
            state: RefCell::default(),
            connections_that_were_opened_by_it: RefCell::default(),
            what_was_sent_but_not_acknowledged: RefCell::default(),
            called_when_the_connection_is_closed: RefCell::default(),
        })
    };
    let assert_fits = |report: &dyn Display| {
        let report = report.to_string();
        for line in report.lines() {
            let is_one_word = !line.trim().contains(' ');
            let fits = line.chars().count() < 80 || is_one_word;
            if !fits {
                panic!("too wide: {line:?} in:\n{report}");
            }
        }
        print!("{report}\n\n");
    };
    process::succeeds("reports::layout::no_report_is_too_wide", || {
        objgraph::register::<Connection>();
        let before = objgraph::snapshot();
        let mut trend = objgraph::growth::Trend::new();
        let kept = connection();
        let mut all = Vec::new();
        for number in 0..8 {
            all.push(connection());
            let mut sent = kept.what_was_sent_but_not_acknowledged.borrow_mut();
            sent.insert(number.to_string(), Vec::new());
            drop(sent);
            trend.observe(&objgraph::snapshot());
        }
        let ring: Vec<_> = (0..3).map(|_| connection()).collect();
        for (at, one) in ring.iter().enumerate() {
            let next = ring[(at + 1) % 3].clone();
            one.connections_that_were_opened_by_it
                .borrow_mut()
                .push(next);
        }
        let cycles = objgraph::find_cycles(&ring[0]).to_string();
        let (id, next) = (objgraph::id(&ring[0]), objgraph::id(&ring[1]));
        drop(ring);
        let closed = connection();
        let own = closed.clone();
        *closed.called_when_the_connection_is_closed.borrow_mut() = Some(Box::new(move |text| {
            format!("{text}{}", Rc::strong_count(&own))
        }));
        drop(closed);
        let _buffers = [
            Rc::new(ABufferOfAForeignLibrary(vec![connection()])),
            Rc::new(ABufferOfAForeignLibrary(vec![connection()])),
        ];
        let _busy = kept.what_was_sent_but_not_acknowledged.borrow_mut();
        let _forgotten = std::thread::spawn(move || std::mem::forget(connection())).join();
        let leaks = objgraph::find_leaks();
        assert_eq!(leaks.len(), 3);
        assert_fits(&leaks);
        assert_fits(&leaks.coverage());
        assert_fits(&cycles);
        assert_fits(&objgraph::why_alive(id).unwrap());
        assert_fits(&objgraph::why_alive(next).unwrap());
        assert_fits(&objgraph::why_alive(objgraph::id(&kept)).unwrap());
        assert_fits(&objgraph::what_if::what_if_dropped(objgraph::id(&kept)).unwrap());
        let field = "AConnectionOfAClientToTheServer.connections_that_were_opened_by_it";
        assert_fits(&objgraph::what_if::what_if_weak(field).unwrap());
        assert_fits(&objgraph::blind_spots());
        assert_fits(&objgraph::snapshot::diff(&before, &objgraph::snapshot()));
        assert_fits(&trend);
        assert_fits(&objgraph::type_cycles());
        assert_fits(&objgraph::bytes::typesizes());
        assert_fits(&objgraph::bytes::retained());
        assert_fits(&objgraph::owners::owners(id).unwrap());
        let chain = objgraph::find_backref_chain(&kept, |_| true);
        assert_fits(&chain.unwrap());
    });
}

/// A number agrees with its word: `1 more reference`.
#[test]
fn one_is_singular() {
    if !objgraph::ENABLED {
        return;
    }
    #[derive(Tracked)]
    struct Shelf {
        books: Vec<Rc<u32>>,
    }
    process::succeeds("reports::layout::one_is_singular", || {
        let book = Rc::new(1_u32);
        let shelf = Rc::new(Shelf {
            books: [2, 3, 4].map(Rc::new).to_vec(),
        });
        let all = objgraph::refs(&shelf).too_many(2).to_dot().unwrap();
        assert!(all.contains("1 more reference\""), "{all}");
        let shelves = [1, 2, 3].map(|_| {
            Rc::new(Shelf {
                books: vec![book.clone()],
            })
        });
        let all = objgraph::backrefs(&book).too_many(2).to_dot().unwrap();
        assert!(all.contains("1 more backreference\""), "{all}");
        drop(shelves);
    });
}
