//! Types of a program that have names of std's types.

use std::cell::RefCell as StdRefCell;

use objgraph::Tracked;
use objgraph::rc::Rc as ObjRc;

use crate::process;

/// A module for each name, with a type of that name, and two types that refer to each other through
/// it, in a field and inside a container of std.
macro_rules! own_types {
    ($($module:ident $Name:ident;)*) => {
        $(mod $module {
            use super::*;

            #[derive(Tracked)]
            pub struct $Name<T: 'static> {
                rank: u32,
                inner: StdRefCell<T>,
            }

            impl<T> $Name<T> {
                fn new(inner: T) -> Self {
                    Self { rank: 1, inner: StdRefCell::new(inner) }
                }
            }

            #[derive(Tracked)]
            struct Device {
                queue: $Name<std::option::Option<ObjRc<Queue>>>,
                names: std::vec::Vec<$Name<std::string::String>>,
            }

            #[derive(Tracked)]
            struct Queue {
                devices: std::vec::Vec<$Name<std::option::Option<ObjRc<Device>>>>,
                deep: std::option::Option<$Name<$Name<std::vec::Vec<std::boxed::Box<u8>>>>>,
            }

            pub(super) fn leak() {
                let device = ObjRc::new(Device {
                    queue: $Name::new(None),
                    names: vec![$Name::new(std::string::String::new())],
                });
                let queue = Queue {
                    devices: vec![$Name::new(Some(device.clone()))],
                    deep: Some($Name::new($Name::new(vec![std::boxed::Box::new(1)]))),
                };
                device.queue.inner.replace(Some(ObjRc::new(queue)));
                assert_eq!(device.queue.rank, 1);
            }
        })*

        /// gfx-rs/wgpu#5603: a program's own `Mutex` with ranks.
        #[test]
        fn own_types_with_names_of_std_are_visited_by_their_derives() {
            if !objgraph::ENABLED {
                return;
            }
            process::succeeds("advice::own_types::own_types_with_names_of_std_are_visited_by_their_derives", || {
                $($module::leak();)*
                let blind = objgraph::blind_spots();
                assert!(blind.is_empty(), "{blind}");
                let expected = 2 * [$(stringify!($Name)),*].len();
                assert_eq!(objgraph::find_leaks().len(), expected);
            });
        }
    };
}

own_types! {
    arc Arc;
    b_tree_set BTreeSet;
    binary_heap BinaryHeap;
    boxed Box;
    cell Cell;
    hash_set HashSet;
    instance Instance;
    lazy_cell LazyCell;
    lazy_lock LazyLock;
    linked_list LinkedList;
    manually_drop ManuallyDrop;
    mutex Mutex;
    once_cell OnceCell;
    once_lock OnceLock;
    option Option;
    phantom_data PhantomData;
    pin Pin;
    rc Rc;
    ref_cell RefCell;
    reverse Reverse;
    rw_lock RwLock;
    unsafe_cell UnsafeCell;
    vec Vec;
    vec_deque VecDeque;
    weak Weak;
    wrapping Wrapping;
}

mod pairs {
    use super::*;

    #[derive(Tracked)]
    pub(super) struct HashMap<K, V>(K, StdRefCell<V>);

    #[derive(Tracked)]
    pub(super) struct String(pub(super) ObjRc<u8>);

    /// The field has the name of a type that gives its owner an identity.
    #[derive(Tracked)]
    pub(super) struct Instance<T: 'static>(StdRefCell<T>);

    #[derive(Tracked)]
    pub(super) struct Table {
        pub(super) rows: HashMap<Option<Box<String>>, Option<ObjRc<Table>>>,
        pub(super) of: Instance<Option<ObjRc<Table>>>,
        pub(super) title: Option<String>,
    }

    pub(super) fn leak() {
        let key = Some(Box::new(String(ObjRc::new(1))));
        let table = ObjRc::new(Table {
            rows: HashMap(key, StdRefCell::new(None)),
            of: Instance(StdRefCell::new(None)),
            title: Some(String(ObjRc::new(2))),
        });
        table.rows.1.replace(Some(table.clone()));
        table.of.0.replace(Some(table.clone()));
    }
}

