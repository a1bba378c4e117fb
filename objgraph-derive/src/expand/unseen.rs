//! Generated code that the compiler does not take for a use of what it reads.
//!
//! A field that only the derive reads is as good as never read, and a type that only the list of
//! types names is never constructed. The compiler must go on to say so, or else its warnings would
//! come and go with tracking, and an `#[expect(dead_code)]` of the user's with them. It overlooks
//! what stands in a derived impl of `Clone`, so that is where it stands.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
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
        &quote!((&#lifetime #ident #arguments, &mut #krate::Visitor<#lifetime>)),
        &named(where_clause, &quote!(#ident #arguments)),
        &quote!((#value, #visitor)),
        &probes,
    );
    (items, call(&quote!(__Visit), &quote!((self, #visitor))))
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
        &quote!(&mut #private::Registrar),
        &TokenStream::new(),
        &quote!(#registrar),
        &quote!(<#ident as #krate::Visit>::register(#registrar);),
    );
    let register = call(&quote!(__Register), &quote!(#registrar));
    quote! {
        #items
        #[automatically_derived]
        impl #krate::Visit for __Register<()> {
            fn register(#registrar: &mut #private::Registrar) {
                #register
            }
        }
        #private::submit! { __Register<()> }
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

/// A type `name` and a `Clone` for it that does what `body` says, once, with what it holds.
fn derived_clone(
    name: &TokenStream,
    generics: &TokenStream,
    holds: &TokenStream,
    where_clause: &TokenStream,
    pattern: &TokenStream,
    body: &TokenStream,
) -> TokenStream {
    quote! {
        struct #name<T>(::core::cell::Cell<::core::option::Option<T>>);
        #[automatically_derived]
        impl #generics ::core::clone::Clone for #name<#holds> #where_clause {
            fn clone(&self) -> Self {
                if let ::core::option::Option::Some(#pattern) = self.0.take() {
                    #body
                }
                Self(::core::cell::Cell::new(::core::option::Option::None))
            }
        }
    }
}

/// The call that makes a type of [`derived_clone`] do its work.
fn call(name: &TokenStream, holds: &TokenStream) -> TokenStream {
    quote! {
        let _ = ::core::clone::Clone::clone(
            &#name(::core::cell::Cell::new(::core::option::Option::Some(#holds))),
        );
    }
}
