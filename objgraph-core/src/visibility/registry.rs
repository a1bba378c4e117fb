//! What is known of types: the function that visits a value, by its `TypeId`.
//!
//! It is read far more often than written, so readers take a copy of an `Arc` and look up with
//! no lock; a writer makes a new map. Types come from each derive at link time, through
//! `inventory`, when first anything is asked; generic types come with the types that name them,
//! or by [`register`].

use std::any::{Any, TypeId, type_name};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, hash_map};
use std::hash::{BuildHasherDefault, Hasher};
use std::mem::needs_drop;
use std::panic::Location;
use std::rc;
use std::sync::{self, Arc, Mutex, Once, RwLock};

use super::growth::{Fuel, Full};
use super::view::{AnySee, Inside, Lent, See, Seen};
use super::walk::Walk;
use crate::rc as local;
use crate::site::Site;
use crate::snapshot::Family;
use crate::sync as shared;
use crate::tracked::Visit;
use crate::type_info::{Field, Sight, TypeInfo};
use crate::type_name::family_of;

/// What the registry holds of a type.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) info: Arc<TypeInfo>,
    /// What there is to see of a value of the type.
    pub(crate) see: AnySee,
    /// The same of a value that somebody else holds as a `dyn Any`.
    see_any: Option<SeeAny>,
    /// The fuel with which it was registered; with more, it registers more types.
    fuel: u8,
}

/// What there is to see of a value, if it is of the type that the function was made for.
type SeeAny = for<'a> fn(&'a dyn Any) -> Option<Seen<'a>>;

impl Entry {
    /// Records that the type is registered with this fuel; returns whether it had less.
    fn raise_fuel(&mut self, fuel: u8) -> bool {
        let has_less = self.fuel < fuel;
        self.fuel = self.fuel.max(fuel);
        has_less
    }

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
    /// The types with the derive, generic ones too of which no instance is known: the module of
    /// each, by its path.
    families: HashMap<String, &'static str>,
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

    /// Returns whether a type is registered with everything that it names.
    fn is_complete(&self, id: TypeId) -> bool {
        self.get(id).is_some_and(|entry| entry.fuel == Full::LEFT)
    }

    /// The type with the derive, whatever its arguments, that has this path.
    pub(crate) fn family(&self, path: &str) -> Option<Family> {
        let (path, &module) = self.0.families.get_key_value(path)?;
        Some(Family {
            path: path.clone(),
            module: module.to_owned(),
        })
    }
}

static REGISTRY: crate::lock::Mutex<Option<Registry>> = crate::lock::Mutex::new(None);

/// A derive's entry in the list that the linker makes.
#[derive(Debug)]
pub struct Submission(pub fn(&Submitted));

/// Where the derives' entries register their types: a registrar that is had by a shared reference,
/// which can be copied.
#[derive(Debug, Default)]
pub struct Submitted(RefCell<Registrar>);

impl Submitted {
    /// Registers a type that is named in `register!`, and the types that it names.
    pub fn name<T: Visit + 'static>(&self) {
        if let Ok(mut registrar) = self.0.try_borrow_mut() {
            registrar.named_by_user::<T>();
        }
    }

    /// Runs the registration of a type.
    pub fn run(&self, register: fn(&mut Registrar)) {
        if let Ok(mut registrar) = self.0.try_borrow_mut() {
            register(&mut registrar);
        }
    }
}

inventory::collect!(Submission);

/// A generic type with the derive, of which no instance may be known.
#[derive(Debug)]
pub struct Generic {
    /// The full name of a type that is declared beside it, in a `const _`.
    pub beside: fn() -> &'static str,
    /// Its own name.
    pub name: &'static str,
    /// Its module; it may also be local to a function in there.
    pub module: &'static str,
}

inventory::collect!(Generic);

impl Generic {
    /// The path of the type: that of its neighbour with another end.
    fn path(&self) -> String {
        let beside = (self.beside)();
        let parent = beside
            .rfind("::_::")
            .map_or(self.module, |end| &beside[..end]);
        format!("{parent}::{}", self.name)
    }
}

