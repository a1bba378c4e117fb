//! A fix names the declared field, frees what the report says, and lists what else would lose its
//! owner.

mod programs;

use std::cell::RefCell;

use objgraph::Tracked;
use objgraph::rc::Rc;

use crate::process;

/// Returns the lines of the report from the fix of the first kind on.
fn advice() -> String {
    let text = objgraph::find_leaks().to_string();
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    let at = text
        .find("fix: ")
        .unwrap_or_else(|| panic!("no fix: {text}"));
    text[at..].to_owned()
}

#[derive(Tracked)]
struct Env {
    parent: Option<Rc<Env>>,
    functions: RefCell<Vec<Closure>>,
}

#[derive(Tracked)]
struct Closure {
    env: Rc<Env>,
}

/// Only the closure owns its environment.
#[test]
fn one_object_that_would_lose_its_last_owner_is_named() {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds(
        "fixes::one_object_that_would_lose_its_last_owner_is_named",
        || {
            let env = |parent| {
                let functions = RefCell::default();
                Rc::new(Env { parent, functions })
            };
            let top = env(None);
            let closure = Closure { env: top.clone() };
            top.functions.borrow_mut().push(closure);
            let call_line = line!() + 1;
            let call = Rc::new(Env {
                parent: Some(top.clone()),
                functions: RefCell::default(),
            });
            top.functions.borrow_mut().push(Closure { env: call });
            drop(top);
            let advice = advice();
            assert!(
                advice.starts_with("fix: make `Closure.env` Weak\n"),
                "{advice}"
            );
            assert!(
                advice.contains("1 of these would lose its last owner"),
                "{advice}"
            );
            assert!(
                advice.contains(&format!("made at {}:{call_line}:", file!())),
                "{advice}"
            );
        },
    );
}

#[derive(Tracked)]
struct Stream<C: 'static> {
    circuit: Rc<C>,
}

#[derive(Tracked, Default)]
struct Outer {
    source: RefCell<Option<Stream<Outer>>>,
    sink: RefCell<Option<Stream<Outer>>>,
    child: RefCell<Option<Rc<Inner>>>,
}

#[derive(Tracked)]
struct Inner {
    parent: RefCell<Option<Rc<Outer>>>,
    left: RefCell<Option<Stream<Inner>>>,
    right: RefCell<Option<Stream<Inner>>>,
}

fn circuits() -> (Rc<Outer>, Rc<Inner>) {
    let outer = Rc::new(Outer::default());
    for field in [&outer.source, &outer.sink] {
        *field.borrow_mut() = Some(Stream {
            circuit: outer.clone(),
        });
    }
    let inner = Rc::new(Inner {
        parent: RefCell::new(Some(outer.clone())),
        left: None.into(),
        right: None.into(),
    });
    for field in [&inner.left, &inner.right] {
        *field.borrow_mut() = Some(Stream {
            circuit: inner.clone(),
        });
    }
    *outer.child.borrow_mut() = Some(inner.clone());
    (outer, inner)
}

/// Four paths end in one declared field of a generic type.
#[test]
fn paths_that_end_in_one_declared_field_are_one() {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds(
        "fixes::paths_that_end_in_one_declared_field_are_one",
        || {
            drop(circuits());
            let advice = advice();
            assert!(
                advice.starts_with("fix: make `Inner.parent` and `Stream.circuit` Weak\n"),
                "{advice}"
            );
            assert!(
                advice.contains("or clear `Inner.parent` and `Stream.circuit`"),
                "{advice}"
            );
            let leaked = objgraph::find_leaks().len();
            let what_if = objgraph::what_if::what_if_weak("Stream.circuit").unwrap();
            assert_eq!((leaked, what_if.lost().len()), (2, 0));

            // Clear what the report says.
            let (outer, inner) = circuits();
            drop((outer.source.take(), outer.sink.take()));
            drop((inner.left.take(), inner.right.take(), inner.parent.take()));
            drop((outer, inner));
            assert_eq!(objgraph::find_leaks().len(), leaked);
        },
    );
}

#[derive(Tracked)]
struct Wire {
    circuit: Rc<Circuit>,
}

#[derive(Tracked)]
enum Gate {
    Source { output: Wire },
    Add { left: Wire, right: Wire },
    Direct(Rc<Circuit>),
}

#[derive(Tracked)]
struct Circuit {
    gates: RefCell<Vec<Gate>>,
}

