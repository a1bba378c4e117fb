//! Taking a snapshot.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::assemble::assemble;
use super::by_address::ByAddress;
use super::handles::Handles;
use super::keep::Kept;
use super::others::Running;
use super::roots::Roots;
use super::starts::{Start, Starts};
use super::tracer::{Pending, Tracer, count};
use super::visitor::Visitor;
use crate::listing::Looked;
use crate::lock::is_lost;
use crate::object_id::ObjectId;
use crate::sight::{Behind, Seen, registry};
use crate::snapshot::{Holder, NodeId, Snapshot, State};
use crate::table;
use crate::tracked::Visit;

/// A snapshot of all objects, and of what they reach through std's pointers.
///
/// Objects are visited one at a time, each with no lock held and no object of its own kept
/// alive beyond its visit. Time and memory are O(objects + references); the stack needed does
/// not grow with them.
///
/// A lock is held while what is in it is visited, and never waited for: one that is held, by the
/// program or by the snapshot of another thread, is busy.
///
/// `Rc` objects of other threads are listed and counted, not visited. Where tracking is off the
/// snapshot is empty.
///
/// What a `visit` makes meanwhile may be missing; what that owns counts as held from outside.
///
/// A `visit` may itself ask for a snapshot. One that is asked for by a visit of a snapshot that a
/// visit asked for looks into nothing, so that this ends.
#[must_use]
pub fn snapshot() -> Snapshot {
    snapshot_with(&[], SnapshotOptions::default()).0
}

/// What a snapshot holds besides the objects.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct SnapshotOptions {
    /// Whether to take labels of values behind std's pointers, to which no id leads back later.
    pub labels: bool,
    /// Whether to measure what each object owns on the heap, and to write down how long its
    /// collections are. On by default. It asks each collection for its length and capacity, and
    /// walks those whose items own bytes (`Vec<String>`, not `Vec<u8>`) though they hold no
    /// reference.
    pub heap: bool,
}

impl Default for SnapshotOptions {
    fn default() -> Self {
        Self {
            labels: false,
            heap: true,
        }
    }
}

impl SnapshotOptions {
    /// With labels, or without.
    #[must_use]
    pub fn labels(mut self, labels: bool) -> Self {
        self.labels = labels;
        self
    }

    /// With bytes on the heap and lengths of collections, or without.
    #[must_use]
    pub fn heap(mut self, heap: bool) -> Self {
        self.heap = heap;
        self
    }
}

/// A snapshot of all objects, and of what `values` reach; and the nodes to start at to see it: for
/// a pointer the object it points to, for any other value a node of its own, which is no object.
#[must_use]
pub fn snapshot_with(values: &[&dyn Visit], options: SnapshotOptions) -> (Snapshot, Vec<NodeId>) {
    let (snapshot, starts, _) = take(values, options, Extent::All, None);
    (snapshot, starts)
}

/// A snapshot of some objects and of all that they lead to; with the roots and what these lead to,
/// if they are wanted.
///
/// References from elsewhere are not seen, so they count as held from outside. What leads to an
/// object of a cycle is on the cycle or outside of it: a cycle with a wanted object that is found
/// leaked has leaked, and one that nothing else holds is found.
///
/// The objects are told by scope and epoch; `None` if there is none that is wanted.
#[must_use]
pub fn snapshot_from(wanted: &dyn Fn(u32, u32) -> bool, roots: bool) -> Option<Snapshot> {
    let mut listed = table::list();
    listed.retain(|object| wanted(object.scope, object.epoch));
    if listed.is_empty() && !roots {
        return None;
    }
    let extent = Extent::Some {
        listed,
        roots,
        texts: false,
    };
    Some(take(&[], SnapshotOptions::default(), extent, None).0)
}

/// Of which objects a snapshot is, besides what the values lead to.
pub(super) enum Extent {
    /// All, and the roots.
    All,
    /// Some, with the roots or without, and with the bytes of texts or without.
    Some {
        listed: Vec<crate::listing::Listed>,
        roots: bool,
        texts: bool,
    },
}

