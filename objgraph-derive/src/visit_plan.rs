//! The way in which the generated code visits each field, decided once for all stages.

use proc_macro2::TokenStream;
use syn::{ExprPath, Type};

use crate::ast::{Field, Input};
use crate::growth::growing_steps;
use crate::scope::Scope;
use crate::types::{bare, is_primitive, may_require_static, plain};

/// The way in which a field is visited.
pub(crate) enum VisitPlan<'a> {
    /// Not at all, as the user requested.
    Skipped,
    /// By the user's function.
    With(&'a ExprPath),
    /// By its type; if that is not `Tracked`, as a container of std or by a lookup.
    Full,
    /// By its type if these types in it are finite, and otherwise through the registry, so that the
    /// compiler does not instantiate ever larger types.
    Growing(Vec<&'a Type>),
    /// By its type if that is `Tracked`; otherwise it is opaque, because a type that may not be
    /// `'static` has no `TypeId` to look up.
    Local,
    /// Not at all, since it holds no reference.
    Leaf,
    /// Not at all, if its type is this type of std, as its name suggests.
    Plain(TokenStream),
    /// Not at all, since it is opaque.
    Opaque(OpaqueReason),
}

/// The reason that a field is opaque, whatever its type resolves to.
#[derive(Clone, Copy)]
pub(crate) enum OpaqueReason {
    Packed,
    Borrows,
    UnsizedParam,
    /// Only under `strict`, since the first instances are visited.
    Grows,
}

impl<'a> VisitPlan<'a> {
    pub(crate) fn new(
        field: &'a Field<'_>,
        is_variant_skipped: bool,
        input: &Input<'_>,
        scope: &Scope<'_>,
    ) -> Self {
        if is_variant_skipped || field.attrs.skip.is_some() {
            return Self::Skipped;
        }
        if let Some(with) = &field.attrs.with {
            return Self::With(&with.value);
        }
        let ty = bare(field.ty);
        if input.is_packed {
            Self::Opaque(OpaqueReason::Packed)
        } else if may_require_static(ty, scope) {
            Self::Opaque(OpaqueReason::Borrows)
        } else if scope.is_unsized_param(ty) {
            Self::Opaque(OpaqueReason::UnsizedParam)
        } else if is_primitive(ty, scope) {
            Self::Leaf
        } else if let (Some(plain), None) = (plain(ty, scope), &field.attrs.back) {
            Self::Plain(plain)
        } else if scope.may_be_short(ty) {
            Self::Local
        } else {
            match growing_steps(ty, scope) {
                steps if !steps.is_empty() => Self::Growing(steps),
                _ if matches!(ty, Type::Reference(_)) => Self::Local,
                _ => Self::Full,
            }
        }
    }
}

impl OpaqueReason {
    /// Returns the reason, as the middle of a sentence about the field.
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::Packed => "a field of a `repr(packed)` type cannot be borrowed",
            Self::Borrows => "a type argument in its type may borrow, but may have to be `'static`",
            Self::UnsizedParam => "a `?Sized` parameter cannot be looked up by its `TypeId`",
            Self::Grows => "its type contains this type with ever larger arguments",
        }
    }

    /// Returns the remedy, as the end of a sentence.
    pub(crate) fn remedy(self) -> &'static str {
        match self {
            Self::Packed => "mark it `#[tracked(skip)]`",
            Self::Borrows | Self::UnsizedParam | Self::Grows => {
                "mark it `#[tracked(skip)]`, or name a function that visits it: \
                 `#[tracked(with = path)]`"
            }
        }
    }
}
