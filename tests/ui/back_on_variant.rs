use objgraph::{Tracked, rc::Weak};

#[derive(Tracked)]
enum Parent {
    #[tracked(back)]
    Some(Weak<Parent>),
    None,
}

fn main() {}