/// A snapshot, with ways back to what was met behind std's pointers where they are wanted.
pub(super) fn take(
    values: &[&dyn Visit],
    options: SnapshotOptions,
    extent: Extent,
    kept: Option<Kept>,
) -> (Snapshot, Vec<NodeId>, Option<Kept>) {
    if !crate::ENABLED || is_lost() {
        return (Snapshot::empty(), Vec::new(), kept);
    }
    let running = Running::begin();
    crate::epochs::advance_epoch();
    let mut tracer = Tracer::new(registry(), options);
    tracer.kept = kept;
    tracer.looks_into_nothing = running.is_too_deep();
    super::left_behind::wait_for_ends();
    let before = births_and_deaths();
    tracer.handles = Handles::list();
    let mut addresses = Vec::new();
    let (is_part, roots) = match extent {
        Extent::All => {
            tracer.expect(before.0.wrapping_sub(before.1));
            addresses.reserve(tracer.nodes.capacity());
            table::list_alike(&mut |alike| {
                tracer.list_alike(alike);
                table::addresses(alike.ids, &mut addresses);
            });
            (false, true)
        }
        Extent::Some {
            listed,
            roots,
            texts,
        } => {
            tracer.wants_texts = texts;
            tracer.expect(listed.len() as u64);
            for object in &listed {
                tracer.list(object);
            }
            let ids: Vec<ObjectId> = listed.iter().map(|object| object.id).collect();
            table::addresses(&ids, &mut addresses);
            (true, roots)
        }
    };
    let all = tracer.nodes.len();
    tracer.know_addresses(&addresses, !is_part);
    drop(addresses);
    // Where the addresses were there is room for this.
    tracer.edges.reserve_nodes(all);
    tracer.know_watched(is_part);
    super::left_behind::adopt(&mut tracer);
    let roots = roots.then(|| Roots::add(&mut tracer));
    let mut starts = Vec::new();
    let mut in_place = Vec::new();
    for &value in values {
        let first = starts.len();
        if !add_starts(&mut tracer, value, &mut starts) {
            in_place.push((starts[first], value));
        }
    }
    tracer.in_order = true;
    tracer.visit_listed(all as u32);
    if let Some(roots) = roots {
        roots.visit(&mut tracer);
    }
    tracer.visit_given_back(u32::MAX);
    for (node, value) in in_place {
        tracer.visit_caught(node.index() as u32, |visitor| value.visit(visitor));
    }
    tracer.visit_given_back(u32::MAX);
    tracer.read_all();
    tracer.visit_queue();
    if is_part {
        tracer.adopt_more();
    }
    if births_and_deaths() != before {
        tracer.doubt_the_dead(all);
    }
    let kept = tracer.kept.take();
    (assemble(tracer), starts, kept)
}

/// A snapshot of these objects alone: what they refer to besides is listed and not looked into.
/// O(objects + references, of these).
///
/// An object that all its references in here explain is held by none of the others.
#[must_use]
pub fn snapshot_of(ids: impl IntoIterator<Item = ObjectId>) -> Snapshot {
    if !crate::ENABLED || is_lost() {
        return Snapshot::empty();
    }
    let running = Running::begin();
    let mut tracer = Tracer::new(registry(), SnapshotOptions::default().heap(false));
    tracer.looks_into_nothing = running.is_too_deep();
    super::left_behind::wait_for_ends();
    // Nodes are found by their places, so they are listed in the order of these.
    let mut ids: Vec<ObjectId> = ids.into_iter().filter(|id| id.is_in_table()).collect();
    ids.sort_unstable_by_key(|id| (id.place(), id.round()));
    for id in ids {
        if tracer.known(id).is_none()
            && let Some(listed) = table::describe(id)
        {
            tracer.list(&listed);
        }
    }
    let all = tracer.nodes.len();
    tracer.know_watched(true);
    super::left_behind::adopt(&mut tracer);
    tracer.visit_listed(all as u32);
    tracer.visit_std_values();
    assemble(tracer)
}

/// How many objects were ever made, and how many of them are gone.
fn births_and_deaths() -> (u64, u64) {
    let counts = table::counts();
    counts.iter().fold((0, 0), |(born, died), kind| {
        let died_of_kind = kind.born.wrapping_sub(kind.alive);
        (
            born.wrapping_add(kind.born),
            died.wrapping_add(died_of_kind),
        )
    })
}

