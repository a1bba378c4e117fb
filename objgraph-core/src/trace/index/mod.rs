//! Indexes of nodes: by the address of their allocation, and by their place in the table.

mod by_address;
mod by_place;

pub(super) use by_address::{ByAddress, Spot};
pub(super) use by_place::ByPlace;
