use objgraph::Tracked;

#[derive(Tracked)]
#[tracked(label = Session::title)]
struct Session {
    user: String,
}

impl Session {
    fn title(&self) -> &str {
        &self.user
    }
}

fn main() {}
