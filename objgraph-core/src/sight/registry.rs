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
use std::sync::{Arc, Mutex, Once, RwLock};

use super::seen::{AnySee, Inside, Lent, See, Seen};
use super::walk::Walk;
use crate::site::Site;
use crate::tracked::Visit;
use crate::type_info::{Field, Sight, TypeInfo};

/// What the registry holds of a type.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) info: Arc<TypeInfo>,
    /// What there is to see of a value of the type.
    pub(crate) see: AnySee,
    /// The same of a value that somebody else holds as a `dyn Any`.
    see_any: Option<SeeAny>,
}

/// What there is to see of a value, if it is of the type that the function was made for.
type SeeAny = for<'a> fn(&'a dyn Any) -> Option<Seen<'a>>;

impl Entry {
    /// What there is to see of a value, if it is of the entry's type.
    pub(crate) fn see_any<'a>(&self, value: &'a dyn Any) -> Option<Seen<'a>> {
        self.see_any.and_then(|see| see(value))
    }
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
    registrar.named_row(&T::VALUE);
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
    /// Whether it implements `Drop` itself.
    pub drops: bool,
    /// The file it stands in.
    pub file: &'static str,
    /// The line it stands in.
    pub line: u32,
    /// Its fields.
    pub fields: &'static [FieldSpec],
}

/// What a derive knows of a field.
#[derive(Clone, Copy, Debug)]
pub struct FieldSpec {
    /// As in [`Field::name`].
    pub name: &'static str,
    /// As in [`Field::type_text`].
    pub ty: &'static str,
    /// As in [`Field::sight`], as far as it is known by now.
    pub sight: FieldSight,
    /// As in [`Field::back`].
    pub back: bool,
}

/// How far a field can be looked into, as a derive knows it.
#[derive(Clone, Copy, Debug)]
pub enum FieldSight {
    /// By the attributes, or by what stands in its type.
    Known(Sight),
    /// A probe will tell.
    Probed,
    /// There is nothing to see, if its type is the one of std that it is called after.
    Leaf(fn(&mut Registrar) -> Probed),
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
    /// A type called as `S` is, which holds nothing; it is made known if it is `S`.
    pub fn leaf<T: 'static, S: Visit + 'static>(registrar: &mut Registrar) -> Self {
        if TypeId::of::<T>() == TypeId::of::<S>() {
            registrar.named_row(&S::VALUE);
            Sight::Full.into()
        } else {
            Self::unsettled::<T>()
        }
    }

    /// A type that can be looked into if anything makes it known, before or after this.
    pub(crate) fn unsettled<T: 'static>() -> Self {
        let owns = std::mem::needs_drop::<T>();
        Self {
            sight: if owns { Sight::Opaque } else { Sight::Harmless },
            unsettled: Some(TypeId::of::<T>()),
        }
    }
}

/// What is known of a type for being what it is.
pub(super) struct Row {
    id: TypeId,
    name: fn() -> &'static str,
    size: usize,
    see: AnySee,
    see_any: Option<SeeAny>,
    /// Makes what is in the type known.
    register: fn(&mut Registrar),
}

/// A cell or lock around a type.
pub(super) struct CellRow {
    id: TypeId,
    size: usize,
    see: AnySee,
}

/// The rows of a type: constants, since to write code costs the compiler more.
pub(super) trait Rows {
    const VALUE: Row;
    const REF_CELL: CellRow;
    const MUTEX: CellRow;
    const RW_LOCK: CellRow;
}

