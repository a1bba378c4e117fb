//! What is known of types: the function that visits a value, by its `TypeId`.
//!
//! It is read far more often than written, so readers take a copy of an `Arc` and look up with
//! no lock; a writer makes a new map. Types come from each derive at link time, through
//! `inventory`, when first anything is asked; generic types come with the types that name them,
//! or by [`register`].

use std::any::{Any, TypeId, type_name};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::rc;
use std::sync::{self, Arc, Mutex, Once, RwLock};

use super::walk::Walk;
use crate::site::Site;
use crate::trace::{MetPointer, Visitor};
use crate::tracked::{Label, Value, Visit};
use crate::type_info::{Field, Sight, TypeInfo};

/// Visits a value of a type that the function was made for.
pub(crate) type VisitFn = for<'a> fn(Value<'a>, &mut Visitor<'a>);

/// Hands the label of a value to a function.
pub(crate) type LabelFn = fn(Value<'_>, &mut dyn FnMut(Label<'_>));

/// Makes a weak handle from a reference to a pointer of std; `None` if it is not one that the
/// function was made for.
type WeakenFn = fn(Value<'_>) -> Option<StdWeak>;

/// A weak handle to a value behind a pointer of std.
#[derive(Clone)]
pub(crate) enum StdWeak {
    Rc(rc::Weak<dyn Any>),
    Arc(sync::Weak<dyn Any>),
}

impl StdWeak {
    /// Whether the value is alive.
    pub(crate) fn is_alive(&self) -> bool {
        match self {
            Self::Rc(weak) => weak.strong_count() > 0,
            Self::Arc(weak) => weak.strong_count() > 0,
        }
    }
}

/// What the registry holds of a type of std's pointers.
#[derive(Clone, Copy)]
struct Pointer {
    weaken: WeakenFn,
    strong: bool,
    /// The name of the type that it points to.
    target: &'static str,
}

/// What the registry holds of a type.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) info: Arc<TypeInfo>,
    pub(crate) visit: VisitFn,
    pub(crate) label: Option<LabelFn>,
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

type Map<V> = HashMap<TypeId, V, BuildHasherDefault<PlainHasher>>;

/// The types known at one moment.
#[derive(Clone, Default)]
pub(crate) struct Registry(Arc<Maps>);

#[derive(Clone, Default)]
struct Maps {
    types: Map<Entry>,
    /// std's pointers to types that are known.
    pointers: Map<Pointer>,
    /// Fields of types that were not known when the field was.
    unsettled: Vec<Unsettled>,
}

/// A field whose sight depends on whether its type becomes known.
#[derive(Clone, Copy)]
struct Unsettled {
    owner: TypeId,
    field: usize,
    ty: TypeId,
}

impl Maps {
    /// Corrects the sight of fields whose type has become known.
    fn settle(&mut self) {
        let Self {
            types, unsettled, ..
        } = self;
        unsettled.retain(|field| {
            if !types.contains_key(&field.ty) {
                return true;
            }
            if let Some(owner) = types.get_mut(&field.owner) {
                let fields = &mut Arc::make_mut(&mut owner.info).fields;
                fields[field.field].sight = Sight::Full;
            }
            false
        });
    }
}

impl Registry {
    pub(crate) fn get(&self, id: TypeId) -> Option<&Entry> {
        self.0.types.get(&id)
    }

    /// A weak handle to what the std pointer `pointer` points to, if its type is known.
    pub(crate) fn weaken(&self, pointer: Value<'_>) -> Option<StdWeak> {
        (self.0.pointers.get(&pointer.type_id())?.weaken)(pointer)
    }

    /// What a trace keeps of a pointer of std (nothing, if what it points to is gone), and whether
    /// it owns; `None` if `value` is no such pointer, or points to a type that is not known.
    pub(crate) fn meet(&self, value: Value<'_>) -> Option<(Option<MetPointer>, bool)> {
        let pointer = self.0.pointers.get(&value.type_id())?;
        let handle = (pointer.weaken)(value)?;
        Some((MetPointer::new(handle, pointer.target), pointer.strong))
    }
}

static REGISTRY: crate::lock::Mutex<Option<Registry>> = crate::lock::Mutex::new(None);

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
    static LOADING: Cell<bool> = const { Cell::new(false) };
}

/// Makes a type known to the trace, so that objects of it can be looked into.
///
/// It is needed only for instances of a generic type that no field of a non-generic type with a
/// derive names.
///
/// ```
/// objgraph_core::register::<Vec<objgraph_core::rc::Rc<u8>>>();
/// ```
pub fn register<T: Visit + 'static>() {
    if !crate::ENABLED || registry().get(TypeId::of::<T>()).is_some() {
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
    let mut types: Vec<_> = registry()
        .0
        .types
        .values()
        .map(|entry| Arc::clone(&entry.info))
        .collect();
    types.sort_by(|a, b| a.name.cmp(&b.name));
    types.dedup_by(|a, b| a.name == b.name);
    types
}

