//! Fingerprints, which identify a kind of leak in every run and on every machine.

use std::collections::HashSet;
use std::fmt;

use objgraph_core::{NodeId, Snapshot};

use crate::analysis::fields::Fields;
use crate::analysis::stable_name::stable_name;
use crate::analysis::{Components, rows};
use crate::order;

/// Identifies a kind of leak: equal in every run, on every machine and with every toolchain, for
/// cycles of the same types and fields.
///
/// It is a hash (FNV-1a, 64 bits) of the declared fields that close the cycle, if these are named
/// or marked as references back (`parent`, `#[tracked(back)]`); otherwise of all fields that hold
/// the strong references of the cycle, each with the types at both ends. The number of objects is
/// irrelevant, so a ring of three and a ring of five are of one kind; so are the lines that created
/// them, so a leak keeps its fingerprint when code moves.
///
/// ```
/// let fingerprint: objgraph::leaks::Fingerprint = "leak-00c0ffee00c0ffee".parse()?;
/// assert_eq!(fingerprint.to_string(), "leak-00c0ffee00c0ffee");
/// # Ok::<(), objgraph::leaks::ParseFingerprintError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(u64);

/// The error for a text that is not a fingerprint: `leak-` and 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParseFingerprintError;

impl Fingerprint {
    fn of<'t>(texts: impl Iterator<Item = &'t String>) -> Self {
        let mut hash = Fnv1a::new();
        texts.for_each(|text| hash.text(text));
        Self(hash.0)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "leak-{:016x}", self.0)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for Fingerprint {
    type Err = ParseFingerprintError;

    fn from_str(text: &str) -> Result<Self, ParseFingerprintError> {
        let digits = text.strip_prefix("leak-").ok_or(ParseFingerprintError)?;
        if digits.len() != 16 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(ParseFingerprintError);
        }
        u64::from_str_radix(digits, 16)
            .map(Self)
            .map_err(|_| ParseFingerprintError)
    }
}

impl fmt::Display for ParseFingerprintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a fingerprint reads `leak-` and 16 hexadecimal digits")
    }
}

impl std::error::Error for ParseFingerprintError {}

/// A strong reference inside a cycle: the type of the holder, the field, and the type of the
/// target.
pub(super) type CycleEdge = (u32, u32, u32);

/// Returns the strong references inside a component, sorted and without repetition.
pub(super) fn cycle_edges(
    snapshot: &Snapshot,
    components: &Components,
    component: usize,
    fields: &Fields,
) -> Vec<CycleEdge> {
    let nodes = &snapshot.parts().nodes;
    let type_of = |node: NodeId| nodes[node.index()].type_index;
    let mut cycle_edges: HashSet<CycleEdge> = HashSet::new();
    let mut last = None;
    for &node in components.members(component) {
        for edge in rows(snapshot, node) {
            if !edge.strong || components.of(edge.target) != Some(component) {
                continue;
            }
            let field = fields.number(edge.path);
            let cycle_edge = (type_of(node), field, type_of(edge.target));
            if last.replace(cycle_edge) != Some(cycle_edge) {
                cycle_edges.insert(cycle_edge);
            }
        }
    }
    let mut cycle_edges: Vec<CycleEdge> = cycle_edges.into_iter().collect();
    order::sort(&mut cycle_edges);
    cycle_edges
}

/// Returns the fingerprint of a cycle with these references.
pub(super) fn of_cycle_edges(
    snapshot: &Snapshot,
    fields: &Fields,
    cycle_edges: &[CycleEdge],
) -> Fingerprint {
    let name = |index: u32| stable_name(&snapshot.types()[index as usize].name);
    let shape =
        order::distinct(cycle_edges.iter().map(|&(holder, field, target)| {
            [name(holder), field_name(fields, field), name(target)]
        }));
    Fingerprint::of(shape.iter().flatten())
}

/// Returns the fingerprint of cycles that these fields close.
pub(super) fn of_fields(fields: &Fields, closing: &[u32]) -> Fingerprint {
    let names = order::distinct(closing.iter().map(|&field| field_name(fields, field)));
    Fingerprint::of(names.iter())
}

fn field_name(fields: &Fields, field: u32) -> String {
    let field = fields.get(field);
    field.with_type(&stable_name(&field.type_name))
}

/// FNV-1a with 64 bits (Glenn Fowler, Landon Curt Noll, Kiem-Phong Vo).
struct Fnv1a(u64);

impl Fnv1a {
    fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn text(&mut self, text: &str) {
        for byte in text.bytes().chain([0xff]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fingerprint, Fnv1a, ParseFingerprintError};

    #[test]
    fn the_hash_is_fnv_1a() {
        // The published hashes of the empty text and of "a", which have no end mark.
        let mut hash = Fnv1a::new();
        assert_eq!(hash.0, 0xcbf2_9ce4_8422_2325);
        hash.0 = (hash.0 ^ u64::from(b'a')).wrapping_mul(0x0000_0100_0000_01b3);
        assert_eq!(hash.0, 0xaf63_dc4c_8601_ec8c);
        let mut split = Fnv1a::new();
        split.text("ab");
        split.text("c");
        let mut other = Fnv1a::new();
        other.text("a");
        other.text("bc");
        assert_ne!(split.0, other.0);
    }

    #[test]
    fn parses_nothing_but_fingerprints() {
        let fingerprint: Fingerprint = "leak-00000000000000ff".parse().unwrap();
        assert_eq!(fingerprint.to_string(), "leak-00000000000000ff");
        for text in [
            "",
            "leak-",
            "leak-ff",
            "leak-+0000000000000ff",
            "00000000000000ff",
        ] {
            assert_eq!(
                text.parse::<Fingerprint>(),
                Err(ParseFingerprintError),
                "{text}"
            );
        }
    }
}
