use objgraph::Tracked;

#[derive(Tracked)]
#[tracked(skip)]
struct Session {
    user: String,
}

fn main() {}
