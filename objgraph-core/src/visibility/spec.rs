//! What a derive and the compiler know of a type, as constants.
//!
//! Constants, because each line of generated code costs compile time for each type. The functions
//! that every type has are compiled in the order of the fields of `TypeRow`.

use std::any::{Any, TypeId, type_name};
use std::cell::RefCell;
use std::mem::needs_drop;
use std::panic::Location;
use std::pin::Pin;
use std::rc;
use std::sync::{self, Arc, Mutex, RwLock};

use super::growth::{Fuel, Full};
use super::probe::MakeWaker;
use super::registrar::Registrar;
use super::view::{AnyViewFn, CellContents, CellView, DynViewFn, View, ViewFn};
use super::walk::Walk;
use crate::rc as local;
use crate::sync as shared;
use crate::tracked::Visit;
use crate::type_info::Visibility;

/// What a derive knows of its type. The fields are in the order of `TypeRow`.
#[derive(Debug)]
#[repr(C)]
pub struct TypeSpec {
    /// Whether the type itself implements `Drop`.
    pub implements_drop: bool,
    /// Returns the function that makes a waker of a value, if the type is a task.
    pub waker: fn() -> Option<MakeWaker>,
    /// The site of the derive.
    pub declared: &'static Location<'static>,
    /// The module of the type, or of the function that declares it.
    pub module: &'static str,
    /// The types that the types of its fields name. They are registered before the fields, whose
    /// visibility may depend on them.
    pub named: &'static [ProbeResult],
    /// Its fields.
    pub fields: &'static [FieldSpec],
    /// What the compiler knows of it.
    pub row: &'static TypeRow,
    /// The cells and locks around it, if they are registered with it.
    pub cells: &'static [CellRow],
}

impl TypeSpec {
    /// Returns the site of the caller, which a derive writes.
    #[must_use]
    #[track_caller]
    pub const fn here() -> &'static Location<'static> {
        Location::caller()
    }
}

