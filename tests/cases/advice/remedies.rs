//! Each piece of advice, read from a report and applied: then the leak is found.

use std::any::Any;
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;

use objgraph::rc::Rc;
use objgraph::{
    Capture, LocalFuture, SharedCapture, Tracked, Visit, Visitor, capture, future, sync,
};

use super::{does_not_say, says};
use crate::process;

/// Returns the advice of the report on blind spots.
fn advice() -> String {
    objgraph::blind_spots().to_string()
}

mod closures {
    use super::*;

    #[derive(Tracked, Default)]
    pub(super) struct Button {
        pub(super) on_click: RefCell<Option<Box<dyn Fn(u32) -> u32>>>,
        pub(super) on_key: RefCell<Vec<Box<dyn Fn() + Send + Sync>>>,
    }

    #[derive(Tracked, Default)]
    pub(super) struct CaptureButton {
        pub(super) on_click: RefCell<Option<Capture<dyn Fn(u32) -> u32>>>,
        pub(super) on_key: RefCell<Vec<SharedCapture<dyn Fn() + Send + Sync>>>,
    }
}

#[test]
fn a_boxed_closure_is_made_by_capture() {
    use closures::{Button, CaptureButton};
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds(
        "advice::remedies::a_boxed_closure_is_made_by_capture",
        || {
            let button = Rc::new(Button::default());
            let owner = button.clone();
            button.on_click.replace(Some(Box::new(move |n| {
                n + owner.on_key.borrow().len() as u32
            })));
            let name = String::new();
            button
                .on_key
                .borrow_mut()
                .push(Box::new(move || drop(name.clone())));
            drop(button);
            assert_eq!(objgraph::find_leaks().len(), 0);
            let text = advice();
            says(
                &text,
                "make it with `objgraph::capture!`, as an objgraph::Capture<dyn Fn(u32) -> u32>",
            );
            says(&text, "objgraph::SharedCapture<dyn Fn() + Send + Sync>");

            let button = Rc::new(CaptureButton::default());
            button.on_click.replace(Some(
                capture!([button] move |n| n + button.on_key.borrow().len() as u32),
            ));
            let name = sync::Arc::new(String::new());
            button
                .on_key
                .borrow_mut()
                .push(capture!([name] move || assert!(name.is_empty())));
            drop(button);
            assert_eq!(objgraph::find_leaks().len(), 1);
        },
    );
}

mod futures {
    use super::*;

    #[derive(Tracked, Default)]
    pub(super) struct Job {
        pub(super) run: RefCell<Option<Pin<Box<dyn Future<Output = ()>>>>>,
    }

    #[derive(Tracked, Default)]
    pub(super) struct FutureJob {
        pub(super) run: RefCell<Option<LocalFuture<dyn std::future::Future<Output = ()>>>>,
    }
}

#[test]
fn a_boxed_future_is_made_by_future() {
    use futures::{FutureJob, Job};
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds("advice::remedies::a_boxed_future_is_made_by_future", || {
        let job = Rc::new(Job::default());
        let owner = job.clone();
        job.run
            .replace(Some(Box::pin(async move { drop(owner.run.take()) })));
        drop(job);
        assert_eq!(objgraph::find_leaks().len(), 0);
        says(
            &advice(),
            "make it with `objgraph::future!`, as an \
             objgraph::LocalFuture<dyn std::future::Future<Output = ()>>",
        );

        let job = Rc::new(FutureJob::default());
        job.run.replace(Some(
            future!(local [job] async move { drop(job.run.take()) }),
        ));
        drop(job);
        // The job and the task of its future.
        assert_eq!(objgraph::find_leaks().len(), 2);
    });
}

mod traits {
    use super::*;

    pub(super) trait Node {}

    /// With `Tracked` as a supertrait.
    pub(super) trait TrackedNode: Tracked {}

