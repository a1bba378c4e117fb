//! What a report advises works when it is applied.

use std::any::Any;
use std::cell::RefCell;
use std::sync::Mutex;

use objgraph::rc::Rc;
use objgraph::{Tracked, unsize};

use crate::process;

mod growth;
mod own_types;
mod remedies;
mod static_types;

/// Returns the report on leaks, and the report on blind spots.
fn reports() -> String {
    format!("{}\n{}", objgraph::find_leaks(), objgraph::blind_spots())
}

/// Asserts that a report contains this text, wherever its lines are broken.
#[track_caller]
fn says(text: &str, part: &str) {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains(part), "`{part}` is not in:\n{text}");
}

#[track_caller]
fn does_not_say(text: &str, part: &str) {
    assert!(!text.contains(part), "`{part}` is in:\n{text}");
}

#[derive(Tracked)]
struct Node<T> {
    value: T,
    next: RefCell<Option<Rc<Node<T>>>>,
}

impl<T: 'static> Node<T> {
    /// Leaks two nodes.
    fn ring(values: [T; 2]) {
        let [one, two] = values.map(|value| {
            Rc::new(Self {
                value,
                next: RefCell::default(),
            })
        });
        one.next.replace(Some(two.clone()));
        two.next.replace(Some(one));
    }
}

/// No derive names the instance, so only the line that the report prints registers it.
#[test]
fn an_instance_that_nothing_names_is_registered() {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds(
        "advice::an_instance_that_nothing_names_is_registered",
        || {
            Node::ring([1_i16, 2]);
            let text = reports();
            let line = "objgraph::register!(cases::advice::Node<i16>)";
            says(&text, &format!("2 objects of Node<i16>: {line}"));
            says(&text, &format!("→ {line}"));
            does_not_say(&text, "derive");
            objgraph::register::<Node<i16>>();
            assert_eq!(objgraph::find_leaks().len(), 2);
            does_not_say(&reports(), "register!");
        },
    );
}

mod family {
    use super::*;

    /// A family of pointers, chosen by a type argument.
    pub(super) trait Family {
        type Ptr<T: 'static>;
    }

    pub(super) struct RcFamily;

    impl Family for RcFamily {
        type Ptr<T: 'static> = Rc<T>;
    }

    #[derive(Tracked)]
    pub(super) struct Slot<F: Family + 'static> {
        pub(super) next: RefCell<Option<F::Ptr<Slot<F>>>>,
    }

    #[derive(Tracked)]
    pub(super) struct Host {
        pub(super) extension: RefCell<Option<Rc<dyn Any>>>,
    }

    #[derive(Tracked)]
    pub(super) struct Extension<T> {
        pub(super) host: Rc<Host>,
        pub(super) extra: T,
    }
}

/// fastly/pushpin#48345 and its siblings: a pointer family, and a generic type behind `dyn Any`.
#[test]
fn generic_types_behind_pointers_are_registered_by_the_line_given() {
    use family::{Extension, Host, RcFamily, Slot};
    if !objgraph::ENABLED {
        return;
    }
    let test = "advice::generic_types_behind_pointers_are_registered_by_the_line_given";
    process::succeeds(test, || {
        let slot: Rc<Slot<RcFamily>> = Rc::new(Slot {
            next: RefCell::default(),
        });
        slot.next.replace(Some(slot.clone()));
        drop(slot);
        let host = Rc::new(Host {
            extension: RefCell::default(),
        });
        let extension = Rc::new(Extension {
            host: host.clone(),
            extra: 1_u8,
        });
        host.extension.replace(Some(unsize!(extension => dyn Any)));
        drop(host);
        let text = reports();
        let family = "cases::advice::family";
        says(
            &text,
            &format!("objgraph::register!({family}::Extension<u8>)"),
        );
        says(
            &text,
            &format!("objgraph::register!({family}::Slot<{family}::RcFamily>)"),
        );
        does_not_say(&text, "derive");
        objgraph::register::<Extension<u8>>();
        objgraph::register::<Slot<RcFamily>>();
        assert_eq!(objgraph::find_leaks().len(), 3);
    });
}

mod pasted {
    use super::*;

    #[derive(Tracked)]
    pub(super) struct Cell<T> {
        pub(super) next: RefCell<Option<Rc<Pair<T>>>>,
    }

    /// Only `Cell` names it.
    #[derive(Tracked)]
    pub(super) struct Pair<T>(pub(super) T, pub(super) Mutex<Option<Rc<Cell<T>>>>);
}

// As it is printed: the crate is called by its own name.
objgraph::register!(
    cases::advice::pasted::Cell<String>,
    std::cell::RefCell<Vec<Rc<u8>>>
);

