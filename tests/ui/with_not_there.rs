use objgraph::Tracked;

#[derive(Tracked)]
struct Session {
    #[tracked(with = visit_user)]
    user: String,
}

fn main() {}
