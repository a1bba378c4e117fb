use objgraph::Tracked;

#[derive(Tracked)]
#[tracked(no_label = true)]
struct Session {
    user: String,
}

fn main() {}
