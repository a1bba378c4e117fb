//! The lints that generated code must not trigger in a crate that denies them.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::{Attribute, Data, DeriveInput, Meta, Token};

/// Returns `#[allow(…)]` for the lints that the user allows or expects anywhere in the input, and
/// for uses of what the input marks as deprecated, because the expansion repeats its types and
/// names.
///
/// Dead code is not included: where it is allowed, the compiler treats everything as used.
pub(super) fn allow(input: &DeriveInput) -> TokenStream {
    let mut allow = TokenStream::new();
    for attr in attributes(input) {
        match &attr.meta {
            Meta::List(list) if list.path.is_ident("allow") || list.path.is_ident("expect") => {
                // The compiler reports a malformed list.
                let lints = Punctuated::<Meta, Token![,]>::parse_terminated
                    .parse2(list.tokens.clone())
                    .unwrap_or_default();
                let allowed = lints.iter().filter(|lint| {
                    let is = |name| lint.path().is_ident(name);
                    !(is("dead_code") || is("unused") || is("reason"))
                });
                allow.extend(allowed.map(|lint| quote!(#[allow(#lint)])));
            }
            meta if meta.path().is_ident("deprecated") => {
                allow.extend(quote!(#[allow(deprecated)]));
            }
            _ => {}
        }
    }
    allow
}

fn attributes(input: &DeriveInput) -> impl Iterator<Item = &Attribute> {
    let (fields, variants) = match &input.data {
        Data::Struct(data) => (Some(&data.fields), None),
        Data::Enum(data) => (None, Some(&data.variants)),
        Data::Union(_) => (None, None),
    };
    let of_variants = variants.into_iter().flatten().flat_map(|variant| {
        let of_fields = variant.fields.iter().flat_map(|field| &field.attrs);
        variant.attrs.iter().chain(of_fields)
    });
    let of_fields = fields.into_iter().flatten().flat_map(|field| &field.attrs);
    input.attrs.iter().chain(of_fields).chain(of_variants)
}
