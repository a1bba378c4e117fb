use std::cell::RefCell;
use std::collections::HashMap;

use objgraph::{Tracked, rc::Rc};

struct Client {
    host: String,
}

#[derive(Tracked)]
#[tracked(strict)]
enum Service {
    Many {
        by_name: RefCell<HashMap<String, (Client, Rc<Service>)>>,
    },
}

fn main() {}