/// Collects types while they register each other.
#[derive(Default)]
pub struct Registrar {
    new: Maps,
}

impl std::fmt::Debug for Registrar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registrar")
            .field("types", &self.new.types.len())
            .finish_non_exhaustive()
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
    /// As in [`Field::sight`], as far as it is known by now.
    pub sight: Probed,
    /// As in [`Field::back`].
    pub back: bool,
}

/// How far a type can be looked into, as a probe tells it.
#[derive(Clone, Copy, Debug)]
pub struct Probed {
    sight: Sight,
    /// The type, if that may yet become known.
    unsettled: Option<TypeId>,
}

impl From<Sight> for Probed {
    fn from(sight: Sight) -> Self {
        Self {
            sight,
            unsettled: None,
        }
    }
}

impl Probed {
    /// A type that can be looked into if anything makes it known, before or after this.
    pub(crate) fn unsettled<T: 'static>() -> Self {
        let owns = std::mem::needs_drop::<T>();
        Self {
            sight: if owns { Sight::Opaque } else { Sight::Harmless },
            unsettled: Some(TypeId::of::<T>()),
        }
    }
}

// Every derive calls what follows with its own types, so what can be done without them is done
// in functions that are compiled once.
impl Registrar {
    /// Begins a type with a derive; false if it is known already.
    pub fn begin<T: Visit + 'static>(&mut self, spec: TypeSpec) -> bool {
        self.begin_id(
            TypeId::of::<T>(),
            type_name::<T>(),
            size_of::<T>(),
            &spec,
            visit::<T>,
            label::<T>,
        )
    }

    fn begin_id(
        &mut self,
        id: TypeId,
        name: &'static str,
        size: usize,
        spec: &TypeSpec,
        visit: VisitFn,
        label: LabelFn,
    ) -> bool {
        let info = TypeInfo {
            is_visited: true,
            is_derived: true,
            implements_drop: spec.drops,
            declared: Some(Site {
                file: Cow::Borrowed(spec.file),
                line: spec.line,
                column: 0,
            }),
            ..TypeInfo::opaque(name, size)
        };
        self.insert(id, info, visit, Some(label))
    }

    /// Adds a field to a type that was begun.
    pub fn field<T: 'static>(&mut self, field: FieldSpec) {
        self.field_of(TypeId::of::<T>(), field);
    }

    fn field_of(&mut self, id: TypeId, field: FieldSpec) {
        if let Some(entry) = self.new.types.get_mut(&id) {
            let fields = &mut Arc::make_mut(&mut entry.info).fields;
            self.new
                .unsettled
                .extend(field.sight.unsettled.map(|ty| Unsettled {
                    owner: id,
                    field: fields.len(),
                    ty,
                }));
            fields.push(Field {
                name: field.name,
                type_text: field.ty,
                sight: field.sight.sight,
                back: field.back,
            });
        }
    }

    /// A type of std, or one with a hand-written impl; false if it is known already.
    pub fn plain<T: Visit + 'static>(&mut self) -> bool {
        self.visited(
            TypeId::of::<T>(),
            type_name::<T>(),
            size_of::<T>(),
            visit::<T>,
            Some(label::<T>),
        )
    }

    /// A container of std that has foreign types in it.
    pub(crate) fn walked<T: Walk>(&mut self) {
        self.visited(
            TypeId::of::<T>(),
            type_name::<T>(),
            size_of::<T>(),
            walk::<T>,
            None,
        );
    }

    fn visited(
        &mut self,
        id: TypeId,
        name: &'static str,
        size: usize,
        visit: VisitFn,
        label: Option<LabelFn>,
    ) -> bool {
        let info = TypeInfo {
            is_visited: true,
            ..TypeInfo::opaque(name, size)
        };
        self.insert(id, info, visit, label)
    }

    /// The cells and locks that values of `T` are commonly wrapped in, and std's pointers to all
    /// of them, so that they are known though no field names them.
    pub fn wrappers<T: Visit + 'static>(&mut self) {
        self.wrapper::<RefCell<T>>(visit_wrapped::<T>);
        self.wrapper::<Mutex<T>>(visit_wrapped::<T>);
        self.wrapper::<RwLock<T>>(visit_wrapped::<T>);
        let weaken = weaken_wrapped::<T>;
        self.pointers(rc_ids::<RefCell<T>>(), weaken, type_name::<RefCell<T>>());
        self.pointers(arc_ids::<Mutex<T>>(), weaken, type_name::<Mutex<T>>());
        self.pointers(arc_ids::<RwLock<T>>(), weaken, type_name::<RwLock<T>>());
    }

    fn wrapper<T: 'static>(&mut self, visit: VisitFn) {
        self.visited(
            TypeId::of::<T>(),
            type_name::<T>(),
            size_of::<T>(),
            visit,
            None,
        );
    }

    /// Makes std's pointers to values of `T` known.
    pub(crate) fn pointers_to<T: 'static>(&mut self) {
        self.pointers(rc_ids::<T>(), weaken::<T>, type_name::<T>());
        self.pointers(arc_ids::<T>(), weaken::<T>, type_name::<T>());
    }

    fn pointers(&mut self, [strong, weak]: [TypeId; 2], weaken: WeakenFn, target: &'static str) {
        self.new.pointers.insert(
            strong,
            Pointer {
                weaken,
                strong: true,
                target,
            },
        );
        self.new.pointers.insert(
            weak,
            Pointer {
                weaken,
                strong: false,
                target,
            },
        );
    }

    fn insert(
        &mut self,
        id: TypeId,
        info: TypeInfo,
        visit: VisitFn,
        label: Option<LabelFn>,
    ) -> bool {
        let std::collections::hash_map::Entry::Vacant(vacant) = self.new.types.entry(id) else {
            return false;
        };
        vacant.insert(Entry {
            info: Arc::new(info),
            visit,
            label,
        });
        true
    }

    /// Puts what was collected into the registry. What was known before stays.
    fn finish(self) {
        let mut guard = REGISTRY.lock();
        let registry = guard.get_or_insert_with(Registry::default);
        let maps = Arc::make_mut(&mut registry.0);
        for (id, entry) in self.new.types {
            maps.types.entry(id).or_insert(entry);
        }
        maps.pointers.extend(self.new.pointers);
        maps.unsettled.extend(self.new.unsettled);
        maps.settle();
    }
}