/// Adds the nodes to start at to see a value; whether these are of objects that it points to, and
/// not its own, which is to be visited.
fn add_starts(tracer: &mut Tracer, value: &dyn Visit, nodes: &mut Vec<NodeId>) -> bool {
    let mut starts = Starts::default();
    let is_pointer = value.starts(&mut starts);
    if is_pointer {
        let found = starts.found.into_iter().filter_map(|start| match start {
            Start::Object(id) => tracer.object(id),
            Start::Pointer(met) => Some(tracer.met(met)),
        });
        nodes.extend(found.map(|node| NodeId::new(node as usize)));
    } else {
        let node = tracer.add_value(value.__type_name(), size_of_val(value));
        let node = NodeId::new(node as usize);
        if tracer.wants_labels {
            let label = super::labels::of_value(value.__type_name(), value.label());
            tracer.labels.push((node, label));
        }
        nodes.push(node);
    }
    is_pointer
}

impl Tracer {
    /// The nodes that were listed are to be found by their addresses, 0 where that is not known.
    /// `all_own` says that all `Rc` objects of this thread are among them: then it may be read
    /// later where a reference leads.
    pub(super) fn know_addresses(&mut self, addresses: &[usize], all_own: bool) {
        self.in_memory = ByAddress::of(addresses);
        self.may_wait = all_own
            && self.in_memory.is_far()
            && std::iter::zip(&self.nodes, addresses)
                .all(|(row, &address)| row.holder != Holder::Rc || address != 0);
    }

    fn visit_queue(&mut self) {
        while let Some((node, pending)) = self.queue.pop_front() {
            match pending {
                Pending::Object => self.visit_object(node),
                Pending::Std(handle) => self.visit_std(node, &*handle),
            }
            self.visit_given_back(u32::MAX);
        }
    }

    /// Adds what is known of objects of threads that ended, and that were met on the way; and what
    /// these lead to.
    fn adopt_more(&mut self) {
        let mut before = 0;
        self.in_order = false;
        while self.nodes.len() > before {
            before = self.nodes.len();
            super::left_behind::adopt(self);
            self.visit_queue();
        }
    }

    /// Visits the values behind std's pointers that were met, and no object of the table.
    pub(super) fn visit_std_values(&mut self) {
        while let Some((node, pending)) = self.queue.pop_front() {
            if let Pending::Std(handle) = pending {
                self.visit_std(node, &*handle);
            }
        }
    }

    /// An object that died meanwhile may have left its address to one that was made, so that
    /// references to that are taken for references to it; and what was seen of it is no more. It is
    /// not judged: it is in flight.
    fn doubt_the_dead(&mut self, listed: usize) {
        for row in &mut self.nodes[..listed] {
            if !table::lives(row.id) {
                row.state = State::InFlight;
            }
        }
    }

    /// Visits the objects of the listing, of which there are so many.
    pub(super) fn visit_listed(&mut self, all: u32) {
        let mut next = 0;
        while next < all {
            // What is caught here is rare, and to be ready for it costs something.
            let looked = caught(|| {
                while next < all {
                    next += 1;
                    self.look_into(next - 1);
                }
            });
            if let Err(message) = looked {
                self.panicked_at_its_end(next - 1, message);
            }
        }
        self.visit_given_back(all);
    }

    /// Visits the nodes below `end` to whose values the table has got its handle back meanwhile.
    fn visit_given_back(&mut self, end: u32) {
        if self.given_back.is_empty() {
            return;
        }
        let in_order = std::mem::replace(&mut self.in_order, false);
        while let Some(node) = self.given_back.pop() {
            if node < end {
                self.visit_object(node);
            }
        }
        self.in_order = in_order;
    }

    /// Visits an object of the table.
    pub(super) fn visit_object(&mut self, node: u32) {
        if let Err(message) = caught(|| self.look_into(node)) {
            self.panicked_at_its_end(node, message);
        }
    }

