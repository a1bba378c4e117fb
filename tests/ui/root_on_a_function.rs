#[objgraph::root]
fn cache() {}

fn main() {
    cache();
}