fn visit<'a, T: Visit + 'static>(value: Value<'a>, visitor: &mut Visitor<'a>) {
    if let Some(value) = value.downcast_ref::<T>() {
        value.visit(visitor);
    }
}

fn walk<'a, T: Walk>(value: Value<'a>, visitor: &mut Visitor<'a>) {
    if let Some(value) = value.downcast_ref::<T>() {
        value.walk(visitor);
    }
}

/// One function for all wrappers of a type.
fn visit_wrapped<'a, T: Visit + 'static>(value: Value<'a>, visitor: &mut Visitor<'a>) {
    if let Some(value) = value.downcast_ref::<RefCell<T>>() {
        value.visit(visitor);
    } else if let Some(value) = value.downcast_ref::<Mutex<T>>() {
        value.visit(visitor);
    } else if let Some(value) = value.downcast_ref::<RwLock<T>>() {
        value.visit(visitor);
    }
}

fn label<T: Visit + 'static>(value: Value<'_>, take: &mut dyn FnMut(Label<'_>)) {
    if let Some(value) = value.downcast_ref::<T>() {
        take(value.label());
    }
}

fn rc_ids<T: 'static>() -> [TypeId; 2] {
    [TypeId::of::<rc::Rc<T>>(), TypeId::of::<rc::Weak<T>>()]
}

fn arc_ids<T: 'static>() -> [TypeId; 2] {
    [TypeId::of::<Arc<T>>(), TypeId::of::<sync::Weak<T>>()]
}

/// One function for all pointers to a type.
fn weaken<T: 'static>(pointer: Value<'_>) -> Option<StdWeak> {
    weaken_rc::<T>(pointer).or_else(|| weaken_arc::<T>(pointer))
}

fn weaken_wrapped<T: 'static>(pointer: Value<'_>) -> Option<StdWeak> {
    weaken_rc::<RefCell<T>>(pointer)
        .or_else(|| weaken_arc::<Mutex<T>>(pointer))
        .or_else(|| weaken_arc::<RwLock<T>>(pointer))
}

fn weaken_rc<T: 'static>(pointer: Value<'_>) -> Option<StdWeak> {
    let weak: rc::Weak<T> = match pointer.downcast_ref::<rc::Rc<T>>() {
        Some(strong) => rc::Rc::downgrade(strong),
        None => pointer.downcast_ref::<rc::Weak<T>>()?.clone(),
    };
    Some(StdWeak::Rc(weak))
}

fn weaken_arc<T: 'static>(pointer: Value<'_>) -> Option<StdWeak> {
    let weak: sync::Weak<T> = match pointer.downcast_ref::<Arc<T>>() {
        Some(strong) => Arc::downgrade(strong),
        None => pointer.downcast_ref::<sync::Weak<T>>()?.clone(),
    };
    Some(StdWeak::Arc(weak))
}
