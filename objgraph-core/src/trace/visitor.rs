//! The visitor: what a value reports its references to.

use std::any::{Any, type_name};
use std::task::Waker;

use super::std_pointer::StdPointer;
use super::tracer::Tracer;
use crate::object_id::ObjectId;
use crate::snapshot::{FieldName, PathId, PlaceKind, Segment};
use crate::tracked::{Label, Value, Visit};
use crate::visibility::{CellContents, View};

/// How many values deep a visit goes by calls, before it puts the rest off; a bound on the stack
/// that a trace needs. Values that only pass a visit on do not count: how deep they go between
/// others is written out in their types.
const CALL_DEPTH: u32 = 12;

/// What a value reports its references to.
///
/// The lifetime is that of the value: what cannot be visited at once, because values own each
/// other too deeply for the stack, is put off and visited when the calls have returned.
#[derive(Debug)]
pub struct Visitor<'a> {
    tracer: &'a mut Tracer,
    deferred: Vec<Deferred<'a>>,
    /// That to the value which was put off and is visited now.
    way: Way<'a>,
}

/// A value whose visit was put off.
struct Deferred<'a> {
    value: View<'a>,
    node: u32,
    path: PathId,
    way: Way<'a>,
}

/// The way to a value, over values that were put off: so much of it that one which comes again, and
/// would without an end, is known in the end (by R. P. Brent, "An improved Monte Carlo factorization
/// algorithm", 1980).
#[derive(Clone, Copy, Default)]
struct Way<'a> {
    steps: u32,
    /// The value at a step that is a power of two, the last.
    mark: Option<View<'a>>,
}

impl<'a> Way<'a> {
    /// One step further; `None` if that is the value marked, which then says that it owns itself.
    fn to(self, value: View<'a>) -> Option<Self> {
        if self.mark.is_some_and(|mark| mark.is(value)) {
            return None;
        }
        let steps = self.steps.wrapping_add(1);
        let mark = if steps.is_power_of_two() {
            Some(value)
        } else {
            self.mark
        };
        Some(Self { steps, mark })
    }
}

impl std::fmt::Debug for Way<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Way({})", self.steps)
    }
}

