//! The program with the pointers of std.
#[path = "../off.rs"]
mod off;

use std::{rc, sync};

fn main() {
    off::main();
}
