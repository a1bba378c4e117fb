use objgraph::Tracked;

#[derive(Tracked)]
#[tracked(back)]
struct Session {
    user: String,
}

fn main() {}
