//! The visits of a trace, one object at a time.

use std::sync::Arc;

use super::{OpaqueWords, PendingValue, Tracer, count, erased_words_of};
use crate::listing::VisitOutcome;
use crate::object_id::ObjectId;
use crate::snapshot::{NodeId, PointerKind, State};
use crate::table;
use crate::trace::index::ByAddress;
use crate::trace::labels;
use crate::trace::left_behind;
use crate::trace::panics::caught;
use crate::trace::visitor::Visitor;
use crate::tracked::Value;
#[cfg(feature = "nightly")]
use crate::visibility::registry;
use crate::visibility::{View, WeakTarget};

impl Tracer {
    /// Indexes the listed nodes by their addresses, which are 0 where they are not known. `all_own`
    /// says that all `Rc` objects of this thread were listed: then the targets of edges may be read
    /// later.
    pub(in crate::trace) fn know_addresses(&mut self, addresses: &[usize], all_own: bool) {
        self.in_memory = Arc::new(ByAddress::of(addresses));
        self.scanner.include_objects(&self.in_memory);
        self.may_wait = all_own
            && self.in_memory.is_far()
            && std::iter::zip(&self.nodes, addresses)
                .all(|(row, &address)| row.pointer_kind != PointerKind::Rc || address != 0);
    }

    pub(in crate::trace) fn visit_queue(&mut self) {
        while let Some((node, pending)) = self.queue.pop_front() {
            match pending {
                PendingValue::Object => self.visit_object(node),
                PendingValue::Std(handle) => self.visit_std(node, &*handle),
            }
            self.visit_given_back(u32::MAX);
        }
    }

    /// Adopts the objects of ended threads that were met on the way, and what these reach.
    pub(in crate::trace) fn adopt_more(&mut self) {
        let mut before = 0;
        self.in_order = false;
        while self.nodes.len() > before {
            before = self.nodes.len();
            left_behind::adopt(self);
            self.visit_queue();
        }
    }

    /// Visits the values behind std's pointers that were met, and no object of the table.
    pub(in crate::trace) fn visit_std_values(&mut self) {
        while let Some((node, pending)) = self.queue.pop_front() {
            if let PendingValue::Std(handle) = pending {
                self.visit_std(node, &*handle);
            }
        }
    }

    /// Marks the objects that died meanwhile as in flight, so that they are not judged. The address
    /// of such an object may belong to a new one, whose references then look like references to the
    /// dead one.
    pub(in crate::trace) fn mark_dead_in_flight(&mut self, listed: usize) {
        for row in &mut self.nodes[..listed] {
            if !table::lives(row.id) {
                row.state = State::InFlight;
            }
        }
    }

    /// Marks all objects as in flight, so that none is judged by references that are not known.
    pub(in crate::trace) fn mark_all_in_flight(&mut self) {
        for row in &mut self.nodes {
            row.state = State::InFlight;
        }
    }

    /// Visits the `all` listed objects.
    pub(in crate::trace) fn visit_listed(&mut self, all: u32) {
        let mut next = 0;
        while next < all {
            // Preparing to catch a panic costs something, and panics are rare.
            let outcome = caught(|| {
                while next < all {
                    next += 1;
                    self.visit_value(next - 1);
                }
            });
            if let Err(message) = outcome {
                self.panicked_at_its_end(next - 1, message);
            }
        }
        self.visit_given_back(all);
    }

