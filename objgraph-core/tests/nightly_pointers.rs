//! With the feature `nightly`, pointers to `dyn Trait` and methods of `self: Rc<Self>` need no help.

#![cfg(feature = "nightly")]

use std::any::Any;
use std::fmt::Display;
use std::sync::Mutex;
use std::task::Waker;

use objgraph_core::__private::Wake;
use objgraph_core::sync::Arc;
use objgraph_core::{ENABLED, ObjectId, Visit, Visitor, id, tracking};

macro_rules! cases {
    ($name:ident, $module:ident::$Pointer:ident, $Any:ty) => {
        mod $name {
            use super::*;
            use objgraph_core::$module::{Weak, $Pointer as Ptr};

            trait Node {
                fn is_leaf(&self) -> bool;

                // A pointer that records its handle cannot dispatch this.
                #[cfg(not(feature = "owners"))]
                fn keep(self: Ptr<Self>) -> NodeHolder;
            }

            #[cfg(not(feature = "owners"))]
            struct NodeHolder(Ptr<dyn Node>);

            struct Leaf(u8);

            impl Leaf {
                fn number(self: Ptr<Self>) -> u8 {
                    self.0
                }

                fn watch(self: &Ptr<Self>) -> Weak<dyn Node> {
                    let weak: Weak<Self> = Ptr::downgrade(self);
                    weak
                }
            }

            impl Node for Leaf {
                fn is_leaf(&self) -> bool {
                    true
                }

                #[cfg(not(feature = "owners"))]
                fn keep(self: Ptr<Self>) -> NodeHolder {
                    NodeHolder(self)
                }
            }

            #[test]
            fn pointers_coerce_without_a_macro() {
                let text = Ptr::new(String::from("text"));
                let shown: Ptr<dyn Display> = text.clone();
                assert_eq!(
                    (shown.to_string(), Ptr::strong_count(&text)),
                    ("text".into(), 2)
                );
                assert!(!ENABLED || id(&shown) == id(&text));
                let many: Vec<Ptr<dyn Display>> = vec![text, Ptr::new(5), Ptr::new('x')];
                assert_eq!(many.len(), 3);
                let slice: Ptr<[u8]> = Ptr::new([1, 2, 3]);
                assert_eq!(slice.len(), 3);
                let five = Ptr::new(5);
                let weak = Ptr::downgrade(&five);
                let weak: Weak<dyn Display> = weak;
                assert_eq!(weak.upgrade().unwrap().to_string(), "5");
                let maybe: Option<Ptr<dyn Display>> = Some(five);
                assert!(maybe.is_some());
                let action: Ptr<dyn Fn(u8) -> u8> = Ptr::new(|number| number + 1);
                assert_eq!(action(1), 2);
            }

            /// The compiler's coercion cannot be noticed; that of the macro records the object.
            #[test]
            fn a_value_that_was_left_out_says_how_to_go_back() {
                struct LeftOut(u8);

                // In all tests, since a choice is valid for the process.
                tracking::except(["*::LeftOut", "*::LocalLeftOut"]).unwrap();
                let any: Ptr<$Any> = objgraph_core::unsize!(Ptr::new(LeftOut(5)) => $Any);
                assert_eq!(any.downcast::<LeftOut>().ok().unwrap().0, 5);
                let any: Ptr<$Any> = Ptr::new(LeftOut(6));
                assert_eq!(id(&any), ObjectId::NONE);
                let back = std::panic::AssertUnwindSafe(|| any.downcast::<LeftOut>().is_ok());
                let back = std::panic::catch_unwind(back);
                assert_eq!(back.is_ok(), !ENABLED);
                if let Err(message) = back {
                    let message = message.downcast_ref::<String>().unwrap();
                    assert!(message.contains("with `objgraph::unsize!`, which records"), "{message}");
                }
            }

            #[test]
            fn any_value_goes_back_to_its_type() {
                let any: Ptr<$Any> = Ptr::new(5);
                assert_eq!(*any.downcast::<i32>().unwrap(), 5);
            }

            #[test]
            fn methods_take_the_pointer() {
                let leaf = Ptr::new(Leaf(3));
                assert_eq!(leaf.clone().number(), 3);
                let weak = leaf.watch();
                let node: Ptr<dyn Node> = leaf;
                assert!(node.is_leaf());
                #[cfg(not(feature = "owners"))]
                let NodeHolder(node) = node.keep();
                assert!(Weak::upgrade(&weak).is_some_and(|again| Ptr::ptr_eq(&again, &node)));
                assert_eq!((weak.strong_count(), weak.weak_count()), (1, 1));
                drop(node);
                assert!(weak.upgrade().is_none());
            }
        }
    };
}

cases!(rc, rc::Rc, dyn Any);
cases!(sync, sync::Arc, dyn Any + Send + Sync);

/// The waker owns a reference, so a cycle through it is one of strong references.
#[test]
fn a_waker_leads_to_its_task() {
    #[derive(Default)]
    struct Task(Mutex<Option<Waker>>);

    impl Visit for Task {
        fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
            visitor.field("0", &self.0);
        }
    }

    impl Wake for Task {
        fn wake(self: Arc<Self>) {}
    }

    objgraph_core::register::<Task>();
    let task = Arc::new(Task::default());
    let waker = Waker::from(task.clone());
    *task.0.lock().expect("it is not poisoned") = Some(waker);
    if ENABLED {
        let snapshot = objgraph_core::snapshot();
        let node = snapshot.find(id(&task)).expect("it is alive");
        let edges = snapshot
            .edges(node)
            .map(|edge| (edge.target(), edge.is_strong()));
        assert_eq!(edges.collect::<Vec<_>>(), [(node, true)]);
        assert_eq!(snapshot.external(node), Some(1));
    }
    drop(task.0.lock().expect("it is not poisoned").take());
}

/// An `Arc` of a value that stays on its thread.
#[test]
fn a_local_arc_that_was_left_out_is_recorded_when_it_is_watched() {
    struct LocalLeftOut(std::cell::Cell<u8>);

    impl Visit for LocalLeftOut {}

    tracking::except(["*::LeftOut", "*::LocalLeftOut"]).unwrap();
    let local = Arc::new(LocalLeftOut(std::cell::Cell::new(1)));
    assert_eq!(id(&local), ObjectId::NONE);
    assert_eq!((Arc::strong_count(&local), Arc::weak_count(&local)), (1, 0));
    let watched = objgraph_core::watch(&local);
    assert_eq!(objgraph_core::at(watched).is_some(), ENABLED);
    assert_eq!((id(&local), Arc::weak_count(&local)), (watched, 0));
    local.0.set(2);
    drop(local);
    assert!(objgraph_core::at(watched).is_none());
}
