//! The columns of a snapshot.

use std::sync::Arc;
use std::time::Duration;

use super::concrete_types::ConcreteTypes;
use super::handles::HandleRow;
use super::lengths::LengthRow;
use super::node::{NodeId, State};
use super::paths::{PathId, PathTable};
use crate::listing::UNKNOWN;
use crate::object_id::ObjectId;
use crate::pointer_kind::PointerKind;
use crate::site::Site;
use crate::type_info::TypeInfo;

/// The columns of a [`Snapshot`](super::Snapshot), public so that a snapshot can be built from
/// other data (in a test, or from a file).
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct SnapshotParts {
    /// A number that is equal in the snapshots of one process, whose ids are those of the same objects,
    /// and differs between processes; 0 for data that is from no process.
    pub process: u64,
    /// What the snapshot is tagged with, sorted by name; see
    /// [`Snapshot::with_tag`](super::Snapshot::with_tag).
    pub tags: Vec<(String, String)>,
    /// Whether tracking was compiled in where the snapshot was taken.
    pub enabled: bool,
    /// The clock of the process at the snapshot; see [`NodeRow::epoch`].
    pub epoch: u32,
    /// How long before the snapshot epochs began, sorted by epoch. Only some older ones are known.
    pub epochs: Vec<(u32, Duration)>,
    /// Types, sorted by full name.
    pub types: Vec<Arc<TypeInfo>>,
    /// The derived types that the names of untraced types mention, sorted.
    pub families: Vec<Family>,
    /// Creation sites, sorted.
    pub sites: Vec<Site>,
    /// Names of the threads that created objects, by thread number.
    pub threads: Vec<String>,
    /// The paths that edges and places name.
    pub paths: PathTable,
    /// One row for each node.
    pub nodes: Vec<NodeRow>,
    /// `edges[edge_starts[n]..edge_starts[n + 1]]` are the edges of node `n`.
    pub edge_starts: Vec<u32>,
    /// All edges, by source.
    pub edges: Vec<EdgeRow>,
    /// Places that the trace could not visit, and poisoned locks, sorted by node.
    pub places: Vec<Place>,
    /// The lengths of the collections that the nodes own, sorted by node and path, each once.
    pub lengths: Vec<LengthRow>,
    /// The bytes of the texts that the nodes own, in the same order; empty in a snapshot that does
    /// not measure them.
    pub texts: Vec<LengthRow>,
    /// Labels of nodes, if labels were written.
    pub labels: Vec<(NodeId, String)>,
    /// Nodes that are roots, with their names.
    pub roots: Vec<(NodeId, String)>,
    /// Objects whose visit panicked, with the message; without it where [`labels`](crate::labels)
    /// are off.
    pub panics: Vec<(NodeId, String)>,
    /// Nodes behind an `Rc` whose thread has ended, sorted. Their rows, edges and places are those
    /// at the end of the thread.
    pub left_behind: Vec<NodeId>,
    /// Whether handles are known: with tracking and the feature `owners`, unless the snapshot is
    /// one of a few objects ([`snapshot_of`](crate::snapshot_of)).
    pub knows_handles: bool,
    /// The handles of the program, by node, those to dropped values at the end; see
    /// [`Snapshot::handles_to`](super::Snapshot::handles_to).
    pub handles: Vec<HandleRow>,
    /// The number of strong handles to each node that opaque values were found to have, each handle
    /// counted once, sorted by node; `None` where handles cannot be distinguished. See
    /// [`Node::captured`](super::Node::captured).
    pub captured: Option<Vec<(NodeId, u32)>>,
    /// Nodes to which one strong reference was reported more than once, sorted.
    pub repeated: Vec<NodeId>,
    /// The types of which objects may be alive that are not in the table, because they were
    /// [left out](crate::tracking): indexes into the types, sorted.
    pub left_out: Vec<u32>,
    /// The concrete types of values behind `dyn`.
    pub concrete_types: ConcreteTypes,
    /// The nodes that are such values, with the numbers of their concrete types, sorted.
    pub concrete_nodes: Vec<(NodeId, u32)>,
}

