//! The values of objects, whose types may be registered where the objects were created.

use super::view::ErasedValue;

/// The value of an object that the program created.
///
/// Not [`ErasedValue`] itself: registering a type instantiates its visit, which erases the types of
/// growing steps, so these would be instantiated without end.
pub(crate) trait ErasedObject: ErasedValue {
    /// Registers the type of the value if it is `Tracked`; returns whether it is.
    #[cfg(feature = "nightly")]
    fn register_type(&self) -> bool;
}

impl<T: 'static> ErasedObject for T {
    #[cfg(feature = "nightly")]
    fn register_type(&self) -> bool {
        super::specialised::register_if_tracked::<T>()
    }
}
