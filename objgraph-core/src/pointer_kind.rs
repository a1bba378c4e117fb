//! Kinds of pointers.

/// The kind of pointer that owns a value and counts the references to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PointerKind {
    /// `objgraph::rc::Rc`.
    Rc,
    /// `objgraph::sync::Arc`.
    Arc,
    /// `std::rc::Rc`, visited by the trace or watched.
    StdRc,
    /// `std::sync::Arc`, visited by the trace or watched.
    StdArc,
    /// No pointer: the value has an `Instance` field.
    Instance,
    /// No pointer: the value was passed to the call that took the snapshot, or is a root.
    Value,
}

impl PointerKind {
    /// Whether the pointer counts references, so that its value can leak.
    #[must_use]
    pub const fn counts(self) -> bool {
        !matches!(self, Self::Instance | Self::Value)
    }

    /// Returns the bytes of the allocation of a value of this size: the value, and the two counts
    /// before it; 0 for a value without an allocation of its own.
    pub(crate) const fn allocated_bytes(self, size: usize) -> u64 {
        match self.counts() {
            true => (size + 2 * size_of::<usize>()) as u64,
            false => 0,
        }
    }
}
