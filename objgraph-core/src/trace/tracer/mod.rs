//! The tracer: turns what visits report into rows.

mod adopted;
mod concrete;
mod edges;
mod handles;
mod known_objects;
mod measured;
mod references;
mod resolver;
mod scan;
mod steps;
mod tasks;
mod threads;
mod types;
mod visits;

use std::any::{Any, TypeId, type_name};
use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::hash::BuildHasherDefault;
use std::sync::Arc;

use self::concrete::Concrete;
use self::edges::{EdgeColumn, PushedEdge};
pub(super) use self::handles::{CapturedHandle, Handles};
pub(super) use self::known_objects::{KnownObjects, STRANGER};
use self::resolver::Resolver;
pub use self::scan::SCANS;
use self::scan::Scanner;
pub(crate) use self::scan::{OpaqueWords, erased_words_of, learn_waker, words_of};
use self::threads::Threads;
pub(super) use self::types::Types;
use super::index::{ByAddress, ByPlace, Spot};
use super::labels;
use super::options::{SecondThread, SnapshotOptions};
use super::std_pointer::{MetPointer, StdPointer};
use super::weak_handles::WeakHandles;
use crate::emptiness::nothing;
use crate::object_id::ObjectId;
use crate::snapshot::{
    EdgeRow, HandlePlace, LengthRow, NodeId, NodeRow, PathId, PathTable, Place, PlaceKind,
    PointerKind, Segment, State,
};
use crate::symbols::DynVtable;
use crate::table;
use crate::tracked::Label;
use crate::visibility::{AnyViewFn, ErasedValue, PlainHasher, Registry, View, WeakTarget};

/// Maximum number of steps of a path. A longer one starts again with [`Segment::Deep`].
const PATH_DEPTH: u32 = 12;

/// Maximum number of guards (of a `RefCell` or a lock) that a visit holds at once. What is deeper
/// is reported, and not visited.
const GUARD_DEPTH: u32 = 64;

/// Names values in guards that are too deep to visit.
struct TooDeep;

/// The rows of a trace, while it runs.
pub(crate) struct Tracer {
    pub(in crate::trace) registry: Registry,
    pub(in crate::trace) nodes: Vec<NodeRow>,
    pub(in crate::trace) types: Types,
    pub(in crate::trace) threads: Threads,
    pub(in crate::trace) paths: PathTable,
    pub(in crate::trace) edges: EdgeColumn,
    pub(in crate::trace) lengths: Vec<LengthRow>,
    /// Bytes of texts.
    pub(in crate::trace) texts: Vec<LengthRow>,
    pub(in crate::trace) places: Vec<Place>,
    pub(in crate::trace) concrete: Concrete,
    pub(in crate::trace) labels: Vec<(NodeId, String)>,
    pub(in crate::trace) panics: Vec<(NodeId, String)>,
    pub(in crate::trace) roots: Vec<(NodeId, String)>,
    /// Nodes of threads that ended.
    pub(in crate::trace) left_behind: Vec<NodeId>,
    pub(in crate::trace) handles: Handles,
    /// Nodes to which a visit reported one strong reference more than once.
    pub(in crate::trace) repeated: Vec<NodeId>,
    /// The pointers that the current visit reported, by their own addresses, and their edges.
    reported: Vec<(usize, PushedEdge)>,
    /// Edges whose target is known by its spot in the index only, and is read later.
    unread: Vec<(PushedEdge, Spot)>,
    /// Whether edges may wait for that: the index has all objects that they can lead to.
    pub(in crate::trace) may_wait: bool,
    /// Whether an edge led to an object that was created meanwhile.
    leads_nowhere: bool,
    /// Whether to write labels of values that no id leads to.
    pub(in crate::trace) wants_labels: bool,
    /// Whether to measure bytes on the heap and lengths of collections.
    wants_heap: bool,
    /// Whether to measure bytes of texts.
    pub(in crate::trace) wants_texts: bool,
    /// Whether to visit nothing.
    pub(in crate::trace) visits_nothing: bool,
    /// Whether all nodes before the next one were visited, or never will be.
    pub(in crate::trace) in_order: bool,
    /// Nodes that were not listed, and are still to be visited.
    pub(in crate::trace) queue: VecDeque<(u32, PendingValue)>,
    /// Nodes that could not be visited in their turn, and to which the table has got its handle
    /// back.
    pub(in crate::trace) given_back: Vec<u32>,
    /// Weak handles to values behind std's pointers, if they are wanted.
    pub(in crate::trace) kept: Option<WeakHandles>,
    /// Nodes by their places in the table.
    pub(in crate::trace) by_place: ByPlace,
    /// Where known objects are looked at again: their references lead to positions among these.
    pub(in crate::trace) again: Option<KnownObjects>,
    /// Nodes of the table by the addresses of their allocations.
    pub(in crate::trace) in_memory: Arc<ByAddress>,
    /// When a second thread helps.
    second_thread: Option<SecondThread>,
    /// The second thread, if there is one.
    resolver: Option<Resolver>,
    /// Whether the references that were found are in another process.
    pub(in crate::trace) has_lost_references: bool,
    /// Nodes of values outside the table, by address and, for values without a count, type.
    by_address: HashMap<(usize, Option<&'static str>), u32, BuildHasherDefault<PlainHasher>>,
    pub(in crate::trace) scanner: Scanner,
    /// The last type that was looked up in the registry, and the result.
    pub(in crate::trace) last_viewed: (TypeId, Option<AnyViewFn>),
    cursor: Cursor,
    stack: Vec<Frame>,
    elements: Vec<u32>,
    /// How many calls deep the visit is.
    pub(in crate::trace) depth: u32,
    /// Number of guards that the visit holds.
    guards: u32,
}

impl fmt::Debug for Tracer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tracer")
            .field("nodes", &self.nodes.len())
            .finish_non_exhaustive()
    }
}

