//! The same program with the pointers of objgraph, tracking off.
#[path = "../off.rs"]
mod off;

use objgraph::{rc, sync};

fn main() {
    off::main();
}
