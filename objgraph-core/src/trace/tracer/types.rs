//! The types of a snapshot, while it is taken.

use std::collections::HashMap;
use std::sync::Arc;

use crate::sight::Registry;
use crate::snapshot::{PathId, PathTable};
use crate::table;
use crate::type_info::TypeInfo;

/// The types of a snapshot, in the order they were met.
#[derive(Default)]
pub(in crate::trace) struct Types {
    pub(in crate::trace) infos: Vec<Arc<TypeInfo>>,
    /// The lines of the paths at which values start; [`NO_LINE`] where none was asked for yet.
    starts: Vec<u32>,
    by_name: HashMap<String, u32>,
    /// For each kind of the table, its type here.
    of_kind: Vec<Option<u32>>,
    pub(in crate::trace) kinds: Vec<crate::listing::Kind>,
}

/// No line of the paths.
const NO_LINE: u32 = u32::MAX;

impl Types {
    /// The type of this name, of which nothing more is known.
    pub(in crate::trace) fn named(&mut self, name: &'static str, size: usize) -> u32 {
        if let Some(&index) = self.by_name.get(name) {
            // A weak pointer does not tell the size of what it points to.
            if self.infos[index as usize].size < size {
                Arc::make_mut(&mut self.infos[index as usize]).size = size;
            }
            return index;
        }
        self.add(Arc::new(TypeInfo::opaque(name, size)))
    }

    fn add(&mut self, info: Arc<TypeInfo>) -> u32 {
        let index = self.infos.len() as u32;
        let info_name = info.name.clone();
        self.infos.push(info);
        self.starts.push(NO_LINE);
        self.by_name.insert(info_name, index);
        index
    }

    /// The type of a kind of the table.
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

    /// The type of this name, which nothing has made known.
    fn unknown(&mut self, name: &'static str, size: usize, needs_drop: bool) -> u32 {
        let index = self.named(name, size);
        if !needs_drop {
            Arc::make_mut(&mut self.infos[index as usize]).needs_drop = false;
        }
        index
    }

    /// The type of this name, of which this is known.
    pub(in crate::trace) fn known(&mut self, info: &Arc<TypeInfo>) -> u32 {
        match self.by_name.get(&info.name) {
            Some(&index) => {
                self.infos[index as usize] = Arc::clone(info);
                index
            }
            None => self.add(Arc::clone(info)),
        }
    }

    /// More is known of a type that was met by name.
    pub(in crate::trace) fn learn(&mut self, type_index: u32, info: Arc<TypeInfo>) {
        self.infos[type_index as usize] = info;
    }

    pub(in crate::trace) fn site_of_kind(&self, kind: u32) -> u32 {
        // Sites are numbered like kinds until the snapshot is put together.
        kind
    }

    /// The path at which a value of the type starts.
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
