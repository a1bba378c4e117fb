//! What a thread leaves alive when it ends.
//!
//! Only its own thread may visit an `Rc`, so a leak of a thread that has ended could not be
//! explained. Therefore a thread that ends traces its living `Rc` objects once more. The rows are
//! kept, as plain data, for the snapshots of other threads.

mod ending;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use self::ending::EndingThread;
use super::assemble::assemble;
use super::options::SnapshotOptions;
use super::tracer::Handles;
use super::tracer::Tracer;
use crate::emptiness::nothing;
use crate::lock::Mutex;
use crate::object_id::ObjectId;
use crate::snapshot::{HandlePlace, Node, NodeId, NodeRow, PathId, PointerKind, Snapshot, State};
use crate::table;
use crate::visibility::registry;

static LEFT_BEHIND: Mutex<Vec<Arc<LeftObjects>>> = Mutex::new(Vec::new());

/// What a thread left alive.
struct LeftObjects {
    snapshot: Snapshot,
    thread: EndingThread,
}

/// Traces what is alive when it is dropped.
struct TraceAtEnd;

impl Drop for TraceAtEnd {
    fn drop(&mut self) {
        keep();
    }
}

thread_local! {
    static END: TraceAtEnd = const { TraceAtEnd };
}

/// Makes sure that what the calling thread leaves alive is traced when it ends. Call it when the
/// thread has its part of the table: thread-locals that are created later are dropped first.
#[allow(dead_code, reason = "called by the table where tracking is on")]
pub(crate) fn watch_thread_end() {
    let _ = END.try_with(|_| ());
}

fn keep() {
    if !crate::ENABLED {
        return nothing();
    }
    let thread = EndingThread::begin();
    let own = table::own_values();
    if own.is_empty() {
        return;
    }
    let mut tracer = Tracer::new(registry(), SnapshotOptions::default());
    // Snapshots of other threads find out who else has handles.
    tracer.handles = Handles::met_alone();
    tracer.expect(own.len() as u64);
    for object in &own {
        tracer.list(object);
    }
    let ids: Vec<ObjectId> = own.iter().map(|object| object.id).collect();
    let mut addresses = Vec::new();
    table::addresses(&ids, &mut addresses);
    tracer.know_addresses(&addresses, true);
    tracer.in_order = true;
    tracer.visit_listed(own.len() as u32);
    tracer.read_all();
    tracer.visit_std_values();
    // What died meanwhile is not adopted, so it needs no mark here.
    let snapshot = assemble(tracer);
    let kept = Arc::new(LeftObjects { snapshot, thread });
    let mut all = LEFT_BEHIND.lock();
    all.push(kept);
    // Where no snapshots are taken, the dead ones would pile up.
    static LIMIT: AtomicUsize = AtomicUsize::new(64);
    // Relaxed: read and written with the list locked.
    if all.len() >= LIMIT.load(Ordering::Relaxed) {
        let (alive, gone): (Vec<_>, Vec<_>) = all.drain(..).partition(any_lives);
        LIMIT.store(64.max(2 * alive.len()), Ordering::Relaxed);
        *all = alive;
        drop(all);
        drop(gone);
    }
}

/// Whether any object that was left behind is alive.
fn any_lives(left: &Arc<LeftObjects>) -> bool {
    let mut own = own_nodes(&left.snapshot);
    own.any(|node| table::lives(node.id()))
}

/// Lists the objects of the table that the thread itself left behind.
fn own_nodes(left: &Snapshot) -> impl Iterator<Item = Node<'_>> + Clone {
    left.nodes()
        .filter(|node| node.id().is_in_table() && node.strong().is_some())
}

/// Waits a moment for threads that are ending. Call it before objects are listed: what their
/// thread-locals still drop is then dead.
pub(super) fn wait_for_ends() {
    let kept = LEFT_BEHIND.lock().clone();
    kept.iter().for_each(|left| left.thread.wait());
}

/// Adds what is known of the objects of ended threads to a trace.
pub(super) fn adopt(tracer: &mut Tracer) {
    let kept = LEFT_BEHIND.lock().clone();
    let mut gone = Vec::new();
    for kept in kept {
        let left = &kept.snapshot;
        let listed = own_nodes(left);
        // Asks the table, not the trace, whose list may be older than what was left behind.
        if listed
            .clone()
            .all(|node| table::describe(node.id()).is_none())
        {
            gone.push(Arc::clone(&kept));
            continue;
        }
        // Starts from the side with fewer nodes.
        let own: Vec<(NodeId, u32)> = if tracer.nodes.len() < left.len() {
            let nodes = (0..).zip(&tracer.nodes);
            let elsewhere = nodes.filter(|(_, row)| row.state == State::OtherThread);
            elsewhere
                .filter_map(|(here, row)| Some((left.find(row.id)?, here)))
                .filter(|(there, _)| left.node(*there).strong().is_some())
                .collect()
        } else {
            listed
                .filter_map(|node| Some((node.node_id(), tracer.known(node.id())?)))
                .collect()
        };
        Adoption {
            tracer,
            left,
            has_ended: kept.thread.has_ended(),
            outside: HashMap::new(),
            next: Vec::new(),
            held: held(left),
        }
        .run(&own);
    }
    if !gone.is_empty() {
        let is_gone = |left: &Arc<LeftObjects>| gone.iter().any(|other| Arc::ptr_eq(left, other));
        LEFT_BEHIND.lock().retain(|left| !is_gone(left));
    }
}

