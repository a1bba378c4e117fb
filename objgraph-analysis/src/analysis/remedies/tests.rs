//! Each remedy, from the name of a type alone. That the remedies work is proven by the tests that
//! apply them.

use super::*;

fn family(path: &str, module: &str) -> Family {
    Family {
        path: path.to_owned(),
        module: module.to_owned(),
    }
}

fn of_object(name: &str) -> Vec<Remedy> {
    let families = [
        family("app::Node", "app"),
        family("app::main::Local", "app"),
    ];
    remedies(name, ValueLocation::Object, &families)
}

fn registers(name: &str) -> String {
    match &of_object(name)[..] {
        [
            Remedy::Register {
                written,
                within: None,
            },
        ] => written.clone(),
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn types_that_can_be_visited_are_registered_as_programs_write_them() {
    for (name, written) in [
        ("app::Node<i32>", "app::Node<i32>"),
        ("app::Node<other::Foreign>", "app::Node<other::Foreign>"),
        (
            "core::cell::RefCell<alloc::vec::Vec<usize>>",
            "std::cell::RefCell<Vec<usize>>",
        ),
        (
            "std::sync::poison::mutex::Mutex<std::collections::hash::map::HashMap<alloc::string::String, app::Node<(u8, [f32; 3])>>>",
            "std::sync::Mutex<std::collections::HashMap<String, app::Node<(u8, [f32; 3])>>>",
        ),
        (
            "(&str, objgraph_core::pointers::rc::Rc<app::Node<u8>>)",
            "(&'static str, objgraph::rc::Rc<app::Node<u8>>)",
        ),
        ("app::Node<4>", "app::Node<4>"),
    ] {
        assert_eq!(registers(name), written);
    }
    assert_eq!(
        of_object("app::main::Local<u8>"),
        [Remedy::Register {
            written: "Local<u8>".to_owned(),
            within: Some("app::main".to_owned())
        }]
    );
}

#[test]
fn types_that_cannot_be_visited_need_a_derive_first() {
    let derive = || Remedy::Derive("app::Key".to_owned());
    assert_eq!(of_object("app::Key"), [derive()]);
    assert_eq!(of_object("core::cell::RefCell<app::Key>"), [derive()]);
    assert_eq!(
        of_object("core::cell::RefCell<alloc::vec::Vec<app::Key>>"),
        [
            derive(),
            Remedy::Register {
                written: "std::cell::RefCell<Vec<app::Key>>".to_owned(),
                within: None
            }
        ]
    );
    assert_eq!(
        of_object("app::main::{{closure}}"),
        [Remedy::Capture(String::new())]
    );
    assert_eq!(
        of_object("app::Node<app::main::{{closure}}>"),
        [Remedy::Call]
    );
    assert_eq!(of_object("std::process::Command"), [Remedy::With]);
    assert_eq!(of_object("dyn app::Shape"), [Remedy::OwnPointer]);
}

#[test]
fn a_field_that_names_its_type_needs_no_line() {
    let of_field = |name, text| remedies(name, ValueLocation::Generic(text), &[]);
    let object = "alloc::boxed::Box<dyn core::ops::function::Fn(u8) -> u8 + core::marker::Send>";
    assert_eq!(
        of_field(object, "Box<dyn Fn(u8) -> u8 + Send>"),
        [Remedy::Capture("Fn(u8) -> u8 + Send".to_owned())]
    );
    let future = "core::pin::Pin<alloc::boxed::Box<dyn core::future::future::Future<Output = ()>>>";
    assert_eq!(
        of_field(future, "Pin<Box<dyn Future<Output = ()>>>"),
        [Remedy::Future(
            "std::future::Future<Output = ()>".to_owned()
        )]
    );
    assert_eq!(
        of_field(
            "alloc::boxed::Box<dyn app::Shape<u8>>",
            "Box<dyn Shape<u8>>"
        ),
        [Remedy::Supertrait("app::Shape<u8>".to_owned())]
    );
    let pool = || Remedy::Derive("app::Pool".to_owned());
    assert_eq!(of_field("app::Pool<u8>", "Vec<Pool<u8>>"), [pool()]);
    assert_eq!(of_field("app::Pool<u8>", "T").len(), 2);
    // An alias names the type too.
    assert_eq!(
        remedies("app::Pool<u8>", ValueLocation::Concrete, &[]),
        [pool()]
    );
    assert_eq!(
        of_field("app::Pool<app::main::{{closure}}>", "S"),
        [pool(), Remedy::Bound]
    );
}

#[test]
fn nothing_opens_a_channel() {
    for name in [
        "std::sync::mpsc::Receiver<alloc::sync::Arc<app::Actor>>",
        "std::sync::mpsc::SyncSender<alloc::boxed::Box<dyn core::ops::function::FnOnce()>>",
        "core::option::Option<crossbeam_channel::channel::Sender<u8>>",
        "tokio::sync::mpsc::unbounded::UnboundedReceiver<u8>",
        "tokio::sync::oneshot::Sender<app::main::{{closure}}>",
        "async_channel::Receiver<u8>",
        "flume::Receiver<u8>",
        "futures_channel::mpsc::UnboundedReceiver<u8>",
    ] {
        assert_eq!(
            remedies(name, ValueLocation::Concrete, &[]),
            [Remedy::Channel],
            "{name}"
        );
        assert_eq!(of_object(name), [Remedy::Channel], "{name}");
    }
    assert_eq!(
        remedies("app::Receiver<u8>", ValueLocation::Concrete, &[]),
        [Remedy::Derive("app::Receiver".to_owned())]
    );
}

#[test]
fn types_that_hold_no_reference_are_plain() {
    for name in [
        "u8",
        "core::cell::RefCell<alloc::vec::Vec<usize>>",
        "(alloc::string::String, [u8; 3])",
        "std::collections::hash::map::HashMap<alloc::string::String, u8>",
    ] {
        assert!(is_plain(name), "{name}");
    }
    for name in [
        "app::Key",
        "core::cell::RefCell<alloc::rc::Rc<u8>>",
        "alloc::boxed::Box<dyn core::any::Any>",
        "app::main::{{closure}}",
        "std::sync::mpsc::Sender<u8>",
    ] {
        assert!(!is_plain(name), "{name}");
    }
}
