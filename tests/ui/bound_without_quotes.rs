use objgraph::Tracked;

#[derive(Tracked)]
#[tracked(bound = T: Tracked + 'static)]
struct Slot<T> {
    value: T,
}

fn main() {}
