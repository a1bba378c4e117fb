//! The wakers of watched tasks, as the words of an opaque value show them.
//!
//! `Waker::from(Arc<impl Wake>)` has the address of the task, which is also what a plain `&` has, and
//! that of a vtable, which nothing else has. The vtables are learned from wakers that are made for
//! that when a task is watched: one as the program makes it, and one as it is cloned, since the compiler
//! may have two copies.

use std::any::{Any, TypeId, type_name};

use crate::lock::Mutex;
use crate::snapshot::PointerKind;
use crate::trace::tracer::Tracer;
use crate::visibility::registry;

/// How the words of the wakers of one type of tasks look.
#[derive(Clone, Copy)]
pub(in crate::trace) struct WakerWords {
    /// The full name of the type of the tasks.
    task: &'static str,
    vtable: usize,
    /// Whether the address of the vtable follows that of the task; the compiler chooses.
    is_last: bool,
}

static KNOWN: Mutex<Vec<WakerWords>> = Mutex::new(Vec::new());

/// Returns the wakers that are known now.
pub(super) fn known() -> Vec<WakerWords> {
    KNOWN.lock().clone()
}

/// Learns how wakers of tasks of a type look, if it is a type of tasks.
pub(crate) fn learn_waker<T: 'static>(task: &std::sync::Arc<T>) {
    learn(TypeId::of::<T>(), type_name::<T>(), task);
}

fn learn(id: TypeId, name: &'static str, task: &dyn Any) {
    if known().iter().any(|words| words.task == name) {
        return;
    }
    let registry = registry();
    let make = registry.get(id).and_then(|entry| entry.waker?());
    let Some(waker) = make.and_then(|make| make(task)) else {
        return;
    };
    for waker in [&waker, &waker.clone()] {
        let vtable = std::ptr::from_ref(waker.vtable()).addr();
        let is_last = match objgraph_scan::words(waker).collect::<Vec<usize>>()[..] {
            [data, other] if (data, other) == (waker.data().addr(), vtable) => true,
            [other, data] if (data, other) == (waker.data().addr(), vtable) => false,
            _ => continue,
        };
        KNOWN.lock().push(WakerWords {
            task: name,
            vtable,
            is_last,
        });
    }
}

impl Tracer {
    /// Returns the node of the watched task whose waker has these two words.
    pub(super) fn task_of(&self, words: [usize; 2]) -> Option<u32> {
        let mut wakers = self.scanner.wakers.iter();
        let waker = wakers.find(|waker| words[usize::from(waker.is_last)] == waker.vtable)?;
        let data = words[usize::from(!waker.is_last)];
        let node = *self.by_address.get(&(data, None))?;
        let row = &self.nodes[node as usize];
        let name = &self.types.infos[row.type_index as usize].name;
        let is_task = row.pointer_kind == PointerKind::StdArc && row.id.is_in_table();
        (is_task && name == waker.task).then_some(node)
    }
}
