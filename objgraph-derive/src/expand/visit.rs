//! The method `visit`: each field is entered by name, looked into and left.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ExprPath;
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;

use super::{Context, label, local, strict, visitor};
use crate::ast::{Field, Shape, Variant};
use crate::look::Look;
use crate::types::short_std_heads;

/// The fields that generated code looks into, of `value`; empty if there are none.
///
/// This is the part of `visit` that the compiler must not take for a use of the fields; see
/// [`super::unseen`].
pub(super) fn probes(context: &Context<'_>, value: &Ident) -> TokenStream {
    let ident = &context.input.original.ident;
    let from = (quote!(#value), quote!(#ident));
    match_fields(context, &from, &|field, look, value| {
        let visitor = visitor(Span::call_site());
        let visit = match look {
            Look::Full => quote!((&&&&__p::Probe(#value)).__visit(#visitor);),
            Look::Local => match short_std_heads(field.ty, &context.scope)[..] {
                [] => quote!((&&__p::LocalProbe(#value)).__visit(#visitor);),
                ref heads => {
                    let list = heads
                        .iter()
                        .fold(quote!(()), |rest, head| quote!((#head, #rest)));
                    quote! {
                        (&&__p::StdProbe::<_, #list>(#value, __p::std::marker::PhantomData))
                            .__visit(#visitor);
                    }
                }
            },
            Look::Plain(plain) => {
                let name = declared(context, field);
                return Some(quote!(#visitor.__leaf::<#plain, _>(#name, #value);));
            }
            Look::Skipped | Look::Leaf | Look::With(_) | Look::Opaque(_) => return None,
        };
        Some(entered(context, field, &visit))
    })
}

/// The rest of `visit`: what the user's functions look into, what cannot be looked into, and the
/// checks of a strict type.
pub(super) fn rest(context: &Context<'_>) -> TokenStream {
    let strict: TokenStream = context
        .fields()
        .filter_map(|(field, look)| match look {
            Look::Full | Look::Local | Look::Plain(_) => strict::check(context, field),
            _ => None,
        })
        .collect();
    let fields = match_fields(context, &itself(), &|field, look, value| match look {
        Look::With(path) => Some(entered(context, field, &call_with(path, value))),
        Look::Opaque(_) => {
            let visitor = visitor(Span::call_site());
            let ty = field.ty;
            Some(entered(
                context,
                field,
                &quote!(#visitor.__opaque_type::<#ty>();),
            ))
        }
        Look::Full | Look::Local | Look::Plain(_) | Look::Skipped | Look::Leaf => None,
    });
    quote!(#strict #fields)
}

/// `visit` of a field, between entering it and leaving it.
fn entered(context: &Context<'_>, field: &Field<'_>, visit: &TokenStream) -> TokenStream {
    let visitor = visitor(Span::call_site());
    let name = declared(context, field);
    let is_back = field.attrs.back.is_some();
    let enter = local(if is_back { "__enter_back" } else { "__enter" });
    quote! {
        #visitor.#enter(#name);
        #visit
        #visitor.__leave();
    }
}

/// The name of a field and of the type that declares it, as one constant text.
fn declared(context: &Context<'_>, field: &Field<'_>) -> TokenStream {
    let before = format!("::{}#", context.input.original.ident.unraw());
    let after = format!(".{}", field.name);
    quote! {
        __p::std::concat!(__p::std::module_path!(), #before, __p::std::line!(), #after)
    }
}

/// A body that visits nothing, but uses what the side with tracking is seen to use: the functions
/// that the attributes name with their fields, and the `Instance`. So a warning about dead code
/// does not come and go with tracking.
pub(super) fn idle_body(context: &Context<'_>) -> TokenStream {
    let fields = match_fields(context, &itself(), &|_, look, value| match look {
        Look::With(path) => Some(call_with(path, value)),
        _ => None,
    });
    let instance = super::instance_member(context).map(|member| quote!(let _ = &self.#member;));
    let label = context.input.attrs.label.as_ref().map(|label| {
        let call = label::call(&label.value);
        quote!(let _ = #call;)
    });
    quote!(#fields #instance #label)
}

/// The value that a method is called on, and the name of its type.
fn itself() -> (TokenStream, TokenStream) {
    (quote!(self), quote!(Self))
}

/// A call of the user's function, whose arguments are shown where its path was written.
fn call_with(path: &ExprPath, value: &TokenStream) -> TokenStream {
    let span = path.span();
    let value = value.clone().into_iter().map(|mut token| {
        token.set_span(token.span().located_at(span));
        token
    });
    let value: TokenStream = value.collect();
    let visitor = visitor(span);
    quote!(#path(#value, #visitor);)
}

/// What to do with a field, given how to look into it and an expression that borrows it.
type Each<'a> = dyn Fn(&Field<'_>, &Look<'_>, &TokenStream) -> Option<TokenStream> + 'a;

/// `each` field as statements, of the value and its type in `from`; empty if there is nothing to do
/// with any.
fn match_fields(
    context: &Context<'_>,
    from: &(TokenStream, TokenStream),
    each: &Each<'_>,
) -> TokenStream {
    let (value, ty) = from;
    match &context.input.shape {
        Shape::Struct(_) => context
            .fields()
            .filter_map(|(field, look)| {
                let member = &field.member;
                each(field, look, &quote!(&#value.#member))
            })
            .collect(),
        Shape::Enum(variants) => {
            let arms: Vec<_> = variants
                .iter()
                .zip(&context.looks)
                .filter_map(|(variant, looks)| arm(variant, looks, ty, each))
                .collect();
            if arms.is_empty() {
                return TokenStream::new();
            }
            let rest = (arms.len() < variants.len()).then(|| quote!(_ => {}));
            quote!(match #value { #(#arms)* #rest })
        }
        Shape::Union => TokenStream::new(),
    }
}

/// The arm of one variant, unless there is nothing to do with its fields.
fn arm(
    variant: &Variant<'_>,
    looks: &[Look<'_>],
    ty: &TokenStream,
    each: &Each<'_>,
) -> Option<TokenStream> {
    let mut bindings = TokenStream::new();
    let mut statements = TokenStream::new();
    for (index, (field, look)) in variant.fields.iter().zip(looks).enumerate() {
        let binding: Ident = format_ident!("__f{}", index, span = Span::mixed_site());
        if let Some(statement) = each(field, look, &quote!(#binding)) {
            let member = &field.member;
            // An opaque field is told by its type alone.
            if !matches!(look, Look::Opaque(_)) {
                bindings.extend(quote_spanned!(Span::call_site()=> #member: #binding,));
            }
            statements.extend(statement);
        }
    }
    if statements.is_empty() {
        return None;
    }
    let ident = &variant.original.ident;
    Some(quote!(#ty::#ident { #bindings .. } => { #statements }))
}