impl<T: Visit + 'static> Rows for T {
    const VALUE: Row = Row {
        id: TypeId::of::<T>(),
        name: type_name::<T>,
        size: size_of::<T>(),
        see: &(see::<T> as See<T>),
        see_any: Some(see_any::<T>),
        register: T::register,
    };
    const REF_CELL: CellRow = CellRow {
        id: TypeId::of::<RefCell<T>>(),
        size: size_of::<RefCell<T>>(),
        see: &(see_ref_cell::<T> as See<RefCell<T>>),
    };
    const MUTEX: CellRow = CellRow {
        id: TypeId::of::<Mutex<T>>(),
        size: size_of::<Mutex<T>>(),
        see: &(see_mutex::<T> as See<Mutex<T>>),
    };
    const RW_LOCK: CellRow = CellRow {
        id: TypeId::of::<RwLock<T>>(),
        size: size_of::<RwLock<T>>(),
        see: &(see_rw_lock::<T> as See<RwLock<T>>),
    };
}

/// The row of a container whatever it holds.
trait WalkRow {
    const WALK: Row;
}

impl<T: Walk> WalkRow for T {
    const WALK: Row = Row {
        id: TypeId::of::<T>(),
        name: type_name::<T>,
        size: size_of::<T>(),
        see: &(see_walk::<T> as See<T>),
        see_any: Some(see_any_walk::<T>),
        register: |_| {},
    };
}

// Every derive calls what follows with its own types, so what can be done without them is done
// in functions that are compiled once.
impl Registrar {
    /// Begins a type with a derive, and names it for [`sight`](Self::sight); `None` if it is known
    /// already.
    pub fn begin<T: Visit + 'static>(&mut self, spec: &TypeSpec) -> Option<TypeId> {
        self.insert(&T::VALUE, Some(spec))
            .then_some(const { TypeId::of::<T>() })
    }

    /// The same, with the cells and locks that values of `T` are commonly wrapped in, so that they
    /// are known though no field names them.
    pub fn begin_wrapped<T: Visit + 'static>(&mut self, spec: &TypeSpec) -> Option<TypeId> {
        self.begin_cells(&T::VALUE, [&T::REF_CELL, &T::MUTEX, &T::RW_LOCK], spec)
    }

    fn begin_cells(&mut self, row: &Row, cells: [&CellRow; 3], spec: &TypeSpec) -> Option<TypeId> {
        if !self.insert(row, Some(spec)) {
            return None;
        }
        let [ref_cell, mutex, rw_lock] = cells;
        self.cell(row, ref_cell, type_name::<RefCell<()>>());
        self.cell(row, mutex, type_name::<Mutex<()>>());
        self.cell(row, rw_lock, type_name::<RwLock<()>>());
        Some(row.id)
    }

    /// What a probe told of a field of a type that was begun.
    pub fn sight(&mut self, of: TypeId, field: usize, probed: impl Into<Probed>) {
        self.settled(of, field, probed.into());
    }

    fn settled(&mut self, owner: TypeId, field: usize, probed: Probed) {
        if let Some(entry) = self.new.types.get_mut(&owner) {
            Arc::make_mut(&mut entry.info).fields[field].sight = probed.sight;
        }
        let unsettled = |ty| Unsettled { owner, field, ty };
        self.new.unsettled.extend(probed.unsettled.map(unsettled));
    }

    /// A type of std, or one with a hand-written impl; false if it is known already.
    pub fn plain<T: Visit + 'static>(&mut self) -> bool {
        self.insert(&T::VALUE, None)
    }

    /// A type that a field names, also one that does not make itself known because few objects
    /// are of it: a pointer, an `Option`.
    pub(super) fn named_row(&mut self, row: &Row) {
        (row.register)(self);
        self.insert(row, None);
    }

    /// A container of std that has foreign types in it.
    pub(crate) fn walked<T: Walk>(&mut self) {
        self.insert(&T::WALK, None);
    }

    /// A `RefCell` of `T`; false if it is known already.
    pub(crate) fn ref_cell<T: Visit + 'static>(&mut self) -> bool {
        self.cell(&T::VALUE, &T::REF_CELL, type_name::<RefCell<()>>())
    }

    /// A `Mutex` of `T`; false if it is known already.
    pub(crate) fn mutex<T: Visit + 'static>(&mut self) -> bool {
        self.cell(&T::VALUE, &T::MUTEX, type_name::<Mutex<()>>())
    }

    /// A `RwLock` of `T`; false if it is known already.
    pub(crate) fn rw_lock<T: Visit + 'static>(&mut self) -> bool {
        self.cell(&T::VALUE, &T::RW_LOCK, type_name::<RwLock<()>>())
    }

    /// A cell of a type, called like one of `()`.
    fn cell(&mut self, of: &Row, cell: &CellRow, of_unit: &str) -> bool {
        if self.new.types.contains_key(&cell.id) {
            return false;
        }
        let name = of_unit.replace("()", (of.name)());
        self.new.types.insert(
            cell.id,
            Entry {
                info: Arc::new(TypeInfo {
                    is_visited: true,
                    ..TypeInfo::opaque(&name, cell.size)
                }),
                see: cell.see,
                see_any: None,
            },
        );
        true
    }

    fn insert(&mut self, row: &Row, spec: Option<&TypeSpec>) -> bool {
        let std::collections::hash_map::Entry::Vacant(vacant) = self.new.types.entry(row.id) else {
            return false;
        };
        let declared = spec.map(|spec| Site {
            file: Cow::Borrowed(spec.file),
            line: spec.line,
            column: 0,
        });
        vacant.insert(Entry {
            info: Arc::new(TypeInfo {
                is_visited: true,
                is_derived: spec.is_some(),
                implements_drop: spec.is_some_and(|spec| spec.drops),
                declared,
                fields: spec.map_or_else(Vec::new, |spec| fields(spec.fields)),
                ..TypeInfo::opaque((row.name)(), row.size)
            }),
            see: row.see,
            see_any: row.see_any,
        });
        for (index, field) in spec.iter().flat_map(|spec| spec.fields).enumerate() {
            if let FieldSight::Leaf(probe) = field.sight {
                let probed = probe(self);
                self.settled(row.id, index, probed);
            }
        }
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
        maps.unsettled.extend(self.new.unsettled);
        maps.settle();
    }
}

