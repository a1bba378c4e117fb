//! Finds the entries of handles by their addresses, which pointers contain.

use super::entries::{self, EntryChunk, HandleEntry};
use crate::object_id::ObjectId;

/// The addresses of the entries that existed when it was made.
pub(crate) struct HandleAddresses {
    /// Sorted by address.
    chunks: Vec<EntryChunk>,
}

impl HandleAddresses {
    pub(crate) fn new() -> Self {
        let mut chunks = entries::chunks();
        chunks.sort_unstable_by_key(|chunk| chunk.as_ptr().addr());
        Self { chunks }
    }

    /// Returns the number of the living strong handle to this object whose entry is at an address.
    pub(crate) fn strong_handle_to(&self, object: ObjectId, address: usize) -> Option<u64> {
        let (number, born) = self.entry_at(address)?.living()?;
        (born.strong && born.object == object.to_raw()).then_some(number)
    }

    fn entry_at(&self, address: usize) -> Option<&'static HandleEntry> {
        let starts_before = |chunk: &EntryChunk| chunk.as_ptr().addr() <= address;
        let before = self.chunks.partition_point(starts_before);
        let chunk = self.chunks.get(before.checked_sub(1)?)?;
        let offset = address - chunk.as_ptr().addr();
        let entry = chunk.get(offset / size_of::<HandleEntry>())?;
        (offset % size_of::<HandleEntry>() == 0).then_some(entry)
    }
}
