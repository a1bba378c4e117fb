use objgraph::Tracked;

#[derive(Tracked)]
union Bits {
    float: f32,
    int: u32,
}

fn main() {}
