//! Generic types that lead to larger instances of each other.
//!
//! That this file compiles is most of the test: a derive that followed such types would use up the
//! memory of the machine.

use std::cell::RefCell;

use objgraph::alive::HasId;
use objgraph::rc::{Rc, Weak};
use objgraph::{Tracked, Visit, Visitor};

use crate::assertions::{assert_fields, assert_references, references, type_info};

/// Asserts that these references lead from the object to one of type `last`.
#[track_caller]
fn assert_leads(object: &impl HasId, paths: &[&str], last: &str) {
    if !objgraph::ENABLED {
        return;
    }
    let snapshot = objgraph::snapshot();
    let mut node = snapshot.find(objgraph::id(object)).expect("it is known");
    for path in paths {
        let edges: Vec<_> = snapshot.edges(node).collect();
        let edge = edges.iter().find(|edge| edge.path() == **path);
        let edge = edge.unwrap_or_else(|| panic!("no `{path}` in {edges:?}"));
        node = edge.target();
    }
    assert_eq!(snapshot.node(node).type_info().short_name, last);
}

fn leaked<T>(value: T) -> Option<&'static T> {
    Some(Box::leak(Box::new(value)))
}

/// A module for each way to grow, with two types that lead to larger instances of each other.
macro_rules! pairs {
    ($($module:ident [$($above:tt)*] [$($below:tt)*], $last:literal;)*) => {
        $(mod $module {
            #[allow(unused_imports, reason = "some pairs use none of it")]
            use super::*;

            #[derive(Tracked)]
            struct Level<T: 'static> {
                item: Rc<u8>,
                value: RefCell<Option<Rc<T>>>,
                up: Option<&'static Spine<$($above)*>>,
            }

            #[derive(Tracked)]
            enum Spine<T: 'static> {
                Empty,
                Pairs(Rc<u8>, Option<&'static Level<$($below)*>>, Option<Rc<T>>),
            }

            #[derive(Tracked)]
            pub(super) struct Owner {
                level: Level<u8>,
            }

            fn level<T>(up: Option<&'static Spine<$($above)*>>) -> Level<T> {
                Level { item: Rc::new(1), value: RefCell::default(), up }
            }

            pub(super) fn owner() -> Rc<Owner> {
                let spine = Spine::Pairs(Rc::new(2), leaked(level(leaked(Spine::Empty))), None);
                Rc::new(Owner { level: level(leaked(spine)) })
            }
        })*

        #[test]
        fn pairs_that_grow_compile_and_are_visited() {
            $(assert_leads(&$module::owner(), &["level.up", "Pairs.1"], $last);)*
        }
    };
}

#[derive(Tracked)]
struct Two<A, B>(A, B);

trait Grow: 'static {
    type Next: Grow;
}

impl<T: 'static> Grow for T {
    type Next = (T, T);
}

pairs! {
    tuple [T] [(T, T)], "Level<(u8, u8)>";
    list [T] [Vec<T>], "Level<Vec<u8>>";
    boxed [T] [Box<T>], "Level<Box<u8>>";
    option [T] [Option<T>], "Level<Option<u8>>";
    array [T] [[T; 2]], "Level<[u8; 2]>";
    own [T] [Two<T, T>], "Level<Two<u8, u8>>";
    counted [T] [Rc<T>], "Level<Rc<u8>>";
    reference [T] [&'static T], "Level<&u8>";
    function [T] [fn(T)], "Level<fn(u8)>";
    projection [T] [<T as Grow>::Next], "Level<(u8, u8)>";
    above [(T, T)] [T], "Level<(u8, u8)>";
    both [Vec<T>] [(T, T)], "Level<(Vec<u8>, Vec<u8>)>";
}

/// More than two types, more than one larger instance, and names that do not show where they lead.
mod rings {
    use super::*;

    macro_rules! larger {
        ($argument:ty) => { First<($argument, $argument)> };
    }

    type Above<T> = Option<&'static Second<T>>;

    #[derive(Tracked)]
    pub(super) struct First<T: 'static> {
        pub(super) item: Rc<u8>,
        pub(super) above: Above<T>,
        pub(super) itself: Option<&'static First<[T; 2]>>,
        pub(super) value: RefCell<Option<T>>,
    }

    #[derive(Tracked)]
    pub(super) struct Second<T: 'static> {
        pub(super) item: Rc<u8>,
        pub(super) third: [Option<&'static Third<Vec<T>>>; 1],
        pub(super) list: &'static [Third<Two<T, T>>],
        pub(super) value: RefCell<Option<T>>,
    }

    #[derive(Tracked)]
    pub(super) struct Third<T: 'static> {
        pub(super) item: Rc<u8>,
        pub(super) first: Option<&'static larger!(T)>,
        pub(super) second: Option<(u8, &'static Second<(Option<T>, u8)>)>,
        pub(super) value: RefCell<Option<T>>,
    }

    #[derive(Tracked)]
    pub(super) struct Owner {
        pub(super) first: First<u8>,
    }

    pub(super) fn first<T>(above: Above<T>, itself: Option<&'static First<[T; 2]>>) -> First<T> {
        First {
            item: Rc::new(1),
            above,
            itself,
            value: RefCell::default(),
        }
    }

    pub(super) fn third<T>(first: Option<&'static larger!(T)>) -> Third<T> {
        Third {
            item: Rc::new(3),
            first,
            second: None,
            value: RefCell::default(),
        }
    }
}

