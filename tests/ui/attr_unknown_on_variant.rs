use objgraph::Tracked;

#[derive(Tracked)]
enum Shape {
    #[tracked(hide)]
    Circle(f64),
}

fn main() {}