    // As it is printed.
    #[rustfmt::skip]
    impl objgraph::Visit for Box<dyn TrackedNode> { fn visit<'a>(&'a self, visitor: &mut objgraph::Visitor<'a>) { (**self).visit(visitor) } }
}

/// `Box<dyn Node>`, with a trait of the program.
#[derive(Tracked)]
struct Board {
    nodes: RefCell<Vec<Box<dyn traits::Node>>>,
    tracked: RefCell<Vec<Box<dyn traits::TrackedNode>>>,
}

struct Part(Rc<Board>);

impl traits::Node for Part {}

impl traits::TrackedNode for Part {}

impl Visit for Part {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.field("0", &self.0);
    }
}

#[test]
fn a_boxed_trait_of_the_program_has_tracked_as_a_supertrait() {
    if !objgraph::ENABLED {
        return;
    }
    let test = "advice::remedies::a_boxed_trait_of_the_program_has_tracked_as_a_supertrait";
    process::succeeds(test, || {
        let board = || {
            Rc::new(Board {
                nodes: RefCell::default(),
                tracked: RefCell::default(),
            })
        };
        let one = board();
        one.nodes.borrow_mut().push(Box::new(Part(one.clone())));
        drop(one);
        assert_eq!(objgraph::find_leaks().len(), 0);
        let text = advice();
        let node = "cases::advice::remedies::traits::Node";
        says(
            &text,
            &format!(
                "make `objgraph::Tracked` a supertrait of {node}, and add \
                 `impl objgraph::Visit for Box<dyn {node}> {{ \
                 fn visit<'a>(&'a self, visitor: &mut objgraph::Visitor<'a>) \
                 {{ (**self).visit(visitor) }} }}`"
            ),
        );
        let one = board();
        one.tracked.borrow_mut().push(Box::new(Part(one.clone())));
        drop(one);
        assert_eq!(objgraph::find_leaks().len(), 1);
    });
}

mod arguments {
    use super::*;

    /// A type without a derive, with a closure as an argument, which has no name.
    pub(super) struct Scheduler<F> {
        pub(super) check: F,
        pub(super) root: Rc<Root>,
    }

    #[derive(Tracked)]
    pub(super) struct Holder<S> {
        pub(super) scheduler: S,
    }

    #[derive(Tracked)]
    pub(super) struct DerivedScheduler<F> {
        pub(super) check: F,
        pub(super) root: Rc<Root>,
    }

    #[derive(Tracked)]
    #[tracked(bound = "S: objgraph::Tracked")]
    pub(super) struct BoundHolder<S> {
        pub(super) scheduler: S,
    }

    pub(super) trait Run: Tracked {}

    impl<S: 'static> Run for Holder<S> {}

    impl<S: Tracked> Run for BoundHolder<S> {}

    impl Visit for Box<dyn Run> {
        fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
            (**self).visit(visitor);
        }
    }

    #[derive(Tracked, Default)]
    pub(super) struct Root {
        pub(super) runs: RefCell<Vec<Box<dyn Run>>>,
    }
}

#[test]
fn a_type_with_a_closure_among_its_arguments_is_derived_and_bound() {
    use arguments::{BoundHolder, DerivedScheduler, Holder, Root, Scheduler};
    if !objgraph::ENABLED {
        return;
    }
    let test = "advice::remedies::a_type_with_a_closure_among_its_arguments_is_derived_and_bound";
    process::succeeds(test, || {
        let name = String::from("captured");
        let check = move || name.is_empty();
        let root = Rc::new(Root::default());
        let scheduler = Scheduler {
            check: check.clone(),
            root: root.clone(),
        };
        root.runs.borrow_mut().push(Box::new(Holder { scheduler }));
        drop(root);
        assert_eq!(objgraph::find_leaks().len(), 0);
        says(
            &advice(),
            "derive `Tracked` on it; and on the type with the field, \
             #[tracked(bound = \"S: objgraph::Tracked\")] for its parameter S, since a closure \
             has no name to register; or, if it is foreign, mark the field \
             #[tracked(with = …)], or #[tracked(skip)] if it holds no Rc",
        );

        let root = Rc::new(Root::default());
        let scheduler = DerivedScheduler {
            check,
            root: root.clone(),
        };
        root.runs
            .borrow_mut()
            .push(Box::new(BoundHolder { scheduler }));
        drop(root);
        assert_eq!(objgraph::find_leaks().len(), 1);
    });
}

