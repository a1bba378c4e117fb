//! The impl of `Finite`: the item leads to finitely many types if the types that it names do.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::parse_quote;

use super::Context;
use crate::growth::{cost, name_of, steps};
use crate::text::text;
use crate::visit_plan::VisitPlan;

/// Returns the impl, if the item has type parameters: each generic type that its fields name must be
/// finite within one step less.
pub(super) fn implementation(context: &Context<'_>) -> Option<TokenStream> {
    let scope = &context.scope;
    if !scope.has_type_params() {
        return None;
    }
    let mut types = Vec::new();
    for (field, plan) in context.fields() {
        if !matches!(plan, VisitPlan::Skipped) {
            steps(field.ty, scope, &mut types)?;
        }
    }
    types.sort_by_cached_key(|ty| text(ty));
    types.dedup_by_key(|ty| text(ty));
    let mut generics = context.generics();
    generics.params.push(parse_quote!(__Steps));
    generics.params.push(parse_quote!(const __NAME: u64));
    let within = (0..cost(types.len())).fold(quote!(__Steps), |steps, _| quote!(__p::More<#steps>));
    let predicates = &mut generics.make_where_clause().predicates;
    for ty in types {
        let name = name_of(ty);
        predicates.push(parse_quote!(#ty: __p::Finite<__Steps, #name>));
    }
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let ident = context.input.original.ident.to_token_stream();
    let arguments = context.arguments();
    Some(quote! {
        #[automatically_derived]
        impl #impl_generics __p::Finite<#within, __NAME> for #ident #arguments #where_clause {}
    })
}
