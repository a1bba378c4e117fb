use objgraph::{Tracked, rc::Weak};

#[derive(Tracked)]
enum Parent {
    #[tracked(skip)]
    Some(#[tracked(back)] Weak<Parent>),
    None,
}

fn main() {}