#[test]
fn rings_that_grow_compile_and_are_visited() {
    use rings::*;
    let second = Second {
        item: Rc::new(2),
        third: [leaked(third(leaked(first(None, None))))],
        list: vec![third(None)].leak(),
        value: RefCell::default(),
    };
    let owner = Rc::new(Owner {
        first: first(
            leaked(second),
            leaked(first(None, leaked(first(None, None)))),
        ),
    });
    assert_leads(&owner, &["first.above", "third[0]", "first", "item"], "u8");
    assert_leads(&owner, &["first.above", "list[0]"], "Third<Two<u8, u8>>");
    assert_leads(&owner, &["first.itself", "itself"], "First<[[u8; 2]; 2]>");
}

/// Types with lifetimes, which the registry cannot find: a step that may grow is not visited.
mod borrowed {
    use super::*;

    #[derive(Tracked)]
    pub(super) struct Level<'a, T: 'static> {
        pub(super) item: Rc<T>,
        pub(super) up: Option<&'a Spine<'a, T>>,
    }

    #[derive(Tracked)]
    pub(super) struct Spine<'a, T: 'static> {
        pub(super) item: Rc<u8>,
        pub(super) pairs: Option<&'a Level<'a, (T, T)>>,
        pub(super) ends: Option<&'a LastLevel<'a, Vec<T>>>,
    }

    #[derive(Tracked)]
    pub(super) struct LastLevel<'a, T: 'static>(pub(super) &'a str, pub(super) Rc<T>);
}

#[test]
fn types_with_lifetimes_that_grow_compile() {
    use borrowed::*;
    let name = String::from("name");
    let ends = LastLevel(&name, Rc::new(vec![1_u8]));
    let pairs = Level {
        item: Rc::new((1, 2)),
        up: None,
    };
    let spine = Spine {
        item: Rc::new(3),
        pairs: Some(&pairs),
        ends: Some(&ends),
    };
    let level = Level {
        item: Rc::new(4_u8),
        up: Some(&spine),
    };
    let seen = objgraph::snapshot::with_root("level", &level, || {
        let snapshot = objgraph::snapshot();
        let root = snapshot.nodes().find(|node| node.root() == Some("level"))?;
        let edge = snapshot
            .edges(root.node_id())
            .find(|edge| edge.path() == "up")?;
        let edges = snapshot.edges(edge.target());
        Some(
            edges
                .map(|edge| edge.path().to_string())
                .collect::<Vec<_>>(),
        )
    });
    if objgraph::ENABLED {
        assert_eq!(seen.unwrap(), ["item", "ends"]);
    }
}

/// Types that grow behind a counted pointer: only registration follows them.
#[derive(Tracked)]
struct WeakLevel<T: 'static> {
    item: Rc<T>,
    next: RefCell<Weak<Next<T>>>,
}

#[derive(Tracked)]
struct Next<T: 'static> {
    larger: RefCell<Weak<WeakLevel<(T, T)>>>,
    lists: RefCell<Vec<Weak<WeakLevel<Vec<T>>>>>,
}

#[derive(Tracked)]
struct WeakLevelOwner {
    weaker: WeakLevel<u8>,
}

/// What four steps, and one more, make of a type.
type Fourth<T> = (Vec<Vec<(T, T)>>, Vec<Vec<(T, T)>>);
type Fifth<T> = Vec<Fourth<T>>;

#[cfg_attr(feature = "nightly", ignore = "no type has to be registered")]
#[test]
fn the_first_instances_of_types_that_grow_are_registered() {
    if !objgraph::ENABLED {
        return;
    }
    assert!(type_info::<WeakLevel<u8>>().is_some() && type_info::<Next<u8>>().is_some());
    assert!(
        type_info::<WeakLevel<Fourth<u8>>>().is_some() && type_info::<Next<Fourth<u8>>>().is_some()
    );
    assert!(
        type_info::<WeakLevel<Fifth<u8>>>().is_none() && type_info::<Next<Fifth<u8>>>().is_none()
    );
    let beyond = Rc::new(WeakLevel::<Fifth<u8>> {
        item: Rc::default(),
        next: RefCell::default(),
    });
    assert_references(&beyond, &[]);
    // With all that it names, from there on.
    objgraph::register::<WeakLevel<Fifth<u8>>>();
    assert!(type_info::<Next<Fourth<Fifth<u8>>>>().is_some());
    let snapshot = objgraph::snapshot();
    assert_eq!(references(&snapshot, &beyond).len(), 1);
}

