use objgraph::Tracked;

#[derive(Tracked)]
struct Session {
    #[tracked(with)]
    user: String,
}

fn main() {}
