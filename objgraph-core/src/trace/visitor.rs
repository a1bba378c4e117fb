//! The visitor: what a value reports its references to.

use std::any::{Any, type_name};
use std::task::Waker;

use super::deferred::{DeferredVisit, Way};
use super::std_pointer::StdPointer;
use super::tracer::{OpaqueWords, Tracer, erased_words_of, words_of};
use crate::emptiness::nothing;
use crate::object_id::ObjectId;
use crate::snapshot::{FieldName, PlaceKind, Segment};
use crate::table;
use crate::tracked::{Label, Visit};
use crate::visibility::{CellContents, ErasedValue, OpaqueBox, View};

/// Maximum depth of values that a visit enters by calls. It defers the rest, which bounds the stack of a
/// trace. Values that only pass a visit on are not counted, because their types bound their depth.
const CALL_DEPTH: u32 = 12;

/// What a value reports its references to.
///
/// The lifetime is that of the value. Values that own each other too deeply for the stack are deferred,
/// and visited when the calls have returned.
#[derive(Debug)]
pub struct Visitor<'a> {
    tracer: &'a mut Tracer,
    deferred: Vec<DeferredVisit<'a>>,
    /// The way to the deferred value that is visited now.
    way: Way<'a>,
}

impl<'a> Visitor<'a> {
    #[inline]
    pub(crate) fn new(tracer: &'a mut Tracer) -> Self {
        Self {
            tracer,
            deferred: Vec::new(),
            way: Way::default(),
        }
    }

    /// Visits a value that the visited value owns in its field `name`.
    ///
    /// ```
    /// # use objgraph_core::{Visit, Visitor};
    /// struct Queue<T>(std::collections::VecDeque<T>);
    ///
    /// impl<T: Visit> Visit for Queue<T> {
    ///     fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
    ///         visitor.field("0", &self.0);
    ///     }
    /// }
    /// ```
    pub fn field<T: Visit>(&mut self, name: &'static str, value: &'a T) {
        self.__enter(name);
        self.value(value);
        self.__leave();
    }

    /// Reports the number of bytes that the visited value owns on the heap, in addition to its own size and
    /// to what the values that it reports own. std's collections, strings and boxes report theirs.
    ///
    /// ```
    /// # use objgraph_core::{Visit, Visitor};
    /// # mod ffi {
    /// #     pub struct Bitmap;
    /// #     impl Bitmap { pub fn byte_len(&self) -> usize { 640 } }
    /// # }
    /// struct Picture {
    ///     name: String,
    ///     pixels: ffi::Bitmap,
    /// }
    ///
    /// impl Visit for Picture {
    ///     fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
    ///         visitor.field("name", &self.name);
    ///         visitor.heap(self.pixels.byte_len());
    ///     }
    /// }
    /// ```
    pub fn heap(&mut self, bytes: usize) {
        self.tracer.heap(bytes);
    }

    /// Reports the number of items in a collection at the current place, which grows if items are added
    /// and never removed. std's collections report theirs.
    ///
    /// ```
    /// # use objgraph_core::{Visit, Visitor};
    /// struct Ring<T> {
    ///     slots: Box<[Option<T>]>,
    ///     used: usize,
    /// }
    ///
    /// impl<T: Visit> Visit for Ring<T> {
    ///     fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
    ///         visitor.length(self.used);
    ///         visitor.elements(self.slots.iter());
    ///     }
    /// }
    /// ```
    pub fn length(&mut self, len: usize) {
        self.tracer.collection(len, 0);
    }

    /// Reports the length of a collection at the current place, and the bytes that it owns in addition to
    /// those of its items.
    pub(crate) fn collection(&mut self, len: usize, bytes: usize) {
        self.tracer.collection(len, bytes);
    }

    /// Reports a collection whose length cannot change, although another may replace it.
    pub(crate) fn fixed(&mut self, len: usize, bytes: usize) {
        self.tracer.fixed(len, bytes);
    }

    /// Reports the bytes of a text at the current place.
    pub(crate) fn text(&mut self, bytes: usize) {
        self.tracer.text(bytes);
    }