#[test]
fn a_path_is_named_by_the_type_that_declares_the_field() {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds(
        "fixes::a_path_is_named_by_the_type_that_declares_the_field",
        || {
            let circuit = Rc::new(Circuit {
                gates: RefCell::default(),
            });
            let wire = || Wire {
                circuit: circuit.clone(),
            };
            *circuit.gates.borrow_mut() = vec![
                Gate::Source { output: wire() },
                Gate::Add {
                    left: wire(),
                    right: wire(),
                },
                Gate::Direct(circuit.clone()),
            ];
            let cycles = objgraph::find_cycles(&circuit).to_string();
            drop(circuit);
            let advice = advice();
            assert!(
                advice.starts_with("fix: make `Gate::Direct.0` and `Wire.circuit` Weak\n"),
                "{advice}"
            );
            let report = objgraph::find_leaks().to_string();
            assert!(
                report.contains("Wire.circuit in Circuit.gates[0] → (the first)"),
                "{report}"
            );
            for text in [
                "of 2 kinds",
                "closes it: Gate::Direct.0",
                "closes it: Wire.circuit",
            ] {
                assert!(cycles.contains(text), "{cycles}");
            }
            for field in ["Gate::Direct.0", "Gate.Direct.0", "Circuit.gates.Direct.0"] {
                let what_if = objgraph::what_if::what_if_weak(field).unwrap().to_string();
                assert!(
                    what_if.starts_with("if `Gate::Direct.0` were Weak"),
                    "{what_if}"
                );
            }
        },
    );
}

#[derive(Tracked, Default)]
struct Node {
    parent: RefCell<Option<Rc<Node>>>,
    left: RefCell<Option<Rc<Node>>>,
    right: RefCell<Option<Rc<Node>>>,
}

/// The same shapes, with names that mean nothing.
#[derive(Tracked, Default)]
struct Cell {
    one: RefCell<Option<Rc<Cell>>>,
    two: RefCell<Option<Rc<Cell>>>,
    three: RefCell<Option<Rc<Cell>>>,
}

fn branch(left: Option<Rc<Node>>, right: Option<Rc<Node>>) -> Rc<Node> {
    let node = Rc::new(Node::default());
    for child in left.iter().chain(&right) {
        child.parent.replace(Some(node.clone()));
    }
    node.left.replace(left);
    node.right.replace(right);
    node
}

/// The field `one` holds the owner.
fn cells(has_two: bool, has_three: bool) {
    let owner = Rc::new(Cell::default());
    for (field, is_held) in [(&owner.two, has_two), (&owner.three, has_three)] {
        if is_held {
            let cell = Rc::new(Cell::default());
            cell.one.replace(Some(owner.clone()));
            field.replace(Some(cell));
        }
    }
}

#[test]
fn one_mistake_is_one_kind() {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds("fixes::one_mistake_is_one_kind", || {
        let leaf = || Some(Rc::<Node>::default());
        branch(leaf(), leaf());
        branch(Some(branch(leaf(), leaf())), leaf());
        branch(leaf(), Some(branch(leaf(), leaf())));
        branch(leaf(), None);
        branch(None, leaf());
        let leaks = objgraph::find_leaks();
        let [kind] = leaks.kinds().all() else {
            panic!("one kind: {leaks}");
        };
        assert_eq!(kind.groups.len(), 5);
        assert_eq!(kind.fixes[0].fields[0].to_string(), "Node.parent");

        // Without meaningful names, cycles that read the same are one kind.
        cells(true, false);
        cells(true, true);
        let leaks = objgraph::find_leaks();
        let of_cells = leaks.kinds().all().iter().filter(|kind| {
            let first = kind.fixes.first().unwrap();
            first.fields[0].type_name.ends_with("Cell")
        });
        let groups: Vec<usize> = of_cells.map(|kind| kind.groups.len()).collect();
        assert_eq!(groups, [2], "{leaks}");
    });
}

#[derive(Tracked)]
enum Val {
    Nil,
    List(Rc<Vec<Val>>),
    Atom(Rc<RefCell<Val>>),
}

/// Objects of three types contain one declared field.
#[test]
fn a_fix_is_simulated_for_every_holder() {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds("fixes::a_fix_is_simulated_for_every_holder", || {
        let inner = Val::List(Rc::new(vec![Val::Nil]));
        let source = Rc::new(Val::List(Rc::new(vec![inner])));
        let atom = Rc::new(RefCell::new(Val::Nil));
        let list = Val::List(Rc::new(vec![Val::Atom(atom.clone())]));
        *atom.borrow_mut() = list;
        drop(atom);
        let advice = advice();
        assert!(
            advice.starts_with("fix: make `Val::Atom.0` Weak\n"),
            "{advice}"
        );
        let other = advice.find("or: `Val::List.0`\n").expect("another way");
        assert!(
            advice[other..].contains("2 objects in use now would lose their last owner"),
            "{advice}"
        );
        for (field, lost) in [("Val::List.0", 2), ("Val.List.0", 2), ("Val::Atom.0", 0)] {
            let what_if = objgraph::what_if::what_if_weak(field).unwrap();
            assert_eq!(what_if.lost().len(), lost, "{what_if}");
        }
        drop(source);
    });
}

