//! `#[tracked(strict)]`: a bound on each field's type, checked where the type is written.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};

use super::Context;
use crate::ast::Field;
use crate::types::required;

/// Returns a check that fails to compile, and names the field, if any part of its type is opaque.
///
/// The check is in a method of the impl, where the item's parameters are in scope.
pub(super) fn check(context: &Context<'_>, field: &Field<'_>) -> Option<TokenStream> {
    context.input.attrs.strict.as_ref()?;
    let required = required(field.ty, &context.scope);
    if required.is_empty() {
        return None;
    }
    let krate = &context.krate;
    // The compiler shows this name next to the type that is not `Tracked`.
    let name = format_ident!(
        "field_{}_must_be_tracked",
        field.name.replace('.', "_"),
        span = Span::mixed_site()
    );
    Some(quote! {
        {
            #[allow(non_snake_case)]
            fn #name<T: #krate::Tracked + ?::core::marker::Sized>() {}
            #(#name::<#required>();)*
        }
    })
}