/// A type with the derive, whatever its generic arguments.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Family {
    /// Its path, as in full names of types: `app::dom::Node`.
    pub path: String,
    /// The module in which it is declared. For a type that is local to a function, the path is
    /// longer than module and name.
    pub module: String,
}

/// One node.
#[derive(Clone, Copy, Debug)]
pub struct NodeRow {
    /// The object's id.
    pub id: ObjectId,
    /// Its type: an index into the types.
    pub type_index: u32,
    /// The site that created it: an index into the sites, or [`NodeRow::UNKNOWN`].
    pub site: u32,
    /// The thread that created it: an index into the threads, or [`NodeRow::UNKNOWN`].
    pub thread: u32,
    /// The number of the scope it was created in; 0 for none. See
    /// [`Scope::contains`](crate::Scope::contains).
    pub scope: u32,
    /// The epoch it was born in: the number of snapshots, growths and lists of new ids that were
    /// taken before.
    pub epoch: u32,
    /// Number of strong references, wherever they are held; [`NodeRow::UNKNOWN`] if it could not be
    /// read.
    pub strong: u32,
    /// Number of weak references; [`NodeRow::UNKNOWN`] if it could not be read.
    pub weak: u32,
    /// The bytes on the heap that the value owns outside of itself and of other objects; see
    /// [`Node::heap_bytes`](super::Node::heap_bytes).
    pub heap: u64,
    /// What holds the value.
    pub pointer_kind: PointerKind,
    /// How far the trace could visit it.
    pub state: State,
}

impl NodeRow {
    /// In place of a number in a column: unknown.
    pub const UNKNOWN: u32 = UNKNOWN;
}

/// One edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EdgeRow {
    /// The field, container element, … that holds the reference.
    pub path: PathId,
    /// The element's number where the path runs through one container; see
    /// [`PathTable::show`](super::PathTable::show).
    pub index: u32,
    /// The object that the edge leads to.
    pub target: NodeId,
    /// Whether the reference owns; false for an inferred reference, of which that is not certain.
    pub strong: bool,
    /// For a reference that is inferred from the memory of an opaque value, the number of words of
    /// the value that equal the address of the target's allocation, or of handles that they name, and
    /// of wakers of the target; 0 for a reference that a visit reported.
    pub words: u16,
}

/// A place inside a node that the trace could not visit, or that is reported for another reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The node.
    pub node: NodeId,
    /// The path in the node.
    pub path: PathId,
    /// The element's number, as in [`EdgeRow::index`].
    pub index: u32,
    /// The type of the value there: an index into the types.
    pub type_index: u32,
    /// The reason.
    pub kind: PlaceKind,
    /// The number of the concrete type of a value behind `dyn`; [`NodeRow::UNKNOWN`] for other
    /// values.
    pub concrete: u32,
}

/// Why the trace could not visit a place, or why it is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PlaceKind {
    /// A value of a type without a derive, which may own anything.
    Opaque,
    /// A `RefCell` that is mutably borrowed, or a lock that is held.
    Busy,
    /// A value in cells that are nested too deeply to hold all their guards at once, or a value
    /// whose visit reports that it owns itself.
    TooDeep,
    /// A lock that a panic poisoned. The value in it was visited.
    Poisoned,
    /// A pointer to an object that is not in the table, because its type was
    /// [left out](crate::tracking), and that may own anything.
    LeftOut,
}

impl PlaceKind {
    /// Whether the trace could not visit the value there.
    #[must_use]
    pub const fn hides(self) -> bool {
        !matches!(self, Self::Poisoned)
    }
}

impl SnapshotParts {
    /// Lists the source of each edge.
    #[cfg(feature = "save")]
    pub(super) fn edge_sources(&self) -> impl Iterator<Item = u32> + '_ {
        let own = self.edge_starts.windows(2).map(|pair| pair[1] - pair[0]);
        let sources = (0..).zip(own);
        sources.flat_map(|(source, edges)| std::iter::repeat_n(source, edges as usize))
    }
}
