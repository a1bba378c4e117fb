//! Assembles the generated code: one impl for tracking on, one for tracking off.

mod dead_code;
mod finite;
mod label;
mod lints;
mod register;
mod strict;
#[cfg(test)]
mod tests;
mod visit;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{GenericParam, Generics, Member, Type, WherePredicate, parse_quote};

use crate::ast::{Field, Input, Shape};
use crate::growth::{name_of, step_cost};
use crate::scope::Scope;
use crate::types::{is_instance, is_unsized};
use crate::visit_plan::VisitPlan;

/// The data that every part of the expansion needs.
struct Context<'a> {
    input: &'a Input<'a>,
    scope: Scope<'a>,
    /// How each field is visited: those of the struct, or of one variant after another.
    plans: Vec<Vec<VisitPlan<'a>>>,
    /// How much fuel a growing step costs.
    step_cost: usize,
    /// The path of the crate with the trait.
    krate: TokenStream,
    /// The module of `krate` that only generated code uses.
    private: TokenStream,
}

impl<'a> Context<'a> {
    fn new(input: &'a Input<'a>) -> Self {
        let krate = match &input.attrs.krate {
            Some(path) => path.value.to_token_stream(),
            None => quote!(::objgraph),
        };
        let scope = Scope::new(input);
        let step_cost = step_cost(input.fields().map(|(field, _)| field.ty), &scope);
        let plans = |fields: &'a [Field<'a>], skipped| {
            let plan = |field| VisitPlan::new(field, skipped, input, &scope);
            fields.iter().map(plan).collect()
        };
        let plans = match &input.shape {
            Shape::Struct(fields) => vec![plans(fields, false)],
            Shape::Enum(variants) => variants
                .iter()
                .map(|variant| plans(&variant.fields, variant.attrs.skip.is_some()))
                .collect(),
            Shape::Union => Vec::new(),
        };
        Self {
            input,
            scope,
            plans,
            step_cost,
            private: quote!(#krate::__private),
            krate,
        }
    }

    /// Returns every field, and how it is visited.
    fn fields(&self) -> impl Iterator<Item = (&Field<'a>, &VisitPlan<'a>)> {
        let fields = self.input.fields().map(|(field, _)| field);
        fields.zip(self.plans.iter().flatten())
    }

    /// Returns an `impl Visit` for the input that contains `items`.
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

    /// Returns the input's generics with the bounds of the impl.
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

    /// Returns the input's parameters as its own arguments.
    ///
    /// Braces surround constants, since otherwise a constant that shares its name with a type would
    /// be that type.
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

    /// Returns whether the input is unsized, so that the bound `Self: Sized` could not hold.
    fn is_unsized(&self) -> bool {
        match &self.input.shape {
            Shape::Struct(fields) => fields.last().is_some_and(|field| is_unsized(field.ty)),
            _ => false,
        }
    }

    /// Returns the method `visit` with this body.
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

/// Returns an identifier for generated code that cannot clash with the user's.
fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// Returns the visitor as an argument; errors about it are shown at `span`.
fn visitor(span: Span) -> Ident {
    Ident::new("__visitor", Span::mixed_site().located_at(span))
}

/// Returns a list of conditions: each type in `of_std` is the std type that its name suggests, and
/// each type in `finite` is finite.
fn conditions(of_std: &[&Type], finite: &[&Type]) -> TokenStream {
    let of_std = of_std.iter().map(|ty| quote!(__p::IsStd<#ty>));
    let finite = finite.iter().map(|ty| {
        let name = name_of(ty);
        quote!(__p::IsFinite<#ty, #name>)
    });
    of_std
        .chain(finite)
        .fold(quote!(()), |rest, condition| quote!((#condition, #rest)))
}

/// Expands an input without errors.
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

/// Returns an impl for an input with errors, so that code which needs the impl causes no further
/// errors.
pub(crate) fn stub(input: &Input<'_>) -> TokenStream {
    Context::new(input).impl_tracked(&TokenStream::new())
}

/// Returns the code for tracking on.
fn on(context: &Context<'_>) -> TokenStream {
    let Context { input, private, .. } = context;
    let allow = lints::allow(input.original);
    let (probes, probe) = dead_code::fields_visit(context);
    let rest = visit::rest(context);
    let visit = context.visit_method(&quote!(#rest #probe));
    let (register, spec) = match context.is_unsized() {
        true => (TokenStream::new(), None),
        false => register::method(context),
    };
    let label = label::method(context);
    let instance = instance(context);
    let finite = finite::implementation(context);
    let tracked = context.impl_tracked(&quote!(#visit #register #label #instance));
    let submit = match input.original.generics.params.is_empty() {
        _ if context.is_unsized() => TokenStream::new(),
        true => dead_code::submit(context),
        false => register::submit_generic(context),
    };
    quote! {
        #allow
        const _: () = {
            #[allow(unused_imports)]
            use #private::{self as __p, levels::*};
            #probes
            #spec
            #tracked
            #finite
            #submit
        };
    }
}

/// Returns the code for tracking off: an impl whose methods nothing calls.
fn off(context: &Context<'_>) -> TokenStream {
    let body = visit::idle_body(context);
    let visit = (!body.is_empty()).then(|| context.visit_method(&body));
    let allow = lints::allow(context.input.original);
    let tracked = context.impl_tracked(&quote!(#visit));
    quote!(#allow #tracked)
}

/// Returns the method that returns the id of a struct with a field `Instance<T>`.
fn instance(context: &Context<'_>) -> Option<TokenStream> {
    let Context { krate, .. } = context;
    let member = instance_member(context)?;
    Some(quote! {
        fn instance(&self) -> ::core::option::Option<#krate::ObjectId> {
            __p::InstanceProbe(&self.#member).__id()
        }
    })
}

/// Returns the field `Instance<T>` of a struct.
fn instance_member<'a>(context: &'a Context<'_>) -> Option<&'a Member> {
    let Shape::Struct(_) = &context.input.shape else {
        return None;
    };
    let (field, _) = context.fields().find(|(field, plan)| {
        is_instance(field.ty)
            && matches!(
                plan,
                VisitPlan::Full | VisitPlan::Growing(_) | VisitPlan::Local
            )
    })?;
    Some(&field.member)
}
