//! The types of a snapshot, while it is taken.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::Arc;

use crate::listing::LeftOutType;
use crate::snapshot::{PathId, PathTable};
use crate::table;
use crate::type_info::TypeInfo;
use crate::visibility::{PlainHasher, Registry};

/// The types of a snapshot, in the order in which the trace met them.
#[derive(Default)]
pub(in crate::trace) struct Types {
    pub(in crate::trace) infos: Vec<Arc<TypeInfo>>,
    /// The lines of the paths at which values start; [`NO_LINE`] where none was needed yet.
    starts: Vec<u32>,
    by_name: HashMap<String, u32>,
    /// The types of names that were looked up, by the address and the length of the text. An opaque
    /// value is looked up each time that a trace meets one, and a text is slow to hash.
    by_text: HashMap<(usize, usize), u32, BuildHasherDefault<PlainHasher>>,
    /// The type here of each kind of the table.
    of_kind: Vec<Option<u32>>,
    pub(in crate::trace) kinds: Vec<crate::listing::Kind>,
}

/// In place of a line of the paths.
const NO_LINE: u32 = u32::MAX;

impl Types {
    /// Makes these the types, in their order.
    pub(in crate::trace) fn of(infos: &[Arc<TypeInfo>]) -> Self {
        let mut types = Self::default();
        for info in infos {
            types.add(Arc::clone(info));
        }
        types
    }

    /// Returns the type with this name, which may be unknown otherwise.
    pub(in crate::trace) fn named(&mut self, name: &'static str, size: usize) -> u32 {
        let text = (name.as_ptr().addr(), name.len());
        let index = match self.by_text.get(&text) {
            Some(&index) => index,
            None => {
                let known = self.by_name.get(name).copied();
                let index =
                    known.unwrap_or_else(|| self.add(Arc::new(TypeInfo::opaque(name, size))));
                self.by_text.insert(text, index);
                index
            }
        };
        // A weak pointer does not know the size of its target.
        if self.infos[index as usize].size < size {
            Arc::make_mut(&mut self.infos[index as usize]).size = size;
        }
        index
    }

    fn add(&mut self, info: Arc<TypeInfo>) -> u32 {
        let index = self.infos.len() as u32;
        let info_name = info.name.clone();
        self.infos.push(info);
        self.starts.push(NO_LINE);
        self.by_name.insert(info_name, index);
        index
    }

    /// Returns the type of a kind of the table.
    pub(in crate::trace) fn of_kind(&mut self, kind: u32, registry: &Registry) -> u32 {
        let at = kind as usize;
        if let Some(&Some(index)) = self.of_kind.get(at) {
            return index;
        }
        if self.kinds.len() <= at {
            self.kinds = table::kinds();
        }
        self.of_kind.resize(self.kinds.len(), None);
        let row = &self.kinds[at];
        let name = (row.name)();
        let index = match registry.get(row.type_id) {
            Some(entry) => self.known(&entry.info),
            None => self.unknown(name, row.size, row.needs_drop),
        };
        self.of_kind[at] = Some(index);
        index
    }

    /// Returns the type of objects that were left out of the table.
    pub(in crate::trace) fn left_out(&mut self, of: &LeftOutType, registry: &Registry) -> u32 {
        match registry.get(of.type_id) {
            Some(entry) => self.known(&entry.info),
            None => self.unknown(of.name, of.size, of.needs_drop),
        }
    }

    /// Returns the type with this name, which is not in the registry.
    fn unknown(&mut self, name: &'static str, size: usize, needs_drop: bool) -> u32 {
        let index = self.named(name, size);
        if !needs_drop {
            Arc::make_mut(&mut self.infos[index as usize]).needs_drop = false;
        }
        index
    }

    /// Returns the type with the name of `info`, and sets what is known of it.
    pub(in crate::trace) fn known(&mut self, info: &Arc<TypeInfo>) -> u32 {
        match self.by_name.get(&info.name) {
            Some(&index) => {
                self.infos[index as usize] = Arc::clone(info);
                index
            }
            None => self.add(Arc::clone(info)),
        }
    }

    /// Sets what is known of a type that was met by name.
    pub(in crate::trace) fn learn(&mut self, type_index: u32, info: Arc<TypeInfo>) {
        self.infos[type_index as usize] = info;
    }

    pub(in crate::trace) fn site_of_kind(&self, kind: u32) -> u32 {
        // Sites are numbered like kinds until the snapshot is assembled.
        kind
    }

    /// Returns the path at which a value of the type starts.
    #[inline]
    pub(in crate::trace) fn start(&mut self, type_index: u32, paths: &mut PathTable) -> PathId {
        match self.starts[type_index as usize] {
            NO_LINE => self.first_start(type_index, paths),
            line => PathId::new(line),
        }
    }

    #[cold]
    #[inline(never)]
    fn first_start(&mut self, type_index: u32, paths: &mut PathTable) -> PathId {
        let start = paths.start(type_index);
        self.starts[type_index as usize] = start.line();
        start
    }
}
