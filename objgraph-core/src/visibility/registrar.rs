//! Collects types that register each other.

use std::any::TypeId;
use std::borrow::Cow;
use std::sync::Arc;

use super::growth::{Fuel, Full};
use super::registry::{Maps, Registry, TypeEntry, UnsettledField};
use super::spec::{
    CellRow, CellRows as _, FieldSpec, PointerRows as _, ProbeResult, TypeRow, TypeRows, TypeSpec,
};
use crate::site::Site;
use crate::tracked::Visit;
use crate::type_info::{Field, TypeInfo, Visibility};
use crate::type_name::family_of;

/// Collects types while they register each other.
#[derive(Default)]
pub struct Registrar {
    new: Maps,
    /// The types that are registered already; empty where that does not matter.
    known: Registry,
}

impl std::fmt::Debug for Registrar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registrar")
            .field("types", &self.new.types.len())
            .finish_non_exhaustive()
    }
}

// Every derive calls these methods with its own types. Whatever needs no type parameter is in
// functions without one, which are compiled once.
impl Registrar {
    /// Makes a registrar that skips known types in [`add`](Self::add).
    pub(super) fn with_known(known: Registry) -> Self {
        Self {
            new: Maps::default(),
            known,
        }
    }

    /// Returns everything that was collected.
    pub(super) fn into_maps(self) -> Maps {
        self.new
    }

    /// Registers a type with a derive, and the cells and locks around it.
    pub fn derived(&mut self, spec: &'static TypeSpec) {
        let row = spec.row;
        if !self.insert(row, Some(spec)) {
            return;
        }
        for cell in spec.cells {
            self.cell(row, cell);
        }
        for named in spec.named {
            self.probe(named);
        }
        let owner = (row.id)();
        for (index, field) in spec.fields.iter().enumerate() {
            let (visibility, unsettled) = self.probe(&field.2.0);
            if let Some(entry) = self.new.types.get_mut(&owner) {
                Arc::make_mut(&mut entry.info).fields[index].visibility = visibility;
            }
            let field = |ty| UnsettledField {
                owner,
                field: index,
                ty,
            };
            self.new.unsettled.extend(unsettled.map(field));
        }
    }

    /// Registers the type of a field. Returns how far the trace can visit it, and the type on whose
    /// later registration that depends.
    fn probe(&mut self, result: &ProbeResult) -> (Visibility, Option<TypeId>) {
        match *result {
            ProbeResult::Known(visibility) => (visibility, None),
            ProbeResult::Row(row, visibility) => {
                self.named_row(row);
                (visibility, None)
            }
            ProbeResult::Unsettled(ty, visibility) => (visibility, Some(ty())),
            ProbeResult::By(probe) => self.probe(&probe()),
        }
    }

    /// Registers types that are named outside of any type with a derive.
    pub fn named(&mut self, named: &'static [ProbeResult]) {
        for named in named {
            self.probe(named);
        }
    }

    /// Registers a type, unless it is registered already.
    pub fn add<T: Visit + 'static>(&mut self) {
        if !self.known.is_complete(TypeId::of::<T>()) {
            T::register::<Full>(self);
        }
    }

    /// Registers a type of std, or one with a hand-written impl; returns false if it is registered
    /// already.
    pub fn plain<T: Visit + 'static, F: Fuel>(&mut self) -> bool {
        self.insert(&<T as TypeRows<F>>::VALUE, None)
    }

    /// Registers a type that a field names, even if the type does not register itself because few
    /// objects have it: a pointer, an `Option`.
    fn named_row(&mut self, row: &TypeRow) {
        (row.register)(self);
        self.insert(row, None);
    }

    /// Registers a type that the program names, and the common cells and pointers around it, which
    /// nothing else may register.
    pub fn named_by_user<T: Visit + 'static>(&mut self) {
        let row = &<T as TypeRows<Full>>::VALUE;
        self.named_row(row);
        for cell in &<T as TypeRows<Full>>::CELLS {
            self.cell(row, cell);
        }
        for pointer in &T::POINTERS {
            self.insert(pointer, None);
        }
    }

    /// Registers a `RefCell` of `T`; returns false if it is registered already.
    pub(crate) fn ref_cell<T: Visit + 'static, F: Fuel>(&mut self) -> bool {
        self.cell(&<T as TypeRows<F>>::VALUE, &T::REF_CELL)
    }

    /// Registers a `Mutex` of `T`; returns false if it is registered already.
    pub(crate) fn mutex<T: Visit + 'static, F: Fuel>(&mut self) -> bool {
        self.cell(&<T as TypeRows<F>>::VALUE, &T::MUTEX)
    }

    /// Registers a `RwLock` of `T`; returns false if it is registered already.
    pub(crate) fn rw_lock<T: Visit + 'static, F: Fuel>(&mut self) -> bool {
        self.cell(&<T as TypeRows<F>>::VALUE, &T::RW_LOCK)
    }

    /// Registers a cell around a type, with the name of the same cell around `()`.
    fn cell(&mut self, of: &TypeRow, cell: &CellRow) -> bool {
        let id = (cell.id)();
        if let Some(entry) = self.new.types.get_mut(&id) {
            return entry.raise_fuel(of.fuel);
        }
        let name = (cell.name_around_unit)().replace("()", (of.name)());
        self.new.types.insert(
            id,
            TypeEntry {
                info: Arc::new(TypeInfo {
                    is_visited: true,
                    ..TypeInfo::opaque(&name, cell.size)
                }),
                view: cell.view,
                view_dyn: None,
                waker: None,
                fuel: of.fuel,
            },
        );
        true
    }

    fn insert(&mut self, row: &TypeRow, spec: Option<&TypeSpec>) -> bool {
        let id = (row.id)();
        match self.new.types.get_mut(&id) {
            Some(known) if known.info.is_visited || !row.is_visited => {
                return known.raise_fuel(row.fuel);
            }
            _ => {}
        }
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
        let entry = TypeEntry {
            info: Arc::new(TypeInfo {
                is_visited: row.is_visited,
                is_derived: spec.is_some(),
                implements_drop: spec.is_some_and(|spec| spec.implements_drop),
                declared,
                fields: spec.map_or_else(Vec::new, |spec| fields(spec.fields)),
                needs_drop: row.needs_drop,
                ..TypeInfo::opaque(name, row.size)
            }),
            view: row.view,
            view_dyn: row.view_dyn,
            waker: spec.map(|spec| spec.waker),
            fuel: row.fuel,
        };
        self.new.types.insert(id, entry);
        true
    }
}

/// Returns what is known of fields before their types are registered.
fn fields(specs: &[FieldSpec]) -> Vec<Field> {
    let field = |&FieldSpec(name, type_text, (ref probed, type_name), back): &FieldSpec| Field {
        name,
        type_text,
        type_name: type_name(),
        visibility: probed.visibility(),
        back,
    };
    specs.iter().map(field).collect()
}
