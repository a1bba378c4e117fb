//! The method `visit`: enters each field by name, visits it, and leaves it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ExprPath;
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;

use super::{Context, conditions, label, local, strict, visitor};
use crate::ast::{Field, Shape, Variant};
use crate::growth::growing_steps;
use crate::types::short_std_names;
use crate::visit_plan::{OpaqueReason, VisitPlan};

/// Returns the code that visits the fields of `value` by their types; empty if there are none.
///
/// This is the part of `visit` that the `dead_code` lint must not count as a use of the fields; see
/// [`super::dead_code`].
pub(super) fn probes(context: &Context<'_>, value: &Ident) -> TokenStream {
    let ident = &context.input.original.ident;
    let from = (quote!(#value), quote!(#ident));
    match_fields(context, &from, &|field, plan, value| {
        let visitor = visitor(Span::call_site());
        let visit = match plan {
            VisitPlan::Full if field.attrs.back.is_none() => {
                let name = declared(context, field);
                return Some(quote!((&&&&__p::FieldProbe(#name, #value)).__field(#visitor);));
            }
            VisitPlan::Full => quote!((&&&&__p::Probe(#value)).__visit(#visitor);),
            VisitPlan::Growing(steps) => {
                let conditions = conditions(&[], steps);
                quote! {
                    (&&&&__p::GrowingProbe::<_, #conditions>(#value, __p::std::marker::PhantomData))
                        .__visit(#visitor);
                }
            }
            VisitPlan::Local => {
                let heads = short_std_names(field.ty, &context.scope);
                let steps = growing_steps(field.ty, &context.scope);
                if heads.is_empty() && steps.is_empty() {
                    quote!((&&__p::LocalProbe(#value)).__visit(#visitor);)
                } else {
                    let conditions = conditions(&heads, &steps);
                    quote! {
                        (&&__p::ConditionalProbe::<_, #conditions>(
                            #value,
                            __p::std::marker::PhantomData,
                        ))
                            .__visit(#visitor);
                    }
                }
            }
            VisitPlan::Plain(plain) => {
                let name = declared(context, field);
                return Some(quote!(#visitor.__leaf::<#plain, _>(#name, #value);));
            }
            VisitPlan::Opaque(OpaqueReason::Packed)
            | VisitPlan::Skipped
            | VisitPlan::Leaf
            | VisitPlan::With(_) => return None,
            VisitPlan::Opaque(_) => quote!(#visitor.__opaque(#value);),
        };
        Some(enter_and_leave(context, field, &visit))
    })
}

/// Returns the rest of `visit`: the user's functions, fields that cannot be borrowed, and the checks
/// of a strict type.
pub(super) fn rest(context: &Context<'_>) -> TokenStream {
    let strict: TokenStream = context
        .fields()
        .filter_map(|(field, plan)| match plan {
            VisitPlan::Full | VisitPlan::Growing(_) | VisitPlan::Local | VisitPlan::Plain(_) => {
                strict::check(context, field)
            }
            _ => None,
        })
        .collect();
    let fields = match_fields(
        context,
        &self_and_type(),
        &|field, plan, value| match plan {
            VisitPlan::With(path) => Some(enter_and_leave(context, field, &call_with(path, value))),
            // It cannot be borrowed.
            VisitPlan::Opaque(OpaqueReason::Packed) => {
                let visitor = visitor(Span::call_site());
                let ty = field.ty;
                Some(enter_and_leave(
                    context,
                    field,
                    &quote!(#visitor.__opaque_type::<#ty>();),
                ))
            }
            VisitPlan::Full
            | VisitPlan::Growing(_)
            | VisitPlan::Local
            | VisitPlan::Opaque(_)
            | VisitPlan::Plain(_)
            | VisitPlan::Skipped
            | VisitPlan::Leaf => None,
        },
    );
    quote!(#strict #fields)
}

/// Returns `visit` between entering the field and leaving it.
fn enter_and_leave(context: &Context<'_>, field: &Field<'_>, visit: &TokenStream) -> TokenStream {
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

/// Returns the name of a field and of the type that declares it, as one constant text.
fn declared(context: &Context<'_>, field: &Field<'_>) -> TokenStream {
    let before = format!("::{}#", context.input.original.ident.unraw());
    let after = format!(".{}", field.name);
    quote! {
        __p::std::concat!(__p::std::module_path!(), #before, __p::std::line!(), #after)
    }
}

/// Returns a body that visits nothing, but uses the same items as with tracking: the functions that
/// the attributes name, with their fields, and the `Instance`. So warnings about dead code do not
/// depend on tracking.
pub(super) fn idle_body(context: &Context<'_>) -> TokenStream {
    let fields = match_fields(context, &self_and_type(), &|_, plan, value| match plan {
        VisitPlan::With(path) => Some(call_with(path, value)),
        _ => None,
    });
    let instance = super::instance_member(context).map(|member| quote!(let _ = &self.#member;));
    let label = context.input.attrs.label.as_ref().map(|label| {
        let call = label::call(&label.value);
        quote!(let _ = #call;)
    });
    quote!(#fields #instance #label)
}

/// Returns the value and its type, as a method names them.
fn self_and_type() -> (TokenStream, TokenStream) {
    (quote!(self), quote!(Self))
}

/// Returns a call of the user's function; errors about its arguments are shown at its path.
fn call_with(path: &ExprPath, value: &TokenStream) -> TokenStream {
    let span = path.span();
    let value: TokenStream = value
        .clone()
        .into_iter()
        .map(|mut token| {
            token.set_span(token.span().located_at(span));
            token
        })
        .collect();
    let visitor = visitor(span);
    quote!(#path(#value, #visitor);)
}

/// Returns the code for a field, given its plan and an expression that borrows it.
type FieldCode<'a> = dyn Fn(&Field<'_>, &VisitPlan<'_>, &TokenStream) -> Option<TokenStream> + 'a;

/// Returns the code for the fields of a value, which is given with the name of its type in `from`;
/// empty if there is none.
fn match_fields(
    context: &Context<'_>,
    from: &(TokenStream, TokenStream),
    code_for: &FieldCode<'_>,
) -> TokenStream {
    let (value, ty) = from;
    match &context.input.shape {
        Shape::Struct(_) => context
            .fields()
            .filter_map(|(field, plan)| {
                let member = &field.member;
                code_for(field, plan, &quote!(&#value.#member))
            })
            .collect(),
        Shape::Enum(variants) => {
            let arms: Vec<_> = variants
                .iter()
                .zip(&context.plans)
                .filter_map(|(variant, plans)| arm(variant, plans, ty, code_for))
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

/// Returns the match arm of one variant, unless there is no code for its fields.
fn arm(
    variant: &Variant<'_>,
    plans: &[VisitPlan<'_>],
    ty: &TokenStream,
    code_for: &FieldCode<'_>,
) -> Option<TokenStream> {
    let mut bindings = TokenStream::new();
    let mut statements = TokenStream::new();
    for (index, (field, plan)) in variant.fields.iter().zip(plans).enumerate() {
        let binding: Ident = format_ident!("__f{}", index, span = Span::mixed_site());
        if let Some(statement) = code_for(field, plan, &quote!(#binding)) {
            let member = &field.member;
            // A field that cannot be borrowed is reported by its type alone.
            if !matches!(plan, VisitPlan::Opaque(OpaqueReason::Packed)) {
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
