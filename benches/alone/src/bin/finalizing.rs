//! rust-cc with finalization, on the same graph.
#![allow(clippy::print_stdout, reason = "it prints what it measured")]

#[path = "../../../src/clock.rs"]
mod clock;
#[path = "../../../src/subjects/heap/rust_cc.rs"]
mod rust_cc_heap;
#[path = "../../../src/shape.rs"]
mod shape;

fn main() {
    let arg = std::env::args().nth(1).and_then(|arg| arg.parse().ok());
    for (key, value) in rust_cc_heap::collect(arg.unwrap_or(1)) {
        println!("{key} {value}");
    }
}