/// What a probe found of the type of a field, and the full name of the type.
pub type FieldType = (ProbeResult, fn() -> &'static str);

/// What a derive knows of a field: its name, the text of its type, its type, and whether it refers
/// back. See `Field`.
#[derive(Debug)]
#[repr(C)]
pub struct FieldSpec(pub &'static str, pub &'static str, pub FieldType, pub bool);

/// How far the trace can visit values of a type, and how the type is registered.
#[derive(Clone, Copy, Debug)]
pub enum ProbeResult {
    /// The attributes or the text of the type decide.
    Known(Visibility),
    /// The type is registered by this row.
    Row(&'static TypeRow, Visibility),
    /// The trace can visit values of the type if something else registers it, sooner or later.
    Unsettled(fn() -> TypeId, Visibility),
    /// A function decides. Constants that refer to each other cost the compiler more.
    By(fn() -> ProbeResult),
}

impl ProbeResult {
    /// Returns the result for a type with a row, and `otherwise` for a type without.
    #[must_use]
    pub const fn new(row: Option<&'static TypeRow>, otherwise: Self) -> Self {
        match row {
            Some(row) => Self::Row(row, Visibility::Full),
            None => otherwise,
        }
    }

    /// Returns how a box of a type that nothing registers is visited, if it is such a box.
    #[must_use]
    pub const fn boxed(boxed: Option<Self>, otherwise: Self) -> Self {
        match (boxed, otherwise) {
            (Some(boxed), Self::Unsettled(..)) => boxed,
            _ => otherwise,
        }
    }

    /// Returns `known` if the types are those of std that their names suggest, and otherwise the result
    /// for the type itself.
    #[must_use]
    pub const fn named_as_std(is_std: bool, known: Self, otherwise: Self) -> Self {
        if is_std { known } else { otherwise }
    }

    /// Returns the result for an argument of a type of std. Without a row nothing is known of the
    /// argument, which may even be a constant.
    #[must_use]
    pub const fn argument(row: Option<&'static TypeRow>) -> Self {
        Self::new(row, Self::Known(Visibility::Full))
    }

    /// Returns the result for a growing step: the row with the same fuel if each condition `holds`, and
    /// what `less` fuel allows if not; see the module `growth`.
    #[must_use]
    pub const fn growing(
        holds: bool,
        row: Option<&'static TypeRow>,
        less: Option<Self>,
        otherwise: Self,
    ) -> Self {
        match (holds, row, less) {
            (true, Some(row), _) => Self::Row(row, Visibility::Full),
            (false, _, Some(less)) => less,
            _ => otherwise,
        }
    }

    /// Returns `handle`, the result for a handle of std, and otherwise the result for the type itself.
    #[must_use]
    pub const fn handle(handle: Option<Self>, otherwise: Self) -> Self {
        match handle {
            Some(handle) => handle,
            None => otherwise,
        }
    }

    /// Returns the result for a type that registers itself.
    pub(super) fn row<T: Visit + 'static>() -> Self {
        Self::Row(&<T as TypeRows<Full>>::VALUE, Visibility::Full)
    }

    /// Returns how far the trace can visit values of a type that nothing registers.
    pub(super) const fn unregistered<T: ?Sized>() -> Visibility {
        match needs_drop::<T>() {
            true => Visibility::Opaque,
            false => Visibility::Harmless,
        }
    }

    /// Returns how far the trace can visit the type before anything is registered.
    pub(super) fn visibility(&self) -> Visibility {
        match *self {
            Self::Known(visibility) | Self::Row(_, visibility) | Self::Unsettled(_, visibility) => {
                visibility
            }
            Self::By(_) => Visibility::Opaque,
        }
    }
}

/// What the compiler knows of a type.
///
/// The compiler instantiates the functions in this order. The name, which may be too long, is last; see
/// the module `growth`.
#[repr(C)]
pub struct TypeRow {
    /// Registers the type and those that it names.
    pub(super) register: fn(&mut Registrar),
    pub(super) view: AnyViewFn,
    pub(super) view_dyn: Option<DynViewFn>,
    /// Whether the trace can visit values of the type; false if only their size and words are known.
    pub(super) is_visited: bool,
    pub(super) fuel: u8,
    pub(super) id: fn() -> TypeId,
    pub(super) size: usize,
    pub(super) needs_drop: bool,
    pub(super) name: fn() -> &'static str,
}

impl std::fmt::Debug for TypeRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str((self.name)())
    }
}

/// What the compiler knows of a cell or lock around a type.
pub struct CellRow {
    /// Returns the name of the same cell around `()`.
    pub(super) name_around_unit: fn() -> &'static str,
    pub(super) id: fn() -> TypeId,
    pub(super) size: usize,
    pub(super) view: AnyViewFn,
}

impl std::fmt::Debug for CellRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str((self.name_around_unit)())
    }
}

/// The rows of a type and of the cells around it.
pub trait TypeRows<F> {
    /// The row of the type.
    const VALUE: TypeRow;
    /// The rows of the cells and locks that commonly hold its values.
    const CELLS: [CellRow; 3];
}

impl<T: Visit + 'static, F: Fuel> TypeRows<F> for T {
    const VALUE: TypeRow = TypeRow {
        view: &(view::<T> as ViewFn<T>),
        view_dyn: Some(view_dyn::<T>),
        is_visited: true,
        register: T::register::<F>,
        fuel: F::LEFT,
        id: TypeId::of::<T>,
        size: size_of::<T>(),
        needs_drop: needs_drop::<T>(),
        name: type_name::<T>,
    };
    const CELLS: [CellRow; 3] = [T::REF_CELL, T::MUTEX, T::RW_LOCK];
}

/// The rows of the cells around a type, one by one.
pub(super) trait CellRows {
    const REF_CELL: CellRow;
    const MUTEX: CellRow;
    const RW_LOCK: CellRow;
}

impl<T: Visit + 'static> CellRows for T {
    const REF_CELL: CellRow = CellRow {
        name_around_unit: type_name::<RefCell<()>>,
        id: TypeId::of::<RefCell<T>>,
        size: size_of::<RefCell<T>>(),
        view: &(view_ref_cell::<T> as ViewFn<RefCell<T>>),
    };
    const MUTEX: CellRow = CellRow {
        name_around_unit: type_name::<Mutex<()>>,
        id: TypeId::of::<Mutex<T>>,
        size: size_of::<Mutex<T>>(),
        view: &(view_mutex::<T> as ViewFn<Mutex<T>>),
    };
    const RW_LOCK: CellRow = CellRow {
        name_around_unit: type_name::<RwLock<()>>,
        id: TypeId::of::<RwLock<T>>,
        size: size_of::<RwLock<T>>(),
        view: &(view_rw_lock::<T> as ViewFn<RwLock<T>>),
    };
}

