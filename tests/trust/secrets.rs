//! What is to be kept out of files and reports is in none.

use std::cell::RefCell;
use std::fmt;

use objgraph::rc::Rc;
use objgraph::sync::Arc;
use objgraph::{Tracked, Visit, Visitor};

use crate::told::{Told, failures, formats, reports};
use crate::{MEANT, alone, processes};

/// What is secret. No name of a type or of a field has it.
const CANARY: &str = "c4n4ry";

/// A value of a type that says what to do with it.
trait Keeps: Tracked + Sized + 'static {
    fn new(canary: String, next: Option<Rc<Self>>) -> Self;
    fn me(&self) -> &RefCell<Option<Rc<Self>>>;
}

macro_rules! keeps {
    ($($name:ident { $(#[$type:meta])* canary: $(#[$field:meta])* })*) => {$(
        #[derive(Tracked, Debug)]
        $(#[$type])*
        struct $name {
            $(#[$field])*
            canary: String,
            next: Option<Rc<$name>>,
            me: RefCell<Option<Rc<$name>>>,
        }

        impl Keeps for $name {
            fn new(canary: String, next: Option<Rc<Self>>) -> Self {
                Self { canary, next, me: RefCell::default() }
            }

            fn me(&self) -> &RefCell<Option<Rc<Self>>> {
                &self.me
            }
        }
    )*};
}

keeps! {
    Shown { canary: }
    WithoutLabel { #[tracked(no_label)] canary: }
    Skipped { canary: #[tracked(skip)] }
    Labelled { #[tracked(label = said)] canary: #[tracked(skip)] }
}

fn said(_: &Labelled, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("said")
}

fn canary() -> String {
    format!("{CANARY} {MEANT}")
}

/// All that is told of values of a type, of which some have leaked.
fn told<T: Keeps>() -> Told {
    let lost = Rc::new(T::new(canary(), None));
    lost.me().replace(Some(lost.clone()));
    let next = lost.clone();
    drop(lost);
    let held = Rc::new(T::new(canary(), Some(next)));
    let mut told = reports(&held);
    told.extend(formats(&objgraph::refs(&held).legend(true).sites(true)));
    told.extend(formats(&objgraph::backrefs(&held).refcounts(true)));
    told.extend(failures("scope", || Rc::new(T::new(canary(), None))));
    let labels = objgraph::alive::objects();
    let labels = labels.iter().filter_map(|object| object.label());
    told.push(("labels", labels.collect()));
    let label = objgraph::core::label_of(objgraph::id(&held));
    told.push(("label", format!("{label:?}")));
    let _ = objgraph::refs(&held).print();
    objgraph::refs(&held).evcxr_display();
    println!("{:?}", objgraph::at(objgraph::id(&held)));
    told
}

fn is_in(told: &Told) -> bool {
    for (what, text) in told {
        if let Some(at) = text.find(CANARY) {
            let before: Vec<char> = text[..at].chars().rev().take(200).collect();
            eprintln!("{what}: {}", before.into_iter().rev().collect::<String>());
            return true;
        }
    }
    false
}

/// A test that is run in a process of its own, of which all that it prints is looked at.
fn keeps(test: &str, run: impl FnOnce() -> bool) {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    if processes::is_child(test) {
        assert!(!run());
        return;
    }
    let printed = processes::run(test);
    assert!(!printed.contains(CANARY), "{printed}");
    assert!(printed.contains("EVCXR_BEGIN_CONTENT"), "{printed}");
}

/// Else the tests below could not fail.
#[test]
fn what_is_no_secret_is_told() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    // What it leaves alive is seen as lost when its thread has ended, which is not to be while
    // another test runs.
    let told = std::thread::spawn(told::<Shown>).join();
    assert!(is_in(&told.unwrap()));
}

#[test]
fn no_label() {
    keeps("secrets::no_label", || is_in(&told::<WithoutLabel>()));
}

#[test]
fn a_field_that_is_skipped() {
    keeps("secrets::a_field_that_is_skipped", || {
        let told = told::<Labelled>();
        assert!(told.iter().any(|(_, text)| text.contains("said")));
        is_in(&told) || is_in(&self::told::<Skipped>())
    });
}

/// Its `Debug`, and its visit, panic with what they are to keep.
struct Panics(String, bool);

impl fmt::Debug for Panics {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        std::panic::panic_any(self.0.clone())
    }
}

impl Visit for Panics {
    fn visit<'a>(&'a self, _: &mut Visitor<'a>) {
        if self.1 {
            std::panic::panic_any(self.0.clone());
        }
    }
}

#[derive(Tracked, Debug)]
struct Holds {
    panics: Panics,
}

#[test]
fn labels_that_are_switched_off() {
    keeps("secrets::labels_that_are_switched_off", || {
        // Else the hook prints what they panic with.
        std::panic::set_hook(Box::new(|_| ()));
        objgraph::alive::labels(false);
        let panicking = [false, true].map(|visit| {
            let panics = Panics(canary(), visit);
            Arc::new(Holds { panics })
        });
        let told = [told::<Shown>(), told::<Skipped>()].concat();
        drop(panicking);
        objgraph::alive::labels(true);
        is_in(&told)
    });
}
