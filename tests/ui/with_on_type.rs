use objgraph::Tracked;

#[derive(Tracked)]
#[tracked(with = visit_session)]
struct Session {
    user: String,
}

fn main() {}
