use objgraph::{Tracked, Visitor};

#[derive(Tracked)]
struct Session {
    #[tracked(with = visit_user, skip)]
    user: String,
}

fn visit_user<'a>(_: &'a String, _: &mut Visitor<'a>) {}

fn main() {}
