use objgraph::Tracked;

#[derive(Tracked)]
struct Session {
    #[tracked]
    user: String,
}

fn main() {}
