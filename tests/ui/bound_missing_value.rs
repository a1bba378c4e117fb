use objgraph::Tracked;

#[derive(Tracked)]
#[tracked(bound)]
struct Slot<T> {
    value: T,
}

fn main() {}