impl std::fmt::Debug for Deferred<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Deferred({})", self.node)
    }
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

    /// Visits a value that is owned by the one being visited, as its field `name`.
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

    /// Says that the value being visited owns so many bytes on the heap, outside of itself and of
    /// what it reports otherwise: std's collections, strings and boxes tell their own.
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

    /// Says how many items there are in a collection at the place where the visit is: the number
    /// that grows if items are added and never taken out. std's collections tell their own.
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

    /// A collection at the place where the visit is, and the bytes it owns beside its items' own.
    pub(crate) fn collection(&mut self, len: usize, bytes: usize) {
        self.tracer.collection(len, bytes);
    }

    /// A collection whose length cannot change, though another may take its place.
    pub(crate) fn fixed(&mut self, len: usize, bytes: usize) {
        self.tracer.fixed(len, bytes);
    }

    /// A text of this many bytes at the place where the visit is.
    pub(crate) fn text(&mut self, bytes: usize) {
        self.tracer.text(bytes);
    }

    /// Whether a visit of a value of a type would find nothing. It is given what it asks of the
    /// type, so that it is not compiled for each.
    #[inline]
    pub(crate) fn skips(&self, is_leaf: bool, owns_heap: fn() -> bool) -> bool {
        is_leaf && !(self.tracer.wants_heap() && owns_heap())
    }

    /// Visits values that are owned by the one being visited, as its elements 0, 1, ….
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

    /// Visits values that are owned by the one being visited and have no order among them.
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

    /// Visits a value that is owned by the one being visited, at the place where the visit is.
    pub fn value<T: Visit>(&mut self, value: &'a T) {
        if !self.skips(T::is_leaf(), T::owns_heap) {
            value.visit_owned(self);
        }
    }

    pub(crate) fn owned(&mut self, value: &'a dyn Visit) {
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

    /// Visits a value of a type that the registry knows, which may have an identity of its own.
    fn view(&mut self, view: View<'a>) {
        match view {
            View::Value(value) => self.owned(value),
            view => self.inside(view),
        }
    }

    /// Visits what is in a value, now or, where the calls are deep enough, later.
    fn inside(&mut self, value: View<'a>) {
        if self.tracer.depth < CALL_DEPTH {
            self.tracer.depth += 1;
            value.visit(self);
            self.tracer.depth -= 1;
        } else if let Some(way) = self.way.to(value) {
            let path = self.tracer.deep_path();
            self.deferred.push(Deferred {
                value,
                node: self.tracer.node(),
                path,
                way,
            });
        } else {
            self.tracer.too_deep();
        }
    }

    /// Visits a value that is borrowed by a guard, for as long as the guard lives.
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
    pub fn guarded(&mut self, visit: impl FnOnce(&mut Guarded<'_>)) {
        let Some(depth) = self.tracer.enter_guard() else {
            return;
        };
        visit(&mut Guarded {
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

    /// The same for a value of any type.
    #[allow(dead_code, reason = "for types of optional dependencies")]
    pub(crate) fn lent_dyn(&mut self, value: &dyn Visit) {
        self.lent_here(value);
    }

    /// The same, compiled anew for each caller.
    #[inline(always)]
    pub(crate) fn lent_here(&mut self, value: &dyn Visit) {
        if let Some(depth) = self.tracer.enter_guard() {
            let mut visitor = Visitor::new(&mut *self.tracer);
            match value.instance() {
                // Calls were never deep here.
                None => value.visit(&mut visitor),
                Some(_) => visitor.owned(value),
            }
            visitor.finish();
            self.tracer.leave_guard(depth);
        }
    }

    /// Visits what a shared reference leads to. Nobody owns through it: the value becomes a node
    /// of its own, visited once, however many references lead to it.
    pub fn shared<T: Visit>(&mut self, value: &'a T) {
        // Before the name, for the compiler's sake; see `visibility::growth`.
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

    /// Visits a value of any type, if the registry knows how; else it is opaque.
    pub fn any<T: 'static>(&mut self, value: &'a T) {
        if !std::mem::needs_drop::<T>() {
            return;
        }
        self.any_named(value, type_name::<T>);
    }

    pub(crate) fn any_named(&mut self, value: Value<'a>, name: fn() -> &'static str) {
        match self.tracer.view(value) {
            Some(view) => self.view(view),
            None => self.tracer.place_called(name(), PlaceKind::Opaque),
        }
    }

    /// Visits a value of a type that the registry knows; returns whether it knows it.
    pub(crate) fn registered<T: 'static>(&mut self, value: &'a T) -> bool {
        let view = self.tracer.view(value);
        if let Some(view) = view {
            self.view(view);
        }
        view.is_some()
    }

    /// Visits a value of any type, if the registry knows how; answers whether it does.
    pub(crate) fn known(&mut self, value: &'a dyn Any) -> bool {
        let view = self.tracer.view_dyn(value);
        if let Some(view) = view {
            self.view(view);
        }
        view.is_some()
    }

    /// Visits what a shared reference to a value of any type leads to.
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

    /// Visits elements that a shared reference leads to.
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

    /// Records that the value at the place where the visit is cannot be looked into because it
    /// is mutably borrowed, or locked, just now.
    pub fn busy<T: ?Sized>(&mut self) {
        self.tracer.place_named::<T>(PlaceKind::Busy);
    }

    /// The same for what is inside a cell or a lock, unless it holds no reference.
    pub(crate) fn busy_inside(&mut self, inside: &CellContents) {
        if !(inside.is_leaf)() {
            self.tracer.place_called((inside.name)(), PlaceKind::Busy);
        }
    }

    /// Records that the lock at the place where the visit is was poisoned by a panic.
    pub(crate) fn poisoned(&mut self, name: &'static str) {
        self.tracer.place_called(name, PlaceKind::Poisoned);
    }

    /// The table has got its handle to the value of an object back, which is visited once more.
    #[allow(dead_code, reason = "called by the pointers where tracking is on")]
    pub(crate) fn visit_later(&mut self, id: ObjectId) {
        self.tracer.visit_later(id);
    }

    /// Reports a pointer to an object of the table, by its own address and the object's id.
    #[allow(dead_code, reason = "called by the pointers where tracking is on")]
    pub(crate) fn reference(&mut self, pointer: usize, id: ObjectId) {
        self.tracer.reference(pointer, id);
    }

    /// Reports a pointer to an object of the table, by its own address and that of the allocation;
    /// false if that is not known.
    #[allow(dead_code, reason = "called by the pointers where tracking is on")]
    pub(crate) fn reference_at(&mut self, pointer: usize, address: usize) -> bool {
        self.tracer.reference_at(pointer, address)
    }

    /// The same for a pointer that none but this thread has.
    #[allow(dead_code, reason = "called by the pointers where tracking is on")]
    pub(crate) fn local_reference_at(&mut self, pointer: usize, address: usize) -> bool {
        self.tracer.local_reference_at(pointer, address)
    }

    /// Reports a weak reference to an object of the table, by its id.
    #[allow(dead_code, reason = "called by the pointers where tracking is on")]
    pub(crate) fn weak_reference(&mut self, id: ObjectId) {
        self.tracer.weak_reference(id);
    }

    /// Reports a weak reference to an object of the table, by the address of its allocation; false
    /// if that is not known.
    #[allow(dead_code, reason = "called by the pointers where tracking is on")]
    pub(crate) fn weak_reference_at(&mut self, address: usize) -> bool {
        self.tracer.weak_reference_at(address)
    }

    /// The visit of a node ends.
    #[inline]
    pub(super) fn end(&mut self) {
        self.tracer.end();
    }

    /// Reports which handle the reference is, that is reported next.
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

    /// Reports a waker: a reference to the task that it owns, where that is known.
    pub(crate) fn waker(&mut self, waker: &Waker) {
        // One without data, as `Waker::noop()`, owns nothing.
        if !waker.data().is_null() && !self.tracer.owns_task(waker) {
            self.tracer.place_named::<Waker>(PlaceKind::Opaque);
        }
    }

    /// Records that the visit of a node panicked.
    pub(super) fn panicked(&mut self, node: u32, message: String) {
        self.tracer.panicked(node, message);
    }

    /// Visits all that was put off.
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

    /// The same for elements, of which the number of each is to be set.
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

    /// Visits a field that holds no reference, if its type is the one of std that it is called
    /// after: then for the bytes that it owns alone.
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

    #[doc(hidden)]
    pub fn __opaque_type<T: ?Sized>(&mut self) {
        if std::mem::needs_drop::<T>() {
            self.tracer.place_named::<T>(PlaceKind::Opaque);
        }
    }
}

/// A visitor inside a guard; see [`Visitor::guarded`].
#[derive(Debug)]
pub struct Guarded<'g> {
    tracer: &'g mut Tracer,
}

impl Guarded<'_> {
    /// Visits the value that the guard lends.
    pub fn lend<'s, T: Visit>(&'s mut self, value: &'s T) {
        self.with(|visitor| visitor.value(value));
    }

    /// Visits what the guard lends by a function.
    #[doc(hidden)]
    pub fn __with<'s>(&'s mut self, visit: impl FnOnce(&mut Visitor<'s>)) {
        self.with(visit);
    }

    /// Visits what the guard lends by a function.
    pub(crate) fn with<'s>(&'s mut self, visit: impl FnOnce(&mut Visitor<'s>)) {
        let mut visitor = Visitor::new(&mut *self.tracer);
        visit(&mut visitor);
        visitor.finish();
    }
}
