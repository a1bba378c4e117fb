//! The method `visit`: each field is entered by name, looked into and left.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ExprPath;
use syn::spanned::Spanned as _;

use super::{Context, label, local, strict, visitor};
use crate::ast::{Field, Shape, Variant};
use crate::look::Look;

/// The body of `visit`.
pub(super) fn body(context: &Context<'_>) -> TokenStream {
    match_fields(context, &|field, look, value| {
        let private = &context.private;
        let visitor = visitor(Span::call_site());
        let name = &field.name;
        let ty = field.ty;
        let visit = match look {
            Look::Skipped | Look::Leaf => return None,
            Look::With(path) => call_with(path, value),
            Look::Full => {
                quote!((&&&&#private::Probe::new(#value)).__visit(#visitor);)
            }
            Look::Local => {
                quote!((&&#private::LocalProbe::new(#value)).__visit(#visitor);)
            }
            Look::Opaque(_) => quote!(#visitor.__opaque_type::<#ty>();),
        };
        let strict = match look {
            Look::Full | Look::Local => strict::check(context, field),
            _ => None,
        };
        let is_back = field.attrs.back.is_some();
        let enter = local(if is_back { "__enter_back" } else { "__enter" });
        Some(quote! {
            #strict
            #visitor.#enter(#name);
            #visit
            #visitor.__leave();
        })
    })
}

/// A body that visits nothing, but uses the fields and functions that `body` would use: so a
/// warning about dead code does not come and go with tracking.
pub(super) fn idle_body(context: &Context<'_>) -> TokenStream {
    let fields = match_fields(context, &|_, look, value| match look {
        Look::With(path) => Some(call_with(path, value)),
        Look::Full | Look::Local => Some(quote!(let _ = #value;)),
        Look::Skipped | Look::Leaf | Look::Opaque(_) => None,
    });
    let label = context.input.attrs.label.as_ref().map(|label| {
        let call = label::call(&label.value);
        quote!(let _ = #call;)
    });
    quote!(#fields #label)
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

/// `each` field of `self` as statements; empty if there is nothing to do with any.
fn match_fields(context: &Context<'_>, each: &Each<'_>) -> TokenStream {
    let input = context.input;
    match &input.shape {
        Shape::Struct(fields) => fields
            .iter()
            .filter_map(|field| {
                let look = Look::new(field, false, input, &context.scope);
                let member = &field.member;
                each(field, &look, &quote!(&self.#member))
            })
            .collect(),
        Shape::Enum(variants) => {
            let arms: Vec<_> = variants
                .iter()
                .filter_map(|variant| arm(context, variant, each))
                .collect();
            if arms.is_empty() {
                return TokenStream::new();
            }
            let rest = (arms.len() < variants.len()).then(|| quote!(_ => {}));
            quote!(match self { #(#arms)* #rest })
        }
        Shape::Union => TokenStream::new(),
    }
}

/// The arm of one variant, unless there is nothing to do with its fields.
fn arm(context: &Context<'_>, variant: &Variant<'_>, each: &Each<'_>) -> Option<TokenStream> {
    let skipped = variant.attrs.skip.is_some();
    let mut bindings = TokenStream::new();
    let mut statements = TokenStream::new();
    for (index, field) in variant.fields.iter().enumerate() {
        let look = Look::new(field, skipped, context.input, &context.scope);
        let binding: Ident = format_ident!("__f{}", index, span = Span::mixed_site());
        if let Some(statement) = each(field, &look, &quote!(#binding)) {
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
    Some(quote!(Self::#ident { #bindings .. } => { #statements }))
}