    /// The program had let go of the value meanwhile, so that its own drop ran after the visit,
    /// and panicked.
    fn panicked_at_its_end(&mut self, node: u32, message: String) {
        self.panicked(node, message);
        self.nodes[node as usize].state = State::InFlight;
    }

    #[inline]
    fn look_into(&mut self, node: u32) {
        let row = &self.nodes[node as usize];
        if row.state != State::Lent || self.looks_into_nothing {
            return;
        }
        let looked = table::look(row.id, |value, strong, weak| {
            let row = &mut self.nodes[node as usize];
            (row.strong, row.weak) = (count(strong), count(weak));
            // It fails at any other type, so there is no need to ask for the type first.
            if let Some(see) = self.last_seen.1
                && let Some(seen) = &value.seen(see)
            {
                self.visit_seen(node, seen);
            } else if let Some(seen) = &self.see(value) {
                self.visit_seen(node, seen);
            } else {
                self.is_unknown(node);
            }
        });
        match looked {
            Looked::Seen => {}
            Looked::Lent => self.nodes[node as usize].state = State::Lent,
            Looked::Gone => self.nodes[node as usize].state = State::InFlight,
        }
    }

    /// The type of an object is not known: the object is opaque, unless it owns nothing.
    #[cold]
    fn is_unknown(&mut self, node: u32) {
        let row = &mut self.nodes[node as usize];
        row.state = match self.types.infos[row.type_index as usize].needs_drop {
            true => State::Opaque,
            false => State::Visited,
        };
    }

    #[inline]
    fn visit_seen<'a>(&'a mut self, node: u32, seen: &Seen<'a>) {
        self.nodes[node as usize].state = State::Visited;
        self.visit_begun(node, |visitor| seen.visit(visitor));
    }

    /// Visits a value behind a pointer of std.
    fn visit_std(&mut self, node: u32, handle: &dyn Behind) {
        let Some(entry) = self
            .registry
            .get(handle.target())
            .filter(|_| !self.looks_into_nothing)
        else {
            self.nodes[node as usize].state = State::Opaque;
            return;
        };
        let (info, see) = (Arc::clone(&entry.info), entry.see);
        self.types.learn(self.nodes[node as usize].type_index, info);
        let mut texts = Vec::new();
        // The program may have let go of the value meanwhile: then its own drop runs here.
        let visited = caught(|| {
            if self.wants_labels {
                let type_name = handle.type_name();
                handle.look(see, &mut |seen| {
                    texts.push(super::labels::of_value(type_name, seen.label()));
                });
            }
            handle.look(see, &mut |seen| self.visit_seen(node, &seen))
        });
        let texts = texts.into_iter().filter(|text| !text.is_empty());
        let texts = texts.map(|text| (NodeId::new(node as usize), text));
        self.labels.extend(texts);
        match visited {
            Ok(true) => {}
            Ok(false) => self.nodes[node as usize].state = State::InFlight,
            Err(message) => self.panicked(node, message),
        }
    }

    /// Visits, and keeps a panic of the user's code from going further.
    pub(super) fn visit_caught<'a>(&'a mut self, node: u32, visit: impl FnOnce(&mut Visitor<'a>)) {
        if self.looks_into_nothing {
            self.nodes[node as usize].state = State::Opaque;
            return;
        }
        self.visit_begun(node, visit);
    }

    #[inline(always)]
    fn visit_begun<'a>(&'a mut self, node: u32, visit: impl FnOnce(&mut Visitor<'a>)) {
        self.begin(node);
        let mut visitor = Visitor::new(self);
        let result = caught(|| {
            visit(&mut visitor);
            visitor.finish();
        });
        if let Err(message) = result {
            visitor.panicked(node, message);
        }
        visitor.end();
    }
}

/// Runs code of the user; gives what it says if it panics.
pub(super) fn caught<R>(run: impl FnOnce() -> R) -> Result<R, String> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|panic| {
        let message = message(&*panic);
        // What a panic carries is the user's too, and may panic when it is dropped.
        if let Err(another) = catch_unwind(AssertUnwindSafe(|| drop(panic))) {
            std::mem::forget(another);
        }
        message
    })
}

/// The message of a panic.
fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "a panic without a message".to_owned())
}
