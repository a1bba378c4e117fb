//! What tells one kind of leak from another, in every run and on every machine.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt;

use objgraph_core::{NodeId, Snapshot};

use crate::analysis::fields::Fields;
use crate::analysis::{Components, rows};

/// The name of a kind of leak: equal in every run, on every machine and at every address, for
/// cycles of the same types, fields and creation sites.
///
/// It is a hash (FNV-1a, 64 bits) of the fields that hold the strong references inside of the
/// cycle, each with the types on both ends, and of the sites on the shortest way around. How many
/// objects there are plays no part, so a ring of three and a ring of five are of one kind.
///
/// ```
/// let fingerprint: objgraph::Fingerprint = "leak-00c0ffee00c0ffee".parse()?;
/// assert_eq!(fingerprint.to_string(), "leak-00c0ffee00c0ffee");
/// # Ok::<(), objgraph::NotAFingerprint>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(u64);

/// A text that is not a fingerprint, which reads `leak-` and 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAFingerprint;

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
    type Err = NotAFingerprint;

    fn from_str(text: &str) -> Result<Self, NotAFingerprint> {
        let digits = text.strip_prefix("leak-").ok_or(NotAFingerprint)?;
        if digits.len() != 16 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NotAFingerprint);
        }
        u64::from_str_radix(digits, 16)
            .map(Self)
            .map_err(|_| NotAFingerprint)
    }
}

impl fmt::Display for NotAFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a fingerprint reads `leak-` and 16 hexadecimal digits")
    }
}

impl std::error::Error for NotAFingerprint {}

/// What is the same in objects of a cycle: type and site.
type Class = (u32, u32);

/// A strong reference inside of a cycle, seen by class: holder, field, target. Sorted by names,
/// since types, fields and sites are numbered in the order of theirs.
type Link = (Class, u32, Class);

/// The links inside of a component, each once, sorted.
pub(super) fn links(
    snapshot: &Snapshot,
    components: &Components,
    component: usize,
    fields: &Fields,
) -> Vec<Link> {
    let nodes = &snapshot.parts().nodes;
    let class = |node: NodeId| -> Class {
        let row = &nodes[node.index()];
        (row.type_index, row.site)
    };
    let mut links: HashSet<Link> = HashSet::new();
    let mut last = None;
    for &node in components.members(component) {
        for edge in rows(snapshot, node) {
            if !edge.strong || components.of(edge.target) != Some(component) {
                continue;
            }
            let link = (class(node), fields.number(edge.path), class(edge.target));
            if last.replace(link) != Some(link) {
                links.insert(link);
            }
        }
    }
    let mut links: Vec<Link> = links.into_iter().collect();
    links.sort_unstable();
    links
}

/// The fingerprint of a cycle with these links.
pub(super) fn fingerprint(snapshot: &Snapshot, fields: &Fields, links: &[Link]) -> Fingerprint {
    let mut hash = Hash::new();
    let mut shape: Vec<(u32, u32, u32)> = links
        .iter()
        .map(|&((holder, _), field, (target, _))| (holder, field, target))
        .collect();
    shape.sort_unstable();
    shape.dedup();
    for (holder, field, target) in shape {
        hash.text(&snapshot.types()[holder as usize].name);
        hash.text(&fields.get(field).path);
        hash.text(&snapshot.types()[target as usize].name);
    }
    for (site, field) in shortest_way_around(links) {
        hash.text(&fields.get(field).path);
        if let Some(site) = snapshot.parts().sites.get(site as usize) {
            hash.text(&portable(&site.file));
            hash.text(&format!("{}:{}", site.line, site.column));
        }
    }
    Fingerprint(hash.0)
}

