//! The method `label`: the text of a value in a picture.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ExprPath;
use syn::spanned::Spanned as _;

use super::{Context, local};
use crate::ast::Input;

pub(super) fn method(context: &Context<'_>) -> TokenStream {
    let Context { input, .. } = context;
    let body = if let Some(label) = &input.attrs.label {
        let call = call(&label.value);
        quote!(__p::Label::with(#call))
    } else if input.attrs.no_label.is_some() || has_skipped_fields(input) {
        quote!(__p::Label::None)
    } else {
        quote!(__p::TypeProbe::<Self>::__label(self))
    };
    quote! {
        fn label(&self) -> __p::Label<'_> {
            #body
        }
    }
}

/// Returns whether a field is skipped, by itself or with its variant. The `Debug` of the whole
/// value, usually derived, would show it.
fn has_skipped_fields(input: &Input<'_>) -> bool {
    let mut fields = input.fields();
    fields.any(|(field, is_skipped)| is_skipped || field.attrs.skip.is_some())
}

/// Returns a closure that calls the user's function on `self`.
pub(super) fn call(path: &ExprPath) -> TokenStream {
    let formatter = local("__f");
    // Errors are shown at the path, while names in the call are resolved as everywhere else.
    let span = Span::call_site().located_at(path.span());
    let call = quote_spanned!(span=> (self, #formatter));
    quote!(move |#formatter: &mut ::core::fmt::Formatter<'_>| #path #call)
}
