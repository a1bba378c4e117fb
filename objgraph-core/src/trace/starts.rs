//! Where a trace of given values starts.

use super::std_pointer::MetPointer;
use crate::object_id::ObjectId;
use crate::tracked::Visit;

/// A place where a trace starts.
#[derive(Debug)]
pub(crate) enum Start {
    /// An object of the table.
    Object(ObjectId),
    /// A value behind a pointer of std.
    Pointer(MetPointer),
}

/// Collects the places where a trace starts.
#[derive(Debug, Default)]
pub struct Starts {
    pub(crate) found: Vec<Start>,
}

impl Starts {
    /// Starts at an object of the table.
    pub fn object(&mut self, id: ObjectId) {
        self.found.push(Start::Object(id));
    }

    /// Starts at an object of the table, if there is one, and returns whether there is.
    #[allow(dead_code, reason = "called by the pointers where tracking is on")]
    pub(crate) fn object_of(&mut self, id: Option<ObjectId>) -> bool {
        if let Some(id) = id {
            self.object(id);
        }
        id.is_some()
    }

    /// Starts at all of these, and returns whether any added a start.
    pub(crate) fn all<'v, T: Visit + 'v>(
        &mut self,
        values: impl IntoIterator<Item = &'v T>,
    ) -> bool {
        let before = self.found.len();
        for value in values {
            value.starts(self);
        }
        self.found.len() > before
    }

    /// Starts at a value behind a pointer of std, if there is one, and returns whether there is.
    pub(crate) fn pointer(&mut self, met: Option<MetPointer>) -> bool {
        let found = met.is_some();
        self.found.extend(met.map(Start::Pointer));
        found
    }
}