/// How to visit the value of a node that waits in the queue.
pub(in crate::trace) enum PendingValue {
    Object,
    Std(Box<dyn WeakTarget>),
}

/// The place that the visit is at: the node, and the path in it.
#[derive(Clone, Copy)]
struct Cursor {
    node: u32,
    /// The line of the path, since a [`PathId`] is smaller and slower to read.
    path: u32,
    /// The index of the first element number of the path.
    base: u32,
}

/// A visit that waits for another to end.
pub(in crate::trace) struct SuspendedVisit(Cursor);

struct Frame {
    path: u32,
    base: u32,
    elements: u32,
}

impl Tracer {
    pub(in crate::trace) fn new(registry: Registry, options: SnapshotOptions) -> Self {
        let mut paths = PathTable::default();
        let mut types = Types::default();
        let nowhere = types.named("()", 0);
        let path = paths.start(nowhere);
        Self {
            registry,
            nodes: Vec::new(),
            types,
            threads: Threads::default(),
            paths,
            edges: EdgeColumn::default(),
            lengths: Vec::new(),
            texts: Vec::new(),
            places: Vec::new(),
            concrete: Concrete::default(),
            labels: Vec::new(),
            panics: Vec::new(),
            roots: Vec::new(),
            left_behind: Vec::new(),
            handles: Handles::default(),
            repeated: Vec::new(),
            reported: Vec::new(),
            unread: Vec::new(),
            may_wait: false,
            leads_nowhere: false,
            wants_labels: options.labels,
            wants_heap: options.heap,
            wants_texts: false,
            visits_nothing: false,
            in_order: false,
            queue: VecDeque::new(),
            given_back: Vec::new(),
            kept: None,
            by_place: ByPlace::default(),
            again: None,
            in_memory: Arc::default(),
            second_thread: options.second_thread,
            resolver: None,
            has_lost_references: false,
            by_address: HashMap::default(),
            scanner: Scanner::default(),
            last_viewed: (TypeId::of::<()>(), None),
            cursor: Cursor {
                node: u32::MAX,
                path: path.line(),
                base: 0,
            },
            stack: Vec::new(),
            elements: Vec::new(),
            depth: 0,
            guards: 0,
        }
    }

    /// Reserves room for this many listed objects, with an edge and a collection each. A vector
    /// that grows instead would leave its earlier allocations behind, and memory that is never used
    /// costs nothing.
    pub(in crate::trace) fn expect(&mut self, objects: u64) {
        let objects = usize::try_from(objects).unwrap_or(0);
        // If this fails, the columns grow when they need to.
        if self.nodes.try_reserve_exact(objects).is_ok()
            && (!self.wants_heap || self.lengths.try_reserve(objects).is_ok())
        {
            self.edges.reserve(objects);
        }
    }

    /// Adds a node for a listed object. Objects are listed in the order of the table.
    pub(in crate::trace) fn list(&mut self, listed: &crate::listing::ListedObject) {
        let row = self.row(listed);
        self.by_place.list(row.id, self.nodes.len() as u32);
        self.nodes.push(row);
    }

