//! A second thread of a trace of many objects: it resolves the targets of references, and fills the
//! columns of edges and lengths.
//!
//! Values are visited by the thread that takes the snapshot, and by no other. What a visit leaves behind
//! is plain data: rows, and where the index by address has their targets. The visiting thread collects
//! them in chunks, which stay in the caches of the processor. To look up a target is to wait for memory,
//! and to append to a column is to wait for the system, which clears each new page. These take as long as
//! the visits, so another thread does both meanwhile:
//!
//! ```text
//! visiting thread   visits ──▶ chunk ──▶ chunk ──▶ chunk ──▶ joins
//!                                 │  ▲ empty  │
//! second thread                   ▼  │        ▼
//!                              resolve, sort, append ──▶ columns
//! ```
//!
//! Chunks end between two visits, and arrive in their order, so the columns are those that one thread
//! would have made, row for row.
//!
//! The second thread touches no object and no thread-local of objgraph. Its end is waited for, also if the
//! trace unwinds. If a visit forks, the second thread does not exist in the child, and what it had is
//! gone; the child then trusts nothing that it traced.

#[cfg(all(test, any(debug_assertions, feature = "always")))]
mod tests;

use std::mem;
use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, Builder, JoinHandle};

use super::Tracer;
use super::edges::{EdgeColumn, PushedEdge};
use crate::platform::process_id;
use crate::snapshot::{EdgeRow, LengthRow, NodeId};
use crate::trace::index::{ByAddress, Spot};
use crate::trace::options::SecondThread;

/// Maximum number of chunks: those that wait, one that is filled and one that is read.
const CHUNKS: usize = 6;

/// In place of the target of an edge that is not known.
pub(super) const NOWHERE: NodeId = NodeId::new(u32::MAX as usize - 1);

/// What some visits found.
#[derive(Default)]
struct Chunk {
    edges: Vec<EdgeRow>,
    /// The edges whose targets are not known yet, and where the index has them.
    unread: Vec<(PushedEdge, Spot)>,
    /// Edges of nodes that were found out of their order.
    unsorted: Vec<Range<usize>>,
    lengths: Vec<LengthRow>,
}

/// The columns of all chunks.
#[derive(Default)]
struct Columns {
    edges: Vec<EdgeRow>,
    lengths: Vec<LengthRow>,
    leads_nowhere: bool,
}

/// The second thread, as the visiting thread sees it.
pub(super) struct Resolver {
    chunk_len: usize,
    /// `None` once it is waited for, or in the child of a fork.
    running: Option<Running>,
}

struct Running {
    /// The process in which the thread runs.
    process: u32,
    filled: Sender<Chunk>,
    empty: Receiver<Chunk>,
    /// Number of chunks that were made.
    made: usize,
    thread: JoinHandle<Columns>,
}

impl Resolver {
    /// Starts the second thread, and moves the columns there; `None` if it cannot be started.
    fn start(index: &Arc<ByAddress>, columns: &mut Columns, chunk_len: usize) -> Option<Self> {
        let (filled, chunks) = channel();
        let (give_back, empty) = channel();
        // If no thread can be started, its closure is dropped, and the columns must not be.
        let (hand_over, handed_over) = channel();
        let index = Arc::clone(index);
        let run = move || {
            let mut columns: Columns = handed_over.recv().unwrap_or_default();
            for mut chunk in chunks {
                columns.append(&mut chunk, &index);
                // Nobody takes it after the last visit.
                let _ = give_back.send(chunk);
            }
            columns
        };
        let thread = Builder::new().name("objgraph".to_owned()).spawn(run).ok()?;
        // It fails if the thread is gone; then the thread panicked, which `join` passes on.
        let _ = hand_over.send(mem::take(columns));
        let running = Running {
            process: process_id(),
            filled,
            empty,
            made: 1,
            thread,
        };
        Some(Self {
            chunk_len,
            running: Some(running),
        })
    }

    /// Returns the thread; `None` if it was in the parent of a fork.
    fn running(&mut self) -> Option<&mut Running> {
        let running = self
            .running
            .take_if(|running| running.process != process_id());
        // Its channels may be locked, by a thread that does not exist here.
        mem::forget(running);
        self.running.as_mut()
    }

    /// Ends the thread, and returns its columns or its panic; `None` if it was in the parent of a fork.
    fn end(&mut self) -> Option<thread::Result<Columns>> {
        self.running()?;
        let Running { filled, thread, .. } = self.running.take()?;
        drop(filled);
        Some(thread.join())
    }
}

