//! `Visit` for types that are not the program's own.

mod ecosystem;
mod std;

pub use ecosystem::{foreign, has_feature};