/// A shortest closed way over the links, as site and field of each step; the first of them in the
/// order of names.
fn shortest_way_around(links: &[Link]) -> Vec<(u32, u32)> {
    /// Beyond so many classes only the first are tried as a start: each costs a search.
    const STARTS: usize = 256;
    let mut from: HashMap<Class, &[Link]> = HashMap::new();
    for group in links.chunk_by(|a, b| a.0 == b.0) {
        from.insert(group[0].0, group);
    }
    let mut best: Option<Vec<Link>> = None;
    for group in links.chunk_by(|a, b| a.0 == b.0).take(STARTS) {
        let start = group[0].0;
        let limit = best.as_ref().map_or(usize::MAX, Vec::len);
        if let Some(way) = way_back(&from, start, limit) {
            best = Some(way);
        }
    }
    let way = best.unwrap_or_default();
    way.iter()
        .map(|&((_, site), field, _)| (site, field))
        .collect()
}

/// A shortest way from a class back to itself, if there is one of fewer than `limit` links.
fn way_back(from: &HashMap<Class, &[Link]>, start: Class, limit: usize) -> Option<Vec<Link>> {
    let mut reached_by: HashMap<Class, Link> = HashMap::new();
    let mut queue = VecDeque::from([(start, 1)]);
    while let Some((class, length)) = queue.pop_front() {
        if length >= limit {
            return None;
        }
        for &link in from.get(&class).copied().unwrap_or_default() {
            if link.2 == start {
                let mut way = vec![link];
                let mut at = class;
                while at != start {
                    let link = reached_by[&at];
                    way.push(link);
                    at = link.0;
                }
                way.reverse();
                return Some(way);
            }
            reached_by.entry(link.2).or_insert_with(|| {
                queue.push_back((link.2, length + 1));
                link
            });
        }
    }
    None
}

/// A source file, without what depends on the machine: where the registry of crates and the
/// toolchain are, and how the system writes paths.
fn portable(file: &str) -> String {
    let file = file.replace('\\', "/");
    for (before, skip) in [
        ("/registry/src/", 1),
        ("/rustc/", 1),
        ("/git/checkouts/", 2),
    ] {
        if let Some(at) = file.find(before) {
            let rest = file[at + before.len()..].splitn(skip + 1, '/').last();
            return rest.unwrap_or_default().to_owned();
        }
    }
    file
}

/// FNV-1a with 64 bits (Glenn Fowler, Landon Curt Noll, Kiem-Phong Vo).
struct Hash(u64);

impl Hash {
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
    use super::{Fingerprint, Hash, NotAFingerprint, portable};

    #[test]
    fn the_hash_is_fnv_1a() {
        // The empty text, and "a", as published; the end mark is left out here.
        let mut hash = Hash::new();
        assert_eq!(hash.0, 0xcbf2_9ce4_8422_2325);
        hash.0 = (hash.0 ^ u64::from(b'a')).wrapping_mul(0x0000_0100_0000_01b3);
        assert_eq!(hash.0, 0xaf63_dc4c_8601_ec8c);
        let mut split = Hash::new();
        split.text("ab");
        split.text("c");
        let mut other = Hash::new();
        other.text("a");
        other.text("bc");
        assert_ne!(split.0, other.0);
    }

    #[test]
    fn files_read_alike_on_every_machine() {
        for (file, expected) in [
            ("src/main.rs", "src/main.rs"),
            (r"src\app\main.rs", "src/app/main.rs"),
            (
                "/home/me/.cargo/registry/src/index.crates.io-6f17d22bba15001f/rc-0.1.0/src/lib.rs",
                "rc-0.1.0/src/lib.rs",
            ),
            (
                "/rustc/90b35a6239c3d8bdabc530a6a0816f7ff89a0aaf/library/alloc/src/rc.rs",
                "library/alloc/src/rc.rs",
            ),
            (
                "/home/me/.cargo/git/checkouts/dep-f00/1a2b/src/lib.rs",
                "src/lib.rs",
            ),
        ] {
            assert_eq!(portable(file), expected);
        }
    }

    #[test]
    fn only_a_fingerprint_is_read_as_one() {
        let fingerprint: Fingerprint = "leak-00000000000000ff".parse().unwrap();
        assert_eq!(fingerprint.to_string(), "leak-00000000000000ff");
        for text in [
            "",
            "leak-",
            "leak-ff",
            "leak-+0000000000000ff",
            "00000000000000ff",
        ] {
            assert_eq!(text.parse::<Fingerprint>(), Err(NotAFingerprint), "{text}");
        }
    }
}
