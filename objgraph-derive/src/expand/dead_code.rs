//! Generated code that the `dead_code` lint ignores.
//!
//! A field that only the derive reads should still be reported as never read, and a type that only
//! the list of types names as never constructed. Otherwise warnings, and the user's
//! `#[expect(dead_code)]`, would depend on whether tracking is on. The lint ignores derived impls of
//! `Clone` and `Debug`, so the reads are in such impls.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Lifetime, parse_quote};

use super::{Context, local, visit, visitor};

/// Returns a type whose `clone` visits the fields, and the call of it.
pub(super) fn fields_visit(context: &Context<'_>) -> (TokenStream, TokenStream) {
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
    let where_clause = replace_self(where_clause, &quote!(#ident #arguments));
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

/// Adds the type to the list that the linker builds.
pub(super) fn submit(context: &Context<'_>) -> TokenStream {
    let krate = &context.krate;
    let ident = &context.input.original.ident;
    quote! {
        struct __Entry;
        #[automatically_derived]
        impl __p::std::fmt::Debug for __Entry {
            fn fmt(&self, _: &mut __p::std::fmt::Formatter<'_>) -> __p::std::fmt::Result {
                __p::pass_registration(<#ident as #krate::Visit>::register::<__p::Full>)
            }
        }
        __p::submit! { Derived(&__Entry) }
    }
}

/// Replaces `Self` in `tokens` by the input's type, for code outside of its impl.
pub(super) fn replace_self(tokens: impl ToTokens, ty: &TokenStream) -> TokenStream {
    let token = |token: TokenTree| match token {
        TokenTree::Ident(ident) if ident == "Self" => ty.clone(),
        TokenTree::Group(group) => {
            let mut renamed = Group::new(group.delimiter(), replace_self(group.stream(), ty));
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