struct Adoption<'t> {
    tracer: &'t mut Tracer,
    left: &'t Snapshot,
    /// Whether the thread has ended. Until then, its thread-locals may hold what it left.
    has_ended: bool,
    /// The nodes here of nodes there that are not in the table.
    outside: HashMap<NodeId, u32>,
    /// Nodes there whose references are still to be copied, with their nodes here.
    next: Vec<(NodeId, u32)>,
    /// The handles that each node there holds.
    held: HashMap<NodeId, Vec<HeldHandle>>,
}

/// The number of a handle, its place, and whether the place is inferred.
type HeldHandle = (u64, HandlePlace, bool);

/// Collects the handles that each node holds.
fn held(left: &Snapshot) -> HashMap<NodeId, Vec<HeldHandle>> {
    let mut by_node: HashMap<_, Vec<_>> = HashMap::new();
    for row in &left.parts().handles {
        if let Some(held) = row.held {
            let handles: &mut Vec<HeldHandle> = by_node.entry(held.node).or_default();
            handles.push((row.number, held, row.is_inferred));
        }
    }
    by_node
}

impl Adoption<'_> {
    fn run(&mut self, own: &[(NodeId, u32)]) {
        for &(there, here) in own {
            let row = self.left.parts().nodes[there.index()];
            let to = &mut self.tracer.nodes[here as usize];
            if to.state == State::OtherThread {
                (to.strong, to.weak, to.state) = (row.strong, row.weak, row.state);
                to.heap = row.heap;
                self.next.push((there, here));
                let captured = self.left.node(there).captured();
                let captured = captured.filter(|&handles| handles > 0);
                let captured = captured.map(|handles| (NodeId::new(here as usize), handles));
                self.tracer.handles.adopted.extend(captured);
                // Of a watched value, the table would not know that it died.
                if to.pointer_kind == PointerKind::Rc && self.has_ended {
                    self.tracer.left_behind.push(NodeId::new(here as usize));
                }
            }
        }
        while let Some((there, here)) = self.next.pop() {
            self.references(there, here);
        }
    }

    fn references(&mut self, there: NodeId, here: u32) {
        let left = self.left;
        self.tracer.begin(here);
        for edge in left.edges(there) {
            let Some(target) = self.node(edge.target()) else {
                continue;
            };
            let path = self.path(edge.path_id(), here);
            let elements = left
                .parts()
                .paths
                .elements(edge.path_id(), edge.row().index);
            self.tracer.adopt_edge(path, &elements, target, *edge.row());
        }
        for place in left.places_of(there) {
            let path = self.path(place.path, here);
            let elements = left.parts().paths.elements(place.path, place.index);
            let info = Arc::clone(&left.types()[place.type_index as usize]);
            let functions = left.parts().concrete_types.functions(place.concrete);
            self.tracer
                .adopt_place(path, &elements, info, place.kind, functions);
        }
        for row in left.lengths_of(there) {
            let path = self.path(row.path, here);
            self.tracer.add_length(path, row.count, row.len());
        }
        for (number, held, is_inferred) in self.held.remove(&there).unwrap_or_default() {
            let path = self.path(held.path, here);
            let elements = left.parts().paths.elements(held.path, held.index);
            self.tracer
                .adopt_handle(number, path, &elements, is_inferred);
        }
    }

    /// Adopts a value inside an object that was left behind, which can be visited in no other way.
    fn adopt_value(&mut self, there: NodeId, here: u32) {
        let row = self.left.parts().nodes[there.index()];
        let to = &mut self.tracer.nodes[here as usize];
        let is_visited_there =
            row.pointer_kind == PointerKind::Instance && row.state == State::Visited;
        if is_visited_there && to.state == State::Lent {
            (to.state, to.heap) = (row.state, row.heap);
            self.next.push((there, here));
        }
    }

    /// Returns the node here of a node there; `None` if the object is dead.
    fn node(&mut self, there: NodeId) -> Option<u32> {
        let id = self.left.node(there).id();
        if id.is_in_table() {
            let here = self.tracer.object(id)?;
            self.adopt_value(there, here);
            return Some(here);
        }
        if let Some(&here) = self.outside.get(&there) {
            return Some(here);
        }
        let info = Arc::clone(&self.left.types()[self.left.node(there).type_index()]);
        let mut row = self.left.parts().nodes[there.index()];
        // Another thread may have upgraded a weak reference since.
        if row.pointer_kind == PointerKind::StdArc && row.weak > 0 {
            row.strong = NodeRow::UNKNOWN;
        }
        let concrete = self.left.node(there).concrete();
        let functions = self.left.parts().concrete_types.functions(concrete);
        let here = self.tracer.adopt_outside(row, info, functions);
        if row.pointer_kind == PointerKind::StdRc && self.has_ended {
            self.tracer.left_behind.push(NodeId::new(here as usize));
        }
        self.outside.insert(there, here);
        self.next.push((there, here));
        Some(here)
    }

    /// Returns the path here of a path there.
    fn path(&mut self, there: PathId, here: u32) -> PathId {
        let paths = &self.left.parts().paths;
        let mut steps = Vec::new();
        let mut at = there;
        while let Some(parent) = paths.parent(at) {
            steps.push(paths.segment(at));
            at = parent;
        }
        self.tracer.path_of(here, steps.into_iter().rev())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::rc::Rc;

    #[test]
    fn dead_objects_of_ended_threads_do_not_pile_up() {
        thread_local! {
            /// Used before the thread creates an object, so dropped after the trace of what was
            /// left.
            static KEPT: RefCell<Vec<Rc<u8>>> = const { RefCell::new(Vec::new()) };
        }
        for _ in 0..1000 {
            let short = std::thread::spawn(|| {
                KEPT.with(|_| ());
                KEPT.with_borrow_mut(|kept| kept.push(Rc::new(1)));
            });
            short.join().expect("the thread does not panic");
        }
        assert!(LEFT_BEHIND.lock().len() <= 64);
    }
}
