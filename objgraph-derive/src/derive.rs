//! The stages of the derive, in order.

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::ast::Input;
use crate::errors::Errors;
use crate::{expand, valid};

/// Returns the impl for `input`; if there are errors, returns all of them and an impl that does
/// nothing.
pub(crate) fn derive(input: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let mut errors = Errors::default();
    let input = Input::new(&input, &mut errors);
    valid::check(&input, &mut errors);
    if errors.is_empty() {
        return expand::expand(&input);
    }
    let mut tokens = errors.into_tokens();
    tokens.extend(expand::stub(&input));
    tokens
}
