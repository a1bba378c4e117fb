use objgraph::Tracked;

#[derive(Tracked)]
#[tracked(name = "Sitting")]
struct Session {
    user: String,
}

fn main() {}
