//! The tasks that wakers own.

use std::task::Waker;

use super::Tracer;
use crate::listing::VisitOutcome;
use crate::object_id::ObjectId;
use crate::snapshot::PointerKind;
use crate::table;

impl Tracer {
    /// Adds a reference to the task of a waker, if it is a known object, and returns whether it is.
    pub(in crate::trace) fn owns_task(&mut self, waker: &Waker) -> bool {
        // `Waker::from(Arc<impl Wake>)` keeps what `Arc::into_raw` returns. What is behind our `Arc` in
        // a waker is known by the address of the header before its value.
        let task = waker.data().addr();
        let known = self.by_address.get(&(task, None)).copied();
        let Some(node) = known.or_else(|| self.in_memory.get(task)) else {
            return false;
        };
        let row = &self.nodes[node as usize];
        let is_shared = matches!(row.pointer_kind, PointerKind::StdArc | PointerKind::Arc);
        let owns = is_shared && row.id.is_in_table() && owns(waker, row.id);
        if owns {
            self.held_by(std::ptr::from_ref(waker).addr(), node);
        }
        owns
    }
}

/// Whether a waker whose data is an object owns a reference to it. A waker made by `from_raw` may
/// point to its data without owning it: then its clone adds no reference.
fn owns(waker: &Waker, id: ObjectId) -> bool {
    let before = references(id);
    let clone = waker.clone();
    let with_clone = references(id);
    drop(clone);
    // If another thread changed the count meanwhile, nothing is known.
    before.is_some() && with_clone == before.map(|count| count + 1) && references(id) == before
}

fn references(id: ObjectId) -> Option<usize> {
    let mut references = None;
    match table::visit(id, |_, strong, _| references = Some(strong)) {
        VisitOutcome::Visited => references,
        _ => None,
    }
}
