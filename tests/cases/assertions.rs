//! Assertions fail for what leaked or grew, and do not pass silently if that may have happened.

#![allow(
    unnameable_test_items,
    reason = "a case calls tests that are nested in it"
)]

mod growth;

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::thread;

use objgraph::rc::Rc;
use objgraph::sync::Arc;
use objgraph::{Tracked, leaks::LeakCheck, scope::Scope};

use crate::process::{self, ProcessOutput};

/// A derived generic type; no derive names `Node<i32>`. Its handles are behind a pointer, where a scan
/// does not find them.
#[derive(Tracked)]
struct Node<T> {
    value: T,
    next: RefCell<Vec<Rc<Node<T>>>>,
}

/// Two nodes that own each other.
fn ring() {
    let new = |value, next| {
        let next = RefCell::new(next);
        Rc::new(Node { value, next })
    };
    let first = new(1, Vec::new());
    let second = new(2, vec![first.clone()]);
    first.next.borrow_mut().push(second);
}

/// A type without a derive.
struct Foreign(String);

#[derive(Tracked)]
struct Peer {
    other: Mutex<Option<Arc<Peer>>>,
}

/// A peer that owns itself.
fn pair() {
    let peer = Arc::new(Peer {
        other: Mutex::new(None),
    });
    *peer.other.lock().unwrap() = Some(peer.clone());
}

/// Returns the lines that objgraph printed and the harness did not capture.
fn notes(printed: &ProcessOutput) -> Vec<String> {
    let lines = printed.stderr.lines();
    let notes = lines.filter_map(|line| line.strip_prefix("objgraph: "));
    notes.map(str::to_owned).collect()
}

/// Returns the message of the panic of `run`.
fn message(run: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(run)).expect_err("it fails");
    *panic.downcast::<String>().expect("it says why")
}

/// Runs a case in a process of its own, once plain and once with `OBJGRAPH_STRICT=1`.
fn plain_and_strict(test: &str, case: fn()) -> Option<[ProcessOutput; 2]> {
    let plain = process::run(test, case)?;
    let strict = process::run_with(test, &[("OBJGRAPH_STRICT", "1")], case)?;
    Some([plain, strict])
}

const SUMMARY: &str = "1 test passed and may have leaked; OBJGRAPH_STRICT=1 makes such tests fail";

#[test]
fn a_test_whose_objects_were_not_traced_says_so() {
    if !objgraph::ENABLED {
        return;
    }
    let test = "assertions::a_test_whose_objects_were_not_traced_says_so";
    let Some([plain, strict]) = plain_and_strict(test, || {
        #[objgraph::test]
        fn ring_leaks() {
            ring();
        }
        ring_leaks();
    }) else {
        return;
    };
    assert!(plain.succeeded, "{plain:?}");
    let [line, summary] = &notes(&plain)[..] else {
        panic!("{plain:?}")
    };
    let start = "cases::assertions::ring_leaks passed, but 2 live objects could not be traced \
                 (Node<i32>, made at tests/cases/assertions.rs:";
    let end = "): objgraph::register!(cases::assertions::Node<i32>)";
    assert!(line.starts_with(start) && line.ends_with(end), "{line}");
    assert_eq!(summary, SUMMARY);

    assert!(!strict.succeeded && notes(&strict).is_empty(), "{strict:?}");
    let report = "2 objects may have leaked: Node<i32>";
    assert!(strict.stderr.contains(report), "{}", strict.stderr);
}

#[test]
fn a_test_whose_objects_are_gone_prints_nothing() {
    if !objgraph::ENABLED {
        return;
    }
    let test = "assertions::a_test_whose_objects_are_gone_prints_nothing";
    let Some(both) = plain_and_strict(test, || {
        #[objgraph::test]
        fn is_clean() {
            let kept = Arc::new(Foreign("x".to_owned()));
            // They are alive here, but the test has not ended.
            objgraph::assert_no_leaks!();
            let other = kept.clone();
            thread::spawn(move || drop((other, Arc::new(Foreign("y".to_owned())))))
                .join()
                .unwrap();
            objgraph::assert_drops!(kept);
        }
        is_clean();
    }) else {
        return;
    };
    for printed in both {
        assert!(
            printed.succeeded && notes(&printed).is_empty(),
            "{printed:?}"
        );
    }
}

