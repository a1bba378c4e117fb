//! Measures what tracking costs.
fn main() {}
