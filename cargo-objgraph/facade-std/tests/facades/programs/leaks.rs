// An instrumented program: what the command inserts is on the lines of the items.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

#[derive(::objgraph_std::__objgraph::Tracked)] #[tracked(crate = ::objgraph_std::__objgraph)] struct Node {
    next: RefCell<Option<Rc<Node>>>,
}

#[derive(::objgraph_std::__objgraph::Tracked)] #[tracked(crate = ::objgraph_std::__objgraph)] struct Shared {
    own: Mutex<Option<Arc<Shared>>>,
}

fn leak() {
    let node = Rc::new(Node { next: RefCell::new(None) });
    *node.next.borrow_mut() = Some(node.clone());
    let shared = Arc::new(Shared { own: Mutex::new(None) });
    *shared.own.lock().unwrap() = Some(shared.clone());
}

fn main() { let _objgraph = ::objgraph_std::__run::main_guard();
    let _kept = Rc::new(Node { next: RefCell::new(None) });
    match std::env::args().nth(1).as_ref().map(|ending| &ending[..]) {
        Some("clean") => {}
        Some("exit") => {
            leak();
            std::process::exit(7);
        }
        Some("panic") => {
            leak();
            panic!("as asked");
        }
        Some("wait") => {
            leak();
            println!("ready");
            let mut line = String::new();
            std::io::stdin().read_line(&mut line).unwrap();
        }
        _ => leak(),
    }
}
