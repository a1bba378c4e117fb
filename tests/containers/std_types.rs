//! The types of std.

use std::any::Any;
use std::borrow::Cow;
use std::cell::{Cell, LazyCell, OnceCell, RefCell};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::io;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::num::{NonZeroU8, Saturating, Wrapping};
use std::ops::{
    Bound, ControlFlow, Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive,
};
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::rc::Rc as StdRc;
use std::sync::atomic::{AtomicPtr, AtomicU32};
use std::sync::{LazyLock, Mutex, OnceLock, RwLock, mpsc};
use std::task::Poll;

use objgraph::core::PlaceKind;
use objgraph::rc::Rc;
use objgraph::{Tracked, Visit, alive::Visibility};

use crate::table::{Foreign, Target, assert_seen, places, way};

containers! {
    vec: Vec<X> = |item| vec![item];
    vec_into_iter: std::vec::IntoIter<X> = |item| vec![item].into_iter();
    vec_deque: VecDeque<X> = |item| VecDeque::from([item]);
    linked_list: LinkedList<X> = |item| LinkedList::from([item]);
    binary_heap: BinaryHeap<X> = |item| BinaryHeap::from([item]);
    b_tree_set: BTreeSet<X> = |item| BTreeSet::from([item]);
    hash_set: HashSet<X> = |item| HashSet::from([item]);
    b_tree_map: BTreeMap<u8, X> = |item| BTreeMap::from([(0, item)]);
    b_tree_map_key: BTreeMap<X, u8> = |item| BTreeMap::from([(item, 0)]);
    hash_map: HashMap<u8, X> = |item| HashMap::from([(0, item)]);
    hash_map_key: HashMap<X, u8> = |item| HashMap::from([(item, 0)]);
    an_array: [X; 1] = |item| [item];
    array_into_iter: std::array::IntoIter<X, 1> = |item| [item].into_iter();
    boxed: Box<X> = |item| Box::new(item);
    boxed_slice: Box<[X]> = |item| Box::new([item]);
    pinned: Pin<Box<X>> = |item| Box::pin(item);
    cow: Cow<'static, [X]> = |item| Cow::Owned(vec![item]);
    ref_cell: RefCell<X> = |item| RefCell::new(item);
    once_cell: OnceCell<X> = |item| OnceCell::from(item);
    once_lock: OnceLock<X> = |item| OnceLock::from(item);
    lazy_cell: LazyCell<X, Box<dyn FnOnce() -> X>> = |item| {
        let cell = LazyCell::<X, Box<dyn FnOnce() -> X>>::new(Box::new(|| item));
        LazyCell::force(&cell);
        cell
    };
    lazy_lock: LazyLock<X, Box<dyn FnOnce() -> X>> = |item| {
        let lock = LazyLock::<X, Box<dyn FnOnce() -> X>>::new(Box::new(|| item));
        LazyLock::force(&lock);
        lock
    };
    mutex: Mutex<X> = |item| Mutex::new(item);
    rw_lock: RwLock<X> = |item| RwLock::new(item);
    an_option: Option<X> = |item| Some(item);
    result_ok: Result<X, u8> = |item| Ok(item);
    result_err: Result<u8, X> = |item| Err(item);
    poll: Poll<X> = |item| Poll::Ready(item);
    control_flow: ControlFlow<X, u8> = |item| ControlFlow::Break(item);
    bound: Bound<X> = |item| Bound::Excluded(item);
    reverse: Reverse<X> = |item| Reverse(item);
    wrapping: Wrapping<X> = |item| Wrapping(item);
    saturating: Saturating<X> = |item| Saturating(item);
    unwind_safe: AssertUnwindSafe<X> = |item| AssertUnwindSafe(item);
    range_from: RangeFrom<X> = |item| item..;
    range_to: RangeTo<X> = |item| ..item;
    range_to_inclusive: RangeToInclusive<X> = |item| ..=item;
    cursor: io::Cursor<X> = |item| io::Cursor::new(item);
    tuple_of_1: (X,) = |item| (item,);
    tuple_of_2: (u8, X) = |item| (0, item);
    tuple_of_12: (u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, X) =
        |item| (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, item);
}

/// Containers in containers, and a foreign type at the bottom.
#[allow(
    clippy::type_complexity,
    reason = "that it can be seen into is the point"
)]
#[derive(Tracked)]
struct NestedField {
    held: RefCell<HashMap<u8, Vec<Option<(Foreign, Rc<Target>)>>>>,
}

