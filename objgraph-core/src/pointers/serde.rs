//! Serialisation, as serde offers it for std's pointers with its feature `rc`: each pointer is
//! written as its value, and read as a new object. A value that several pointers shared is not
//! shared afterwards.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{rc, sync};

macro_rules! serde_pointers {
    ($($module:ident::$Pointer:ident [$($bound:path),*];)*) => {$(
        impl<T: ?Sized + Serialize> Serialize for $module::$Pointer<T> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                (**self).serialize(serializer)
            }
        }

        impl<'de, T: Deserialize<'de> + $($bound +)* 'static> Deserialize<'de>
            for $module::$Pointer<T>
        {
            #[track_caller]
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Ok(Self::new(T::deserialize(deserializer)?))
            }
        }

        /// Writes the value, if it is alive.
        impl<T: ?Sized + Serialize> Serialize for $module::Weak<T> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.upgrade().serialize(serializer)
            }
        }

        /// Reads a reference to nothing, since nothing else holds the value.
        impl<'de, T: Deserialize<'de>> Deserialize<'de> for $module::Weak<T> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Option::<T>::deserialize(deserializer)?;
                Ok(Self::new())
            }
        }
    )*};
}

serde_pointers! {
    rc::Rc [];
    sync::Arc [Send, Sync];
}