    /// Adds nodes for a run of listed objects.
    pub(in crate::trace) fn list_run(&mut self, run: &crate::listing::Run<'_>) {
        let row = self.row(&run.first);
        self.by_place.list_page(run.ids, self.nodes.len() as u32);
        let rows = run.ids.iter().map(|&id| NodeRow { id, ..row });
        self.nodes.extend(rows);
    }

    /// Begins the visit of a node, which is the source of what is reported from now on.
    #[inline]
    pub(in crate::trace) fn begin(&mut self, node: u32) {
        let path = self
            .types
            .start(self.nodes[node as usize].type_index, &mut self.paths);
        self.stack.clear();
        self.elements.clear();
        self.depth = 0;
        self.guards = 0;
        self.cursor = Cursor {
            node,
            path: path.line(),
            base: 0,
        };
        self.edges.move_to(node, self.in_order);
    }

    fn move_to(&mut self, cursor: Cursor) {
        self.cursor = cursor;
        self.edges.move_to(cursor.node, false);
    }

    pub(in crate::trace) fn node(&self) -> u32 {
        self.cursor.node
    }

    /// Returns the current path.
    #[inline]
    fn path(&self) -> PathId {
        PathId::new(self.cursor.path)
    }

    /// Continues a visit that was postponed, and suspends the current one.
    pub(in crate::trace) fn jump(&mut self, node: u32, path: PathId) -> SuspendedVisit {
        let here = self.cursor;
        self.move_to(Cursor {
            node,
            path: path.line(),
            base: self.elements.len() as u32,
        });
        SuspendedVisit(here)
    }

    /// Resumes the visit that was suspended.
    pub(in crate::trace) fn resume(&mut self, here: SuspendedVisit) {
        self.move_to(here.0);
    }

    #[inline]
    fn edge(&mut self, target: u32, strong: bool) -> PushedEdge {
        self.edge_to(NodeId::new(target as usize), strong)
    }

    #[inline]
    fn edge_to(&mut self, target: NodeId, strong: bool) -> PushedEdge {
        let index = self.index();
        self.edges.push(EdgeRow {
            path: self.path(),
            index,
            target,
            strong,
            words: 0,
        })
    }

    /// Whether to measure bytes on the heap and lengths of collections.
    pub(in crate::trace) fn wants_heap(&self) -> bool {
        self.wants_heap
    }

    /// Returns the node of an object of the table, and adds one if the object was not listed.
    #[inline]
    pub(in crate::trace) fn object(&mut self, id: ObjectId) -> Option<u32> {
        match self.known(id) {
            Some(node) => Some(node),
            None => self.not_listed(id),
        }
    }

    #[cold]
    fn not_listed(&mut self, id: ObjectId) -> Option<u32> {
        if self.again.is_some() {
            return Some(STRANGER);
        }
        let listed = table::describe(id)?;
        let row = self.row(&listed);
        let node = self.nodes.len() as u32;
        self.by_place.add(id, node);
        self.nodes.push(row);
        self.queue.push_back((node, PendingValue::Object));
        Some(node)
    }

    /// Returns the row of an object of the table before its visit.
    pub(in crate::trace) fn row(&mut self, listed: &crate::listing::ListedObject) -> NodeRow {
        NodeRow {
            id: listed.id,
            type_index: self.types.of_kind(listed.kind, &self.registry),
            site: self.types.site_of_kind(listed.kind),
            thread: self.threads.index(listed.thread),
            scope: listed.scope,
            epoch: listed.epoch,
            strong: NodeRow::UNKNOWN,
            weak: NodeRow::UNKNOWN,
            heap: 0,
            pointer_kind: listed.pointer_kind,
            state: if listed.elsewhere {
                State::OtherThread
            } else {
                State::Lent
            },
        }
    }

    /// Records that a handle is at the current path.
    pub(in crate::trace) fn record_handle(&mut self, handle: u64) {
        let held = self.handle_place();
        self.handles.record(handle, held);
    }

    /// Returns the current path as the place of a handle.
    fn handle_place(&mut self) -> HandlePlace {
        let index = self.index();
        HandlePlace {
            node: NodeId::new(self.cursor.node as usize),
            path: self.path(),
            index,
        }
    }

