//! Weak handles to the values behind std's pointers that a trace met.

use std::fmt;

use super::starts::Starts;
use super::std_pointer::MetPointer;
use crate::snapshot::{NodeId, PointerKind};
use crate::tracked::Visit;
use crate::visibility::WeakTarget;

/// Weak handles to the values behind std's pointers that a trace met.
///
/// While they exist, `weak_count` of these values is one higher and `get_mut` fails on them.
#[derive(Default)]
pub struct WeakHandles {
    handles: Vec<WeakHandle>,
}

struct WeakHandle {
    node: NodeId,
    type_name: &'static str,
    weak: Box<dyn WeakTarget>,
}

impl WeakHandle {
    fn is_alive(&self) -> bool {
        self.weak.counts().0 > 0
    }

    /// Records the value as a trace does when it meets a pointer to it; `None` if it is dead.
    fn met(&self) -> Option<MetPointer> {
        let (strong, weak) = self.weak.counts();
        (strong > 0).then(|| MetPointer {
            address: self.weak.address(),
            pointer_kind: self.weak.pointer_kind(),
            strong,
            // This handle is not the program's.
            weak: weak.saturating_sub(1),
            type_name: self.type_name,
            size: 0,
            heap: 0,
            may_own: true,
            handle: Some(self.weak.clone_handle()),
        })
    }
}

impl WeakHandles {
    pub(super) fn keep(&mut self, node: u32, type_name: &'static str, weak: &dyn WeakTarget) {
        self.handles.push(WeakHandle {
            node: NodeId::new(node as usize),
            type_name,
            weak: weak.clone_handle(),
        });
    }

    /// Splits off the handles to all nodes of the snapshot but those that `is_kept` accepts.
    #[must_use]
    pub fn split_off(&mut self, is_kept: impl Fn(NodeId) -> bool) -> Self {
        let handles = std::mem::take(&mut self.handles);
        let (kept, others) = handles.into_iter().partition(|handle| is_kept(handle.node));
        self.handles = kept;
        Self { handles: others }
    }

    /// Lists the nodes of the snapshot to which there are handles.
    #[must_use]
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = NodeId> + '_ {
        self.handles.iter().map(|handle| handle.node)
    }

    /// Returns the number of values that are alive.
    #[must_use]
    pub fn alive(&self) -> usize {
        let handles = self.handles.iter();
        handles.filter(|handle| handle.is_alive()).count()
    }

    /// Returns the number of values behind an `Arc` that are alive.
    #[must_use]
    pub fn alive_shared(&self) -> usize {
        let shared = |handle: &&WeakHandle| handle.weak.pointer_kind() == PointerKind::StdArc;
        let handles = self.handles.iter().filter(shared);
        handles.filter(|handle| handle.is_alive()).count()
    }
}

/// A trace starts at the values that are alive.
impl Visit for WeakHandles {
    fn starts(&self, starts: &mut Starts) -> bool {
        for handle in &self.handles {
            starts.pointer(handle.met());
        }
        true
    }
}

impl fmt::Debug for WeakHandles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeakHandles")
            .field("handles", &self.handles.len())
            .finish()
    }
}
