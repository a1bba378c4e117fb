//! Calls that know the type of their argument register it, and the types that it names.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use objgraph::Tracked;

use super::{does_not_say, says};
use crate::process;

/// Nodes behind std's pointers, of which no derive names an instance.
#[derive(Tracked)]
struct Node<T> {
    inner: Rc<(T, RefCell<Links<T>>)>,
}

#[derive(Tracked)]
struct Links<T> {
    next: Vec<(Node<T>, u32)>,
}

impl<T> Node<T> {
    fn that_holds_itself(value: T) -> Self {
        let links = RefCell::new(Links { next: Vec::new() });
        let node = Self {
            inner: Rc::new((value, links)),
        };
        let again = Self {
            inner: node.inner.clone(),
        };
        node.inner.1.borrow_mut().next.push((again, 1));
        node
    }

    fn cut(&self) {
        self.inner.1.borrow_mut().next.clear();
    }
}

#[test]
fn find_cycles_registers_the_type_of_its_argument() {
    if !objgraph::ENABLED {
        return;
    }
    let test = "advice::static_types::find_cycles_registers_the_type_of_its_argument";
    process::succeeds(test, || {
        let one = Node::that_holds_itself(1_i32);
        assert_eq!(objgraph::find_cycles(&one).len(), 1);
        // In containers too.
        let list = vec![Some(Node::that_holds_itself(2_u8))];
        assert_eq!(objgraph::find_cycles(&list).len(), 1);
        let boxed = (1, Box::new(Node::that_holds_itself(3_u16)));
        assert_eq!(objgraph::find_cycles(&boxed).len(), 1);
        let refs = objgraph::refs(Node::that_holds_itself(4_u64));
        says(&refs.to_dot().unwrap(), "Links<u64>");
        one.cut();
        boxed.1.cut();
    });
}

#[derive(Tracked)]
struct Simple<T> {
    value: T,
    next: RefCell<Option<Rc<Simple<T>>>>,
}

impl<T: 'static> Simple<T> {
    fn that_holds_itself(value: T) -> Rc<Self> {
        let one = Rc::new(Self {
            value,
            next: None.into(),
        });
        one.next.replace(Some(one.clone()));
        one
    }
}

/// A pointer may point to any type, so a function that takes one does not know whether that is
/// `Tracked`. The result says what could not be traced, and shows the line to write.
#[test]
fn an_untraced_target_of_a_pointer_is_reported() {
    if !objgraph::ENABLED {
        return;
    }
    let test = "advice::static_types::an_untraced_target_of_a_pointer_is_reported";
    process::succeeds(test, || {
        let one = Simple::that_holds_itself(1_i32);
        let text = objgraph::find_cycles(&one).to_string();
        says(
            &text,
            "1 object of Simple<i32>: objgraph::register!(cases::advice::static_types::Simple<i32>)",
        );
        // Passing the value itself registers its type.
        assert_eq!(objgraph::find_cycles(&*one).len(), 1);
        assert_eq!(objgraph::find_cycles(&one).len(), 1);
        one.next.take();
    });
}

#[test]
fn watch_and_roots_register_their_types() {
    if !objgraph::ENABLED {
        return;
    }
    let test = "advice::static_types::watch_and_roots_register_their_types";
    process::succeeds(test, || {
        let watched = Simple::that_holds_itself(1_u8);
        objgraph::watch(&watched);
        drop(watched);
        assert_eq!(objgraph::find_leaks().len(), 1);
        let node = Node::that_holds_itself(1_i8);
        let snapshot = objgraph::snapshot::with_root("node", &node, objgraph::snapshot);
        let links =
            |info: &Arc<objgraph::alive::TypeInfo>| info.short_name == "(i8, RefCell<Links<i8>>)";
        assert!(
            snapshot
                .types()
                .iter()
                .any(|info| links(info) && info.is_visited)
        );
        node.cut();
    });
}

/// The macro sees through a pointer.
#[test]
fn assert_drops_registers_the_type_of_its_argument() {
    if !objgraph::ENABLED {
        return;
    }
    let test = "advice::static_types::assert_drops_registers_the_type_of_its_argument";
    process::succeeds(test, || {
        let simple = Simple::that_holds_itself(1_i64);
        let node = Node::that_holds_itself(1_i64);
        let failure = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            objgraph::assert_drops!(simple);
        }));
        let message = failure.unwrap_err().downcast::<String>().unwrap();
        says(&message, "Simple");
        let failure = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            objgraph::assert_drops!(node);
        }));
        assert!(failure.is_err());
        objgraph::assert_drops!(Arc::new(1_u8));
        objgraph::assert_drops!(std::process::id as fn() -> u32);
    });
}

/// Only a root names it.
#[derive(Tracked)]
struct CacheEntry<T>(T, Option<Arc<Mutex<CacheEntry<T>>>>);

#[objgraph::root]
static CACHE: Mutex<Option<Arc<Mutex<CacheEntry<u128>>>>> = Mutex::new(None);

#[objgraph::root]
thread_local! {
    static LOCAL: RefCell<Vec<Rc<Simple<u128>>>> = const { RefCell::new(Vec::new()) };
}

#[test]
fn the_type_of_a_root_is_registered_with_the_types_that_it_names() {
    if !objgraph::ENABLED {
        return;
    }
    let test =
        "advice::static_types::the_type_of_a_root_is_registered_with_the_types_that_it_names";
    process::succeeds(test, || {
        let inner = Arc::new(Mutex::new(CacheEntry(1, None)));
        let outer = CacheEntry(2, Some(inner));
        *CACHE.lock().unwrap() = Some(Arc::new(Mutex::new(outer)));
        LOCAL.with_borrow_mut(|list| list.push(Simple::that_holds_itself(1)));
        let text = objgraph::blind_spots().to_string();
        does_not_say(&text, "CacheEntry");
        does_not_say(&text, "Simple");
        LOCAL.with_borrow(|list| list[0].next.take());
    });
}