#[test]
fn own_maps_and_texts_are_visited_by_their_derives() {
    if !objgraph::ENABLED {
        return;
    }
    let test = "advice::own_types::own_maps_and_texts_are_visited_by_their_derives";
    process::succeeds(test, || {
        pairs::leak();
        let blind = objgraph::blind_spots();
        assert!(blind.is_empty(), "{blind}");
        assert_eq!(objgraph::find_leaks().len(), 3);
    });
}

/// Constants among the arguments of types with names of std.
mod constants {
    use super::*;

    pub(super) const CAP: usize = 2;
    #[allow(non_upper_case_globals, reason = "a constant may be called so")]
    pub(super) const cap: usize = 2;

    macro_rules! sized {
        ($($Name:ident)*) => {$(
            #[derive(Tracked)]
            pub(super) struct $Name<T: 'static, const N: usize>(pub(super) [Option<T>; N]);
        )*};
    }

    sized! {
        Arc Box BTreeSet BinaryHeap Cell HashSet LinkedList OnceCell Pin Rc RefCell RwLock Vec
        VecDeque Weak Reverse Heap
    }

    #[derive(Tracked)]
    pub(super) struct Mutex<const RANK: usize, T: 'static>(pub(super) StdRefCell<T>);

    #[derive(Tracked)]
    pub(super) struct HashMap<K: 'static, V: 'static, const N: usize>(pub(super) [(K, V); N]);

    #[derive(Tracked)]
    pub(super) struct Buffer<const N: usize>(pub(super) [u8; N]);

    #[derive(Tracked)]
    pub(super) struct Node {
        pub(super) peers: StdRefCell<Vec<ObjRc<Node>, CAP>>,
        pub(super) lower: StdRefCell<Vec<ObjRc<Node>, cap>>,
        pub(super) braced: std::option::Option<Vec<ObjRc<Node>, { CAP }>>,
        pub(super) number: std::option::Option<std::boxed::Box<Vec<ObjRc<Node>, 2>>>,
        pub(super) arc: std::option::Option<Arc<ObjRc<Node>, CAP>>,
        pub(super) boxed: std::vec::Vec<Box<ObjRc<Node>, CAP>>,
        pub(super) set: std::vec::Vec<BTreeSet<ObjRc<Node>, CAP>>,
        pub(super) heap: std::vec::Vec<BinaryHeap<ObjRc<Node>, CAP>>,
        pub(super) cell: std::vec::Vec<Cell<ObjRc<Node>, CAP>>,
        pub(super) hashes: std::vec::Vec<HashSet<ObjRc<Node>, CAP>>,
        pub(super) list: std::vec::Vec<LinkedList<ObjRc<Node>, CAP>>,
        pub(super) once: std::vec::Vec<OnceCell<ObjRc<Node>, CAP>>,
        pub(super) pin: std::vec::Vec<Pin<ObjRc<Node>, CAP>>,
        pub(super) rc: std::vec::Vec<Rc<ObjRc<Node>, CAP>>,
        pub(super) cells: std::vec::Vec<RefCell<ObjRc<Node>, CAP>>,
        pub(super) lock: std::vec::Vec<RwLock<ObjRc<Node>, CAP>>,
        pub(super) deque: std::vec::Vec<VecDeque<ObjRc<Node>, CAP>>,
        pub(super) weak: std::vec::Vec<Weak<ObjRc<Node>, CAP>>,
        pub(super) reverse: std::vec::Vec<Reverse<ObjRc<Node>, CAP>>,
        pub(super) other: std::vec::Vec<Heap<ObjRc<Node>, CAP>>,
        pub(super) ranked: Mutex<CAP, std::option::Option<ObjRc<Node>>>,
        pub(super) map: std::option::Option<HashMap<u8, ObjRc<Node>, CAP>>,
        pub(super) bytes: Buffer<CAP>,
    }