    /// Visits the nodes below `end` to which the table has got its handle back meanwhile.
    pub(in crate::trace) fn visit_given_back(&mut self, end: u32) {
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
    pub(in crate::trace) fn visit_object(&mut self, node: u32) {
        if let Err(message) = caught(|| self.visit_value(node)) {
            self.panicked_at_its_end(node, message);
        }
    }

    /// Records that the program dropped its last handle during the visit, and that the drop of the
    /// value, which ran after the visit, panicked.
    fn panicked_at_its_end(&mut self, node: u32, message: String) {
        self.panicked(node, message);
        self.nodes[node as usize].state = State::InFlight;
    }

    #[inline]
    fn visit_value(&mut self, node: u32) {
        let row = &self.nodes[node as usize];
        if row.state != State::Lent || self.visits_nothing {
            return;
        }
        let outcome = table::visit(row.id, |value, strong, weak| {
            self.see(node, value, strong, weak);
        });
        match outcome {
            VisitOutcome::Visited => {}
            VisitOutcome::Lent => self.nodes[node as usize].state = State::Lent,
            VisitOutcome::Gone => self.nodes[node as usize].state = State::InFlight,
        }
    }

    /// Visits the value of a node, which has these counts.
    #[inline]
    fn see(&mut self, node: u32, value: Value<'_>, strong: usize, weak: usize) {
        let row = &mut self.nodes[node as usize];
        (row.strong, row.weak) = (count(strong), count(weak));
        // It fails for any other type, so the type need not be compared first.
        let last = self.last_viewed.1.and_then(|view| value.view(view));
        let viewed = last.or_else(|| value.view(self.view_fn(value.type_id())?));
        if let Some(view) = &viewed {
            self.visit_view(node, view);
        } else if let Some(view) = &self.register_and_view(node, value) {
            self.visit_view(node, view);
        } else {
            self.is_unknown(node, erased_words_of(value));
        }
    }

    /// Visits all nodes, which are objects that have leaked as far as is known: together where that is
    /// possible, and otherwise one at a time.
    pub(in crate::trace) fn visit_leaked(&mut self) {
        let ids: Vec<ObjectId> = self.nodes.iter().map(|row| row.id).collect();
        let all = ids.len() as u32;
        let outcome = caught(|| {
            !self.visits_nothing
                && table::visit_all(&ids, &mut |at, value, strong, weak| {
                    self.see(at as u32, value, strong, weak);
                })
        });
        match outcome {
            Ok(true) => {}
            Ok(false) => self.visit_listed(all),
            // The drop of a value panicked, so the program dropped its last handle to it.
            Err(message) => self.panicked_at_its_end(0, message),
        }
    }

    /// Registers the type of an object where the compiler knows that it is `Tracked`; returns the view
    /// of the object if it does.
    #[cfg(feature = "nightly")]
    #[cold]
    fn register_and_view<'a>(&mut self, node: u32, value: Value<'a>) -> Option<View<'a>> {
        if !value.register_type() {
            return None;
        }
        self.registry = registry();
        let entry = self.registry.get(value.type_id())?;
        let index = self.nodes[node as usize].type_index;
        self.types.learn(index, Arc::clone(&entry.info));
        value.view(entry.view)
    }

    #[cfg(not(feature = "nightly"))]
    fn register_and_view<'a>(&mut self, _: u32, _: Value<'a>) -> Option<View<'a>> {
        None
    }

    /// Marks an object of an unknown type: opaque, unless it owns nothing.
    #[cold]
    fn is_unknown(&mut self, node: u32, words: OpaqueWords<'_>) {
        let row = &mut self.nodes[node as usize];
        if self.types.infos[row.type_index as usize].needs_drop {
            row.state = State::Opaque;
            self.begin(node);
            self.scan(words);
        } else {
            row.state = State::Visited;
        }
    }

    #[inline]
    fn visit_view<'a>(&'a mut self, node: u32, view: &View<'a>) {
        self.nodes[node as usize].state = State::Visited;
        self.visit_begun(node, |visitor| view.visit(visitor));
    }

    /// Visits a value behind one of std's pointers.
    fn visit_std(&mut self, node: u32, handle: &dyn WeakTarget) {
        if self.visits_nothing {
            self.nodes[node as usize].state = State::Opaque;
            return;
        }
        let Some(entry) = self.registry.get(handle.target()) else {
            self.nodes[node as usize].state = State::Opaque;
            self.scan_std(node, handle);
            return;
        };
        let (info, view) = (Arc::clone(&entry.info), entry.view);
        self.types.learn(self.nodes[node as usize].type_index, info);
        let mut texts = Vec::new();
        // The program may have dropped its last handle meanwhile: then the drop of the value runs
        // here.
        let visited = caught(|| {
            if self.wants_labels {
                let type_name = handle.type_name();
                handle.with_view(view, &mut |view| {
                    texts.push(labels::of_value(type_name, view.label()));
                });
            }
            handle.with_view(view, &mut |view| self.visit_view(node, &view))
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

    /// Visits a node, and catches a panic of the user's code.
    pub(in crate::trace) fn visit_caught<'a>(
        &'a mut self,
        node: u32,
        visit: impl FnOnce(&mut Visitor<'a>),
    ) {
        if self.visits_nothing {
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
