//! The program with objgraph's pointers, tracking off.
#[path = "../off.rs"]
mod off;

use objgraph::{rc, sync};

fn main() {
    off::main();
}
