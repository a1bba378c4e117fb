//! What is known of types: the function that visits a value, by its `TypeId`.
//!
//! It is read far more often than written, so readers take a copy of an `Arc` and look up with
//! no lock; a writer makes a new map. Types come from each derive at link time, through
//! `inventory`, when first anything is asked; generic types come with the types that name them,
//! or by [`register`].

use std::any::{Any, TypeId, type_name};
use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Arc, Once};

use parking_lot::Mutex;

use super::walk::Walk;
use crate::site::Site;
use crate::tracked::{Label, Tracked, Value};
use crate::trace::Visitor;
use crate::type_info::{Field, Sight, TypeInfo};

/// Visits a value of the type that the function was made for.
pub(crate) type VisitFn = for<'a> fn(Value<'a>, &mut Visitor<'a>);

/// Hands the label of a value to a function.
pub(crate) type LabelFn = fn(Value<'_>, &mut dyn FnMut(Label<'_>));

/// Makes a weak handle from a reference to a `std::rc::Rc<T>`, `std::sync::Arc<T>` or their
/// `Weak`.
type WeakenFn = fn(Value<'_>) -> Option<StdWeak>;

/// A weak handle to a value behind a pointer of std.
#[derive(Clone)]
pub(crate) enum StdWeak {
    Rc(std::rc::Weak<dyn Any>),
    Arc(std::sync::Weak<dyn Any>),
}

/// What the registry holds of a type.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) info: Arc<TypeInfo>,
    pub(crate) visit: Option<VisitFn>,
    pub(crate) label: Option<LabelFn>,
    weaken: Option<WeakenFn>,
}

/// A fast hash for what is spread well by itself, or nobody hostile chooses: a `TypeId`, an
/// address.
#[derive(Default)]
pub(crate) struct PlainHasher(u64);

impl Hasher for PlainHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_ne_bytes(word));
        }
    }

    fn write_u64(&mut self, word: u64) {
        // One multiplication spreads addresses, which end in zeros; the constant is Knuth's.
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

type Map = HashMap<TypeId, Entry, BuildHasherDefault<PlainHasher>>;

/// The types known at one moment.
#[derive(Clone, Default)]
pub(crate) struct Registry(Arc<Map>);

impl Registry {
    pub(crate) fn get(&self, id: TypeId) -> Option<&Entry> {
        self.0.get(&id)
    }

    /// A weak handle to what the std pointer `pointer` points to, if its type is known.
    pub(crate) fn weaken(&self, pointer: Value<'_>) -> Option<StdWeak> {
        self.0.get(&pointer.type_id())?.weaken?(pointer)
    }
}

static REGISTRY: Mutex<Option<Registry>> = Mutex::new(None);

/// A derive's entry in the list that the linker makes.
#[derive(Debug)]
pub struct Submission(pub fn(&mut Registrar));

inventory::collect!(Submission);

/// The types known now, those of the derives included.
pub(crate) fn registry() -> Registry {
    static LOADED: Once = Once::new();
    // `call_once_force` lets a call from inside a derive's own registration pass.
    if !LOADED.is_completed() && !LOADING.replace(true) {
        LOADED.call_once(|| {
            let mut registrar = Registrar::default();
            for submission in inventory::iter::<Submission> {
                submission.0(&mut registrar);
            }
            registrar.finish();
        });
        LOADING.set(false);
    }
    REGISTRY.lock().clone().unwrap_or_default()
}

thread_local! {
    /// Whether this thread runs the registrations of the derives.
    static LOADING: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Makes a type known to the trace, so that objects of it can be looked into.
///
/// It is needed only for instances of a generic type that no field of a non-generic type with a
/// derive names.
///
/// ```
/// objgraph_core::register::<Vec<objgraph_core::rc::Rc<u8>>>();
/// ```
pub fn register<T: Tracked + 'static>() {
    if !crate::ENABLED || registry().get(TypeId::of::<T>()).is_some_and(|entry| entry.visit.is_some()) {
        return;
    }
    let mut registrar = Registrar::default();
    T::register(&mut registrar);
    registrar.pointers_to::<T>();
    registrar.finish();
}

/// All types that have been made known, by their derives or since, whether or not a value of
/// them is alive; sorted by name.
#[must_use]
pub fn types() -> Vec<Arc<TypeInfo>> {
    let mut types: Vec<_> = registry().0.values().map(|entry| Arc::clone(&entry.info)).collect();
    types.sort_by(|a, b| a.name.cmp(&b.name));
    types.dedup_by(|a, b| a.name == b.name);
    types
}

/// Collects types while they register each other.
#[derive(Default)]
pub struct Registrar {
    new: Map,
}

impl std::fmt::Debug for Registrar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registrar").field("types", &self.new.len()).finish_non_exhaustive()
    }
}

/// What a derive knows of its type.
#[derive(Clone, Copy, Debug)]
pub struct TypeSpec {
    /// Its name without path.
    pub name: &'static str,
    /// Whether it implements `Drop` itself.
    pub drops: bool,
    /// The file it stands in.
    pub file: &'static str,
    /// The line it stands in.
    pub line: u32,
}

/// What a derive knows of a field.
#[derive(Clone, Copy, Debug)]
pub struct FieldSpec {
    /// As in [`Field::name`].
    pub name: &'static str,
    /// As in [`Field::type_text`].
    pub ty: &'static str,
    /// As in [`Field::sight`].
    pub sight: Sight,
    /// As in [`Field::back`].
    pub back: bool,
}

