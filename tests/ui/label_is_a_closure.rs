use objgraph::Tracked;

#[derive(Tracked)]
#[tracked(label = |session, f| f.write_str(&session.user))]
struct Session {
    user: String,
}

fn main() {}
