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
    let where_clause = named(where_clause, &quote!(#ident #arguments));
    let items = quote! {
        struct __Visit<T, A>(T, A);
        #[automatically_derived]
        impl #impl_generics __p::std::clone::Clone for __Visit<
            &#lifetime #ident #arguments,
            &__p::Once<&mut #krate::Visitor<#lifetime>>,
        > #where_clause {
            fn clone(&self) -> Self {
                if let __p::std::option::Option::Some(#visitor) = self.1.take() {
                    let #value = self.0;
                    #probes
                }
                Self(self.0, self.1)
            }
        }
    };
    let call = quote! {
        let _ = __p::std::clone::Clone::clone(&__Visit(self, &__p::once(#visitor)));
    };
    (items, call)
}

/// Puts the type into the list that the linker makes.
pub(super) fn submit(context: &Context<'_>) -> TokenStream {
    let krate = &context.krate;
    let ident = &context.input.original.ident;
    let submitted = local("__s");
    quote! {
        struct __Register<'s>(&'s __p::Submitted);
        #[automatically_derived]
        impl __p::std::clone::Clone for __Register<'_> {
            fn clone(&self) -> Self {
                self.0.run(<#ident as #krate::Visit>::register);
                Self(self.0)
            }
        }
        // Not a closure, which would be two functions.
        fn __register(#submitted: &__p::Submitted) {
            let _ = __p::std::clone::Clone::clone(&__Register(#submitted));
        }
        __p::submit! { __register }
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
