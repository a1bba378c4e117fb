//! `capture!` and `future!` take the names of what they capture in brackets.

struct Window {
    name: objgraph::rc::Rc<String>,
}

fn main() {
    let window = Window {
        name: objgraph::rc::Rc::new(String::new()),
    };
    let _ = objgraph::capture!(move || window.name.len());
    let _ = objgraph::capture!([window.name] move || 5);
    let _ = objgraph::capture!([&window] move || 5);
    let _ = objgraph::future!(async move { window.name.len() });
}