/// The types known now, those of the derives included.
pub(crate) fn registry() -> Registry {
    static LOADED: Once = Once::new();
    // `call_once_force` lets a call from inside a derive's own registration pass.
    if !LOADED.is_completed() && !LOADING.replace(true) {
        LOADED.call_once(|| {
            let submitted = Submitted::default();
            for submission in inventory::iter::<Submission> {
                submission.0(&submitted);
            }
            let mut registrar = submitted.0.into_inner();
            let generics = inventory::iter::<Generic>.into_iter();
            let families = generics.map(|generic| (generic.path(), generic.module));
            registrar.new.families.extend(families);
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
    if !crate::ENABLED || registry().is_complete(TypeId::of::<T>()) {
        return;
    }
    let mut registrar = Registrar::default();
    registrar.named_by_user::<T>();
    registrar.finish();
}

/// Registers the type of a value that a call is given, and what it names.
pub fn register_type_of<T: Visit>() {
    if !crate::ENABLED {
        return;
    }
    let mut registrar = Registrar {
        known: registry(),
        ..Registrar::default()
    };
    T::register_static(&mut registrar);
    if !registrar.new.types.is_empty() {
        registrar.finish();
    }
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

/// The full names, without generic arguments, of all types with a derive, generic ones of which no
/// instance is known included; sorted.
#[must_use]
pub fn families() -> Vec<String> {
    let mut families: Vec<String> = registry().0.families.keys().cloned().collect();
    families.sort_unstable();
    families
}

/// Collects types while they register each other.
#[derive(Default)]
pub struct Registrar {
    new: Maps,
    /// What is registered already; empty where that does not matter.
    known: Registry,
}

impl std::fmt::Debug for Registrar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registrar")
            .field("types", &self.new.types.len())
            .finish_non_exhaustive()
    }
}

/// What a derive knows of its type: constants all, since to write code costs the compiler more. In the
/// order of `Row`.
#[derive(Debug)]
#[repr(C)]
pub struct TypeSpec {
    /// Whether it implements `Drop` itself.
    pub drops: bool,
    /// Where it stands.
    pub declared: &'static Location<'static>,
    /// The module in which it is declared; it may also be local to a function in there.
    pub module: &'static str,
    /// The types that its fields name, without those of the fields themselves; they are made known
    /// before the fields are looked at, whose sight may depend on it.
    pub named: &'static [Probed],
    /// Its fields.
    pub fields: &'static [FieldSpec],
}

impl TypeSpec {
    /// Where the derive stands that calls this.
    #[must_use]
    #[track_caller]
    pub const fn here() -> &'static Location<'static> {
        Location::caller()
    }
}

/// What a derive knows of a field: its name, its type's text and full name, how far it can be looked
/// into, and whether it refers back; see [`Field`].
#[derive(Debug)]
#[repr(C)]
pub struct FieldSpec(
    pub &'static str,
    pub &'static str,
    pub Probed,
    pub fn() -> &'static str,
    pub bool,
);

/// How far a type can be looked into, as a probe tells it.
#[derive(Clone, Copy, Debug)]
pub enum Probed {
    /// Told by the attributes, or by what stands in a field's type.
    Known(Sight),
    /// A type to be made known.
    Row(&'static Row, Sight),
    /// A type that can be looked into if anything makes it known, before or after this.
    Unsettled(TypeId, Sight),
    /// A function will tell. Constants that refer to each other cost the compiler more than this.
    By(fn() -> Probed),
}

impl Probed {
    /// A type that can be looked into, or, if there is none, what is told `otherwise`.
    #[must_use]
    pub const fn new(row: Option<&'static Row>, otherwise: Self) -> Self {
        match row {
            Some(row) => Self::Row(row, Sight::Full),
            None => otherwise,
        }
    }

    /// Returns `known` if the types are those of std that their names suggest, and otherwise the result
    /// for the type itself.
    #[must_use]
    pub const fn named_as_std(is_std: bool, known: Self, otherwise: Self) -> Self {
        if is_std { known } else { otherwise }
    }

    /// The argument of a type of std, if that is `Tracked`; nothing else is known of it, not even
    /// whether it is a type.
    #[must_use]
    pub const fn argument(row: Option<&'static Row>) -> Self {
        Self::new(row, Self::Known(Sight::Full))
    }

    /// Returns the result for a growing step: the row with the same fuel if each condition `holds`, and
    /// what `less` fuel allows if not; see the module `growth`.
    #[must_use]
    pub const fn growing(
        holds: bool,
        row: Option<&'static Row>,
        less: Option<Self>,
        otherwise: Self,
    ) -> Self {
        match (holds, row, less) {
            (true, Some(row), _) => Self::Row(row, Sight::Full),
            (false, _, Some(less)) => less,
            _ => otherwise,
        }
    }

    /// A type called as `S` is, which holds nothing; it is made known if it is `S`.
    #[must_use]
    pub fn leaf<T: 'static, S: Visit + 'static>() -> Self {
        if TypeId::of::<T>() == TypeId::of::<S>() {
            Self::Row(&<S as Rows<Full>>::VALUE, Sight::Full)
        } else {
            Self::Unsettled(TypeId::of::<T>(), Self::unseen::<T>())
        }
    }

    /// How far a type can be looked into of which nothing is known.
    pub(super) const fn unseen<T: ?Sized>() -> Sight {
        match needs_drop::<T>() {
            true => Sight::Opaque,
            false => Sight::Harmless,
        }
    }

    /// The same before anything is made known.
    fn sight(&self) -> Sight {
        match *self {
            Self::Known(sight) | Self::Row(_, sight) | Self::Unsettled(_, sight) => sight,
            Self::By(_) => Sight::Opaque,
        }
    }
}

/// What is known of a type for being what it is.
///
/// The compiler instantiates the functions in this order. The name, which may be too long, is last; see
/// the module `growth`.
#[repr(C)]
pub struct Row {
    /// Makes what is in the type known.
    register: fn(&mut Registrar),
    see: AnySee,
    see_any: Option<SeeAny>,
    fuel: u8,
    id: TypeId,
    size: usize,
    needs_drop: bool,
    name: fn() -> &'static str,
}

impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str((self.name)())
    }
}

/// A cell or lock around a type.
pub struct CellRow {
    /// What it is called around `()`.
    of_unit: fn() -> &'static str,
    id: TypeId,
    size: usize,
    see: AnySee,
}

impl std::fmt::Debug for CellRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str((self.of_unit)())
    }
}

