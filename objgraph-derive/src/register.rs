//! `register!`: registers types at link time.

use std::path::PathBuf;

use proc_macro2::{Group, Ident, Spacing, Span, TokenStream, TokenTree};
use quote::quote_spanned;
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned as _;
use syn::{Token, Type};

/// The path of objgraph, and the types.
struct Registration {
    krate: TokenStream,
    types: Punctuated<Type, Token![,]>,
}

impl Parse for Registration {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let group: Group = input.parse()?;
        let krate = group.stream();
        let types = Punctuated::parse_terminated(input)?;
        if types.is_empty() {
            return Err(syn::Error::new(
                Span::call_site(),
                "expected types: `objgraph::register!(Node<i32>, Graph<u8, String>)`",
            ));
        }
        Ok(Self { krate, types })
    }
}

/// Expands `[path of objgraph] Type, Type, …`.
pub(crate) fn register(input: TokenStream) -> TokenStream {
    let input = match own_name() {
        Some(name) => in_own_crate(input, &name),
        None => input,
    };
    let Registration { krate, types } = match Registration::parse.parse2(input) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    types
        .iter()
        .map(|ty| {
            quote_spanned! {ty.span()=>
                // Keeps an import for this line alone in use when tracking is off.
                const _: ::core::marker::PhantomData<fn(#ty)> = ::core::marker::PhantomData;
                #krate::__private::on! {
                    const _: () = {
                        fn __register(registrar: &mut #krate::__private::Registrar) {
                            registrar.named_by_user::<#ty>();
                        }
                        #krate::__private::submit! { Named(__register) }
                    };
                }
            }
        })
        .collect()
}

/// Returns the name of the crate that is being compiled, unless another crate that it uses may
/// share the name, as a binary and the library beside it often do.
fn own_name() -> Option<String> {
    let is_binary = std::env::var_os("CARGO_BIN_NAME").is_some();
    let package = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    if is_binary && package.is_some_and(|package| package.join("src/lib.rs").exists()) {
        return None;
    }
    std::env::var("CARGO_CRATE_NAME").ok()
}

/// Replaces the crate's own name by `crate` at the start of paths: reports print names of types
/// with it, but within a crate it is not in scope.
fn in_own_crate(tokens: TokenStream, name: &str) -> TokenStream {
    let mut out = TokenStream::new();
    let mut tokens = tokens.into_iter().peekable();
    let mut is_after_colons = false;
    while let Some(token) = tokens.next() {
        let is_path_start = matches!(
            tokens.peek(),
            Some(TokenTree::Punct(next)) if next.as_char() == ':' && next.spacing() == Spacing::Joint
        );
        let token = match token {
            TokenTree::Ident(ident) if is_path_start && !is_after_colons && ident == name => {
                Ident::new("crate", ident.span()).into()
            }
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), in_own_crate(group.stream(), name));
                inner.set_span(group.span());
                inner.into()
            }
            token => token,
        };
        is_after_colons = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ':');
        out.extend([token]);
    }
    out
}
