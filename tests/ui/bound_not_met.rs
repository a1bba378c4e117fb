use objgraph::Tracked;

struct Foreign;

#[derive(Tracked)]
#[tracked(bound = "T: Tracked + 'static")]
struct Slot<T> {
    value: T,
}

fn main() {
    objgraph::register::<Slot<Foreign>>();
}
