//! The ids of objects.

use std::fmt;
use std::str::FromStr;

/// The id of an object, unique in the process and never used again.
///
/// (A Python id is an address, which the next object may get. This one is not.) Looking up an
/// object by its id takes constant time.
///
/// It displays as `#17`, or as `#17.3` where the place 17 of the table was used three times before.
///
/// ```
/// use objgraph_core::ObjectId;
///
/// assert_eq!(ObjectId::new(17, 3).to_string(), "#17.3");
/// assert_eq!(ObjectId::new(17, 0).to_string(), "#17");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId(u64);

/// A bit of the ids of objects that are not in the table: values behind std's own pointers.
const OUTSIDE_TABLE: u64 = 1 << 63;

impl ObjectId {
    /// The id of no object.
    pub const NONE: Self = Self(u64::MAX);

    /// Makes the id of the `round`-th object (from 0) in a place of the table.
    #[inline(always)]
    #[must_use]
    pub const fn new(place: u32, round: u32) -> Self {
        Self((round as u64) << 32 | place as u64)
    }

    /// Makes an id for an object that is not in the table; `number` is never used again.
    pub const fn outside_table(number: u64) -> Self {
        Self(OUTSIDE_TABLE | number)
    }

    /// Returns the id as a number, for files; [`ObjectId::from_raw`] restores it.
    #[inline(always)]
    #[must_use]
    pub const fn to_raw(self) -> u64 {
        self.0
    }

    /// Restores the id that [`ObjectId::to_raw`] returned as a number.
    #[inline(always)]
    #[must_use]
    pub const fn from_raw(raw: u64) -> Self {
        Self(raw)
    }

    /// Whether [`at`](https://docs.rs/objgraph) can find the object. It cannot for values behind
    /// std's own pointers, whose ids are valid in one snapshot only.
    #[must_use]
    pub const fn is_in_table(self) -> bool {
        self.0 & OUTSIDE_TABLE == 0
    }

    #[inline(always)]
    pub(crate) const fn place(self) -> u32 {
        self.0 as u32
    }

    #[inline(always)]
    pub(crate) const fn round(self) -> u32 {
        (self.0 >> 32) as u32
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::NONE {
            return f.write_str("#-");
        }
        if !self.is_in_table() {
            return write!(f, "#std{}", self.0 & !OUTSIDE_TABLE);
        }
        match self.round() {
            0 => write!(f, "#{}", self.place()),
            round => write!(f, "#{}.{round}", self.place()),
        }
    }
}

/// Reads what [`Display`](fmt::Display) writes, with or without the `#`.
///
/// ```
/// use objgraph_core::ObjectId;
///
/// assert_eq!("#17.3".parse(), Ok(ObjectId::new(17, 3)));
/// assert_eq!("17".parse(), Ok(ObjectId::new(17, 0)));
/// assert!("seventeen".parse::<ObjectId>().is_err());
/// ```
impl FromStr for ObjectId {
    type Err = ParseObjectIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.strip_prefix('#').unwrap_or(text);
        let parsed = match (text.strip_prefix("std"), text.split_once('.')) {
            (Some(number), _) => number.parse().ok().map(Self::outside_table),
            (None, Some((place, round))) => match (place.parse(), round.parse()) {
                (Ok(place), Ok(round)) => Some(Self::new(place, round)),
                _ => None,
            },
            (None, None) => text.parse().ok().map(|place| Self::new(place, 0)),
        };
        parsed.ok_or(ParseObjectIdError(()))
    }
}

/// A text is not the id of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseObjectIdError(());

impl fmt::Display for ParseObjectIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id is written like `#17` or `#17.3`")
    }
}

impl std::error::Error for ParseObjectIdError {}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ObjectId({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::ObjectId;

    #[test]
    fn an_id_is_read_as_it_was_written() {
        for id in [
            ObjectId::new(0, 0),
            ObjectId::new(17, 0),
            ObjectId::new(u32::MAX, 7),
            ObjectId::outside_table(3),
        ] {
            assert_eq!(id.to_string().parse(), Ok(id));
        }
        for text in [
            "",
            "#",
            "#-",
            "#1.",
            "#.1",
            "#1.2.3",
            "4294967296",
            "#std",
            "-1",
        ] {
            assert!(text.parse::<ObjectId>().is_err(), "{text}");
        }
    }
}