#[test]
fn objects_that_a_closure_may_hold_are_named() {
    if !objgraph::ENABLED {
        return;
    }
    let test = "assertions::objects_that_a_closure_may_hold_are_named";
    let Some([plain, strict]) = plain_and_strict(test, || {
        #[derive(Tracked)]
        struct Window {
            on_close: RefCell<Option<Box<dyn Fn()>>>,
        }
        #[objgraph::test]
        fn a_window_owns_its_closure() {
            let window = Rc::new(Window {
                on_close: RefCell::new(None),
            });
            // Behind a pointer, where a scan does not find it.
            let own = vec![window.clone()];
            *window.on_close.borrow_mut() = Some(Box::new(move || drop(own.clone())));
        }
        a_window_owns_its_closure();
    }) else {
        return;
    };
    let [line, _] = &notes(&plain)[..] else {
        panic!("{plain:?}")
    };
    assert!(
        line.contains("1 object may have leaked (Window, made at tests/cases/assertions.rs:")
            && line.contains("Window.on_close"),
        "{line}"
    );
    assert!(!strict.succeeded, "{strict:?}");
}

#[test]
fn leaks_outside_of_every_scope_are_mentioned() {
    if !objgraph::ENABLED {
        return;
    }
    let test = "assertions::leaks_outside_of_every_scope_are_mentioned";
    let case = || {
        #[objgraph::test]
        fn starts_a_thread() {
            thread::spawn(pair).join().unwrap();
        }
        starts_a_thread();
    };
    let Some(plain) = process::run_side_by_side(test, &[], case) else {
        return;
    };
    let strict = [("OBJGRAPH_STRICT", "1")];
    let strict = process::run_side_by_side(test, &strict, case).expect("the parent");
    let [line, _] = &notes(&plain)[..] else {
        panic!("{plain:?}")
    };
    let start = "cases::assertions::starts_a_thread passed, but outside of every scope 1 object \
                 leaked (Peer, made at tests/cases/assertions.rs:";
    assert!(line.starts_with(start), "{line}");
    assert!(!strict.succeeded, "{strict:?}");
    assert!(
        strict
            .stderr
            .contains("outside of every scope: 1 object leaked (Peer)"),
        "{strict:?}"
    );
}

#[test]
fn strict_applies_to_one_test_or_one_check() {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds(
        "assertions::strict_applies_to_one_test_or_one_check",
        || {
            #[objgraph::test(strict)]
            fn is_strict() {
                ring();
            }
            let report = message(is_strict);
            assert!(
                report.starts_with(
                    "2 objects may have leaked: Node<i32>\n\nStrict checks fail where they cannot \
             prove that nothing leaked.\n\n2 live objects could not be traced\n"
                ),
                "{report}"
            );
            assert!(
                report.lines().all(|line| line.chars().count() <= 80),
                "{report}"
            );

            let scope = Scope::new("import");
            let entered = scope.enter();
            ring();
            drop(entered);
            let check = LeakCheck::of(&scope);
            assert!(check.run().is_ok());
            assert!(check.strict().run().is_err());
        },
    );
}

#[test]
fn assert_drops_mentions_what_may_be_left() {
    if !objgraph::ENABLED {
        return;
    }
    let test = "assertions::assert_drops_mentions_what_may_be_left";
    let Some([plain, strict]) = plain_and_strict(test, || {
        #[derive(Tracked, Default)]
        struct App {
            windows: Vec<std::rc::Rc<Window>>,
            plain: Option<std::rc::Rc<Foreign>>,
        }
        #[derive(Tracked, Default)]
        struct Window {
            on_close: RefCell<Option<Box<dyn Fn()>>>,
        }
        // Nothing is printed about dropped values, whatever their types.
        objgraph::assert_drops!(App {
            windows: vec![std::rc::Rc::default()],
            plain: Some(std::rc::Rc::new(Foreign("x".to_owned()))),
        });
        let window = std::rc::Rc::new(Window::default());
        let own = window.clone();
        *window.on_close.borrow_mut() = Some(Box::new(move || drop(own.clone())));
        let app = App {
            windows: vec![window],
            plain: None,
        };
        objgraph::assert_drops!(app);
    }) else {
        return;
    };
    assert!(plain.succeeded, "{plain:?}");
    let [line] = &notes(&plain)[..] else {
        panic!("{plain:?}")
    };
    assert!(line.contains("1 object may have leaked (Window)"), "{line}");
    assert!(!strict.succeeded, "{strict:?}");
}