#[test]
fn a_foreign_neighbour_hides_nothing_at_any_depth() {
    if !objgraph::ENABLED {
        return;
    }
    let target = Rc::new(Target);
    let item = (Foreign(String::new()), target.clone());
    let owner = Rc::new(NestedField {
        held: RefCell::new(HashMap::from([(0, vec![None, Some(item)])])),
    });
    let found = way(objgraph::id(&owner), objgraph::id(&target)).unwrap();
    assert_eq!(found.path, "held[*][1].1");
    assert_eq!(owner.held.borrow().len(), 1);
}

/// A `ManuallyDrop` does not free its references, but they count.
mod manually_drop {
    use super::*;

    #[derive(Tracked)]
    struct Owner {
        held: ManuallyDrop<Rc<Target>>,
    }

    #[test]
    fn an_edge_is_seen() {
        if !objgraph::ENABLED {
            return;
        }
        let target = Rc::new(Target);
        let id = objgraph::id(&target);
        let owner = Rc::new(Owner {
            held: ManuallyDrop::new(target),
        });
        assert_seen(&owner, id, true);
        let owner = Rc::into_inner(owner).unwrap();
        ManuallyDrop::into_inner(owner.held);
    }
}

leaves! {
    number: f64 = 0.5;
    non_zero: NonZeroU8 = NonZeroU8::MIN;
    text: String = "text".to_owned();
    boxed_text: Box<str> = "text".into();
    boxed_path: Box<std::path::Path> = std::path::Path::new("/").into();
    borrowed_text: &'static str = "text";
    cow_text: Cow<'static, str> = Cow::Owned("text".to_owned());
    path: std::path::PathBuf = "/".into();
    os_string: std::ffi::OsString = "/".into();
    duration: std::time::Duration = std::time::Duration::ZERO;
    instant: std::time::Instant = std::time::Instant::now();
    atomic: AtomicU32 = AtomicU32::new(1);
    atomic_ptr: AtomicPtr<Foreign> = AtomicPtr::new(std::ptr::null_mut());
    thread_id: std::thread::ThreadId = std::thread::current().id();
    thread: std::thread::Thread = std::thread::current();
    phantom: PhantomData<Rc<Foreign>> = PhantomData;
    raw_pointer: *const Foreign = std::ptr::null();
    full_range: RangeFull = ..;
    range: Range<usize> = 0..1;
    inclusive_range: RangeInclusive<usize> = 0..=1;
    cell: Cell<Option<u32>> = Cell::new(Some(1));
    function: fn(u8) -> Foreign = |_| Foreign(String::new());
    function_of_12: fn(u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8) =
        |_, _, _, _, _, _, _, _, _, _, _, _| {};
    unsafe_function: unsafe fn(u8) = |_| {};
    c_function: extern "C" fn(u8) -> u8 = {
        extern "C" fn same(x: u8) -> u8 { x }
        same
    };
    hash_state: std::hash::RandomState = std::hash::RandomState::new();
    error: io::Error = io::Error::other("no");
    io_reader: io::BufReader<io::Empty> = io::BufReader::new(io::empty());
    bytes: Vec<u8> = vec![0; 1 << 20];
    texts: BTreeMap<String, Option<(u8, String)>> = BTreeMap::new();
}