impl Registrar {
    /// Begins a type with a derive; false if it is known already.
    pub fn begin<T: Tracked + 'static>(&mut self, spec: TypeSpec) -> bool {
        let info = TypeInfo {
            is_visited: true,
            is_derived: true,
            implements_drop: spec.drops,
            declared: Some(Site { file: Cow::Borrowed(spec.file), line: spec.line, column: 0 }),
            ..TypeInfo::opaque(type_name::<T>(), size_of::<T>())
        };
        let new = self.insert::<T>(info, visit_tracked::<T>, Some(label_tracked::<T>));
        if new {
            self.pointers_to::<T>();
        }
        new
    }

    /// Adds a field to a type that was begun.
    pub fn field<T: 'static>(&mut self, field: FieldSpec) {
        if let Some(entry) = self.new.get_mut(&TypeId::of::<T>()) {
            Arc::make_mut(&mut entry.info).fields.push(Field {
                name: field.name,
                type_text: field.ty,
                sight: field.sight,
                back: field.back,
            });
        }
    }

    /// A type of std, or one with a hand-written impl; false if it is known already.
    pub fn plain<T: Tracked + 'static>(&mut self) -> bool {
        let info = TypeInfo {
            is_visited: true,
            ..TypeInfo::opaque(type_name::<T>(), size_of::<T>())
        };
        self.insert::<T>(info, visit_tracked::<T>, Some(label_tracked::<T>))
    }

    /// A container of std that has foreign types in it.
    pub(crate) fn walked<T: Walk>(&mut self) {
        let info = TypeInfo {
            is_visited: true,
            ..TypeInfo::opaque(type_name::<T>(), size_of::<T>())
        };
        self.insert::<T>(info, visit_walked::<T>, None);
    }

    /// The types that values of `T` are commonly wrapped in, so that they are known though no
    /// field names them.
    pub fn wrappers<T: Tracked + 'static>(&mut self) {
        use std::cell::RefCell;
        use std::sync::{Mutex, RwLock};
        self.wrapper::<RefCell<T>>();
        self.wrapper::<Mutex<T>>();
        self.wrapper::<RwLock<T>>();
        self.wrapper::<Option<T>>();
        self.wrapper::<Box<T>>();
        self.wrapper::<Vec<T>>();
        self.wrapper::<RefCell<Option<T>>>();
        self.wrapper::<RefCell<Vec<T>>>();
        self.wrapper::<Mutex<Option<T>>>();
        self.wrapper::<Mutex<Vec<T>>>();
    }

    fn wrapper<T: Tracked + 'static>(&mut self) {
        self.plain::<T>();
        self.pointers_to::<T>();
    }

    /// Makes std's pointers to values of `T` known.
    pub(crate) fn pointers_to<T: 'static>(&mut self) {
        self.pointer::<std::rc::Rc<T>>(|pointer| {
            let pointer = pointer.downcast_ref::<std::rc::Rc<T>>()?;
            let weak: std::rc::Weak<T> = std::rc::Rc::downgrade(pointer);
            Some(StdWeak::Rc(weak))
        });
        self.pointer::<std::rc::Weak<T>>(|pointer| {
            let weak = pointer.downcast_ref::<std::rc::Weak<T>>()?.clone();
            Some(StdWeak::Rc(weak))
        });
        self.pointer::<std::sync::Arc<T>>(|pointer| {
            let pointer = pointer.downcast_ref::<std::sync::Arc<T>>()?;
            let weak: std::sync::Weak<T> = std::sync::Arc::downgrade(pointer);
            Some(StdWeak::Arc(weak))
        });
        self.pointer::<std::sync::Weak<T>>(|pointer| {
            let weak = pointer.downcast_ref::<std::sync::Weak<T>>()?.clone();
            Some(StdWeak::Arc(weak))
        });
    }

    fn pointer<P: Tracked + 'static>(&mut self, weaken: WeakenFn) {
        self.plain::<P>();
        if let Some(entry) = self.new.get_mut(&TypeId::of::<P>()) {
            entry.weaken = Some(weaken);
        }
    }

    /// Whether values of the type can be looked into, as far as is known by now.
    pub(crate) fn knows<T: 'static>(&self) -> bool {
        self.new.contains_key(&TypeId::of::<T>())
    }

    fn insert<T: 'static>(&mut self, info: TypeInfo, visit: VisitFn, label: Option<LabelFn>) -> bool {
        let id = TypeId::of::<T>();
        if self.new.contains_key(&id) {
            return false;
        }
        let entry = Entry { info: Arc::new(info), visit: Some(visit), label, weaken: None };
        self.new.insert(id, entry);
        true
    }

    /// Puts what was collected into the registry. A derive wins over a container, and what was
    /// known before stays.
    fn finish(self) {
        let mut guard = REGISTRY.lock();
        let registry = guard.get_or_insert_with(Registry::default);
        let map = Arc::make_mut(&mut registry.0);
        for (id, entry) in self.new {
            let known = map.entry(id).or_insert_with(|| entry.clone());
            known.weaken = known.weaken.or(entry.weaken);
        }
    }
}

fn visit_tracked<'a, T: Tracked + 'static>(value: Value<'a>, visitor: &mut Visitor<'a>) {
    if let Some(value) = value.downcast_ref::<T>() {
        value.visit(visitor);
    }
}

fn label_tracked<T: Tracked + 'static>(value: Value<'_>, take: &mut dyn FnMut(Label<'_>)) {
    if let Some(value) = value.downcast_ref::<T>() {
        take(value.label());
    }
}

fn visit_walked<'a, T: Walk>(value: Value<'a>, visitor: &mut Visitor<'a>) {
    if let Some(value) = value.downcast_ref::<T>() {
        value.walk(visitor);
    }
}
