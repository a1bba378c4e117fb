use objgraph::{Tracked, Visitor};

#[derive(Tracked)]
struct Session {
    #[tracked(with = visit_user)]
    user: String,
}

fn visit_user<'a>(_: &'a u32, _: &mut Visitor<'a>) {}

fn main() {}
