//! Opens and closes three windows. Knows nothing of objgraph: `cargo objgraph run` finds its leak.

use std::cell::RefCell;
use std::rc::Rc;

struct Window {
    title: String,
    buttons: RefCell<Vec<Rc<Button>>>,
}

struct Button {
    label: &'static str,
    window: Rc<Window>,
}

fn open(title: String) -> Rc<Window> {
    let window = Rc::new(Window {
        title,
        buttons: RefCell::default(),
    });
    for label in ["Open", "Save", "Close", "Help"] {
        let window = Rc::clone(&window);
        let button = Rc::new(Button { label, window });
        button.window.buttons.borrow_mut().push(Rc::clone(&button));
    }
    window
}

fn main() {
    for number in 1..=3 {
        let window = open(format!("Document {number}"));
        let labels = window
            .buttons
            .borrow()
            .iter()
            .map(|button| button.label)
            .collect::<Vec<_>>();
        println!("{}: {}", window.title, labels.join(", "));
    }
}
