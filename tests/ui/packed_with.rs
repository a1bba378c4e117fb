use objgraph::{Tracked, Visitor};

#[derive(Tracked)]
#[repr(C, packed)]
struct Header {
    #[tracked(with = visit_length)]
    length: u32,
}

fn visit_length<'a>(_: &'a u32, _: &mut Visitor<'a>) {}

fn main() {}
