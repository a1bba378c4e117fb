//! The method `register`: what is known of the type without a value of it.

use std::collections::{HashMap, HashSet};

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::Type;
use syn::ext::IdentExt as _;

use super::{Context, local};
use crate::ast::Field;
use crate::look::Look;
use crate::text::text;
use crate::types::named;

pub(super) fn method(context: &Context<'_>) -> TokenStream {
    let Context { input, private, .. } = context;
    let registrar = local("__r");
    let name = input.original.ident.unraw().to_string();
    let mut sights = HashMap::new();
    let fields = input
        .fields()
        .map(|(field, skipped)| {
            let look = Look::new(field, skipped, input, &context.scope);
            spec(context, field, &look, &mut sights)
        })
        .collect::<TokenStream>();
    let named = named_types(context)
        .into_iter()
        .map(|ty| probe(context, ty));
    let wrappers = input
        .original
        .generics
        .params
        .is_empty()
        .then(|| quote!(#registrar.wrappers::<Self>();));
    quote! {
        fn register(#registrar: &mut #private::Registrar)
        where
            Self: ::core::marker::Sized + 'static,
        {
            if !#registrar.begin::<Self>(&#private::TypeSpec {
                name: #name,
                drops: (&&#private::TypeProbe::<Self>::NEW).__has_drop(),
                file: ::core::file!(),
                line: ::core::line!(),
            }) {
                return;
            }
            #(#named;)*
            #fields
            #wrappers
        }
    }
}

/// Registers a field and, unless a field before it did, its type; `sights` holds, for each type
/// that was probed, the variable that tells how it is looked into.
fn spec(
    context: &Context<'_>,
    field: &Field<'_>,
    look: &Look<'_>,
    sights: &mut HashMap<String, Ident>,
) -> TokenStream {
    let private = &context.private;
    let registrar = local("__r");
    let name = &field.name;
    let ty = field.ty;
    let text = text(ty);
    let back = field.attrs.back.is_some();
    let mut probed = TokenStream::new();
    let mut sight_of = |probe: TokenStream| {
        let fresh = local(&format!("__s{}", sights.len()));
        let sight = sights.entry(text.clone()).or_insert_with(|| {
            probed = quote!(let #fresh = #probe;);
            fresh
        });
        quote!(#sight)
    };
    let sight = match look {
        Look::Full => sight_of(probe(context, ty)),
        Look::Local => sight_of(quote!((&&#private::LocalTypeProbe::<#ty>::NEW).__sight())),
        Look::Leaf => quote!(#private::Sight::Full),
        Look::With(_) => quote!(#private::Sight::With),
        Look::Skipped => quote!(#private::Sight::Skipped),
        Look::Opaque(_) => quote!(#private::Sight::Opaque),
    };
    quote! {
        #probed
        #registrar.field::<Self>(#private::FieldSpec {
            name: #name,
            ty: #text,
            sight: ::core::convert::Into::into(#sight),
            back: #back,
        });
    }
}

/// Registers `ty`, and tells how it is looked into.
fn probe(context: &Context<'_>, ty: &Type) -> TokenStream {
    let private = &context.private;
    let registrar = local("__r");
    quote!((&&&&#private::TypeProbe::<#ty>::NEW).__register(#registrar))
}

/// The types named inside the fields' types, each once, without those that are fields' types.
///
/// They come before the fields, since how a field is looked into may depend on whether what it
/// contains is known.
fn named_types<'a>(context: &Context<'a>) -> Vec<&'a Type> {
    let Context { input, scope, .. } = context;
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    let mut inside = Vec::new();
    for (field, skipped) in input.fields() {
        let look = Look::new(field, skipped, input, scope);
        if let Look::Full = look {
            seen.insert(text(field.ty));
        }
        if !matches!(look, Look::Skipped) {
            inside.push(field.ty);
        }
    }
    for ty in inside {
        named(ty, scope, &mut seen, &mut found);
    }
    found
}