/// The rows of a type: constants, since to write code costs the compiler more.
pub trait Rows<F> {
    /// Its own.
    const VALUE: Row;
    /// Those of the cells and locks that its values are commonly wrapped in.
    const CELLS: [CellRow; 3];
}

/// The same, one by one.
trait Cells {
    const REF_CELL: CellRow;
    const MUTEX: CellRow;
    const RW_LOCK: CellRow;
}

impl<T: Visit + 'static, F: Fuel> Rows<F> for T {
    const VALUE: Row = Row {
        see: &(see::<T> as See<T>),
        see_any: Some(see_any::<T>),
        register: T::register::<F>,
        fuel: F::LEFT,
        id: TypeId::of::<T>(),
        size: size_of::<T>(),
        needs_drop: needs_drop::<T>(),
        name: type_name::<T>,
    };
    const CELLS: [CellRow; 3] = [T::REF_CELL, T::MUTEX, T::RW_LOCK];
}

/// Those of the pointers to it.
trait Pointers {
    const POINTERS: [Row; 8];
}

#[allow(
    unused_qualifications,
    reason = "with tracking off, our pointers are those of std"
)]
impl<T: Visit + 'static> Pointers for T {
    const POINTERS: [Row; 8] = [
        <local::Rc<T> as Rows<Full>>::VALUE,
        <local::Weak<T> as Rows<Full>>::VALUE,
        <shared::Arc<T> as Rows<Full>>::VALUE,
        <shared::Weak<T> as Rows<Full>>::VALUE,
        <rc::Rc<T> as Rows<Full>>::VALUE,
        <rc::Weak<T> as Rows<Full>>::VALUE,
        <Arc<T> as Rows<Full>>::VALUE,
        <sync::Weak<T> as Rows<Full>>::VALUE,
    ];
}

