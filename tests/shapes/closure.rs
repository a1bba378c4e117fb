//! A button whose callback captures the button.
//!
//! A closure is opaque, so the button is reported as possibly leaked, with the field that holds the
//! closure. With the feature `scan`, it is reported as likely leaked.

use std::cell::RefCell;

use expect_test::expect;
use objgraph::rc::Rc;
use objgraph::{ObjectId, Tracked};

use crate::exclusive::{LeakSearch, alone, without_ids};

#[derive(Tracked)]
struct Button {
    text: RefCell<String>,
    on_click: RefCell<Option<Box<dyn Fn()>>>,
}

fn button() -> Rc<Button> {
    Rc::new(Button {
        text: RefCell::new("OK".to_owned()),
        on_click: RefCell::default(),
    })
}

#[test]
fn a_closure_that_captures_its_owner() {
    if !objgraph::ENABLED {
        return;
    }
    let alone = alone();
    let leaky = button();
    let owner = leaky.clone();
    *leaky.on_click.borrow_mut() = Some(Box::new(move || owner.text.borrow_mut().push('!')));
    let id = objgraph::id(&leaky);
    drop(leaky);
    let why = objgraph::why_alive(id).expect("it is alive");
    let why = without_ids(&why.to_string());
    let found = alone.found(|button: &Button| drop(button.on_click.take()));
    if objgraph::core::SCANS {
        let likely = found.leaks.likely_leaked().map(|object| object.id());
        assert!(likely.eq([id]), "{}", found.text);
        let holder = "likely leaked: held by `Button.on_click`";
        assert!(found.text.contains(holder), "{}", found.text);
    } else {
        expect_suspicion(&found, &why, id);
    }

    let mended = button();
    let owner = Rc::downgrade(&mended);
    *mended.on_click.borrow_mut() = Some(Box::new(move || {
        if let Some(owner) = owner.upgrade() {
            owner.text.borrow_mut().push('!');
        }
    }));
    drop(mended);
    alone.nothing(module_path!());
}

/// Asserts the report where nothing shows what the closure captures.
fn expect_suspicion(found: &LeakSearch, why: &str, id: ObjectId) {
    expect![[r#"
        No leak found for certain among the 1 object that could be traced; 1 value in
            it could not:
          1 value of Box<dyn Fn()> in Button.on_click: make it with
            `objgraph::capture!`, as an objgraph::Capture<dyn Fn()>

        1 object may have leaked
          1 × Button          made at tests/shapes/closure.rs:21:5
          References to it were not found. They may be held by what it owns itself and
            could not be traced:
            Button.on_click of #_: Box<dyn Fn()>"#]]
    .assert_eq(&found.text);
    expect![[r#"
        Button #_ is alive, made at tests/shapes/closure.rs:21:5
          Button #_ is held by 1 reference from outside
          on the stack, in a static that is not a root, forgotten, or in what cannot be
            traced:
            Button.on_click of #_: Box<dyn Fn()>, which it owns itself
          The feature `owners` of objgraph shows the line that made each."#]]
    .assert_eq(why);
    let leaks = &found.leaks;
    assert!(leaks.is_empty());
    assert!(leaks.possibly_leaked().map(|object| object.id()).eq([id]));
    let [suspect] = leaks.suspects() else {
        panic!("{leaks}");
    };
    let (path, _) = suspect.place.expect("a place in the button");
    let paths = &leaks.snapshot().parts().paths;
    assert!(paths.show_field(path).starts_with("on_click"));
}
