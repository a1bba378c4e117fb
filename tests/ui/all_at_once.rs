use objgraph::{Tracked, rc::Rc};

#[derive(Tracked)]
#[tracked(label = "title", strict, strict, colour = red)]
struct Session<'a> {
    #[tracked(skp)]
    user: String,
    #[tracked(skip, with = visit_names)]
    names: Vec<String>,
    shared: Rc<&'a str>,
}

#[derive(Tracked)]
enum Shape {
    #[tracked(back)]
    Circle(#[tracked(no_label, back = 1)] f64),
}

// The impls exist, so no other error is reported.
fn main() {
    fn is_tracked<T: Tracked>() {}
    is_tracked::<Session<'static>>();
    is_tracked::<Shape>();
}
