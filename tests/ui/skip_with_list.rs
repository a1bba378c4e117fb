use objgraph::Tracked;

#[derive(Tracked)]
struct Session {
    #[tracked(skip(user))]
    user: String,
}

fn main() {}