#[test]
fn the_error_of_a_failed_test_has_not_leaked() {
    if !objgraph::ENABLED {
        return;
    }
    #[derive(Debug)]
    struct RequestError(Arc<u8>);
    process::succeeds(
        "assertions::the_error_of_a_failed_test_has_not_leaked",
        || {
            #[objgraph::test(deny_survivors)]
            fn an_error_holds_the_client() -> Result<(), RequestError> {
                Err(RequestError(Arc::new(1)))
            }
            #[objgraph::test(deny_survivors)]
            fn a_payload_holds_the_client() {
                std::panic::panic_any(Arc::new(7_u8))
            }
            #[objgraph::test(deny_survivors, wait_ms = 1)]
            fn an_error_beside_a_leak() -> Result<(), RequestError> {
                std::mem::forget(Arc::new(2_u8));
                Err(RequestError(Arc::new(1)))
            }
            #[objgraph::test(deny_survivors)]
            fn an_error_that_owns_nothing() -> Result<(), String> {
                Err("no".to_owned())
            }
            #[objgraph::test(deny_survivors)]
            #[should_panic(expected = "yes")]
            fn a_local_is_gone() {
                let _client = Arc::new(1_u8);
                panic!("yes")
            }
            let report = message(|| drop(an_error_holds_the_client()));
            assert_eq!(report, "Err(RequestError(1))");
            assert_eq!(
                message(a_payload_holds_the_client),
                "The panic: a panic without a message"
            );
            let report = message(|| drop(an_error_beside_a_leak()));
            assert!(
                report.starts_with("the test failed, and leaked\n\nErr(RequestError(1))\n\n")
                    && report.contains("1 × u8"),
                "{report}"
            );
            assert_eq!(an_error_that_owns_nothing(), Err("no".to_owned()));
            a_local_is_gone();
            assert_eq!(objgraph::count_of::<u8>(), 1);
        },
    );
}

/// Counts of types: every comparison, and names that no type has.
mod counted {
    use std::cell::RefCell;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use objgraph::assert_count;
    use objgraph::rc::Rc;

    use crate::process;

    mod app {
        #[derive(objgraph::Tracked)]
        pub(super) struct Node<T = u8>(pub(super) T);

        #[derive(objgraph::Tracked)]
        pub(super) struct Session;
    }

    fn failure(assertion: impl FnOnce()) -> String {
        let panic = catch_unwind(AssertUnwindSafe(assertion)).expect_err("it fails");
        *panic.downcast::<String>().expect("a message")
    }

    #[test]
    fn every_comparison_of_every_type() {
        process::succeeds(
            "assertions::counted::every_comparison_of_every_type",
            || {
                let limit = 3;
                let _node = Rc::new(app::Node(1_u8));
                let _session = Rc::new(RefCell::new(app::Session));
                assert_count!(app::Node <= 3);
                assert_count!(app::Node < limit);
                assert_count!(app::Node<u8> >= usize::from(objgraph::ENABLED));
                assert_count!(app::Node<u16>, 0);
                assert_count!(crate::assertions::counted::app::Node<u8> < 2);
                assert_count!(RefCell<app::Session> != 2);
                if objgraph::ENABLED {
                    assert_count!(app::Node, 1);
                    assert_count!(app::Node > 0,);
                    assert_count!(RefCell<app::Session> == 1);
                    assert_count!("Session", 1);
                    let scope = objgraph::scope::Scope::new("a scope");
                    let inside = scope.enter();
                    let _session = Rc::new(RefCell::new(app::Session));
                    assert_count!("Session", 1);
                    assert_count!(RefCell<app::Session>, 1);
                    drop(inside);
                    let message = failure(|| assert_count!(app::Node < 1));
                    assert!(message.starts_with("assert_count!(app::Node < 1): there are 1"));
                }
            },
        );
    }

    #[test]
    fn a_name_that_no_type_has_is_a_mistake() {
        process::succeeds(
            "assertions::counted::a_name_that_no_type_has_is_a_mistake",
            || {
                if !objgraph::ENABLED {
                    assert_count!("Sesion", 0);
                    return;
                }
                let message = failure(|| assert_count!("Sesion", 0));
                assert!(message.contains("no type is called `Sesion`"), "{message}");
                assert!(message.contains("\n  Session\n"), "{message}");
                // It has a derive, but no object of it was ever created.
                assert_count!("Session", 0);
            },
        );
    }
}
