//! How the generated code looks into a field, decided once for all stages.

use proc_macro2::TokenStream;
use syn::{ExprPath, Type};

use crate::ast::{Field, Input};
use crate::scope::Scope;
use crate::types::{bare, grows, is_primitive, may_ask_static, plain};

/// The way into a field.
pub(crate) enum Look<'a> {
    /// Not at all: the user said so.
    Skipped,
    /// Through a function of the user's.
    With(&'a ExprPath),
    /// By the field's type, walked or looked up if it is not `Tracked` itself.
    Full,
    /// By the field's type if that is `Tracked`, and not otherwise: it may live shorter than
    /// `'static`, so nothing can be looked up by its `TypeId`.
    Local,
    /// Not at all: there is nothing to see.
    Leaf,
    /// Not at all, if its type is this one of std, which it is called after.
    Plain(TokenStream),
    /// Not at all: nothing can be seen.
    Opaque(Opaque),
}

/// Why nothing can look into a field, whatever its type turns out to be.
#[derive(Clone, Copy)]
pub(crate) enum Opaque {
    Packed,
    Borrows,
    UnsizedParam,
    Grows,
}

impl<'a> Look<'a> {
    pub(crate) fn new(
        field: &'a Field<'_>,
        variant_skipped: bool,
        input: &Input<'_>,
        scope: &Scope<'_>,
    ) -> Self {
        if variant_skipped || field.attrs.skip.is_some() {
            return Self::Skipped;
        }
        if let Some(with) = &field.attrs.with {
            return Self::With(&with.value);
        }
        let ty = bare(field.ty);
        if input.packed {
            Self::Opaque(Opaque::Packed)
        } else if may_ask_static(ty, scope) {
            Self::Opaque(Opaque::Borrows)
        } else if scope.is_unsized_param(ty) {
            Self::Opaque(Opaque::UnsizedParam)
        } else if grows(ty, scope) {
            Self::Opaque(Opaque::Grows)
        } else if is_primitive(ty, scope) {
            Self::Leaf
        } else if let (Some(plain), None) = (plain(ty, scope), &field.attrs.back) {
            Self::Plain(plain)
        } else if matches!(ty, Type::Reference(_)) || scope.is_short(ty) {
            Self::Local
        } else {
            Self::Full
        }
    }
}

impl Opaque {
    /// The reason, as the middle of a sentence about the field.
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::Packed => "a field of a `repr(packed)` type cannot be borrowed",
            Self::Borrows => {
                "something in its type may borrow, and stands where `'static` may be asked for"
            }
            Self::UnsizedParam => "a `?Sized` parameter cannot be looked up by its `TypeId`",
            Self::Grows => "its type contains this type with ever larger arguments",
        }
    }
    /// What to do about it, as the end of a sentence.
    pub(crate) fn remedy(self) -> &'static str {
        match self {
            Self::Packed => "mark it `#[tracked(skip)]`",
            Self::Borrows | Self::UnsizedParam | Self::Grows => {
                "mark it `#[tracked(skip)]`, or name a function that looks into it: \
                 `#[tracked(with = path)]`"
            }
        }
    }
}