impl Drop for Resolver {
    fn drop(&mut self) {
        // If it was not ended before, a panic of the trace is under way already.
        drop(self.end());
    }
}

impl Running {
    /// Returns an empty chunk, and waits for one if there are enough.
    fn empty(&mut self, len: usize) -> Chunk {
        let chunk = match self.empty.try_recv() {
            Ok(chunk) => Some(chunk),
            Err(_) if self.made < CHUNKS => None,
            Err(_) => self.empty.recv().ok(),
        };
        chunk.unwrap_or_else(|| {
            self.made += 1;
            Chunk::with_capacity(len)
        })
    }
}

impl Chunk {
    fn with_capacity(len: usize) -> Self {
        // A chunk ends after the visit that fills it.
        let len = len + len / 4;
        Self {
            edges: Vec::with_capacity(len),
            unread: Vec::with_capacity(len),
            unsorted: Vec::new(),
            lengths: Vec::with_capacity(len),
        }
    }
}

impl Columns {
    /// Appends the rows of a chunk, and leaves it empty.
    fn append(&mut self, chunk: &mut Chunk, index: &ByAddress) {
        for (edge, spot) in chunk.unread.drain(..) {
            let target = index.at(spot).map(|node| NodeId::new(node as usize));
            self.leads_nowhere |= target.is_none();
            chunk.edges[edge.in_order()].target = target.unwrap_or(NOWHERE);
        }
        for edges in chunk.unsorted.drain(..) {
            chunk.edges[edges].sort_unstable();
        }
        self.edges.append(&mut chunk.edges);
        self.lengths.append(&mut chunk.lengths);
    }
}

impl Tracer {
    /// Starts the second thread, if it helps.
    pub(in crate::trace) fn start_resolver(&mut self) {
        let objects = self.nodes.len();
        let helps = |second: &SecondThread| second.helps(objects);
        let Some(second) = self.second_thread.filter(helps) else {
            return;
        };
        self.read();
        let first = Chunk::with_capacity(second.chunk);
        let mut columns = Columns {
            edges: self.edges.cut_off(first.edges, &mut Vec::new()),
            lengths: mem::replace(&mut self.lengths, first.lengths),
            leads_nowhere: false,
        };
        self.resolver = Resolver::start(&self.in_memory, &mut columns, second.chunk);
        if self.resolver.is_none() {
            self.edges.put_back(columns.edges);
            self.lengths = columns.lengths;
        }
    }

    /// Returns whether the visits since the last chunk make a chunk.
    #[inline]
    pub(super) fn is_chunk_full(&self, resolver: &Resolver) -> bool {
        self.edges.len() >= resolver.chunk_len || self.lengths.len() >= resolver.chunk_len
    }

    /// Passes what was found since the last chunk to the second thread.
    #[cold]
    #[inline(never)]
    pub(super) fn pass_chunk(&mut self) {
        let Some(resolver) = &mut self.resolver else {
            return;
        };
        let len = resolver.chunk_len;
        let Some(running) = resolver.running() else {
            return self.lose_references();
        };
        let mut chunk = running.empty(len);
        chunk.edges = self.edges.cut_off(chunk.edges, &mut chunk.unsorted);
        mem::swap(&mut chunk.unread, &mut self.unread);
        mem::swap(&mut chunk.lengths, &mut self.lengths);
        // It fails if the thread panicked, which `join` passes on.
        let _ = running.filled.send(chunk);
    }

    /// Ends the second thread, and takes the columns back.
    pub(super) fn finish_resolver(&mut self) {
        self.pass_chunk();
        let Some(mut resolver) = self.resolver.take() else {
            return;
        };
        let Some(ended) = resolver.end() else {
            return self.lose_references();
        };
        let columns = ended.unwrap_or_else(|panic| resume_unwind(panic));
        self.edges.put_back(columns.edges);
        self.lengths = columns.lengths;
        self.leads_nowhere |= columns.leads_nowhere;
    }

    /// Forgets all references, in the child of a fork: most of them are in the parent only.
    fn lose_references(&mut self) {
        self.resolver = None;
        self.edges = EdgeColumn::default();
        self.lengths.clear();
        self.unread.clear();
        (self.may_wait, self.has_lost_references) = (false, true);
    }
}
