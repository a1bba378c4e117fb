//! The nodes above the objects: what keeps them alive, and what has leaked.
//!
//! ```text
//! (root) ─┬─ (GC roots) ─┬─ (roots) ── static CACHE ── …
//!         │              └─ (external references), (values in place), …
//!         ├─ (leaked) ── leak-24483d951a36ad84: make Node.next Weak ── cycle of 2 objects ── …
//!         └─ (likely leaked) ── …
//! ```
//!
//! Each object with which a path of [`RetainedSizes`](crate::analysis::RetainedSizes) begins is
//! below one of them, and each leaked cycle has a node of its own, so a reader finds the same
//! dominators.

use std::collections::BTreeMap;

use objgraph_core::NodeId;

use super::strings::Strings;
use crate::analysis::{FieldPath, Fingerprint, HeldBy, LeakKind, Leaks, held_by, leaked_cycles};
use crate::words::{Names, objects};

/// A node that is not an object.
#[derive(Debug)]
pub(super) struct TopNode {
    /// The number of its name.
    pub(super) name: u32,
    pub(super) key: TopKey,
    /// The numbers of such nodes below it.
    pub(super) below: Vec<u32>,
    /// The objects below it.
    pub(super) objects: Vec<NodeId>,
    /// Whether the objects are roots, by whose names the edges to them are named.
    pub(super) has_roots: bool,
    pub(super) verdict: Verdict,
}

/// What is known of the objects below a node that no node with a lesser verdict leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    Alive,
    LikelyLeaked,
    Leaked,
}

impl TopNode {
    /// Returns the number of edges that leave it.
    pub(super) fn edges(&self) -> usize {
        self.below.len() + self.objects.len()
    }
}

/// What tells a node from the others, in each file of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TopKey {
    /// A category, by number.
    Category(u32),
    /// A kind of leak.
    Kind(Fingerprint),
    /// A leaked cycle, by its first object.
    Cycle(NodeId),
}

/// A node that each file has at most once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Category {
    All,
    GcRoots,
    Leaked,
    LikelyLeaked,
    Roots,
    External,
    InPlace,
    OverReported,
    NotCounted,
    NotConfirmed,
}

impl Category {
    const COUNT: usize = 10;

    fn name(self) -> &'static str {
        match self {
            Self::All => "",
            Self::GcRoots => "(GC roots)",
            Self::Leaked => "(leaked)",
            Self::LikelyLeaked => "(likely leaked)",
            Self::Roots => "(roots)",
            Self::External => "(external references)",
            Self::InPlace => "(values in place)",
            Self::OverReported => "(references reported more often than they exist)",
            Self::NotCounted => "(references not counted)",
            Self::NotConfirmed => "(moved while the snapshot was taken)",
        }
    }

    fn above(self) -> Option<Self> {
        match self {
            Self::All => None,
            Self::GcRoots | Self::Leaked | Self::LikelyLeaked => Some(Self::All),
            _ => Some(Self::GcRoots),
        }
    }
}

impl From<HeldBy> for Category {
    fn from(by: HeldBy) -> Self {
        match by {
            HeldBy::Root => Self::Roots,
            HeldBy::External => Self::External,
            HeldBy::InPlace => Self::InPlace,
            HeldBy::OverReported => Self::OverReported,
            HeldBy::Unknown => Self::NotCounted,
        }
    }
}

/// Returns the nodes above the objects, the root of all first.
pub(super) fn top(leaks: &Leaks, strings: &mut Strings) -> Vec<TopNode> {
    let snapshot = leaks.snapshot();
    let mut top = Top {
        leaks,
        kind_of_each: leaks.kinds().kind_of_each().collect(),
        names: Names::of(snapshot),
        strings,
        nodes: Vec::new(),
        categories: [None; Category::COUNT],
        kinds: BTreeMap::new(),
    };
    top.category(Category::GcRoots);
    for (node, by) in held_by(snapshot) {
        let above = match top.kind_of(node) {
            Some(kind) => top.kind(kind),
            None if leaks.likely_nodes().binary_search(&node).is_ok() => {
                top.category(Category::LikelyLeaked)
            }
            None => top.category(by.into()),
        };
        top.nodes[above as usize].objects.push(node);
    }
    for cycle in leaked_cycles(snapshot) {
        top.cycle(cycle);
    }
    top.nodes
}

struct Top<'l> {
    leaks: &'l Leaks,
    kind_of_each: Vec<Option<usize>>,
    names: Names<'l>,
    strings: &'l mut Strings,
    nodes: Vec<TopNode>,
    categories: [Option<u32>; Category::COUNT],
    kinds: BTreeMap<usize, u32>,
}

impl Top<'_> {
    /// Returns the kind of a leaked object, which itself may be unknown; `None` if it has not
    /// leaked.
    fn kind_of(&self, node: NodeId) -> Option<Option<usize>> {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let at = self.leaks.nodes().binary_search(&node).ok()?;
        Some(self.kind_of_each[at])
    }

    fn category(&mut self, category: Category) -> u32 {
        if let Some(number) = self.categories[category as usize] {
            return number;
        }
        let above = category.above().map(|above| self.category(above));
        let number = self.add(above, category.name(), TopKey::Category(category as u32));
        self.nodes[number as usize].verdict = match category {
            Category::Leaked => Verdict::Leaked,
            Category::LikelyLeaked => Verdict::LikelyLeaked,
            _ => Verdict::Alive,
        };
        self.nodes[number as usize].has_roots = category == Category::Roots;
        self.categories[category as usize] = Some(number);
        number
    }

    /// Returns the node of a kind of leak; that of all leaks, if the kind is not known.
    fn kind(&mut self, kind: Option<usize>) -> u32 {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let Some(kind) = kind else {
            return self.category(Category::Leaked);
        };
        if let Some(&number) = self.kinds.get(&kind) {
            return number;
        }
        let above = self.category(Category::Leaked);
        let of = &self.leaks.kinds().all()[kind];
        let name = self.name_of_kind(of);
        let number = self.add(Some(above), &name, TopKey::Kind(of.fingerprint));
        self.kinds.insert(kind, number);
        number
    }

    /// Returns the fingerprint of a kind and its first fix.
    fn name_of_kind(&self, kind: &LeakKind) -> String {
        let field = |field: &FieldPath| self.names.field(field);
        match kind.fixes.first() {
            Some(fix) => format!("{}: {}", kind.fingerprint, fix.change(&field)),
            None => kind.fingerprint.to_string(),
        }
    }

    fn cycle(&mut self, cycle: Vec<NodeId>) {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let first = cycle[0];
        let above = match self.kind_of(first) {
            Some(kind) => self.kind(kind),
            None => self.category(Category::NotConfirmed),
        };
        let name = match cycle.len() {
            1 => "object that holds itself".to_owned(),
            members => format!("cycle of {}", objects(members)),
        };
        let number = self.add(Some(above), &name, TopKey::Cycle(first));
        self.nodes[number as usize].objects = cycle;
    }

    fn add(&mut self, above: Option<u32>, name: &str, key: TopKey) -> u32 {
        let number = self.nodes.len() as u32;
        let verdict = above.map_or(Verdict::Alive, |above| self.nodes[above as usize].verdict);
        self.nodes.push(TopNode {
            name: self.strings.number(name),
            key,
            below: Vec::new(),
            objects: Vec::new(),
            has_roots: false,
            verdict,
        });
        if let Some(above) = above {
            self.nodes[above as usize].below.push(number);
        }
        number
    }
}
