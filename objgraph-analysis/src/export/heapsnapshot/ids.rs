//! Ids of nodes, which the Comparison view of a browser matches from file to file.
//!
//! A reader keeps 32 bits of an id, and the lowest is 1 by custom. An [`ObjectId`] is a place of the
//! table, and how often the place was used before: low places have few bits, so that more are left
//! for the number of uses.
//!
//! ```text
//!  31    29 28                                   1 0
//! ┌────────┬──────────────────────────────────────┬─┐
//! │ class  │ bits                                 │1│
//! └────────┴──────────────────────────────────────┴─┘
//!  0         a node of our own, such as (GC roots)
//!  1 … 5     an object; the place has 12, 16, 20, 24 or 28 bits, the uses have the rest
//!  6         an object that is not in the table: the number of its id
//!  7         a root: a hash of its name; with the lowest bit 0, a kind of leak
//! ```
//!
//! A cycle has the id of its first object, with the lowest bit 0.

use objgraph_core::ObjectId;

/// Number of bits below the class.
const BITS: u32 = 28;

const OWN: u32 = 0;
const IN_TABLE: u32 = 1;
const OUTSIDE_TABLE: u32 = 6;
const HASHED: u32 = 7;

/// Number of bits of the largest place, by class.
const PLACE_BITS: [u32; 5] = [12, 16, 20, 24, 28];

/// Returns the id of a node that is not an object; `number` is its own.
pub(super) fn own(number: u32) -> u32 {
    id(OWN, number)
}

/// Returns the id of an object. Different objects of one snapshot have different ids, as long as
/// the program has had less than 2^28 of them at one time.
pub(super) fn object(object: ObjectId) -> u32 {
    let raw = object.to_raw();
    if !object.is_in_table() {
        return id(OUTSIDE_TABLE, raw as u32);
    }
    let (place, uses) = (raw as u32, (raw >> 32) as u32);
    let class = PLACE_BITS
        .iter()
        .position(|&bits| place >> bits == 0)
        .unwrap_or(PLACE_BITS.len() - 1);
    let uses = uses.checked_shl(PLACE_BITS[class]).unwrap_or(0);
    id(IN_TABLE + class as u32, uses | place)
}

/// Returns the id of the cycle whose first object has this id.
pub(super) fn cycle(first: u32) -> u32 {
    first & !1
}

/// Returns the id of a root of this name.
pub(super) fn root(name: &str) -> u32 {
    id(HASHED, hash(name))
}

/// Returns the id of a root whose name has the hash of another root.
pub(super) fn after(root: u32) -> u32 {
    id(HASHED, (root >> 1) + 1)
}

/// Returns the id of a kind of leak with this fingerprint.
pub(super) fn kind(fingerprint: &str) -> u32 {
    id(HASHED, hash(fingerprint)) & !1
}

fn id(class: u32, bits: u32) -> u32 {
    (class << BITS | bits & ((1 << BITS) - 1)) << 1 | 1
}

/// FNV-1a, which is equal on every machine.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}