/// Types without references are not visited, however many values there are.
#[test]
fn leaves_are_pruned() {
    fn is_leaf<T: Tracked>() -> bool {
        T::is_leaf()
    }
    assert!(is_leaf::<Option<(u8, String)>>());
    assert!(is_leaf::<Mutex<Result<String, io::Error>>>());
    assert!(is_leaf::<HashMap<String, Vec<Box<[u8]>>>>());
    assert!(is_leaf::<LazyLock<String>>());
    assert!(is_leaf::<Cow<'static, str>>());
    assert!(!is_leaf::<Option<Rc<u8>>>());
    assert!(!is_leaf::<ManuallyDrop<Rc<u8>>>());
    assert!(!is_leaf::<(u8, &'static LinkedNode)>());
    assert!(!is_leaf::<LazyLock<String, Box<dyn FnOnce() -> String>>>());
}

#[derive(Tracked)]
struct LinkedNode {
    next: RefCell<Option<Rc<LinkedNode>>>,
    owned: Option<Box<LinkedNode>>,
    several: Vec<LinkedNode>,
}

/// The search for types without references ends for types that contain themselves.
#[test]
fn a_type_within_itself_is_seen() {
    fn linked(next: Option<Rc<LinkedNode>>) -> LinkedNode {
        LinkedNode {
            next: RefCell::new(next),
            owned: None,
            several: Vec::new(),
        }
    }
    if !objgraph::ENABLED {
        return;
    }
    let target = Rc::new(linked(None));
    let owner = Rc::new(LinkedNode {
        owned: Some(Box::new(linked(Some(target.clone())))),
        several: vec![linked(None)],
        ..linked(None)
    });
    let way = way(objgraph::id(&owner), objgraph::id(&target)).unwrap();
    assert_eq!(way.path, "owned.next");
    assert_eq!(owner.several.len(), 1);
}

/// A field of every kind, in one type.
#[derive(Tracked)]
struct EveryField {
    list: Vec<Rc<Target>>,
    map: BTreeMap<Rc<Target>, Rc<Target>>,
    set: HashSet<Rc<Target>>,
    pair: (u8, Rc<Target>),
    range: Range<Rc<Target>>,
    end: RangeInclusive<Rc<Target>>,
    #[allow(clippy::redundant_allocation, reason = "it is legal")]
    option: Option<Box<Rc<Target>>>,
    cell: Mutex<RefCell<Rc<Target>>>,
    rest: std::vec::IntoIter<Rc<Target>>,
    both: std::array::IntoIter<Rc<Target>, 2>,
}

#[test]
fn paths_show_where_a_reference_is_held() {
    if !objgraph::ENABLED {
        return;
    }
    let t = Rc::new(Target);
    let id = objgraph::id(&t);
    let mut rest = vec![t.clone(), t.clone()].into_iter();
    rest.next();
    let owner = Rc::new(EveryField {
        list: vec![t.clone(), t.clone()],
        map: BTreeMap::from([(t.clone(), t.clone())]),
        set: HashSet::from([t.clone()]),
        pair: (0, t.clone()),
        range: t.clone()..t.clone(),
        end: t.clone()..=t.clone(),
        option: Some(Box::new(t.clone())),
        cell: Mutex::new(RefCell::new(t.clone())),
        rest,
        both: [t.clone(), t.clone()].into_iter(),
    });
    let snapshot = objgraph::snapshot();
    let node = snapshot.find(objgraph::id(&owner)).unwrap();
    let target = snapshot.find(id).unwrap();
    let mut paths: Vec<String> = snapshot
        .edges(node)
        .filter(|edge| edge.target() == target && edge.is_strong())
        .map(|edge| edge.path())
        .collect();
    paths.sort();
    assert_eq!(
        paths,
        [
            "both[0]",
            "both[1]",
            "cell",
            "end.end",
            "end.start",
            "list[0]",
            "list[1]",
            "map[0]",
            "map[0].key",
            "option",
            "pair.1",
            "range.end",
            "range.start",
            "rest[0]",
            "set[*]",
        ]
    );
    assert_eq!(snapshot.external(target), Some(1), "all but `t` are found");
}

/// Opaque values are reported with the name of their type.
#[derive(Tracked)]
struct Opaque {
    taken: Cell<Option<Rc<Target>>>,
    sender: mpsc::Sender<Rc<Target>>,
    receiver: mpsc::Receiver<Rc<Target>>,
    thread: std::thread::JoinHandle<()>,
    closure: Box<dyn Fn() -> u8>,
    pinned: Pin<StdRc<Target>>,
    lazy: LazyCell<Rc<Target>, Box<dyn FnOnce() -> Rc<Target>>>,
}

#[test]
fn opaque_values_are_reported() {
    if !objgraph::ENABLED {
        return;
    }
    let target = Rc::new(Target);
    let (sender, receiver) = mpsc::channel();
    sender.send(target.clone()).unwrap();
    let lazy = target.clone();
    let captured = 0;
    let owner = Rc::new(Opaque {
        taken: Cell::new(Some(target.clone())),
        sender,
        receiver,
        thread: std::thread::spawn(|| ()),
        closure: Box::new(move || captured),
        pinned: StdRc::pin(Target),
        lazy: LazyCell::new(Box::new(|| lazy)),
    });
    assert!(way(objgraph::id(&owner), objgraph::id(&target)).is_none());
    assert_eq!(
        places(objgraph::id(&owner), PlaceKind::Opaque).len(),
        7,
        "each field is a place"
    );
    let types = objgraph::alive::types();
    let info = types.iter().find(|info| info.matches("Opaque")).unwrap();
    for field in &info.fields {
        // Nothing shows whether a `LazyCell` is initialised.
        let expected = if field.name == "lazy" {
            Visibility::Full
        } else {
            Visibility::Opaque
        };
        assert_eq!(field.visibility, expected, "{}", field.name);
    }
    assert!(LazyCell::get(&owner.lazy).is_none(), "it was not made to");
}

#[derive(Tracked)]
struct LockOwner {
    mutex: std::sync::Arc<Mutex<Option<objgraph::sync::Arc<Target>>>>,
}

#[test]
fn a_poisoned_lock_is_traced() {
    if !objgraph::ENABLED {
        return;
    }
    let target = objgraph::sync::Arc::new(Target);
    let mutex = std::sync::Arc::new(Mutex::new(Some(target.clone())));
    let held = mutex.clone();
    let panicked = std::thread::spawn(move || {
        let _held = held.lock();
        std::panic::resume_unwind(Box::new(()));
    });
    assert!(panicked.join().is_err() && mutex.is_poisoned());
    let _owner = Rc::new(LockOwner { mutex });
    let snapshot = objgraph::snapshot();
    let target = snapshot.find(objgraph::id(&target)).unwrap();
    assert_eq!(snapshot.edges_to(target).count(), 1);
}

#[derive(Tracked)]
struct Borrower {
    first: &'static SharedValue,
    second: (u8, Option<&'static SharedValue>),
    pinned: Pin<&'static SharedValue>,
}

#[derive(Tracked)]
struct SharedValue {
    held: Rc<Target>,
}

#[test]
fn a_shared_value_is_visited_once() {
    if !objgraph::ENABLED {
        return;
    }
    let target = Rc::new(Target);
    let shared: &'static SharedValue = Box::leak(Box::new(SharedValue {
        held: target.clone(),
    }));
    let owner = Rc::new(Borrower {
        first: shared,
        second: (0, Some(shared)),
        pinned: Pin::new(shared),
    });
    assert_seen(&owner, objgraph::id(&target), true);
    let snapshot = objgraph::snapshot();
    let node = snapshot.find(objgraph::id(&owner)).unwrap();
    let paths: Vec<_> = snapshot.edges(node).map(|edge| edge.path()).collect();
    assert_eq!(paths, ["first", "second.1", "pinned"]);
    assert!(snapshot.edges(node).all(|edge| !edge.is_strong()));
}

trait Shape: Tracked {}

impl Shape for SharedValue {}

impl Visit for Box<dyn Shape> {
    fn visit<'a>(&'a self, visitor: &mut objgraph::Visitor<'a>) {
        (**self).visit(visitor);
    }
}

