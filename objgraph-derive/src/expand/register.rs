//! The method `register`: what is known of the type without a value of it.

use std::collections::{HashMap, HashSet};

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::Type;

use super::{Context, local};
use crate::ast::Field;
use crate::look::Look;
use crate::text::text;
use crate::types::{is_passed_through, named};

pub(super) fn method(context: &Context<'_>) -> TokenStream {
    let Context { input, private, .. } = context;
    let registrar = local("__r");
    let begun = local("__t");
    let mut sights = HashMap::new();
    let mut specs = TokenStream::new();
    let mut probed = TokenStream::new();
    for (index, (field, skipped)) in input.fields().enumerate() {
        let look = Look::new(field, skipped, input, &context.scope);
        specs.extend(spec(context, field, &look));
        probed.extend(probed_sight(context, index, field, &look, &mut sights));
    }
    let named = named_types(context)
        .into_iter()
        .map(|ty| probe(context, ty));
    let begin = local(if input.original.generics.params.is_empty() {
        "begin_wrapped"
    } else {
        "begin"
    });
    let rest = quote!(#(#named;)* #probed);
    let rest = match rest.is_empty() {
        true => quote!(let _ = #begun;),
        false => quote!(if let ::core::option::Option::Some(#begun) = #begun { #rest }),
    };
    quote! {
        fn register(#registrar: &mut #private::Registrar)
        where
            Self: ::core::marker::Sized + 'static,
        {
            let #begun = #registrar.#begin::<Self>(const { &#private::TypeSpec {
                drops: #private::TypeProbe::<Self>::HAS_DROP,
                file: ::core::file!(),
                line: ::core::line!(),
                fields: &[#specs],
            } });
            #rest
        }
    }
}

/// What is known of a field before it is probed.
fn spec(context: &Context<'_>, field: &Field<'_>, look: &Look<'_>) -> TokenStream {
    let private = &context.private;
    let name = &field.name;
    let ty = field.ty;
    let text = text(ty);
    let back = field.attrs.back.is_some();
    let known = match look {
        Look::Full if is_passed_through(ty, &context.scope) => in_itself(context, ty),
        Look::Full => quote!(Probed),
        Look::Local => in_itself(context, ty),
        Look::Plain(plain) => quote!(Leaf(#private::Probed::leaf::<#ty, #plain>)),
        Look::Leaf => quote!(Known(#private::Sight::Full)),
        Look::With(_) => quote!(Known(#private::Sight::With)),
        Look::Skipped => quote!(Known(#private::Sight::Skipped)),
        Look::Opaque(_) => quote!(Known(#private::Sight::Opaque)),
    };
    quote! {
        #private::FieldSpec {
            name: #name,
            ty: #text,
            sight: #private::FieldSight::#known,
            back: #back,
        },
    }
}

/// What is known of a field whose type is not registered for itself: whether it is `Tracked`.
fn in_itself(context: &Context<'_>, ty: &Type) -> TokenStream {
    let private = &context.private;
    quote!(Known(#private::TypeProbe::<#ty>::SIGHT))
}

/// Registers a field's type, unless a field before it did, and tells how it is looked into;
/// `sights` holds, for each type that was probed, the variable that tells.
fn probed_sight(
    context: &Context<'_>,
    index: usize,
    field: &Field<'_>,
    look: &Look<'_>,
    sights: &mut HashMap<String, Ident>,
) -> Option<TokenStream> {
    let ty = field.ty;
    let probe = match look {
        Look::Full if !is_passed_through(ty, &context.scope) => probe(context, ty),
        _ => return None,
    };
    let (registrar, begun) = (local("__r"), local("__t"));
    let fresh = local(&format!("__s{}", sights.len()));
    let mut probed = TokenStream::new();
    let sight = sights.entry(text(ty)).or_insert_with(|| {
        probed = quote!(let #fresh = #probe;);
        fresh
    });
    Some(quote!(#probed #registrar.sight(#begun, #index, #sight);))
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
        if matches!(look, Look::Full) && !is_passed_through(field.ty, scope) {
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