    /// Whether a visit of a value would find nothing. The arguments describe its type, so that the method
    /// is compiled once.
    #[inline]
    pub(crate) fn skips(&self, is_leaf: bool, owns_heap: fn() -> bool) -> bool {
        is_leaf && !(self.tracer.wants_heap() && owns_heap())
    }

    /// Visits values that the visited value owns as its elements 0, 1, ….
    pub fn elements<T: Visit + 'a>(&mut self, values: impl IntoIterator<Item = &'a T>) {
        if self.skips(T::is_leaf(), T::owns_heap) {
            return;
        }
        self.open_elements();
        for (index, value) in values.into_iter().enumerate() {
            self.tracer.set_element(index);
            self.value(value);
        }
        self.__leave();
    }

    /// Visits values that the visited value owns in no order.
    pub fn entries<T: Visit + 'a>(&mut self, values: impl IntoIterator<Item = &'a T>) {
        if self.skips(T::is_leaf(), T::owns_heap) {
            return;
        }
        self.open(Segment::Entry);
        for value in values {
            self.value(value);
        }
        self.__leave();
    }

    /// Visits a value that the visited value owns, at the current place.
    pub fn value<T: Visit>(&mut self, value: &'a T) {
        if !self.skips(T::is_leaf(), T::owns_heap) {
            value.visit_owned(self);
        }
    }

    /// Visits a value that another owns and that may have an identity of its own.
    pub(crate) fn owned(&mut self, value: &'a dyn Visit) {
        if !crate::ENABLED {
            return nothing();
        }
        match value.instance() {
            Some(id) => {
                if let Some(place) = self.tracer.enter_instance(id) {
                    self.inside(View::Value(value));
                    self.tracer.resume(place);
                }
            }
            None => self.inside(View::Value(value)),
        }
    }

    /// Visits a value of a registered type, which may have an identity of its own.
    fn visit_view(&mut self, view: View<'a>) {
        match view {
            View::Value(value) => self.owned(value),
            view => self.inside(view),
        }
    }

    /// Visits the contents of a value, or defers them if the calls are too deep.
    fn inside(&mut self, value: View<'a>) {
        if !crate::ENABLED {
            return nothing();
        }
        if self.tracer.depth < CALL_DEPTH {
            self.tracer.depth += 1;
            value.visit(self);
            self.tracer.depth -= 1;
        } else if let Some(way) = self.way.to(value) {
            let path = self.tracer.deep_path();
            self.deferred.push(DeferredVisit {
                value,
                node: self.tracer.node(),
                path,
                way,
            });
        } else {
            self.tracer.too_deep();
        }
    }

    /// Visits a value that a guard borrows, while the guard lives.
    ///
    /// ```
    /// # use objgraph_core::{Visit, Visitor};
    /// struct Shared<T>(std::cell::RefCell<T>);
    ///
    /// impl<T: Visit> Visit for Shared<T> {
    ///     fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
    ///         match self.0.try_borrow() {
    ///             Ok(guard) => visitor.guarded(|visitor| visitor.lend(&*guard)),
    ///             Err(_) => visitor.busy::<T>(),
    ///         }
    ///     }
    /// }
    /// ```
    pub fn guarded(&mut self, visit: impl FnOnce(&mut GuardVisitor<'_>)) {
        let Some(depth) = self.tracer.enter_guard() else {
            return;
        };
        visit(&mut GuardVisitor {
            tracer: &mut *self.tracer,
        });
        self.tracer.leave_guard(depth);
    }

    /// Visits a value that a guard lends.
    #[allow(dead_code, reason = "for types of optional dependencies")]
    pub(crate) fn lent<T: Visit>(&mut self, value: &T) {
        if !self.skips(T::is_leaf(), T::owns_heap) {
            self.lent_dyn(value);
        }
    }

    /// Visits a value of any type that a guard lends.
    #[allow(dead_code, reason = "for types of optional dependencies")]
    pub(crate) fn lent_dyn(&mut self, value: &dyn Visit) {
        self.lent_here(value);
    }

    /// As [`lent_dyn`](Self::lent_dyn), compiled for each caller.
    #[inline(always)]
    pub(crate) fn lent_here(&mut self, value: &dyn Visit) {
        if !crate::ENABLED {
            return nothing();
        }
        if let Some(depth) = self.tracer.enter_guard() {
            let mut visitor = Visitor::new(&mut *self.tracer);
            match value.instance() {
                // A new visitor starts at depth 0.
                None => value.visit(&mut visitor),
                Some(_) => visitor.owned(value),
            }
            visitor.finish();
            self.tracer.leave_guard(depth);
        }
    }

    /// Visits the target of a shared reference. A reference does not own it, so it is a node of its own,
    /// visited once however many references lead to it.
    pub fn shared<T: Visit>(&mut self, value: &'a T) {
        // Precedes the name, so that the compiler instantiates it first; see `visibility::growth`.
        let view = View::Value(value);
        if T::is_leaf() {
            return;
        }
        let address = std::ptr::from_ref(value).addr();
        if let Some(place) =
            self.tracer
                .enter_value(address, type_name::<T>(), size_of::<T>(), value.label())
        {
            self.inside(view);
            self.tracer.resume(place);
        }
    }

    /// Visits a value of any type, if it is registered; otherwise the value is opaque.
    pub fn any<T: 'static>(&mut self, value: &'a T) {
        if !std::mem::needs_drop::<T>() {
            return;
        }
        self.any_named(value, type_name::<T>);
    }

    pub(crate) fn any_named(&mut self, value: &'a dyn ErasedValue, name: fn() -> &'static str) {
        if !crate::ENABLED {
            return nothing();
        }
        match self.tracer.view(value) {
            Some(view) => self.visit_view(view),
            None => self.opaque(name(), erased_words_of(value)),
        }
    }

    /// Records an opaque value, and the references that its words look like.
    pub(crate) fn opaque(&mut self, name: &'static str, words: OpaqueWords<'_>) {
        if !crate::ENABLED {
            return nothing();
        }
        self.tracer.opaque_place(name, words.vtable());
        self.tracer.scan(words);
    }

    /// Records the content of a box of an unknown type.
    pub(crate) fn opaque_box(&mut self, value: &dyn OpaqueBox) {
        if !crate::ENABLED {
            return nothing();
        }
        let size = value.content_size();
        self.heap(size);
        // A value without a size owns nothing: a closure that captures nothing.
        if size > 0 {
            self.opaque(value.type_name(), value.words());
        }
    }

    /// Visits a value if its type is registered; returns whether it is.
    pub(crate) fn registered<T: 'static>(&mut self, value: &'a T) -> bool {
        let view = self.tracer.view(value);
        if let Some(view) = view {
            self.visit_view(view);
        }
        view.is_some()
    }

    /// Visits a value of any type if it is registered; returns whether it is.
    pub(crate) fn known(&mut self, value: &'a dyn Any) -> bool {
        if !crate::ENABLED {
            return nothing();
        }
        let view = self.tracer.view_dyn(value);
        if let Some(view) = view {
            self.visit_view(view);
        }
        view.is_some()
    }

    /// Visits the target, of any type, of a shared reference.
    #[allow(dead_code, reason = "for types of optional dependencies")]
    pub(crate) fn any_shared<T: 'static>(&mut self, value: &'a T) {
        if !std::mem::needs_drop::<T>() {
            return;
        }
        let address = std::ptr::from_ref(value).addr();
        let entered =
            self.tracer
                .enter_value(address, type_name::<T>(), size_of::<T>(), Label::None);
        if let Some(place) = entered {
            self.any(value);
            self.tracer.resume(place);
        }
    }

    /// Visits elements of any type.
    pub(crate) fn any_elements<T: 'static>(&mut self, values: impl IntoIterator<Item = &'a T>) {
        self.open_elements();
        for (index, value) in values.into_iter().enumerate() {
            self.tracer.set_element(index);
            self.any(value);
        }
        self.__leave();
    }

    /// Visits elements of any type that have no order.
    pub(crate) fn any_entries<T: 'static>(&mut self, values: impl IntoIterator<Item = &'a T>) {
        self.open(Segment::Entry);
        for value in values {
            self.any(value);
        }
        self.__leave();
    }

    /// Visits elements that are targets of a shared reference.
    pub(crate) fn shared_elements<T: Visit + 'a>(
        &mut self,
        values: impl IntoIterator<Item = &'a T>,
    ) {
        self.open_elements();
        for (index, value) in values.into_iter().enumerate() {
            self.tracer.set_element(index);
            self.shared(value);
        }
        self.__leave();
    }

    /// Records that the trace cannot visit the value at the current place because it is mutably borrowed or
    /// locked at the moment.
    pub fn busy<T: ?Sized>(&mut self) {
        self.tracer.place_named::<T>(PlaceKind::Busy);
    }

    /// Records that the contents of a cell or lock are busy, unless they can hold no reference.
    pub(crate) fn busy_inside(&mut self, inside: &CellContents) {
        if !crate::ENABLED {
            return nothing();
        }
        if !(inside.is_leaf)() {
            self.tracer.place_called((inside.name)(), PlaceKind::Busy);
        }
    }

    /// Records that a panic has poisoned the lock at the current place.
    pub(crate) fn poisoned(&mut self, name: &'static str) {
        self.tracer.place_called(name, PlaceKind::Poisoned);
    }

    /// Records a pointer to an object that is not in the table, because its type was left out.
    #[allow(dead_code, reason = "called by the pointers where tracking is on")]
    pub(crate) fn left_out(&mut self, name: &'static str) {
        if table::was_left_out() {
            self.tracer.place_called(name, PlaceKind::LeftOut);
        }
    }

    /// Visits an object once more, because the table has regained its handle to the value.
    #[allow(dead_code, reason = "called by the pointers where tracking is on")]
    pub(crate) fn visit_later(&mut self, id: ObjectId) {
        self.tracer.visit_later(id);
    }

    /// Reports a pointer to an object of the table, by its own address and the object's id.
    #[allow(dead_code, reason = "called by the pointers where tracking is on")]
    pub(crate) fn reference(&mut self, pointer: usize, id: ObjectId) {
        self.tracer.reference(pointer, id);
    }

    /// Reports a pointer to an object of the table, by its own address and that of the allocation; returns
    /// false if the allocation is unknown.
    #[allow(dead_code, reason = "called by the pointers where tracking is on")]
    pub(crate) fn reference_at(&mut self, pointer: usize, address: usize) -> bool {
        self.tracer.reference_at(pointer, address)
    }

    /// As [`reference_at`](Self::reference_at), for a pointer that only this thread can have.
    #[allow(dead_code, reason = "called by the pointers where tracking is on")]
    pub(crate) fn local_reference_at(&mut self, pointer: usize, address: usize) -> bool {
        self.tracer.local_reference_at(pointer, address)
    }

    /// Reports a weak reference to an object of the table, by its id.
    #[allow(dead_code, reason = "called by the pointers where tracking is on")]
    pub(crate) fn weak_reference(&mut self, id: ObjectId) {
        self.tracer.weak_reference(id);
    }

    /// Reports a weak reference to an object of the table, by the address of its allocation; returns false
    /// if the allocation is unknown.
    #[allow(dead_code, reason = "called by the pointers where tracking is on")]
    pub(crate) fn weak_reference_at(&mut self, address: usize) -> bool {
        self.tracer.weak_reference_at(address)
    }

    /// Ends the visit of a node.
    #[inline]
    pub(super) fn end(&mut self) {
        self.tracer.end();
    }

    /// Records the handle of the reference that is reported next.
    #[allow(dead_code, reason = "called by the pointers where tracking is on")]
    #[inline]
    pub(crate) fn record_handle(&mut self, handle: Option<u64>) {
        if let Some(handle) = handle {
            self.tracer.record_handle(handle);
        }
    }

    /// Reports a pointer of std.
    pub(crate) fn std_pointer<P: StdPointer>(&mut self, pointer: &P) {
        self.tracer.std_pointer(pointer);
    }

    /// Reports a waker: a reference to the task that it owns, if the task is known.
    pub(crate) fn waker(&mut self, waker: &Waker) {
        if !crate::ENABLED {
            return nothing();
        }
        // A waker without data, such as `Waker::noop()`, owns nothing.
        if !waker.data().is_null() && !self.tracer.owns_task(waker) {
            self.tracer.place_named::<Waker>(PlaceKind::Opaque);
        }
    }

    /// Records that the visit of a node panicked.
    pub(super) fn panicked(&mut self, node: u32, message: String) {
        self.tracer.panicked(node, message);
    }

    /// Visits everything that was deferred.
    #[inline]
    pub(crate) fn finish(&mut self) {
        while let Some(next) = self.deferred.pop() {
            let here = self.tracer.jump(next.node, next.path);
            self.way = next.way;
            next.value.visit(self);
            self.tracer.resume(here);
        }
    }

    pub(crate) fn open(&mut self, segment: Segment) {
        self.tracer.enter(segment);
    }

    /// Enters the elements of a collection; `set_element` numbers them.
    fn open_elements(&mut self) {
        self.tracer.enter(Segment::Element);
    }

    pub(crate) fn set_element(&mut self, index: usize) {
        self.tracer.set_element(index);
    }

    #[doc(hidden)]
    pub fn __enter(&mut self, name: &'static str) {
        self.tracer.enter(Segment::Field(FieldName::new(name)));
    }

    #[doc(hidden)]
    pub fn __enter_back(&mut self, name: &'static str) {
        self.tracer.enter(Segment::BackField(FieldName::new(name)));
    }

    /// Visits a field that is named like a leaf of std. If its type is that leaf, it holds no reference, and
    /// only its bytes are reported.
    #[doc(hidden)]
    pub fn __leaf<S: Visit + 'static, T: 'static>(&mut self, name: &'static str, value: &'a T) {
        let plain = (value as &dyn Any).downcast_ref::<S>();
        if plain.is_some() && self.skips(S::is_leaf(), S::owns_heap) {
            return;
        }
        self.__enter(name);
        match plain {
            Some(plain) => plain.visit_owned(self),
            None => self.any(value),
        }
        self.__leave();
    }

    #[doc(hidden)]
    pub fn __leave(&mut self) {
        self.tracer.leave();
    }

    /// Records an opaque value that cannot be borrowed.
    #[doc(hidden)]
    pub fn __opaque_type<T: ?Sized>(&mut self) {
        if std::mem::needs_drop::<T>() {
            self.tracer.place_named::<T>(PlaceKind::Opaque);
        }
    }

    /// Records an opaque value.
    #[doc(hidden)]
    pub fn __opaque<T: ?Sized>(&mut self, value: &T) {
        self.opaque_within::<T, T>(value);
    }

    /// Records an opaque value that another contains.
    pub(crate) fn opaque_within<T: ?Sized, O: ?Sized>(&mut self, owner: &O) {
        if std::mem::needs_drop::<T>() {
            self.opaque(type_name::<T>(), words_of(owner));
        }
    }
}

/// A visitor inside a guard; see [`Visitor::guarded`].
#[derive(Debug)]
pub struct GuardVisitor<'g> {
    tracer: &'g mut Tracer,
}

impl GuardVisitor<'_> {
    /// Visits the value that the guard lends.
    pub fn lend<'s, T: Visit>(&'s mut self, value: &'s T) {
        self.with(|visitor| visitor.value(value));
    }

    /// Visits, by a function, what the guard lends.
    #[doc(hidden)]
    pub fn __with<'s>(&'s mut self, visit: impl FnOnce(&mut Visitor<'s>)) {
        self.with(visit);
    }

    /// Visits, by a function, what the guard lends.
    pub(crate) fn with<'s>(&'s mut self, visit: impl FnOnce(&mut Visitor<'s>)) {
        let mut visitor = Visitor::new(&mut *self.tracer);
        visit(&mut visitor);
        visitor.finish();
    }
}
