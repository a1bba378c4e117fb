//! Generated code that the compiler does not take for a use of what it reads.
//!
//! A field that only the derive reads is as good as never read, and a type that only the list of
//! types names is never constructed. The compiler must go on to say so, or else its warnings would
//! come and go with tracking, and an `#[expect(dead_code)]` of the user's with them. It overlooks
//! what stands in a derived impl of `Clone`, so that is where it stands.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Lifetime, parse_quote};

use super::{Context, local, visit, visitor};

/// The type that looks into the fields, and the call that makes it do so.
pub(super) fn visit(context: &Context<'_>) -> (TokenStream, TokenStream) {
    let value = local("__value");
    let probes = visit::probes(context, &value);
    if probes.is_empty() {
        return (TokenStream::new(), TokenStream::new());
    }
    let krate = &context.krate;
    let visitor = visitor(Span::call_site());
    let ident = &context.input.original.ident;
    let arguments = context.arguments();
    let mut with_lifetime = context.generics();
    let lifetime: Lifetime = parse_quote!('__v);
    with_lifetime.params.insert(0, parse_quote!(#lifetime));
    let (impl_generics, _, where_clause) = with_lifetime.split_for_impl();
    let items = derived_clone(
        &quote!(__Visit),
        &quote!(#impl_generics),
        &[
            quote!(&#lifetime #ident #arguments),
            quote!(&mut #krate::Visitor<#lifetime>),
        ],
        &named(where_clause, &quote!(#ident #arguments)),
        &visitor,
        &quote!(let #value = self.0; #probes),
    );
    (items, call(&quote!(__Visit), &quote!(self), &visitor))
}

/// Puts the type into the list that the linker makes.
pub(super) fn submit(context: &Context<'_>) -> TokenStream {
    let Context {
        input,
        krate,
        private,
        ..
    } = context;
    let ident = &input.original.ident;
    let registrar = local("__r");
    let items = derived_clone(
        &quote!(__Register),
        &TokenStream::new(),
        &[quote!(()), quote!(&mut #private::Registrar)],
        &TokenStream::new(),
        &registrar,
        &quote!(<#ident as #krate::Visit>::register(#registrar);),
    );
    let register = call(&quote!(__Register), &quote!(()), &registrar);
    quote! {
        #items
        // Not a closure, which would be two functions.
        fn __register(#registrar: &mut #private::Registrar) {
            #register
        }
        #private::submit! { __register }
    }
}

/// `tokens` with the input's type in place of `Self`, which here is another.
fn named(tokens: impl ToTokens, ty: &TokenStream) -> TokenStream {
    let token = |token: TokenTree| match token {
        TokenTree::Ident(ident) if ident == "Self" => ty.clone(),
        TokenTree::Group(group) => {
            let mut renamed = Group::new(group.delimiter(), named(group.stream(), ty));
            renamed.set_span(group.span());
            TokenTree::from(renamed).into()
        }
        token => token.into(),
    };
    tokens
        .into_token_stream()
        .into_iter()
        .flat_map(token)
        .collect()
}

/// A type `name` and a `Clone` for it that does what `body` says, once, with `argument`.
///
/// Only the argument is in the cell, so that no code of the cell's is compiled for the type. Each
/// use has a type of its own: where one type is used, its impls are, for all that they name.
fn derived_clone(
    name: &TokenStream,
    generics: &TokenStream,
    [holds, takes]: &[TokenStream; 2],
    where_clause: &TokenStream,
    argument: &Ident,
    body: &TokenStream,
) -> TokenStream {
    quote! {
        struct #name<T, A>(T, ::core::cell::Cell<::core::option::Option<A>>);
        #[automatically_derived]
        impl #generics ::core::clone::Clone for #name<#holds, #takes> #where_clause {
            fn clone(&self) -> Self {
                if let ::core::option::Option::Some(#argument) = self.1.take() {
                    #body
                }
                Self(self.0, ::core::cell::Cell::new(::core::option::Option::None))
            }
        }
    }
}

/// The call that makes [`derived_clone`] do its work.
fn call(name: &TokenStream, holds: &TokenStream, argument: &Ident) -> TokenStream {
    quote! {
        let _ = ::core::clone::Clone::clone(
            &#name(#holds, ::core::cell::Cell::new(::core::option::Option::Some(#argument))),
        );
    }
}
