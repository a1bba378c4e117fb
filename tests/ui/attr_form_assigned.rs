use objgraph::Tracked;

#[derive(Tracked)]
struct Session {
    #[tracked = "skip"]
    user: String,
}

fn main() {}
