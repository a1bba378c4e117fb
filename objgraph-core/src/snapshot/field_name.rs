//! Names of fields.

use std::fmt;

/// The name of a field, and the type that declares it if a derive wrote it.
///
/// A derive writes both as one constant text, so that entering a field costs no more than its name
/// would: `app::dom::Node#12.children`. The number is the line of the declaration, which
/// distinguishes types with one name in different functions.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldName(&'static str);

impl FieldName {
    /// Makes the name of a field: `children`, or as a derive writes it.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// Returns the name alone: `children`, `0`; in an enum, with the variant: `Closure.env`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.parts().map_or(self.0, |(_, name)| name)
    }

    /// Returns the full name of the type that declares the field, without generic arguments and
    /// without the functions around it: `app::dom::Node`. `None` for an element of a tuple, the key
    /// of a map, and a field that a hand-written [`Visit`](crate::Visit) names.
    #[must_use]
    pub fn declared_by(self) -> Option<&'static str> {
        let (declared, _) = self.parts()?;
        declared.rsplit_once('#').map(|(type_name, _)| type_name)
    }

    /// Returns the line of the declaration of that type.
    #[must_use]
    pub fn declared_at(self) -> Option<u32> {
        let (declared, _) = self.parts()?;
        declared.rsplit_once('#')?.1.parse().ok()
    }

    /// Returns the text that [`new`](Self::new) was given.
    #[cfg(feature = "save")]
    pub(super) fn declared_name(self) -> &'static str {
        self.0
    }

    /// Splits the declaring type from the name.
    fn parts(self) -> Option<(&'static str, &'static str)> {
        // Neither modules nor types have a dot in their names.
        let (declared, name) = self.0.split_once('.')?;
        declared.contains('#').then_some((declared, name))
    }

    /// Whether two names are equal, as far as their addresses show.
    #[inline]
    pub(super) fn is_same_text(self, other: Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl fmt::Debug for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0, f)
    }
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::FieldName;

    #[test]
    fn a_name_is_read_as_it_was_written() {
        let declared = FieldName::new("app::Value#12.Closure.env");
        assert_eq!(declared.name(), "Closure.env");
        assert_eq!(declared.declared_by(), Some("app::Value"));
        assert_eq!(declared.declared_at(), Some(12));
        for name in ["key", "0", "inner.peer"] {
            let plain = FieldName::new(name);
            assert_eq!((plain.name(), plain.declared_by()), (name, None));
        }
    }
}