    /// Records one of std's pointers at the current path.
    pub(in crate::trace) fn std_pointer<P: StdPointer>(&mut self, pointer: &P) {
        let asks = |address, target| {
            !self.by_address.contains_key(&(address, None))
                && (self.kept.is_some() || self.registry.get(target).is_some())
        };
        let Some(met) = pointer.met(&asks) else {
            return;
        };
        let node = self.met(met);
        if P::STRONG {
            self.held_by(std::ptr::from_ref(pointer).addr(), node);
            if self.must_scan_std(node) {
                self.scan_node(node, pointer.words());
            }
        } else {
            self.edge(node, false);
        }
    }

    /// Records that the value here is too deep to visit.
    #[cold]
    #[inline(never)]
    pub(in crate::trace) fn too_deep(&mut self) {
        self.place_named::<TooDeep>(PlaceKind::TooDeep);
    }

    /// Begins the visit of what a guard gives access to; `None` if there are too many guards
    /// already. Depth is counted from 0 below a guard, so that a guard does not postpone everything
    /// below it. Returns the depth for [`leave_guard`](Self::leave_guard).
    #[inline]
    pub(in crate::trace) fn enter_guard(&mut self) -> Option<u32> {
        if self.guards >= GUARD_DEPTH {
            self.too_deep();
            return None;
        }
        self.guards += 1;
        Some(std::mem::replace(&mut self.depth, 0))
    }

    #[inline]
    pub(in crate::trace) fn leave_guard(&mut self, depth: u32) {
        self.guards -= 1;
        self.depth = depth;
    }

    /// Returns the node of a value behind one of std's pointers, and adds one if there is none.
    pub(in crate::trace) fn met(&mut self, met: MetPointer) -> u32 {
        let key = (met.address, None);
        if let Some(&node) = self.by_address.get(&key) {
            // A weak pointer that was met before did not know this.
            let row = &mut self.nodes[node as usize];
            if met.heap > 0 && self.wants_heap {
                row.heap = met.heap as u64;
            }
            if !met.may_own && row.state == State::Opaque {
                row.state = State::Visited;
            }
            return node;
        }
        let state = if met.handle.is_some() || !met.may_own {
            State::Visited
        } else {
            State::Opaque
        };
        let row = NodeRow {
            strong: count(met.strong),
            weak: count(met.weak),
            heap: if self.wants_heap { met.heap as u64 } else { 0 },
            ..self.outside_row(met.type_name, met.size, met.pointer_kind, state)
        };
        let node = self.nodes.len() as u32;
        self.nodes.push(row);
        self.by_address.insert(key, node);
        self.scanner.include_std(met.address);
        if let Some(handle) = met.handle {
            if let Some(kept) = &mut self.kept {
                kept.keep(node, met.type_name, &*handle);
            }
            self.queue.push_back((node, PendingValue::Std(handle)));
        }
        node
    }

    fn outside_row(
        &mut self,
        type_name: &'static str,
        size: usize,
        pointer_kind: PointerKind,
        state: State,
    ) -> NodeRow {
        NodeRow {
            id: crate::epochs::next_outside_id(),
            type_index: self.types.named(type_name, size),
            site: NodeRow::UNKNOWN,
            thread: NodeRow::UNKNOWN,
            scope: 0,
            epoch: crate::epochs::epoch(),
            strong: NodeRow::UNKNOWN,
            weak: NodeRow::UNKNOWN,
            heap: 0,
            pointer_kind,
            state,
        }
    }

    /// Adds a node for a value that is no object of its own.
    pub(in crate::trace) fn add_value(&mut self, type_name: &'static str, size: usize) -> u32 {
        let row = self.outside_row(type_name, size, PointerKind::Value, State::Visited);
        self.nodes.push(row);
        (self.nodes.len() - 1) as u32
    }

    /// Adds a node for a root.
    pub(in crate::trace) fn add_root(
        &mut self,
        name: &str,
        type_name: &'static str,
        size: usize,
    ) -> u32 {
        let node = self.add_value(type_name, size);
        self.roots
            .push((NodeId::new(node as usize), name.to_owned()));
        node
    }

    /// Enters a value behind a shared reference; `None` if it was entered before.
    pub(in crate::trace) fn enter_value(
        &mut self,
        address: usize,
        type_name: &'static str,
        size: usize,
        label: Label<'_>,
    ) -> Option<SuspendedVisit> {
        if !crate::ENABLED {
            return nothing();
        }
        let key = (address, Some(type_name));
        let known = self.by_address.get(&key).copied();
        let node = known.unwrap_or_else(|| self.add_value(type_name, size));
        self.edge(node, false);
        if known.is_some() {
            return None;
        }
        self.by_address.insert(key, node);
        if self.wants_labels {
            let label = labels::of_value(type_name, label);
            self.labels.push((NodeId::new(node as usize), label));
        }
        Some(self.enter_node(node))
    }

