use objgraph::Tracked;

#[derive(Tracked)]
struct Slot<T> {
    #[tracked(bound = "T: 'static")]
    value: T,
}

fn main() {}
