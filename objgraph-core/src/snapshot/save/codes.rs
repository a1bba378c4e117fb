//! Enums as numbers. A number never changes its meaning; new ones are added at the end.

use super::LoadError;
use crate::pointer_kind::PointerKind;
use crate::snapshot::{PlaceKind, State};
use crate::type_info::Visibility;

/// An enum whose values have numbers in files.
pub(super) trait Code: Copy + Sized + 'static {
    /// All values; each has its index as number.
    const VALUES: &'static [Self];

    /// Returns the number.
    fn code(self) -> u8;

    /// Returns the value with a number.
    fn of(code: u8) -> Result<Self, LoadError> {
        let known = Self::VALUES.get(usize::from(code)).copied();
        known.ok_or(LoadError::Damaged("it has an unknown number of a kind"))
    }
}

macro_rules! codes {
    ($($type:ident { $($value:ident = $code:literal),* })*) => {$(
        impl Code for $type {
            const VALUES: &'static [Self] = &[$(Self::$value),*];

            fn code(self) -> u8 {
                match self {
                    $(Self::$value => $code),*
                }
            }
        }
    )*};
}

codes! {
    PointerKind { Rc = 0, Arc = 1, StdRc = 2, StdArc = 3, Instance = 4, Value = 5 }
    State { Visited = 0, Opaque = 1, OtherThread = 2, Lent = 3, Panicked = 4, InFlight = 5 }
    PlaceKind { Opaque = 0, Busy = 1, TooDeep = 2, Poisoned = 3, LeftOut = 4 }
    Visibility { Full = 0, Partial = 1, With = 2, Opaque = 3, Harmless = 4, Skipped = 5 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers<C: Code + PartialEq + std::fmt::Debug>() {
        for (number, &value) in C::VALUES.iter().enumerate() {
            assert_eq!(usize::from(value.code()), number);
            assert_eq!(C::of(value.code()).unwrap(), value);
        }
        assert!(C::of(C::VALUES.len() as u8).is_err());
    }

    #[test]
    fn each_value_has_its_index_as_number() {
        numbers::<PointerKind>();
        numbers::<State>();
        numbers::<PlaceKind>();
        numbers::<Visibility>();
    }
}
