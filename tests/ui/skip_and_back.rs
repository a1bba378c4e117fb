use objgraph::{Tracked, rc::Weak};

#[derive(Tracked)]
struct Node {
    #[tracked(skip, back)]
    parent: Weak<Node>,
}

fn main() {}