#[derive(Tracked)]
struct CallHolder<F: 'static> {
    call: F,
    again: RefCell<Option<Rc<CallHolder<F>>>>,
}

/// An object whose type no line can name.
#[test]
fn an_object_with_a_closure_in_its_type_is_passed_to_a_call() {
    if !objgraph::ENABLED {
        return;
    }
    let test = "advice::remedies::an_object_with_a_closure_in_its_type_is_passed_to_a_call";
    process::succeeds(test, || {
        let make = |apply: bool| {
            let name = String::new();
            let it = Rc::new(CallHolder {
                call: move || name.len(),
                again: RefCell::default(),
            });
            it.again.replace(Some(it.clone()));
            assert_eq!((it.call)(), 0);
            if apply {
                let _ = objgraph::refs(&*it);
            }
        };
        make(false);
        assert_eq!(objgraph::find_leaks().len(), 0);
        says(&advice(), "call `objgraph::refs(&*it)` where it is made");
        make(true);
        assert_eq!(objgraph::find_leaks().len(), 2);
    });
}

#[derive(Tracked)]
struct Scene {
    systems: RefCell<Vec<Box<dyn Any>>>,
}

#[derive(Tracked)]
struct System<T>(T, Rc<Scene>);

#[test]
fn a_value_in_a_box_of_any_is_registered() {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds(
        "advice::remedies::a_value_in_a_box_of_any_is_registered",
        || {
            let scene = Rc::new(Scene {
                systems: RefCell::default(),
            });
            let system = System(1_u64, scene.clone());
            scene.systems.borrow_mut().push(Box::new(system));
            drop(scene);
            assert_eq!(objgraph::find_leaks().len(), 0);
            says(
                &advice(),
                "objgraph::register!(…) with the type of the value in it",
            );
            objgraph::register::<System<u64>>();
            assert_eq!(objgraph::find_leaks().len(), 1);
        },
    );
}

#[derive(Tracked)]
struct Client {
    session: tokio::sync::Mutex<Option<sync::Arc<Client>>>,
}

/// Without the feature, the line for `Cargo.toml` is printed. With it, the leak is found.
#[test]
fn the_advice_for_a_supported_crate_is_its_feature() {
    if !objgraph::ENABLED {
        return;
    }
    let test = "advice::remedies::the_advice_for_a_supported_crate_is_its_feature";
    process::succeeds(test, || {
        let client = sync::Arc::new(Client {
            session: tokio::sync::Mutex::new(None),
        });
        *client.session.try_lock().unwrap() = Some(client.clone());
        drop(client);
        let behind = Rc::new(tokio::sync::Mutex::new(String::new()));
        let text = advice();
        match cfg!(feature = "tokio") {
            true => {
                assert_eq!(objgraph::find_leaks().len(), 1);
                says(&text, "objgraph::register!(tokio::sync::Mutex<String>)");
            }
            false => {
                assert_eq!(objgraph::find_leaks().len(), 0);
                let line =
                    "in Cargo.toml: objgraph = { version = \"0.1\", features = [\"tokio\"] }";
                says(&text, &format!("→ {line}"));
                says(
                    &text,
                    &format!("→ {line}; and objgraph::register!(tokio::sync::Mutex<String>)"),
                );
            }
        }
        does_not_say(&text, "derive");
        does_not_say(&text, "stays opaque");
        drop(behind);
    });
}