/// What is known of fields before they are probed.
fn fields(specs: &[FieldSpec]) -> Vec<Field> {
    let field = |spec: &FieldSpec| Field {
        name: spec.name,
        type_text: spec.ty,
        sight: match spec.sight {
            FieldSight::Known(sight) => sight,
            FieldSight::Probed | FieldSight::Leaf(_) => Sight::Opaque,
        },
        back: spec.back,
    };
    specs.iter().map(field).collect()
}

fn see<T: Visit + 'static>(value: &T) -> Seen<'_> {
    Seen::Value(value)
}

#[expect(
    clippy::manual_map,
    reason = "a closure is one more function for each type"
)]
fn see_any<T: Visit + 'static>(value: &dyn Any) -> Option<Seen<'_>> {
    match value.downcast_ref::<T>() {
        Some(value) => Some(Seen::Value(value)),
        None => None,
    }
}

fn see_walk<T: Walk>(value: &T) -> Seen<'_> {
    Seen::Walk(value)
}

#[expect(
    clippy::manual_map,
    reason = "a closure is one more function for each type"
)]
fn see_any_walk<T: Walk>(value: &dyn Any) -> Option<Seen<'_>> {
    match value.downcast_ref::<T>() {
        Some(value) => Some(Seen::Walk(value)),
        None => None,
    }
}

fn see_ref_cell<T: Visit + 'static>(cell: &RefCell<T>) -> Seen<'_> {
    Seen::RefCell(Lent(cell, const { &Inside::of::<T>() }))
}

fn see_mutex<T: Visit + 'static>(cell: &Mutex<T>) -> Seen<'_> {
    Seen::Mutex(Lent(cell, const { &Inside::of::<T>() }))
}

fn see_rw_lock<T: Visit + 'static>(cell: &RwLock<T>) -> Seen<'_> {
    Seen::RwLock(Lent(cell, const { &Inside::of::<T>() }))
}
