use objgraph::Tracked;

#[derive(Tracked)]
#[tracked(crate = "objgraph")]
struct Session {
    user: String,
}

fn main() {}
