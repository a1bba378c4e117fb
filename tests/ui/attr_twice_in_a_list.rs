use objgraph::Tracked;

#[derive(Tracked)]
#[tracked(strict, crate = objgraph, strict)]
struct Session {
    user: String,
}

fn main() {}
