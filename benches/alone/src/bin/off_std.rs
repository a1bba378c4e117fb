//! The program with std's pointers.
#[path = "../off.rs"]
mod off;

use std::{rc, sync};

fn main() {
    off::main();
}
