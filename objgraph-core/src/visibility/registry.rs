//! What is known of types: the function that visits a value, by its `TypeId`.
//!
//! The registry is read far more often than written. Readers clone an `Arc` of its maps and look up
//! without a lock; a writer publishes new maps.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use super::growth::{Fuel as _, Full};
use super::probe::MakeWaker;
use super::view::{AnyViewFn, DynViewFn, View};
use crate::snapshot::Family;
use crate::type_info::{TypeInfo, Visibility};

/// What the registry knows of a type.
#[derive(Clone)]
pub(crate) struct TypeEntry {
    pub(crate) info: Arc<TypeInfo>,
    /// Returns the view of a value of the type.
    pub(crate) view: AnyViewFn,
    /// Returns the view of a value that is borrowed as a `dyn Any`.
    pub(super) view_dyn: Option<DynViewFn>,
    /// Returns the function that makes a waker of a value, if the type is a task.
    #[allow(dead_code, reason = "called with the feature `scan`")]
    pub(crate) waker: Option<fn() -> Option<MakeWaker>>,
    /// Fuel with which the type was registered. With more fuel, it registers more types.
    pub(super) fuel: u8,
}

impl TypeEntry {
    /// Records that the type is registered with this fuel; returns whether it had less.
    pub(super) fn raise_fuel(&mut self, fuel: u8) -> bool {
        let has_less = self.fuel < fuel;
        self.fuel = self.fuel.max(fuel);
        has_less
    }

    /// Returns the view of a value, if it is of the entry's type.
    pub(crate) fn view_dyn<'a>(&self, value: &'a dyn Any) -> Option<View<'a>> {
        self.view_dyn.and_then(|view| view(value))
    }
}

/// A fast hash for keys that are well distributed or that nobody hostile chooses: a `TypeId`, an
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

    fn write_usize(&mut self, word: usize) {
        self.write_u64(word as u64);
    }

    fn write_u64(&mut self, word: u64) {
        // One multiplication distributes addresses, which end in zeros; the constant is Knuth's.
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

type Map<V> = HashMap<TypeId, V, BuildHasherDefault<PlainHasher>>;

/// The types known at one moment.
#[derive(Clone, Default)]
pub(crate) struct Registry(Arc<Maps>);

#[derive(Clone, Default)]
pub(super) struct Maps {
    pub(super) types: Map<TypeEntry>,
    /// Fields whose types were not registered when the fields were.
    pub(super) unsettled: Vec<UnsettledField>,
    /// The module of each type with a derive, by the path of the type. Includes generic types that
    /// have no registered instance.
    pub(super) families: HashMap<String, &'static str>,
}

/// A field whose visibility depends on whether its type is registered later.
#[derive(Clone, Copy)]
pub(super) struct UnsettledField {
    pub(super) owner: TypeId,
    pub(super) field: usize,
    pub(super) ty: TypeId,
}

impl Maps {
    /// Corrects the visibility of fields whose types have been registered since.
    fn settle(&mut self) {
        let Self {
            types, unsettled, ..
        } = self;
        unsettled.retain(|field| {
            if !types
                .get(&field.ty)
                .is_some_and(|entry| entry.info.is_visited)
            {
                return true;
            }
            if let Some(owner) = types.get_mut(&field.owner) {
                let fields = &mut Arc::make_mut(&mut owner.info).fields;
                fields[field.field].visibility = Visibility::Full;
            }
            false
        });
    }
}

impl Registry {
    pub(crate) fn get(&self, id: TypeId) -> Option<&TypeEntry> {
        self.0.types.get(&id)
    }

    /// Returns whether a type is registered with everything that it names.
    pub(super) fn is_complete(&self, id: TypeId) -> bool {
        self.get(id)
            .is_some_and(|entry| entry.info.is_visited && entry.fuel == Full::LEFT)
    }

    /// Returns the type with a derive, whatever its arguments, that has this path.
    pub(crate) fn family(&self, path: &str) -> Option<Family> {
        let (path, &module) = self.0.families.get_key_value(path)?;
        Some(Family {
            path: path.clone(),
            module: module.to_owned(),
        })
    }

    /// Returns all types, in no order.
    pub(super) fn infos(&self) -> impl Iterator<Item = &Arc<TypeInfo>> {
        self.0.types.values().map(|entry| &entry.info)
    }

    /// Returns the paths of all types with a derive, in no order.
    pub(super) fn family_paths(&self) -> impl Iterator<Item = &String> {
        self.0.families.keys()
    }

    /// Adds what a registrar has collected. Entries that exist already stay, unless the trace cannot visit
    /// values of their types, and can now.
    pub(super) fn add(&mut self, new: Maps) {
        let maps = Arc::make_mut(&mut self.0);
        for (id, entry) in new.types {
            match maps.types.get_mut(&id) {
                Some(known) if known.info.is_visited || !entry.info.is_visited => {
                    known.raise_fuel(entry.fuel);
                }
                _ => {
                    maps.types.insert(id, entry);
                }
            }
        }
        maps.unsettled.extend(new.unsettled);
        maps.families.extend(new.families);
        maps.settle();
    }
}
