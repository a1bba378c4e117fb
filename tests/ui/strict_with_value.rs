use objgraph::Tracked;

#[derive(Tracked)]
#[tracked(strict = true)]
struct Session {
    user: String,
}

fn main() {}
