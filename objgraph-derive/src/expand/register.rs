//! The method `register`: what is known of the type without a value of it.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::quote;
use syn::Type;
use syn::ext::IdentExt as _;

use super::{Context, local};
use crate::ast::Field;
use crate::look::Look;
use crate::text::text;
use crate::types::{Named, is_passed_through, named, std_head, std_heads};

pub(super) fn method(context: &Context<'_>) -> TokenStream {
    let Context { input, .. } = context;
    let registrar = local("__r");
    let fields = context
        .fields()
        .map(|(field, look)| spec(context, field, look));
    let named = named_types(context);
    let named = named.iter().map(|named| match named {
        Named::Type(ty) => probed(ty),
        Named::Unless(ty, heads) => {
            let known = quote!(__p::Probed::Known(__p::Sight::Full));
            named_as_std(ty, heads, &known)
        }
        Named::Argument(ty, index) => {
            let row = match index {
                0 => quote!(FIRST),
                _ => quote!(SECOND),
            };
            quote!(__p::Probed::argument(__p::TypeProbe::<#ty>::#row))
        }
    });
    let cells = match input.original.generics.params.is_empty() {
        true => quote!(&<Self as __p::Rows>::CELLS),
        false => quote!(&[]),
    };
    // What has a lifetime is not `'static` for certain. Of what is not generic the link knows.
    let known =
        (context.scope.is_static() && !input.original.generics.params.is_empty()).then(|| {
            quote! {
                fn register_static(#registrar: &mut __p::Registrar) {
                    #registrar.add::<Self>();
                }
            }
        });
    quote! {
        #known
        fn register(#registrar: &mut __p::Registrar)
        where
            Self: __p::std::marker::Sized + 'static,
        {
            #registrar.derived(&<Self as __p::Rows>::VALUE, #cells, const { &__p::TypeSpec {
                drops: __p::TypeProbe::<Self>::HAS_DROP,
                declared: __p::TypeSpec::here(),
                module: __p::std::module_path!(),
                named: &[#(#named),*],
                fields: &[#(#fields),*],
            } })
        }
    }
}

/// Puts a generic type into the list that the linker makes, so that a report on an instance that
/// nothing names can say what registers it.
pub(super) fn submit_generic(context: &Context<'_>) -> TokenStream {
    let name = context.input.original.ident.unraw().to_string();
    quote! {
        #[allow(dead_code)]
        struct __Beside;
        __p::submit_generic! {
            __p::Generic {
                beside: __p::std::any::type_name::<__Beside>,
                name: #name,
                module: __p::std::module_path!(),
            }
        }
    }
}

/// What is known of a field.
fn spec(context: &Context<'_>, field: &Field<'_>, look: &Look<'_>) -> TokenStream {
    let name = &field.name;
    let ty = field.ty;
    let text = text(ty);
    let back = field.attrs.back.is_some();
    let known = |sight: TokenStream| quote!(__p::Probed::Known(#sight));
    let probed = match look {
        // What is not registered for itself is `Tracked` or not.
        Look::Full if is_passed_through(ty, &context.scope) => {
            let sight = known(quote!(__p::TypeProbe::<#ty>::SIGHT));
            let head: Vec<_> = std_head(ty, &context.scope).into_iter().collect();
            named_as_std(ty, &head, &sight)
        }
        Look::Full => probed(ty),
        Look::Local => known(quote!(__p::TypeProbe::<#ty>::SIGHT)),
        Look::Plain(plain) => {
            let leaf = quote!(__p::Probed::By(__p::Probed::leaf::<#ty, #plain>));
            named_as_std(ty, &std_heads(ty, &context.scope), &leaf)
        }
        Look::Leaf => known(quote!(__p::Sight::Full)),
        Look::With(_) => known(quote!(__p::Sight::With)),
        Look::Skipped => known(quote!(__p::Sight::Skipped)),
        Look::Opaque(_) => known(quote!(__p::Sight::Opaque)),
    };
    quote!(__p::FieldSpec(#name, #text, __p::std::any::type_name::<#ty>, #probed, #back))
}

/// What makes `ty` known, and how it is looked into.
fn probed(ty: &Type) -> TokenStream {
    quote!(__p::Probed::new(__p::TypeProbe::<#ty>::ROW, __p::TypeProbe::<#ty>::OTHERWISE))
}

/// What stands for `known` if all `heads` are the types of std that they are called after, and else
/// what makes `ty` known.
fn named_as_std(ty: &Type, heads: &[&Type], known: &TokenStream) -> TokenStream {
    if heads.is_empty() {
        return known.clone();
    }
    let is_std = heads
        .iter()
        .map(|head| quote!(__p::TypeProbe::<#head>::STD));
    quote! {
        __p::Probed::named_as_std(
            #(#is_std)&&*,
            #known,
            __p::TypeProbe::<#ty>::ROW,
            __p::TypeProbe::<#ty>::OTHERWISE,
        )
    }
}

/// What is named inside the fields' types, each once, without those that are fields' types.
///
/// They come before the fields, since how a field is looked into may depend on whether what it
/// contains is known.
fn named_types<'a>(context: &Context<'a>) -> Vec<Named<'a>> {
    let scope = &context.scope;
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    let mut inside = Vec::new();
    for (field, look) in context.fields() {
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
