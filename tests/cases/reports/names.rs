//! Each type, function and place has one name, which can be pasted and queried.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{self, Mutex};

use objgraph::Tracked;
use objgraph::rc::Rc;
use objgraph::sync::Arc;

use super::assert_says;
use crate::process;

mod a {
    #[derive(objgraph::Tracked)]
    pub(super) struct Widget(pub(super) u8);
}

mod b {
    #[derive(objgraph::Tracked)]
    pub(super) struct Widget(pub(super) u8);
}

/// One type has one name, which every query understands.
#[test]
fn a_type_has_the_same_name_in_every_report() {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds(
        "reports::names::a_type_has_the_same_name_in_every_report",
        || {
            let before = objgraph::snapshot();
            let first = Rc::new(a::Widget(1));
            let second = Rc::new(RefCell::new(b::Widget(2)));
            let snapshot = objgraph::snapshot();
            let diff = objgraph::snapshot::diff(&before, &snapshot).to_string();
            let sizes = objgraph::bytes::typesizes().to_string();
            let why = objgraph::why_alive(objgraph::id(&first))
                .unwrap()
                .to_string();
            let picture = objgraph::refs(&first).to_dot().unwrap();
            for text in [&diff, &sizes, &why, &picture] {
                assert!(text.contains("a::Widget"), "{text}");
                assert!(!text.contains("::a::Widget"), "{text}");
            }
            for text in [&diff, &sizes] {
                assert!(text.contains("RefCell<b::Widget>"), "{text}");
            }
            assert_eq!(objgraph::count("a::Widget"), 1);
            assert_eq!(objgraph::count("RefCell<b::Widget>"), 1);
            drop(second);
        },
    );
}

/// An associated function keeps its type: `<i32 as PartialEq>::eq`.
#[test]
fn functions_have_readable_names() {
    if !objgraph::ENABLED {
        return;
    }
    struct Key;
    struct Maker<T>(T);
    impl<T: Copy + 'static> Maker<T> {
        fn closure(&self) -> impl Fn() -> T + use<T> {
            let value = self.0;
            move || value
        }
    }
    process::succeeds("reports::names::functions_have_readable_names", || {
        let _functions = (
            Rc::new(<i32 as PartialEq>::eq),
            Rc::new(Maker(1_u8).closure()),
            Rc::new(u8::to_be_bytes as fn(u8) -> [u8; 1]),
            Rc::new(Vec::<Key>::len),
        );
        let names: Vec<String> = objgraph::typestats().into_keys().collect();
        assert_eq!(
            names,
            [
                "<i32 as PartialEq>::eq",
                "Maker<u8>::closure::{{closure}}",
                "Vec<Key>::len",
                "fn(u8) -> [u8; 1]",
            ]
        );
    });
}

/// A constructor passed to std by name has no line of the program.
#[test]
fn places_inside_std_have_no_path_of_a_machine() {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds(
        "reports::names::places_inside_std_have_no_path_of_a_machine",
        || {
            #[derive(Tracked)]
            struct Ring {
                me: RefCell<Option<Rc<Ring>>>,
            }
            let ring = [RefCell::default()].map(|me| Ring { me }).map(Rc::new);
            *ring[0].me.borrow_mut() = Some(ring[0].clone());
            drop(ring);
            assert_says(
                objgraph::find_leaks(),
                &["made at core: ops/function.rs:", "write a closure"],
            );
        },
    );
}

/// Code in a report can be pasted: no text has a path that is private to std or to objgraph.
#[test]
fn no_text_has_a_private_path() {
    if !objgraph::ENABLED {
        return;
    }
    struct Page<Of>(Vec<Of>);
    #[derive(Tracked)]
    struct Book {
        pages: RefCell<Vec<Page<Rc<Book>>>>,
        index: RefCell<HashMap<String, sync::Weak<Page<Arc<u8>>>>>,
    }
    process::succeeds("reports::names::no_text_has_a_private_path", || {
        let before = objgraph::snapshot();
        let book = Rc::new(RefCell::new(Book {
            pages: RefCell::new(vec![Page(Vec::new())]),
            index: RefCell::default(),
        }));
        let page = Rc::new(Page(vec![Rc::new(1_u8)]));
        let wide = Arc::new(Page(vec![Arc::new(2_u8)]));
        let alike = Rc::new(Page(vec![std::rc::Rc::new(1_u8)]));
        let snapshot = std::sync::Arc::new(objgraph::snapshot());
        let (mut json, mut graphml) = (Vec::new(), Vec::new());
        objgraph::picture::write_json(&snapshot, &mut json).unwrap();
        objgraph::picture::write_graphml(&snapshot, &mut graphml).unwrap();
        let nodes = || snapshot.nodes().map(|node| node.node_id());
        let picture = || objgraph::picture::refs_in(&snapshot, nodes());
        let full = objgraph::alive::stats()
            .shortnames(false)
            .most_common_types();
        for text in [
            String::from_utf8(json).unwrap(),
            String::from_utf8(graphml).unwrap(),
            picture().to_dot().unwrap(),
            picture().shortnames(false).to_dot().unwrap(),
            picture().to_json().unwrap(),
            picture().to_text().unwrap(),
            format!("{full:?} {:?}", objgraph::alive::objects()),
            objgraph::find_leaks().to_string(),
            objgraph::blind_spots().to_string(),
            objgraph::snapshot::diff(&before, &snapshot).to_string(),
            objgraph::bytes::typesizes().to_string(),
            objgraph::bytes::retained().to_string(),
            objgraph::why_alive(objgraph::id(&book))
                .unwrap()
                .to_string(),
        ] {
            for private in [
                "objgraph_core",
                "capture::",
                "alloc::",
                "core::",
                "hash::map",
            ] {
                assert!(!text.contains(private), "{private} in:\n{text}");
            }
        }
        assert!(
            full.iter()
                .any(|row| row.0.ends_with("Page<objgraph::rc::Rc<u8>>")),
            "{full:?}"
        );
        drop((page, wide, alike));
    });
}

/// A name that no object has means values in a cell, a lock or an option.
#[test]
fn a_name_finds_values_in_cells() {
    if !objgraph::ENABLED {
        return;
    }
    struct Widget;
    struct Gadget;
    process::succeeds("reports::names::a_name_finds_values_in_cells", || {
        let _widgets = (Rc::new(RefCell::new(Widget)), Rc::new(RefCell::new(Widget)));
        let _shared = Arc::new(Mutex::new(Some(Widget)));
        assert_eq!(objgraph::count("Widget"), 3);
        assert_eq!(objgraph::count("RefCell"), 2);
        assert_eq!(objgraph::by_type("Widget").len(), 3);
        let snapshot = objgraph::snapshot();
        assert_eq!(objgraph::alive::count_in("Widget", snapshot.nodes()), 3);
        let bare = Rc::new(Gadget);
        let _wrapped = Rc::new(RefCell::new(Gadget));
        assert_eq!(objgraph::count("Gadget"), 1);
        drop(bare);
        // The name does not change its meaning.
        assert_eq!(objgraph::count("Gadget"), 0);
        assert_eq!(objgraph::count("Wodget"), 0);
    });
}
