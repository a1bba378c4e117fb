//! Secret values do not occur in any file or report.

use std::cell::RefCell;
use std::fmt;

use objgraph::rc::Rc;
use objgraph::sync::Arc;
use objgraph::{Tracked, Visit, Visitor};

use crate::outputs::{Outputs, failures, formats, reports};
use crate::{MEANT, alone, processes};

/// The secret. No name of a type or field contains it.
const CANARY: &str = "c4n4ry";

/// A value with a secret, whose type says how to hide it.
trait SecretHolder: Tracked + Sized + 'static {
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

        impl SecretHolder for $name {
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

/// Returns everything that is written about values of a type, some of which have leaked.
fn outputs<T: SecretHolder>() -> Outputs {
    let lost = Rc::new(T::new(canary(), None));
    lost.me().replace(Some(lost.clone()));
    let next = lost.clone();
    drop(lost);
    let held = Rc::new(T::new(canary(), Some(next)));
    let mut outputs = reports(&held);
    outputs.extend(formats(&objgraph::refs(&held).legend(true).sites(true)));
    outputs.extend(formats(&objgraph::backrefs(&held).refcounts(true)));
    outputs.extend(failures("scope", || Rc::new(T::new(canary(), None))));
    let labels = objgraph::alive::objects();
    let labels = labels.iter().filter_map(|object| object.label());
    outputs.push(("labels", labels.collect()));
    let label = objgraph::core::label_of(objgraph::id(&held));
    outputs.push(("label", format!("{label:?}")));
    let _ = objgraph::refs(&held).print();
    objgraph::refs(&held).evcxr_display();
    println!("{:?}", objgraph::at(objgraph::id(&held)));
    outputs
}

fn is_in(outputs: &Outputs) -> bool {
    for (what, text) in outputs {
        if let Some(at) = text.find(CANARY) {
            let before: Vec<char> = text[..at].chars().rev().take(200).collect();
            eprintln!("{what}: {}", before.into_iter().rev().collect::<String>());
            return true;
        }
    }
    false
}

/// Runs a test in a process of its own, and checks everything that it prints.
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

/// Otherwise the tests below could not fail.
#[test]
fn a_value_that_is_not_secret_is_shown() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    // Objects that it leaves alive are lost when its thread ends, which would disturb another test.
    let outputs = std::thread::spawn(outputs::<Shown>).join();
    assert!(is_in(&outputs.unwrap()));
}

#[test]
fn no_label() {
    keeps("secrets::no_label", || is_in(&outputs::<WithoutLabel>()));
}

#[test]
fn a_field_that_is_skipped() {
    keeps("secrets::a_field_that_is_skipped", || {
        let outputs = outputs::<Labelled>();
        assert!(outputs.iter().any(|(_, text)| text.contains("said")));
        is_in(&outputs) || is_in(&self::outputs::<Skipped>())
    });
}

/// Its `Debug` and its visit panic with the secret.
struct SecretPanic(String, bool);

impl fmt::Debug for SecretPanic {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        std::panic::panic_any(self.0.clone())
    }
}

impl Visit for SecretPanic {
    fn visit<'a>(&'a self, _: &mut Visitor<'a>) {
        if self.1 {
            std::panic::panic_any(self.0.clone());
        }
    }
}

#[derive(Tracked, Debug)]
struct PanicHolder {
    panics: SecretPanic,
}

#[test]
fn labels_that_are_switched_off() {
    keeps("secrets::labels_that_are_switched_off", || {
        // Otherwise the hook prints the secret.
        std::panic::set_hook(Box::new(|_| ()));
        objgraph::alive::labels(false);
        let panicking = [false, true].map(|visit| {
            let panics = SecretPanic(canary(), visit);
            Arc::new(PanicHolder { panics })
        });
        let outputs = [outputs::<Shown>(), outputs::<Skipped>()].concat();
        drop(panicking);
        objgraph::alive::labels(true);
        is_in(&outputs)
    });
}
