use objgraph::Tracked;

#[derive(Tracked)]
#[tracked(crate = my_objgraph)]
struct Session {
    user: String,
}

fn main() {}
