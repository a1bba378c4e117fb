//! Interns kinds: each pair of a type and a site that creates objects of it, numbered from 0.

use std::any::{Any, TypeId, type_name};
use std::collections::HashMap;
use std::panic::Location;

use crate::listing::Kind;
use crate::lock::Mutex;
use crate::pointer_kind::PointerKind;
#[cfg(feature = "nightly")]
use crate::table::erased::LocalArcValue;
use crate::table::erased::{ArcValue, RcValue};

/// What is known of a type when an object of it is created. A constant for each type, so that
/// creating an object looks up nothing.
pub(crate) struct TypeMeta {
    type_id: fn() -> TypeId,
    name: fn() -> &'static str,
    size: usize,
    needs_drop: bool,
    pub(crate) pointer_kind: PointerKind,
    pub(crate) reattach: Reattach,
}

/// Makes a weak handle from a reference to the pointer inside an `Rc<T>` or `Arc<T>`.
#[derive(Clone, Copy)]
pub(crate) enum Reattach {
    Rc(fn(&dyn Any) -> Option<std::rc::Weak<dyn RcValue>>),
    Arc(fn(&dyn Any) -> Option<std::sync::Weak<dyn ArcValue>>),
    #[cfg(feature = "nightly")]
    LocalArc(fn(&dyn Any) -> Option<std::sync::Weak<dyn LocalArcValue>>),
    Never,
}

impl TypeMeta {
    pub(crate) const fn new<T: Any>(pointer_kind: PointerKind, reattach: Reattach) -> Self {
        Self {
            type_id: TypeId::of::<T>,
            name: type_name::<T>,
            size: size_of::<T>(),
            needs_drop: std::mem::needs_drop::<T>(),
            pointer_kind,
            reattach,
        }
    }
}

impl TypeMeta {
    pub(crate) fn type_id(&self) -> TypeId {
        (self.type_id)()
    }

    /// Returns the full name of the type.
    pub(crate) fn type_name(&self) -> &'static str {
        (self.name)()
    }

    pub(crate) fn size(&self) -> usize {
        self.size
    }

    pub(crate) fn needs_drop(&self) -> bool {
        self.needs_drop
    }
}

#[derive(Clone, Copy)]
struct KindRow {
    meta: &'static TypeMeta,
    site: &'static Location<'static>,
}

#[derive(Default)]
struct KindTable {
    rows: Vec<KindRow>,
    numbers: HashMap<(TypeId, PointerKind, Location<'static>), u32>,
}

static KINDS: Mutex<Option<KindTable>> = Mutex::new(None);

/// Interns a kind. Equal types, pointer kinds and sites have one number, even if the compiler has several
/// constants for them.
pub(crate) fn number(meta: &'static TypeMeta, site: &'static Location<'static>) -> u32 {
    let mut kinds = KINDS.lock();
    let kinds = kinds.get_or_insert_with(KindTable::default);
    let next = kinds.rows.len() as u32;
    let number = *kinds
        .numbers
        .entry(((meta.type_id)(), meta.pointer_kind, *site))
        .or_insert(next);
    if number == next {
        kinds.rows.push(KindRow { meta, site });
    }
    number
}

fn row(kind: u32) -> Option<KindRow> {
    KINDS.lock().as_ref()?.rows.get(kind as usize).copied()
}

/// Returns what holds the objects of a kind.
pub(crate) fn pointer_kind(kind: u32) -> Option<PointerKind> {
    Some(row(kind)?.meta.pointer_kind)
}

/// Returns the constants of the type of a kind.
pub(crate) fn meta(kind: u32) -> Option<&'static TypeMeta> {
    Some(row(kind)?.meta)
}

/// Returns how to make a weak handle to objects of a kind.
pub(crate) fn reattach(kind: u32) -> Reattach {
    row(kind).map_or(Reattach::Never, |row| row.meta.reattach)
}

impl KindRow {
    fn kind(&self) -> Kind {
        let Self { meta, site } = self;
        Kind {
            type_id: (meta.type_id)(),
            name: meta.name,
            size: meta.size,
            needs_drop: meta.needs_drop,
            pointer_kind: meta.pointer_kind,
            site,
        }
    }
}

/// Returns the kind with this number.
pub(crate) fn kind(number: u32) -> Option<Kind> {
    row(number).map(|row| row.kind())
}

/// Lists all kinds, by number.
///
/// Allocates while nothing is locked, so that a thread that creates the first object of a kind
/// waits for no more than a copy.
pub(crate) fn kinds() -> Vec<Kind> {
    let mut all = Vec::new();
    loop {
        let missing = {
            let kinds = KINDS.lock();
            let rows = kinds.iter().flat_map(|kinds| &kinds.rows);
            let number = rows.clone().count();
            if number <= all.capacity() {
                all.extend(rows.map(KindRow::kind));
                return all;
            }
            number
        };
        all.reserve(missing);
    }
}

/// Lists the pointer kinds of all kinds, by number.
pub(crate) fn pointer_kinds() -> Vec<PointerKind> {
    KINDS
        .lock()
        .iter()
        .flat_map(|kinds| &kinds.rows)
        .map(|row| row.meta.pointer_kind)
        .collect()
}
