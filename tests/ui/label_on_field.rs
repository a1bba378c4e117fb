use objgraph::Tracked;

#[derive(Tracked)]
struct Session {
    #[tracked(label = str::to_owned)]
    user: String,
}

fn main() {}
