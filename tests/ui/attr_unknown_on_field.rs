use objgraph::Tracked;

#[derive(Tracked)]
struct Session {
    #[tracked(ignore)]
    user: String,
}

fn main() {}
