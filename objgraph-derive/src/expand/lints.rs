//! The lints that generated code must not raise in a crate which denies them.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::{Attribute, Data, DeriveInput, Meta, Token};

/// `#[allow(…)]` for what the user allows or expects anywhere in the input, and for the use of
/// what the input declares deprecated: its types and names are written a second time.
///
/// Dead code is not among it: where it is allowed, the compiler takes all that there is for used.
pub(super) fn allow(input: &DeriveInput) -> TokenStream {
    let mut allow = TokenStream::new();
    for attr in attributes(input) {
        match &attr.meta {
            Meta::List(list) if list.path.is_ident("allow") || list.path.is_ident("expect") => {
                let lints = Punctuated::<Meta, Token![,]>::parse_terminated;
                // What is no list of lints is for the compiler to judge.
                let lints = lints.parse2(list.tokens.clone()).unwrap_or_default();
                let lints = lints.iter().filter(|lint| {
                    let is = |name| lint.path().is_ident(name);
                    !(is("dead_code") || is("unused") || is("reason"))
                });
                allow.extend(lints.map(|lint| quote!(#[allow(#lint)])));
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