#[derive(Tracked)]
struct FewThenMany {
    // What the second names is registered with the last unit of fuel that the first has left, and
    // then with a full supply.
    few: WeakLevel<u16>,
    many: Rc<WeakLevel<Fourth<u16>>>,
}

#[derive(Tracked)]
struct ManyThenFew {
    many: Rc<WeakLevel<Fourth<u32>>>,
    few: WeakLevel<u32>,
}

#[test]
fn a_type_is_registered_with_the_most_fuel_that_reaches_it() {
    if objgraph::ENABLED {
        assert!(type_info::<WeakLevel<Fourth<Fourth<u16>>>>().is_some());
        assert!(type_info::<WeakLevel<Fourth<Fourth<u32>>>>().is_some());
        assert!(type_info::<WeakLevel<Fifth<Fourth<u16>>>>().is_none());
    }
}

/// Growing steps that end, as deep as anyone nests them.
mod nests {
    use super::*;

    #[derive(Tracked)]
    pub(super) struct Arena<T> {
        pub(super) slots: RefCell<Vec<Slot<T>>>,
    }

    #[derive(Tracked)]
    pub(super) enum Slot<T> {
        Free(usize),
        Used(Rc<u8>, T),
    }

    #[derive(Tracked)]
    pub(super) struct Graph<N, E> {
        pub(super) nodes: Arena<Node<N, E>>,
        pub(super) edges: Option<Box<Arena<Labels<Vec<E>>>>>,
    }

    #[derive(Tracked)]
    pub(super) struct Node<N, E> {
        pub(super) weight: N,
        pub(super) labels: Labels<Labels<Labels<Labels<Labels<Arena<Rc<E>>>>>>>,
    }

    #[derive(Tracked)]
    pub(super) struct Labels<T>(pub(super) Rc<u8>, pub(super) Vec<T>);

    #[derive(Tracked)]
    pub(super) struct Owner {
        pub(super) graph: Graph<Rc<u16>, i16>,
    }

    pub(super) fn labels<T>(inner: T) -> Labels<T> {
        Labels(Rc::new(1), vec![inner])
    }

    pub(super) fn arena<T>(item: T) -> Arena<T> {
        let slots = vec![Slot::Free(0), Slot::Used(Rc::new(2), item)];
        Arena {
            slots: RefCell::new(slots),
        }
    }

    /// The derives of these types are all that reach these fields.
    pub(super) struct ByHand {
        pub(super) graph: Graph<u32, u32>,
    }

    impl Visit for ByHand {
        fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
            visitor.field("graph", &self.graph);
        }
    }
}

fn graph<N, E: 'static>(weight: N, label: E) -> nests::Graph<N, E> {
    use nests::*;
    let inner = labels(arena(Rc::new(label)));
    let labels = labels(labels(labels(labels(inner))));
    let edges = Some(Box::new(arena(nests::labels(Vec::new()))));
    Graph {
        nodes: arena(Node { weight, labels }),
        edges,
    }
}

#[test]
fn steps_that_end_are_visited_as_any_other() {
    let owner = Rc::new(nests::Owner {
        graph: graph(Rc::new(4), 5),
    });
    if objgraph::ENABLED {
        let seen = references(&objgraph::snapshot(), &owner);
        assert_eq!(seen.len(), 11, "{seen:?}");
        assert!(seen.iter().any(|seen| seen.ends_with("Used.1 -> i16")));
        assert!(seen.iter().all(|seen| seen.contains("->")), "{seen:?}");
    }
    assert_fields::<nests::Graph<Rc<u16>, i16>>(&[
        "nodes: Arena<Node<N, E>>, Full",
        "edges: Option<Box<Arena<Labels<Vec<E>>>>>, Full",
    ]);
}

/// A step that ends does not need the registry, in which nothing may be found.
#[test]
fn steps_that_end_are_visited_in_types_that_nothing_registers() {
    objgraph::register::<nests::ByHand>();
    let by_hand = Rc::new(nests::ByHand { graph: graph(1, 2) });
    assert_references(
        &by_hand,
        &[
            "graph.edges.slots[1].Used.0 -> u8",
            "graph.nodes.slots[1].Used.0 -> u8",
            "graph.edges.slots[1].Used.1: opaque Labels<Vec<u32>>",
            "graph.nodes.slots[1].Used.1: opaque Node<u32, u32>",
        ],
    );
}
