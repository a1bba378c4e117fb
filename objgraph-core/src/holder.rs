//! What holds a value.

/// What holds a value and counts the references to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Holder {
    /// `objgraph::rc::Rc`.
    Rc,
    /// `objgraph::sync::Arc`.
    Arc,
    /// `std::rc::Rc`, met by the trace or watched.
    StdRc,
    /// `std::sync::Arc`, met by the trace or watched.
    StdArc,
    /// Nothing: the value has an `Instance` field.
    Instance,
    /// Nothing: the value was passed to the call that took the snapshot, or is a root.
    Value,
}

impl Holder {
    /// Whether references to such a value are counted, so that it can leak.
    #[must_use]
    pub const fn counts(self) -> bool {
        !matches!(self, Self::Instance | Self::Value)
    }
}
