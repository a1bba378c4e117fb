use objgraph::Tracked;

#[derive(Tracked)]
struct Session {
    #[tracked(with = |user, visitor| visitor.field("user", user))]
    user: String,
}

fn main() {}
