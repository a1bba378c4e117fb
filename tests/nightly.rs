//! With the feature `nightly`, types need no registration: law 6's "which line of code would change
//! that" is no line at all.

#![cfg(feature = "nightly")]

use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc as StdRc;

use objgraph::rc::Rc;
use objgraph::snapshot::State;
use objgraph::sync::Arc;
use objgraph::{Tracked, Visit, Visitor};

/// Returns the report of all leaks after `run`, in which no object of this thread may be opaque.
fn leaks_after(run: impl FnOnce()) -> String {
    run();
    let leaks = objgraph::find_leaks();
    let nodes = leaks.snapshot().nodes();
    let opaque: Vec<_> = nodes
        .filter(|node| node.state() == State::Opaque)
        .map(|node| node.type_info().name.clone())
        .collect();
    assert_eq!(opaque, [""; 0]);
    leaks.to_string()
}

#[derive(Tracked)]
struct Node<T> {
    value: T,
    next: RefCell<Option<Rc<Node<T>>>>,
}

/// No field names `Node<u16>`, and no line registers it.
#[test]
fn an_instance_that_nothing_names_is_traced() {
    let text = leaks_after(|| {
        let node = Rc::new(Node {
            value: 1_u16,
            next: RefCell::new(None),
        });
        *node.next.borrow_mut() = Some(node.clone());
        assert_eq!(node.value, 1);
    });
    assert!(text.contains("Node.next"), "{text}");
}

/// An argument that is a closure, which no line could name.
#[test]
fn an_instance_with_a_closure_is_traced() {
    #[derive(Tracked)]
    struct Button<F> {
        on_click: F,
        window: RefCell<Option<Rc<Button<F>>>>,
    }
    let text = leaks_after(|| {
        let button = Rc::new(Button {
            on_click: || 1,
            window: RefCell::new(None),
        });
        *button.window.borrow_mut() = Some(button.clone());
        assert_eq!((button.on_click)(), 1);
    });
    assert!(text.contains("Button<"), "{text}");
    assert!(text.contains(".window"), "{text}");
}

/// A field whose type is a parameter, of a type that is `Tracked` only for this argument.
#[test]
fn a_field_of_a_parameter_is_traced() {
    struct Wrapper<T>(T);

    impl Visit for Wrapper<RefCell<Option<Rc<dyn Any>>>> {
        fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
            visitor.field("0", &self.0);
        }
    }

    #[derive(Tracked)]
    struct Host<T> {
        parts: Vec<T>,
    }
    let text = leaks_after(|| {
        let host = Rc::new(Host {
            parts: vec![Wrapper(RefCell::new(None::<Rc<dyn Any>>))],
        });
        let again: Rc<dyn Any> = host.clone();
        *host.parts[0].0.borrow_mut() = Some(again);
    });
    assert!(text.contains("parts"), "{text}");
}

/// Behind a pointer of std, of which the table knows nothing.
#[test]
fn an_instance_behind_a_pointer_of_std_is_traced() {
    #[derive(Tracked)]
    struct Link<T> {
        value: T,
        next: RefCell<Option<StdRc<Link<T>>>>,
    }
    let link = StdRc::new(Link {
        value: 1_i64,
        next: RefCell::new(None),
    });
    *link.next.borrow_mut() = Some(link.clone());
    let cycles = objgraph::find_cycles(&Rc::new(Box::new(link.clone()) as Box<dyn Any>));
    let direct = objgraph::find_cycles(&link).to_string();
    assert!(direct.contains(".next"), "{direct}{cycles}");
    *link.next.borrow_mut() = None;
    assert_eq!(link.value, 1);
}

/// The label of an object that no trace has visited yet.
#[test]
fn an_instance_has_a_label() {
    let list = Rc::new(vec![3_u128, 4]);
    let label = objgraph_core::label_of(objgraph::id(&list));
    assert_eq!(label.as_deref(), Some("2 items"));
}

/// A value that is not `Send + Sync`, so that its `Arc` stays on one thread.
#[derive(Tracked)]
struct Adapter {
    queues: RefCell<Vec<Arc<Adapter>>>,
}

impl Adapter {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            queues: RefCell::new(Vec::new()),
        })
    }
}

#[test]
fn an_arc_of_a_value_that_is_not_sync_is_traced() {
    let text = leaks_after(|| {
        let adapter = Adapter::new();
        adapter.queues.borrow_mut().push(adapter.clone());
        adapter.queues.borrow_mut().push(Adapter::new());
    });
    assert!(text.contains("Adapter.queues[0]"), "{text}");
}

/// Law 3, for an `Arc` that stays on its thread.
#[test]
fn an_arc_of_a_value_that_is_not_sync_has_the_counts_of_std() {
    let mut adapter = Adapter::new();
    let id = objgraph::id(&adapter);
    assert!(objgraph::at(id).is_some());
    let weak = Arc::downgrade(&adapter);
    drop(objgraph::snapshot());
    assert_eq!(
        (Arc::strong_count(&adapter), Arc::weak_count(&adapter)),
        (1, 1)
    );
    assert!(Arc::get_mut(&mut adapter).is_none());
    drop(weak);
    assert!(Arc::get_mut(&mut adapter).is_some());
    let state = move || {
        let snapshot = objgraph::snapshot();
        snapshot.node(snapshot.find(id).unwrap()).state()
    };
    assert_eq!(state(), State::Lent);
    objgraph::watch(&adapter);
    assert_eq!(state(), State::Visited);
    assert_eq!(Arc::weak_count(&adapter), 0);
    let elsewhere = std::thread::spawn(state);
    assert_eq!(elsewhere.join().unwrap(), State::OtherThread);
    assert!(Arc::try_unwrap(adapter).is_ok());
    assert!(objgraph::at(id).is_none());
}

#[test]
fn a_clone_by_make_mut_stays_on_its_thread() {
    let mut number = Arc::new(std::cell::Cell::new(1_u64));
    let other = number.clone();
    Arc::make_mut(&mut number).set(2);
    assert_eq!((other.get(), number.get()), (1, 2));
    let ids = [objgraph::id(&other), objgraph::id(&number)];
    assert_ne!(ids[0], ids[1]);
    drop((other, number));
    assert!(ids.into_iter().all(|id| objgraph::at(id).is_none()));
}

/// While its thread-locals are dropped, a thread has no part of the table.
#[test]
fn an_ending_thread_can_create_and_drop_such_an_arc() {
    struct AtEnd(RefCell<Option<Arc<Adapter>>>);

    impl Drop for AtEnd {
        fn drop(&mut self) {
            *self.0.borrow_mut() = Some(Adapter::new());
        }
    }

    thread_local! {
        static AT_END: AtEnd = const { AtEnd(RefCell::new(None)) };
    }
    let ended = std::thread::spawn(|| {
        AT_END.with(|at_end| *at_end.0.borrow_mut() = Some(Adapter::new()));
    });
    ended.join().unwrap();
}
