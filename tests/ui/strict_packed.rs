use objgraph::Tracked;

#[derive(Tracked)]
#[tracked(strict)]
#[repr(packed)]
struct Header {
    name: Option<Box<u8>>,
}

fn main() {}