impl<T: Visit + 'static> Cells for T {
    const REF_CELL: CellRow = CellRow {
        of_unit: type_name::<RefCell<()>>,
        id: TypeId::of::<RefCell<T>>(),
        size: size_of::<RefCell<T>>(),
        see: &(see_ref_cell::<T> as See<RefCell<T>>),
    };
    const MUTEX: CellRow = CellRow {
        of_unit: type_name::<Mutex<()>>,
        id: TypeId::of::<Mutex<T>>(),
        size: size_of::<Mutex<T>>(),
        see: &(see_mutex::<T> as See<Mutex<T>>),
    };
    const RW_LOCK: CellRow = CellRow {
        of_unit: type_name::<RwLock<()>>,
        id: TypeId::of::<RwLock<T>>(),
        size: size_of::<RwLock<T>>(),
        see: &(see_rw_lock::<T> as See<RwLock<T>>),
    };
}

/// The row of a container whatever it holds.
pub(super) trait WalkRow {
    const WALK: Row;
}

impl<T: Walk> WalkRow for T {
    const WALK: Row = Row {
        see: &(see_walk::<T> as See<T>),
        see_any: Some(see_any_walk::<T>),
        register: |_| {},
        fuel: Full::LEFT,
        id: TypeId::of::<T>(),
        size: size_of::<T>(),
        needs_drop: needs_drop::<T>(),
        name: type_name::<T>,
    };
}

// Every derive calls what follows with its own types, so what can be done without them is done
// in functions that are compiled once.
impl Registrar {
    /// Registers a type with a derive, and the cells and locks around it. The arguments have the order of
    /// `Row`.
    pub fn derived(&mut self, spec: &'static TypeSpec, row: &Row, cells: &[CellRow]) {
        if !self.insert(row, Some(spec)) {
            return;
        }
        for cell in cells {
            self.cell(row, cell);
        }
        for named in spec.named {
            self.probed(named);
        }
        let owner = row.id;
        for (index, field) in spec.fields.iter().enumerate() {
            let (sight, unsettled) = self.probed(&field.2);
            if let Some(entry) = self.new.types.get_mut(&owner) {
                Arc::make_mut(&mut entry.info).fields[index].sight = sight;
            }
            let field = |ty| Unsettled {
                owner,
                field: index,
                ty,
            };
            self.new.unsettled.extend(unsettled.map(field));
        }
    }

    /// Makes a type known, and tells how far it can be looked into, and which type that is if it
    /// may yet become known.
    fn probed(&mut self, probed: &Probed) -> (Sight, Option<TypeId>) {
        match *probed {
            Probed::Known(sight) => (sight, None),
            Probed::Row(row, sight) => {
                self.named_row(row);
                (sight, None)
            }
            Probed::Unsettled(ty, sight) => (sight, Some(ty)),
            Probed::By(probe) => self.probed(&probe()),
        }
    }

    /// Types that are named where no type is that derives.
    pub fn named(&mut self, named: &'static [Probed]) {
        for named in named {
            self.probed(named);
        }
    }

