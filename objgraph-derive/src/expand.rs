//! The generated code as a whole: one impl for each side of the switch that turns tracking on.

mod label;
mod lints;
mod register;
mod strict;
#[cfg(test)]
mod tests;
mod unseen;
mod visit;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{GenericParam, Generics, Member, WherePredicate, parse_quote};

use crate::ast::{Field, Input, Shape};
use crate::look::Look;
use crate::scope::Scope;
use crate::types::{is_instance, is_unsized};

/// What every part of the expansion needs to know.
struct Context<'a> {
    input: &'a Input<'a>,
    scope: Scope<'a>,
    /// How each field is looked into, of the struct or of one variant after another.
    looks: Vec<Vec<Look<'a>>>,
    /// The path of the crate that holds the trait.
    krate: TokenStream,
    /// `krate`'s module of everything that only generated code uses.
    private: TokenStream,
}

impl<'a> Context<'a> {
    fn new(input: &'a Input<'a>) -> Self {
        let krate = input.attrs.krate.as_ref().map(|path| &path.value);
        let krate = krate.map_or_else(|| quote!(::objgraph), ToTokens::to_token_stream);
        let scope = Scope::new(input);
        let looks = |fields: &'a [Field<'a>], skipped| {
            let look = |field| Look::new(field, skipped, input, &scope);
            fields.iter().map(look).collect()
        };
        let looks = match &input.shape {
            Shape::Struct(fields) => vec![looks(fields, false)],
            Shape::Enum(variants) => variants
                .iter()
                .map(|variant| looks(&variant.fields, variant.attrs.skip.is_some()))
                .collect(),
            Shape::Union => Vec::new(),
        };
        Self {
            input,
            scope,
            looks,
            private: quote!(#krate::__private),
            krate,
        }
    }

    /// Every field, and how it is looked into.
    fn fields(&self) -> impl Iterator<Item = (&Field<'a>, &Look<'a>)> {
        let fields = self.input.fields().map(|(field, _)| field);
        fields.zip(self.looks.iter().flatten())
    }

    /// An `impl Tracked` for the input with `items` in it.
    fn impl_tracked(&self, items: &TokenStream) -> TokenStream {
        let Self { input, krate, .. } = self;
        let ident = &input.original.ident;
        let generics = self.generics();
        let (impl_generics, _, where_clause) = generics.split_for_impl();
        let arguments = self.arguments();
        quote! {
            #[automatically_derived]
            impl #impl_generics #krate::Visit for #ident #arguments #where_clause {
                #items
            }
        }
    }

    /// The input's generics with the bounds that the impl has.
    fn generics(&self) -> Generics {
        let Self { input, .. } = self;
        let mut generics = input.original.generics.clone();
        let params: Vec<Ident> = generics
            .type_params()
            .map(|param| param.ident.clone())
            .collect();
        if !generics.params.is_empty() || input.attrs.bound.is_some() {
            let predicates = &mut generics.make_where_clause().predicates;
            match &input.attrs.bound {
                Some(bound) => predicates.extend(bound.value.iter().cloned()),
                None => predicates.extend(
                    params
                        .iter()
                        .map(|param| -> WherePredicate { parse_quote!(#param: 'static) }),
                ),
            }
        }
        generics
    }

    /// The input's parameters as its own arguments.
    ///
    /// A constant stands in braces: without, one that shares its name with a type is that type.
    fn arguments(&self) -> TokenStream {
        let params = &self.input.original.generics.params;
        if params.is_empty() {
            return TokenStream::new();
        }
        let arguments = params.iter().map(|param| match param {
            GenericParam::Lifetime(param) => param.lifetime.to_token_stream(),
            GenericParam::Type(param) => param.ident.to_token_stream(),
            GenericParam::Const(param) => {
                let ident = &param.ident;
                quote!({ #ident })
            }
        });
        quote!(<#(#arguments),*>)
    }

    /// Whether the input has no size, so that `Self: Sized` would be a bound that cannot hold.
    fn is_unsized(&self) -> bool {
        match &self.input.shape {
            Shape::Struct(fields) => fields.last().is_some_and(|field| is_unsized(field.ty)),
            _ => false,
        }
    }

    /// The method `visit` around `body`.
    fn visit_method(&self, body: &TokenStream) -> TokenStream {
        let krate = &self.krate;
        let visitor = visitor(Span::call_site());
        quote! {
            fn visit<'__v>(&'__v self, #visitor: &mut #krate::Visitor<'__v>) {
                #body
            }
        }
    }
}

/// A name that generated code gives to something local, and that cannot meet the user's.
fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// The visitor, as an argument that errors about are shown at `span`.
fn visitor(span: Span) -> Ident {
    Ident::new("__visitor", Span::mixed_site().located_at(span))
}

/// The expansion of an input without mistakes.
pub(crate) fn expand(input: &Input<'_>) -> TokenStream {
    let context = Context::new(input);
    let private = &context.private;
    let on = on(&context);
    let off = off(&context);
    quote! {
        #private::on! { #on }
        #private::off! { #off }
    }
}

/// What stands in for the expansion of an input with mistakes, so that code which needs the
/// impl tells nothing on top of them.
pub(crate) fn stub(input: &Input<'_>) -> TokenStream {
    Context::new(input).impl_tracked(&TokenStream::new())
}

/// The side with tracking.
fn on(context: &Context<'_>) -> TokenStream {
    let Context { input, private, .. } = context;
    let allow = lints::allow(input.original);
    let (probes, probe) = unseen::visit(context);
    let rest = visit::rest(context);
    let visit = context.visit_method(&quote!(#rest #probe));
    let register = (!context.is_unsized()).then(|| register::method(context));
    let label = label::method(context);
    let instance = instance(context);
    let tracked = context.impl_tracked(&quote!(#visit #register #label #instance));
    let submit = match input.original.generics.params.is_empty() {
        _ if context.is_unsized() => TokenStream::new(),
        true => unseen::submit(context),
        false => register::submit_generic(context),
    };
    quote! {
        #allow
        const _: () = {
            #[allow(unused_imports)]
            use #private::{self as __p, levels::*};
            #probes
            #tracked
            #submit
        };
    }
}

/// The side without: an impl whose methods nothing calls.
fn off(context: &Context<'_>) -> TokenStream {
    let body = visit::idle_body(context);
    let visit = (!body.is_empty()).then(|| context.visit_method(&body));
    let allow = lints::allow(context.input.original);
    let tracked = context.impl_tracked(&quote!(#visit));
    quote!(#allow #tracked)
}

/// The method that tells the identity of a struct with a field `Instance<T>`.
fn instance(context: &Context<'_>) -> Option<TokenStream> {
    let Context { krate, .. } = context;
    let member = instance_member(context)?;
    Some(quote! {
        fn instance(&self) -> ::core::option::Option<#krate::ObjectId> {
            __p::InstanceProbe(&self.#member).__id()
        }
    })
}

/// The field `Instance<T>` of a struct.
fn instance_member<'a>(context: &'a Context<'_>) -> Option<&'a Member> {
    let Shape::Struct(_) = &context.input.shape else {
        return None;
    };
    let (field, _) = context
        .fields()
        .find(|(field, look)| is_instance(field.ty) && matches!(look, Look::Full | Look::Local))?;
    Some(&field.member)
}
