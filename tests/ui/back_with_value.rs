use objgraph::{Tracked, rc::Weak};

#[derive(Tracked)]
struct Node {
    #[tracked(back = true)]
    parent: Weak<Node>,
}

fn main() {}
