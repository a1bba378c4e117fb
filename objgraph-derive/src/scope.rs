//! The meaning of names in field types: the parameters of the item, their bounds, and the item
//! itself.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Generics, Type, TypeParam, TypeParamBound, WherePredicate};

use crate::ast::Input;

/// The names that the item declares.
pub(crate) struct Scope<'a> {
    item: &'a Ident,
    generics: &'a Generics,
    /// The item's lifetimes; a type that mentions one may not be `'static`.
    lifetimes: Vec<&'a Ident>,
    /// The type parameters that the user's `bound` leaves without `'static`.
    short_params: Vec<&'a Ident>,
}

impl<'a> Scope<'a> {
    pub(crate) fn new(input: &'a Input<'_>) -> Self {
        let generics = &input.original.generics;
        let bound = input.attrs.bound.as_ref().map(|bound| &bound.value);
        let short_params = generics.type_params().filter(|param| {
            bound.is_some_and(|bound| {
                !is_bounded(param, generics, bound, |bound| match bound {
                    TypeParamBound::Lifetime(lifetime) => lifetime.ident == "static",
                    _ => false,
                })
            })
        });
        Self {
            item: &input.original.ident,
            generics,
            lifetimes: generics
                .lifetimes()
                .map(|param| &param.lifetime.ident)
                .collect(),
            short_params: short_params.map(|param| &param.ident).collect(),
        }
    }

    /// Returns whether the item is `'static` whatever its arguments are.
    pub(crate) fn is_static(&self) -> bool {
        self.lifetimes.is_empty() && self.short_params.is_empty()
    }

    /// Returns whether `ident` names the item.
    pub(crate) fn is_item(&self, ident: &Ident) -> bool {
        ident == self.item
    }

    /// Returns whether `ident` is a type parameter of the item.
    pub(crate) fn is_type_param(&self, ident: &Ident) -> bool {
        self.generics
            .type_params()
            .any(|param| param.ident == *ident)
    }

    /// Returns whether the item has a type parameter.
    pub(crate) fn has_type_params(&self) -> bool {
        self.generics.type_params().next().is_some()
    }

    /// Returns whether `arguments`, without const parameters, are the type parameters of the item in
    /// their order.
    pub(crate) fn are_type_params<'t>(&self, arguments: impl Iterator<Item = &'t Type>) -> bool {
        let idents = arguments.map(|argument| match argument {
            Type::Path(path) => path.path.get_ident(),
            _ => None,
        });
        let params = self.generics.type_params().map(|param| Some(&param.ident));
        idents
            .filter(|ident| !ident.is_some_and(|ident| self.is_const_param(ident)))
            .eq(params)
    }

    /// Returns whether `ident` is a const parameter of the item.
    pub(crate) fn is_const_param(&self, ident: &Ident) -> bool {
        self.generics
            .const_params()
            .any(|param| param.ident == *ident)
    }

    /// Returns whether `ty` itself is a type parameter declared `?Sized`.
    pub(crate) fn is_unsized_param(&self, ty: &Type) -> bool {
        let Type::Path(path) = ty else { return false };
        let Some(ident) = path.path.get_ident() else {
            return false;
        };
        self.generics.type_params().any(|param| {
            param.ident == *ident
                && is_bounded(param, self.generics, &[], |bound| match bound {
                    TypeParamBound::Trait(bound) => bound.maybe.is_some(),
                    _ => false,
                })
        })
    }

    /// Returns whether `ty` mentions a type parameter of the item.
    pub(crate) fn mentions_type_param(&self, ty: &Type) -> bool {
        mentions(ty.to_token_stream(), &|name| match name {
            Name::Lifetime(_) => false,
            Name::Word(ident) => self.is_type_param(ident),
        })
    }

    /// Returns whether `ty` depends on a type parameter of the item, by its name or by `Self`.
    pub(crate) fn mentions_params(&self, ty: &Type) -> bool {
        mentions(ty.to_token_stream(), &|name| match name {
            Name::Lifetime(_) => false,
            Name::Word(ident) => {
                self.is_type_param(ident) || (ident == "Self" && self.has_type_params())
            }
        })
    }

    /// Returns whether `tokens` mention anything that may not be `'static`.
    ///
    /// A lifetime that is not the item's own is `'static`, or bound by a `for<…>` within the type,
    /// which cannot shadow a lifetime of the item.
    pub(crate) fn may_be_short(&self, tokens: impl ToTokens) -> bool {
        let any = !(self.lifetimes.is_empty() && self.short_params.is_empty());
        any && mentions(tokens.into_token_stream(), &|name| match name {
            Name::Lifetime(ident) => self.lifetimes.contains(&ident),
            Name::Word(ident) => ident == "Self" || self.short_params.contains(&ident),
        })
    }
}

/// Returns whether `fits` accepts one of the bounds on `param`, wherever it is written.
fn is_bounded(
    param: &TypeParam,
    generics: &Generics,
    more: &[WherePredicate],
    fits: impl Fn(&TypeParamBound) -> bool,
) -> bool {
    let clauses = generics
        .where_clause
        .iter()
        .flat_map(|clause| &clause.predicates);
    let of_clauses = clauses.chain(more).filter_map(|predicate| match predicate {
        WherePredicate::Type(predicate) => match &predicate.bounded_ty {
            Type::Path(path) if path.path.is_ident(&param.ident) => Some(&predicate.bounds),
            _ => None,
        },
        _ => None,
    });
    param.bounds.iter().chain(of_clauses.flatten()).any(fits)
}

/// A name in a type.
enum Name<'a> {
    Lifetime(&'a Ident),
    Word(&'a Ident),
}

/// Returns whether `fits` accepts one of the names in `tokens`.
fn mentions(tokens: TokenStream, fits: &impl Fn(Name<'_>) -> bool) -> bool {
    let mut after_quote = false;
    tokens.into_iter().any(|token| {
        let is_lifetime = std::mem::take(&mut after_quote);
        match token {
            TokenTree::Ident(ident) if is_lifetime => fits(Name::Lifetime(&ident)),
            TokenTree::Ident(ident) => fits(Name::Word(&ident)),
            TokenTree::Group(group) => mentions(group.stream(), fits),
            TokenTree::Punct(punct) => {
                after_quote = punct.as_char() == '\'';
                false
            }
            TokenTree::Literal(_) => false,
        }
    })
}