#[derive(Tracked)]
struct Book {
    pages: Vec<Rc<u8>>,
}

/// Owners are at any distance, and some own an object several times.
#[test]
fn every_owner_and_all_that_holds_them_is_listed() {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds(
        "fixes::every_owner_and_all_that_holds_them_is_listed",
        || {
            objgraph::register::<RefCell<Vec<Rc<Book>>>>();
            let page = Rc::new(1);
            let books: Vec<Rc<Book>> = (0..8)
                .map(|_| {
                    Rc::new(Book {
                        pages: vec![page.clone(), page.clone()],
                    })
                })
                .collect();
            let shelf = Rc::new(RefCell::new(books[..1].to_vec()));
            drop(page);
            let page = &books[0].pages[0];
            let why = objgraph::why_alive(page).unwrap();
            assert_eq!((why.owners().len(), why.anchors().len()), (16, 9), "{why}");
            let text = why.to_string();
            for part in [
                "  all 16 references to it:\n    Book.pages[0] of #1\n",
                "    … and 11 more\n",
                "  also kept alive by:\n    Book #2 is held by 1 reference from outside\n",
                "    … and 3 more",
            ] {
                assert!(text.contains(part), "{part} in {text}");
            }
            let id = objgraph::id(page);
            let object = objgraph::at(id).unwrap();
            assert_eq!(objgraph::why_alive(id).unwrap().to_string(), text);
            assert_eq!(objgraph::why_alive(object).unwrap().to_string(), text);
            assert_eq!(objgraph::why_alive([&shelf]).unwrap().anchors().len(), 1);
            let std = std::rc::Rc::new(Book {
                pages: vec![page.clone()],
            });
            assert_eq!(objgraph::why_alive(&std).unwrap().anchors().len(), 1);
            assert_eq!(
                objgraph::what_if::what_if_dropped(&books[1])
                    .unwrap()
                    .freed()
                    .len(),
                1
            );
        },
    );
}

/// The names of the fields do not show these cycles of types.
mod type_cycles {
    use std::cell::RefCell;

    use objgraph::Tracked;
    use objgraph::rc::Rc;

    use crate::process;

    type SharedCell<T> = Rc<RefCell<T>>;

    #[derive(Tracked)]
    struct Widget {
        parent: Option<SharedCell<Widget>>,
    }

    trait Family {
        type Pointer<T: 'static>;
    }

    struct RcPointers;

    impl Family for RcPointers {
        type Pointer<T: 'static> = Rc<T>;
    }

    #[derive(Tracked)]
    struct Slot<F: Family + 'static> {
        next: RefCell<Option<F::Pointer<Slot<F>>>>,
    }

    #[derive(Tracked)]
    struct Cache<T> {
        item: Rc<T>,
    }

    #[derive(Tracked)]
    struct Session {
        cache: RefCell<Option<Cache<Session>>>,
        slot: Slot<RcPointers>,
    }

    trait Observer {}

    #[derive(Tracked)]
    struct Bus {
        observers: Vec<Rc<dyn Observer>>,
        names: Vec<&'static str>,
    }

    #[derive(Tracked)]
    struct Pool<T> {
        items: Vec<Rc<T>>,
    }

    #[test]
    fn aliases_and_generic_types_are_followed() {
        if !objgraph::ENABLED {
            return;
        }
        process::succeeds(
            "fixes::type_cycles::aliases_and_generic_types_are_followed",
            || {
                let cycles = objgraph::type_cycles();
                let name_of = |index: usize| {
                    let name = cycles.types[index].strip_prefix(module_path!());
                    name.map(|name| name.trim_start_matches("::").to_owned())
                };
                let rings: Vec<Vec<String>> = cycles
                    .cycles
                    .iter()
                    .filter_map(|cycle| {
                        let links = cycle.edges.iter().map(|&link| &cycles.edges[link]);
                        let fields = links
                            .map(|link| Some(format!("{}.{}", name_of(link.holder)?, link.field)));
                        fields.collect()
                    })
                    .collect();
                let mut rings: Vec<String> = rings.iter().map(|ring| ring.join(" → ")).collect();
                rings.sort();
                assert_eq!(
                    rings,
                    ["Cache.item → Session.cache", "Slot.next", "Widget.parent"]
                );
                let unfollowed: Vec<_> = cycles
                    .unfollowed
                    .iter()
                    .filter_map(|one| Some((name_of(one.holder)?, one.type_name.as_str())))
                    .collect();
                let observer = format!("dyn {}::Observer", module_path!());
                assert_eq!(unfollowed, [("Bus".to_owned(), observer.as_str())]);
                let pool = format!("{}::Pool", module_path!());
                assert!(cycles.unregistered.contains(&pool), "{cycles:?}");
            },
        );
    }
}
