use objgraph::Tracked;

#[derive(Tracked)]
#[tracked(bound = "T Tracked")]
struct Slot<T> {
    value: T,
}

fn main() {}