    #[derive(Tracked)]
    #[tracked(strict)]
    pub(super) struct StrictFields<T: 'static> {
        own: Vec<T, CAP>,
        ranked: Mutex<CAP, T>,
    }

    /// A type that may be taken for a constant, of a type of std.
    type DB = NamedValue<u8>;

    #[derive(Tracked)]
    pub(super) struct NamedValue<T>(
        pub(super) T,
        pub(super) StdRefCell<Option<ObjRc<NamedValue<T>>>>,
    );

    #[derive(Tracked)]
    pub(super) struct Holder(
        pub(super) std::vec::Vec<ObjRc<DB>>,
        pub(super) std::collections::BTreeMap<u8, DB>,
    );
}

/// FactbirdHQ/atat#81: derive macros and const-generic containers, `Vec<T, CAP>`.
#[test]
fn constants_among_arguments_compile() {
    use constants::*;
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds(
        "advice::own_types::constants_among_arguments_compile",
        || {
            let node = ObjRc::new(Node {
                peers: StdRefCell::new(Vec([None, None])),
                lower: StdRefCell::new(Vec([None, None])),
                braced: None,
                number: None,
                arc: None,
                boxed: std::vec::Vec::new(),
                set: std::vec::Vec::new(),
                heap: std::vec::Vec::new(),
                cell: std::vec::Vec::new(),
                hashes: std::vec::Vec::new(),
                list: std::vec::Vec::new(),
                once: std::vec::Vec::new(),
                pin: std::vec::Vec::new(),
                rc: std::vec::Vec::new(),
                cells: std::vec::Vec::new(),
                lock: std::vec::Vec::new(),
                deque: std::vec::Vec::new(),
                weak: std::vec::Vec::new(),
                reverse: std::vec::Vec::new(),
                other: std::vec::Vec::new(),
                ranked: Mutex(StdRefCell::new(None)),
                map: None,
                bytes: Buffer([0; CAP]),
            });
            node.peers.borrow_mut().0[0] = Some(node.clone());
            node.ranked.0.replace(Some(node.clone()));
            drop(node);
            let named = ObjRc::new(NamedValue(1_u8, StdRefCell::default()));
            named.1.replace(Some(named.clone()));
            drop(named);
            let blind = objgraph::blind_spots();
            assert!(blind.is_empty(), "{blind}");
            assert_eq!(objgraph::find_leaks().len(), 2);
        },
    );
}

/// Bounds that a type of the program may have, and std's type does not.
mod short {
    use super::*;

    macro_rules! generic {
        ($($Name:ident)*) => {$(
            #[derive(Tracked)]
            pub(super) struct $Name<T>(pub(super) T);
        )*};
    }

    generic! { Box Option Vec Mutex Cow RefCell }

    #[derive(Tracked)]
    pub(super) struct Leaf<'a>(pub(super) &'a str, pub(super) ObjRc<u8>);

    #[derive(Tracked)]
    pub(super) struct Borrower<'a> {
        pub(super) boxed: Box<Leaf<'a>>,
        pub(super) option: std::vec::Vec<Option<&'a u8>>,
        pub(super) list: Vec<std::option::Option<Leaf<'a>>>,
        pub(super) lock: std::option::Option<Mutex<Leaf<'a>>>,
        pub(super) cow: Cow<&'a str>,
        pub(super) cell: RefCell<Leaf<'a>>,
        pub(super) std: std::vec::Vec<std::option::Option<Leaf<'a>>>,
    }
}

/// A derived generic type requires `'static`, whatever its name.
#[test]
fn types_that_borrow_compile_inside_own_types() {
    use short::*;
    let text = std::string::String::from("text");
    let leaf = || Leaf(&text, ObjRc::new(1));
    let value = Borrower {
        boxed: Box(leaf()),
        option: vec![Option(&1)],
        list: Vec(Some(leaf())),
        lock: Some(Mutex(leaf())),
        cow: Cow(&text),
        cell: RefCell(leaf()),
        std: vec![Some(leaf())],
    };
    objgraph::snapshot::with_root("borrows", &value, || {
        let snapshot = objgraph::snapshot();
        let root = snapshot.nodes().find(|node| node.root() == Some("borrows"));
        if let Some(root) = root {
            // Only through std's type.
            let edges = snapshot.edges(root.node_id());
            assert_eq!(edges.filter(|edge| !edge.is_inferred()).count(), 1);
        }
    });
}
