use objgraph::{Tracked, rc::Rc};

#[derive(Tracked)]
#[tracked(strict)]
struct Names<'a> {
    names: Rc<&'a str>,
}

fn main() {}