    /// Registers a type that is not registered yet.
    pub fn add<T: Visit + 'static>(&mut self) {
        if !self.known.is_complete(TypeId::of::<T>()) {
            T::register::<Full>(self);
        }
    }

    /// A type of std, or one with a hand-written impl; false if it is known already.
    pub fn plain<T: Visit + 'static, F: Fuel>(&mut self) -> bool {
        self.insert(&<T as Rows<F>>::VALUE, None)
    }

    /// A type that a field names, also one that does not make itself known because few objects
    /// are of it: a pointer, an `Option`.
    fn named_row(&mut self, row: &Row) {
        (row.register)(self);
        self.insert(row, None);
    }

    /// A type that the program names, and the cells and pointers that its values are commonly met
    /// in where nothing else is known of them.
    fn named_by_user<T: Visit + 'static>(&mut self) {
        let row = &<T as Rows<Full>>::VALUE;
        self.named_row(row);
        for cell in &<T as Rows<Full>>::CELLS {
            self.cell(row, cell);
        }
        for pointer in &T::POINTERS {
            self.insert(pointer, None);
        }
    }

    /// A `RefCell` of `T`; false if it is known already.
    pub(crate) fn ref_cell<T: Visit + 'static, F: Fuel>(&mut self) -> bool {
        self.cell(&<T as Rows<F>>::VALUE, &T::REF_CELL)
    }

    /// A `Mutex` of `T`; false if it is known already.
    pub(crate) fn mutex<T: Visit + 'static, F: Fuel>(&mut self) -> bool {
        self.cell(&<T as Rows<F>>::VALUE, &T::MUTEX)
    }

    /// A `RwLock` of `T`; false if it is known already.
    pub(crate) fn rw_lock<T: Visit + 'static, F: Fuel>(&mut self) -> bool {
        self.cell(&<T as Rows<F>>::VALUE, &T::RW_LOCK)
    }

    /// A cell of a type, called like one of `()`.
    fn cell(&mut self, of: &Row, cell: &CellRow) -> bool {
        if let Some(entry) = self.new.types.get_mut(&cell.id) {
            return entry.raise_fuel(of.fuel);
        }
        let name = (cell.of_unit)().replace("()", (of.name)());
        self.new.types.insert(
            cell.id,
            Entry {
                info: Arc::new(TypeInfo {
                    is_visited: true,
                    ..TypeInfo::opaque(&name, cell.size)
                }),
                see: cell.see,
                see_any: None,
                fuel: of.fuel,
            },
        );
        true
    }

    fn insert(&mut self, row: &Row, spec: Option<&TypeSpec>) -> bool {
        let vacant = match self.new.types.entry(row.id) {
            hash_map::Entry::Occupied(mut known) => return known.get_mut().raise_fuel(row.fuel),
            hash_map::Entry::Vacant(vacant) => vacant,
        };
        let declared = spec.map(|spec| Site {
            file: Cow::Borrowed(spec.declared.file()),
            line: spec.declared.line(),
            column: 0,
        });
        let name = (row.name)();
        if let Some(spec) = spec {
            let family = family_of(name).to_owned();
            self.new.families.insert(family, spec.module);
        }
        vacant.insert(Entry {
            info: Arc::new(TypeInfo {
                is_visited: true,
                is_derived: spec.is_some(),
                implements_drop: spec.is_some_and(|spec| spec.drops),
                declared,
                fields: spec.map_or_else(Vec::new, |spec| fields(spec.fields)),
                needs_drop: row.needs_drop,
                ..TypeInfo::opaque(name, row.size)
            }),
            see: row.see,
            see_any: row.see_any,
            fuel: row.fuel,
        });
        true
    }

    /// Puts what was collected into the registry. What was known before stays.
    fn finish(self) {
        let mut guard = REGISTRY.lock();
        let registry = guard.get_or_insert_with(Registry::default);
        let maps = Arc::make_mut(&mut registry.0);
        for (id, entry) in self.new.types {
            let fuel = entry.fuel;
            maps.types.entry(id).or_insert(entry).raise_fuel(fuel);
        }
        maps.unsettled.extend(self.new.unsettled);
        maps.families.extend(self.new.families);
        maps.settle();
    }
}

/// What is known of fields before they are probed.
fn fields(specs: &[FieldSpec]) -> Vec<Field> {
    let field = |&FieldSpec(name, type_text, ref probed, type_name, back): &FieldSpec| Field {
        name,
        type_text,
        type_name: type_name(),
        sight: probed.sight(),
        back,
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
