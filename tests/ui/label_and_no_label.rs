use objgraph::Tracked;

#[derive(Tracked)]
#[tracked(label = Session::title, no_label)]
struct Session {
    user: String,
}

impl Session {
    fn title(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.user)
    }
}

fn main() {}
