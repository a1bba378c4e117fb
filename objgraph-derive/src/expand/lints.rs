//! The lints that generated code must not raise in a crate which denies them.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Data, DeriveInput, Meta};

/// `#[allow(…)]` for what the user allows or expects anywhere in the input, and for the use of
/// what the input declares deprecated: its types and names are written a second time.
pub(super) fn allow(input: &DeriveInput) -> TokenStream {
    let mut allow = TokenStream::new();
    for attr in attributes(input) {
        match &attr.meta {
            Meta::List(list) if list.path.is_ident("allow") || list.path.is_ident("expect") => {
                let lints = &list.tokens;
                allow.extend(quote!(#[allow(#lints)]));
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
