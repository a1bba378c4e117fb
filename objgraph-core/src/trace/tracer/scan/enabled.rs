//! Opaque values are scanned: the feature `scan` is on.

use std::collections::HashSet;

pub(crate) use super::wakers::learn_waker;
use super::wakers::{self, WakerWords};
use objgraph_scan::{Words, words};

use crate::snapshot::{EdgeRow, NodeId, PointerKind, State};
use crate::symbols::{DynVtable, vtable_of};
use crate::table::HandleAddresses;
use crate::trace::index::ByAddress;
use crate::trace::panics::caught;
use crate::trace::tracer::{CapturedHandle, Tracer};
use crate::visibility::WeakTarget;

/// Whether opaque values are scanned.
pub const SCANS: bool = objgraph_scan::AVAILABLE;

/// Maximum number of words of a value that are read.
const MAX_WORDS: usize = 1 << 16;

/// Number of bytes in an allocation before the value: two counts. A value that is aligned to more
/// than this is not found.
const HEADER: usize = 2 * size_of::<usize>();

/// The words of an opaque value, and the vtable of one behind a `dyn`.
pub(crate) struct OpaqueWords<'a> {
    words: Words<'a>,
    vtable: DynVtable,
}

/// Returns the words of a value.
#[inline]
pub(crate) fn words_of<T: ?Sized>(value: &T) -> OpaqueWords<'_> {
    OpaqueWords {
        words: words(value),
        vtable: vtable_of(value),
    }
}

/// Returns the words of a value whose concrete type has a name, though `T` does not say so.
#[inline]
pub(crate) fn erased_words_of<T: ?Sized>(value: &T) -> OpaqueWords<'_> {
    OpaqueWords {
        words: words(value),
        vtable: DynVtable::NONE,
    }
}

impl OpaqueWords<'_> {
    pub(crate) fn vtable(&self) -> DynVtable {
        self.vtable
    }
}

/// What the scans of a trace share.
pub(crate) struct Scanner {
    /// Addresses that no known value is below or above. Most words are.
    lowest: usize,
    highest: usize,
    /// Whether values are known that are behind a pointer of std.
    knows_std: bool,
    /// The nodes that the words of the current value lead to.
    hits: Vec<u32>,
    /// Nodes of values outside of the table that were scanned.
    scanned: HashSet<u32>,
    /// The wakers that are known.
    pub(super) wakers: Vec<WakerWords>,
    /// The records of handles, once a scan needs them.
    handles: Option<HandleAddresses>,
}

impl Default for Scanner {
    fn default() -> Self {
        Self {
            lowest: usize::MAX,
            highest: 0,
            knows_std: false,
            hits: Vec::new(),
            scanned: HashSet::new(),
            wakers: wakers::known(),
            handles: None,
        }
    }
}

impl Scanner {
    fn include(&mut self, address: usize) {
        self.lowest = self.lowest.min(address);
        self.highest = self.highest.max(address);
    }

    /// Includes the values of objects of the table.
    pub(in crate::trace) fn include_objects(&mut self, index: &ByAddress) {
        if let Some((lowest, highest)) = index.bounds() {
            self.include(lowest);
            self.include(highest);
        }
    }

    /// Includes a value behind a pointer of std.
    pub(in crate::trace) fn include_std(&mut self, address: usize) {
        self.include(address);
        self.knows_std = true;
    }
}

impl Tracer {
    /// Records the references that the words of an opaque value look like, at the current path.
    // In one place, so that a user of Valgrind can suppress the reports of uninitialized words.
    #[inline(never)]
    pub(in crate::trace) fn scan(&mut self, words: OpaqueWords<'_>) {
        let mut hits = std::mem::take(&mut self.scanner.hits);
        let (lowest, highest) = (self.scanner.lowest, self.scanner.highest);
        let has_wakers = !self.scanner.wakers.is_empty();
        let mut before = 0;
        for word in words.words.take(MAX_WORDS) {
            // A pointer has the address of its allocation. That of the value is not compared: it is
            // what a plain reference has.
            let address = word.wrapping_add(HEADER);
            let found = match (lowest..=highest).contains(&address) {
                true => self.node_at(address),
                false => None,
            };
            match found {
                Some(node) if self.has_recorded_handles(node) => self.capture(node, before),
                found => hits.extend(found),
            }
            if has_wakers {
                hits.extend(self.task_of([before, word]));
            }
            before = word;
        }
        match hits[..] {
            [] => {}
            [node] => self.infer(node, 1),
            _ => {
                hits.sort_unstable();
                for same in hits.chunk_by(|one, next| one == next) {
                    self.infer(same[0], same.len());
                }
            }
        }
        hits.clear();
        self.scanner.hits = hits;
    }

    /// Whether a pointer to the node has the address of its handle's record before that of the
    /// allocation.
    fn has_recorded_handles(&self, node: u32) -> bool {
        let kind = self.nodes[node as usize].pointer_kind;
        cfg!(feature = "owners") && matches!(kind, PointerKind::Rc | PointerKind::Arc)
    }

    /// Records a strong handle to a node whose record is at an address, if there is one.
    fn capture(&mut self, node: u32, record: usize) {
        let id = self.nodes[node as usize].id;
        let handles = &mut self.scanner.handles;
        let handles = handles.get_or_insert_with(HandleAddresses::new);
        if let Some(number) = handles.strong_handle_to(id, record) {
            let held = self.handle_place();
            self.handles.captured.push(CapturedHandle {
                held,
                target: NodeId::new(node as usize),
                number,
            });
        }
    }

    /// Records a reference that this many words at the current path look like.
    fn infer(&mut self, target: u32, words: usize) {
        let index = self.index();
        self.edges.push(EdgeRow {
            path: self.path(),
            index,
            target: NodeId::new(target as usize),
            strong: false,
            words: u16::try_from(words).unwrap_or(u16::MAX),
        });
    }

    /// Returns the node of the value at an address.
    fn node_at(&self, address: usize) -> Option<u32> {
        let node = self.in_memory.get(address);
        if node.is_none() && self.scanner.knows_std {
            return self.by_address.get(&(address, None)).copied();
        }
        node
    }

    /// Scans the value of a node that is opaque as a whole.
    pub(in crate::trace) fn scan_node(&mut self, node: u32, words: OpaqueWords<'_>) {
        let declared = self.nodes[node as usize].type_index as usize;
        let functions = words.vtable.functions(&self.types.infos[declared].name);
        self.concrete.set(node, functions);
        let here = self.enter_node(node);
        self.scan(words);
        self.resume(here);
    }

    /// Scans the opaque value behind a pointer of std.
    pub(in crate::trace) fn scan_std(&mut self, node: u32, handle: &dyn WeakTarget) {
        let scanned = caught(|| handle.with_words(&mut |words| self.scan_node(node, words)));
        match scanned {
            Ok(true) => {}
            Ok(false) => self.nodes[node as usize].state = State::InFlight,
            Err(message) => self.panicked(node, message),
        }
    }

    /// Whether the node is of an opaque value outside of the table that was not scanned yet; from
    /// now on it counts as scanned.
    pub(in crate::trace) fn must_scan_std(&mut self, node: u32) -> bool {
        let row = &self.nodes[node as usize];
        row.state == State::Opaque && !row.id.is_in_table() && self.scanner.scanned.insert(node)
    }
}