#[derive(Tracked)]
struct Boxes {
    any: Box<dyn Any>,
    sent: Box<dyn Any + Send>,
    unknown: Box<dyn Any>,
    tracked: Box<dyn Tracked>,
    shapes: Vec<Box<dyn Shape>>,
}

#[test]
fn boxes_of_any_are_traced_by_the_type_of_their_value() {
    if !objgraph::ENABLED {
        return;
    }
    let target = Rc::new(Target);
    let sent = objgraph::sync::Arc::new(Target);
    let shared = || SharedValue {
        held: target.clone(),
    };
    objgraph::register::<objgraph::sync::Arc<Target>>();
    let owner = Rc::new(Boxes {
        any: Box::new(shared()),
        sent: Box::new(sent.clone()),
        unknown: Box::new(Foreign(String::new())),
        tracked: Box::new(shared()),
        shapes: vec![Box::new(shared())],
    });
    let snapshot = objgraph::snapshot();
    let node = snapshot.find(objgraph::id(&owner)).unwrap();
    let mut paths: Vec<_> = snapshot.edges(node).map(|edge| edge.path()).collect();
    paths.sort();
    assert_eq!(
        paths,
        ["any.held", "sent", "shapes[0].held", "tracked.held"]
    );
    assert_eq!(places(objgraph::id(&owner), PlaceKind::Opaque), ["dyn Any"]);
}

#[derive(Tracked)]
struct Chain {
    next: Option<Box<dyn Tracked>>,
    end: Option<Rc<Target>>,
}

/// A chain of boxes that each hide their type may have any length.
#[test]
fn a_chain_of_boxes_does_not_overflow() {
    let target = Rc::new(Target);
    let mut chain = Chain {
        next: None,
        end: Some(target.clone()),
    };
    for _ in 0..10_000 {
        chain = Chain {
            next: Some(Box::new(chain)),
            end: None,
        };
    }
    let owner = Rc::new(chain);
    if objgraph::ENABLED {
        assert_seen(&owner, objgraph::id(&target), true);
    }
}