/// The rows of the pointers to a type.
pub(super) trait PointerRows {
    const POINTERS: [TypeRow; 8];
}

#[allow(
    unused_qualifications,
    reason = "with tracking off, our pointers are those of std"
)]
impl<T: Visit + 'static> PointerRows for T {
    const POINTERS: [TypeRow; 8] = [
        <local::Rc<T> as TypeRows<Full>>::VALUE,
        <local::Weak<T> as TypeRows<Full>>::VALUE,
        <shared::Arc<T> as TypeRows<Full>>::VALUE,
        <shared::Weak<T> as TypeRows<Full>>::VALUE,
        <rc::Rc<T> as TypeRows<Full>>::VALUE,
        <rc::Weak<T> as TypeRows<Full>>::VALUE,
        <Arc<T> as TypeRows<Full>>::VALUE,
        <sync::Weak<T> as TypeRows<Full>>::VALUE,
    ];
}

/// The row of a box of a value of an unknown type.
pub(super) trait BoxRow {
    const BOX: TypeRow;
}

macro_rules! box_rows {
    ($($type:ty),*) => {$(
        impl<T: ?Sized + 'static> BoxRow for $type {
            const BOX: TypeRow = TypeRow {
                view: &((|value| View::OpaqueBox(value)) as ViewFn<Self>),
                view_dyn: Some(|value| Some(View::OpaqueBox(value.downcast_ref::<Self>()?))),
                is_visited: false,
                register: |_| {},
                fuel: Full::LEFT,
                id: TypeId::of::<Self>,
                size: size_of::<Self>(),
                needs_drop: true,
                name: type_name::<Self>,
            };
        }
    )*};
}

box_rows!(Box<T>, Pin<Box<T>>);

/// The row of a container whose items may be of any type.
pub(super) trait WalkRow {
    const WALK: TypeRow;
}

impl<T: Walk> WalkRow for T {
    const WALK: TypeRow = TypeRow {
        view: &(view_walk::<T> as ViewFn<T>),
        view_dyn: Some(view_dyn_walk::<T>),
        is_visited: true,
        register: |_| {},
        fuel: Full::LEFT,
        id: TypeId::of::<T>,
        size: size_of::<T>(),
        needs_drop: needs_drop::<T>(),
        name: type_name::<T>,
    };
}

fn view<T: Visit + 'static>(value: &T) -> View<'_> {
    View::Value(value)
}

#[expect(
    clippy::manual_map,
    reason = "a closure is one more function for each type"
)]
fn view_dyn<T: Visit + 'static>(value: &dyn Any) -> Option<View<'_>> {
    match value.downcast_ref::<T>() {
        Some(value) => Some(View::Value(value)),
        None => None,
    }
}

fn view_walk<T: Walk>(value: &T) -> View<'_> {
    View::Walk(value)
}

#[expect(
    clippy::manual_map,
    reason = "a closure is one more function for each type"
)]
fn view_dyn_walk<T: Walk>(value: &dyn Any) -> Option<View<'_>> {
    match value.downcast_ref::<T>() {
        Some(value) => Some(View::Walk(value)),
        None => None,
    }
}

fn view_ref_cell<T: Visit + 'static>(cell: &RefCell<T>) -> View<'_> {
    View::RefCell(CellView(cell, const { &CellContents::of::<T>() }))
}

fn view_mutex<T: Visit + 'static>(cell: &Mutex<T>) -> View<'_> {
    View::Mutex(CellView(cell, const { &CellContents::of::<T>() }))
}

fn view_rw_lock<T: Visit + 'static>(cell: &RwLock<T>) -> View<'_> {
    View::RwLock(CellView(cell, const { &CellContents::of::<T>() }))
}