#[test]
fn register_at_module_level_registers_the_types_that_it_names() {
    use pasted::{Cell, Pair};
    if !objgraph::ENABLED {
        return;
    }
    let test = "advice::register_at_module_level_registers_the_types_that_it_names";
    process::succeeds(test, || {
        let cell = Rc::new(Cell {
            next: RefCell::default(),
        });
        let pair = Pair(String::new(), Mutex::new(Some(cell.clone())));
        cell.next.replace(Some(Rc::new(pair)));
        let list = Rc::new(RefCell::new(vec![Rc::new(1_u8)]));
        drop(cell);
        assert_eq!(objgraph::find_leaks().len(), 2);
        let text = objgraph::blind_spots().to_string();
        does_not_say(&text, "Vec");
        drop(list);
    });
}

#[test]
fn a_type_of_a_function_is_registered_there() {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds("advice::a_type_of_a_function_is_registered_there", inside);
    fn inside() {
        #[derive(Tracked)]
        struct Local<T>(T, RefCell<Option<Rc<Local<T>>>>);
        #[derive(Tracked)]
        struct RegisteredNode<T>(T, RefCell<Option<Rc<RegisteredNode<T>>>>);
        objgraph::register!(RegisteredNode<u8>);

        let one = Rc::new(Local(1_u8, RefCell::default()));
        one.1.replace(Some(one.clone()));
        let two = Rc::new(RegisteredNode(1_u8, RefCell::default()));
        two.1.replace(Some(two.clone()));
        drop((one, two));
        says(
            &reports(),
            "objgraph::register!(Local<u8>), in `cases::advice::a_type_of_a_function_is_registered_there::inside`",
        );
        assert_eq!(objgraph::find_leaks().len(), 1);
    }
}

/// Containers of std that no field names.
#[test]
fn containers_of_std_are_registered() {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds("advice::containers_of_std_are_registered", || {
        type Peers = RefCell<Vec<Rc<dyn Any>>>;
        let peers: Rc<Peers> = Rc::default();
        peers.borrow_mut().push(unsize!(peers.clone() => dyn Any));
        let numbers: Rc<RefCell<Vec<usize>>> = Rc::default();
        let text = objgraph::blind_spots().to_string();
        does_not_say(&text, "stays opaque");
        says(&text, "objgraph::register!(std::cell::RefCell<Vec<usize>>)");
        says(
            &text,
            "objgraph::register!(std::cell::RefCell<Vec<objgraph::rc::Rc<dyn std::any::Any>>>)",
        );
        drop(peers);
        // A value that can hold no reference does not hide a leak.
        does_not_say(&objgraph::find_leaks().to_string(), "usize");
        objgraph::register::<Peers>();
        objgraph::register::<RefCell<Vec<usize>>>();
        assert_eq!(objgraph::find_leaks().len(), 1);
        assert!(objgraph::blind_spots().is_empty());
        drop(numbers);
    });
}

fn double(n: u32) -> u32 {
    n * 2
}

/// A plain value of a type that has no derive.
#[derive(Clone, Copy)]
struct Plain(u32, &'static str);

#[derive(Tracked)]
struct Owner<F: 'static, B: 'static> {
    function: F,
    choices: Vec<Option<F>>,
    plain: RefCell<Vec<Plain>>,
    boxed: Box<B>,
    behind: std::rc::Rc<Plain>,
}

objgraph::register!(Owner<fn(u32) -> u32, Plain>);

/// Numbers, functions and closures that capture nothing own nothing, wherever they are.
#[test]
fn values_without_drop_are_not_blind_spots() {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds("advice::values_without_drop_are_not_blind_spots", || {
        let by_name: Rc<dyn Fn(u32) -> u32> = unsize!(Rc::new(double) => dyn Fn(u32) -> u32);
        let closure: Rc<dyn Fn(u32) -> u32> =
            unsize!(Rc::new(|n: u32| n + 1) => dyn Fn(u32) -> u32);
        let pointer = Rc::new(std::process::id as fn() -> u32);
        let foreign = (Rc::new(std::alloc::System), Rc::new(Plain(1, "")));
        let owner = Rc::new(Owner {
            function: double as fn(u32) -> u32,
            choices: vec![Some(double)],
            plain: RefCell::new(vec![Plain(1, "")]),
            boxed: Box::new(Plain(2, "")),
            behind: std::rc::Rc::new(Plain(3, "")),
        });
        let std_closure: std::rc::Rc<dyn Fn(u32) -> u32> = std::rc::Rc::new(|n| n + 1);
        let holder = Rc::new(Holder(std_closure));
        let blind = objgraph::blind_spots();
        assert!(blind.is_empty(), "{blind}");
        assert_eq!(objgraph::find_leaks().possibly_leaked().len(), 0);
        drop((by_name, closure, pointer, foreign, owner, holder));
    });
}

#[derive(Tracked)]
struct Holder(std::rc::Rc<dyn Fn(u32) -> u32>);