    /// Enters a value with an id of its own; `None` if the object is dead.
    pub(in crate::trace) fn enter_instance(&mut self, id: ObjectId) -> Option<SuspendedVisit> {
        if !crate::ENABLED {
            return nothing();
        }
        if let Some(again) = &mut self.again {
            again.differ = true;
            return None;
        }
        let node = self.object(id)?;
        self.edge(node, true);
        // It may also wait in the queue: visited now, it is not visited again.
        self.nodes[node as usize].state = State::Visited;
        Some(self.enter_node(node))
    }

    fn enter_node(&mut self, node: u32) -> SuspendedVisit {
        let path = self
            .types
            .start(self.nodes[node as usize].type_index, &mut self.paths);
        self.jump(node, path)
    }

    /// Records a place that the trace cannot visit.
    pub(in crate::trace) fn place_named<T: ?Sized>(&mut self, kind: PlaceKind) {
        self.place_called(type_name::<T>(), kind);
    }

    pub(in crate::trace) fn place_called(&mut self, name: &'static str, kind: PlaceKind) {
        self.place(name, kind, DynVtable::NONE);
    }

    /// Records an opaque value; `vtable` is that of a value behind a `dyn`.
    pub(in crate::trace) fn opaque_place(&mut self, name: &'static str, vtable: DynVtable) {
        self.place(name, PlaceKind::Opaque, vtable);
    }

    fn place(&mut self, name: &'static str, kind: PlaceKind, vtable: DynVtable) {
        if !crate::ENABLED {
            return nothing();
        }
        let type_index = self.types.named(name, 0);
        let concrete = self.concrete.number(vtable.functions(name));
        let index = self.index();
        self.places.push(Place {
            node: NodeId::new(self.cursor.node as usize),
            path: self.path(),
            index,
            type_index,
            kind,
            concrete,
        });
    }

    pub(in crate::trace) fn panicked(&mut self, node: u32, message: String) {
        if !crate::ENABLED {
            return nothing();
        }
        self.nodes[node as usize].state = State::Panicked;
        // The message may contain what the value holds.
        let message = match labels::are_wanted() {
            true => message,
            false => String::new(),
        };
        self.panics.push((NodeId::new(node as usize), message));
    }

    /// Makes watched objects known by their addresses. With `add`, those that were not listed are
    /// added.
    pub(in crate::trace) fn know_watched(&mut self, add: bool) {
        for (address, id) in table::watched() {
            let node = match add {
                true => self.object(id),
                false => self.known(id),
            };
            if let Some(node) = node {
                self.by_address.insert((address, None), node);
                self.scanner.include_std(address);
            }
        }
    }

    /// Returns the node of an object of the table, if it has one.
    #[inline]
    pub(in crate::trace) fn known(&self, id: ObjectId) -> Option<u32> {
        self.by_place.get(id, |node| match &self.again {
            None => self.nodes[node as usize].id,
            Some(again) => again.id(node),
        })
    }

    /// Returns the path with these steps from the type of a node.
    pub(in crate::trace) fn path_of(
        &mut self,
        node: u32,
        steps: impl Iterator<Item = Segment>,
    ) -> PathId {
        let type_index = self.nodes[node as usize].type_index;
        let start = self.types.start(type_index, &mut self.paths);
        steps.fold(start, |path, step| self.paths.step(path, step))
    }

    /// Returns the view of a value, if its type is registered.
    pub(in crate::trace) fn view<'a>(&mut self, value: &'a dyn ErasedValue) -> Option<View<'a>> {
        value.view(self.view_fn(value.type_id())?)
    }

    /// Returns the function that views values of a type, if it is registered.
    pub(in crate::trace) fn view_fn(&mut self, id: TypeId) -> Option<AnyViewFn> {
        if !crate::ENABLED {
            return nothing();
        }
        if self.last_viewed.0 != id {
            self.last_viewed = (id, self.registry.get(id).map(|entry| entry.view));
        }
        self.last_viewed.1
    }

    /// Returns the view of a `dyn Any`, if its type is registered.
    pub(in crate::trace) fn view_dyn<'a>(&self, value: &'a dyn Any) -> Option<View<'a>> {
        self.registry.get(value.type_id())?.view_dyn(value)
    }
}

/// Converts a count into that of a column.
pub(in crate::trace) fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(NodeRow::UNKNOWN - 1)
}
