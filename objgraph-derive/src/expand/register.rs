//! The method `register`: describes the type without a value.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::Type;
use syn::ext::IdentExt as _;

use super::dead_code::replace_self;
use super::{Context, conditions, local};
use crate::ast::Field;
use crate::growth::{growing_steps, is_generic};
use crate::text::text;
use crate::types::{NamedType, collect_named_types, is_passed_through, may_be_box, std_head};
use crate::visit_plan::VisitPlan;

/// Returns the method `register`, and the static that it uses, if the type has no parameters.
pub(super) fn method(context: &Context<'_>) -> (TokenStream, Option<TokenStream>) {
    let ident = &context.input.original.ident;
    let registrar = local("__r");
    let is_generic = !context.input.original.generics.params.is_empty();
    let this = match is_generic {
        true => quote!(Self),
        false => ident.to_token_stream(),
    };
    let spec = spec(context, &this);
    // The compiler evaluates each constant of the method twice: once for the bounds of the method, and
    // once for the program. It evaluates a static once.
    let (spec, item, bounds) = match is_generic {
        true => {
            let bounds = quote!(where Self: __p::std::marker::Sized + 'static,);
            (quote!(const { &#spec }), None, bounds)
        }
        false => {
            // Each token that passes through a macro costs time, so all pass only if one is `Self`.
            let mut types = context.input.fields().map(|(field, _)| text(field.ty));
            let spec = match types.any(|text| text.contains("Self")) {
                true => replace_self(spec, &ident.to_token_stream()),
                false => spec,
            };
            let item = quote!(static __SPEC: __p::TypeSpec = #spec;);
            (quote!(&__SPEC), Some(item), TokenStream::new())
        }
    };
    // A type with lifetimes is not certain to be `'static`. A type that is not generic is
    // registered at link time.
    let known = (context.scope.is_static() && is_generic).then(|| {
        quote! {
            fn register_static(#registrar: &mut __p::Registrar)
            where
                Self: __p::std::marker::Sized,
            {
                #registrar.add::<Self>();
            }
        }
    });
    let method = quote! {
        #known
        fn register<__Fuel: __p::Fuel>(#registrar: &mut __p::Registrar) #bounds {
            #registrar.derived(#spec)
        }
    };
    (method, item)
}

/// Returns what the derive knows of the type, which is called `this` there.
fn spec(context: &Context<'_>, this: &TokenStream) -> TokenStream {
    let Context { input, .. } = context;
    let fields = context
        .fields()
        .map(|(field, plan)| field_spec(context, field, plan));
    let named = named_types(context);
    let named = named.iter().map(|named| match named {
        NamedType::Type(ty) => probed(context, ty),
        NamedType::Plain(ty) => lazy(ty),
        NamedType::Unless(ty, heads) => named_as_std(context, ty, heads),
        NamedType::Argument(ty, index) => {
            let row = match index {
                0 => quote!(FIRST),
                _ => quote!(SECOND),
            };
            quote!(__p::ProbeResult::argument(__p::TypeProbe::<#ty>::#row))
        }
    });
    let fuel = fuel(context);
    let cells = match input.original.generics.params.is_empty() {
        true => quote!(&<#this as __p::TypeRows<#fuel>>::CELLS),
        false => quote!(&[]),
    };
    // Whether an instance of a generic type is a task may depend on its arguments.
    let waker = match input.original.generics.params.is_empty() {
        true => quote!(__p::task_waker!(#this)),
        false => quote!(__p::no_waker),
    };
    quote! {
        __p::TypeSpec {
            implements_drop: __p::TypeProbe::<#this>::HAS_DROP,
            waker: #waker,
            declared: __p::TypeSpec::here(),
            module: __p::std::module_path!(),
            named: &[#(#named),*],
            fields: &[#(#fields),*],
            row: &<#this as __p::TypeRows<#fuel>>::VALUE,
            cells: #cells,
        }
    }
}

/// Adds a generic type to the list that the linker builds, so that a report about an instance that
/// no field names can show how to register it.
pub(super) fn submit_generic(context: &Context<'_>) -> TokenStream {
    let name = context.input.original.ident.unraw().to_string();
    quote! {
        #[allow(dead_code)]
        struct __Beside;
        __p::submit_generic! {
            __p::Generic {
                beside: __p::std::any::type_name::<__Beside>,
                name: #name,
                module: __p::std::module_path!(),
            }
        }
    }
}

/// Returns the fuel with which the type registers others: the fuel that it receives, if the types
/// that it names depend on its parameters, and a full supply otherwise.
fn fuel(context: &Context<'_>) -> TokenStream {
    match context.scope.has_type_params() {
        true => quote!(__Fuel),
        false => quote!(__p::Full),
    }
}

/// Returns the description of a field.
fn field_spec(context: &Context<'_>, field: &Field<'_>, plan: &VisitPlan<'_>) -> TokenStream {
    let name = &field.name;
    let ty = field.ty;
    let text = text(ty);
    let back = field.attrs.back.is_some();
    let known = |visibility: TokenStream| quote!(__p::ProbeResult::Known(#visibility));
    let probed = match plan {
        VisitPlan::Full if is_passed_through(ty, &context.scope) => handle(context, ty),
        VisitPlan::Full | VisitPlan::Growing(_) => probed(context, ty),
        // The referent may be visited through the registry, in part.
        VisitPlan::Local if is_generic(ty) && !context.scope.may_be_short(ty) => {
            probed(context, ty)
        }
        VisitPlan::Local => known(quote!(__p::TypeProbe::<#ty>::VISIBILITY)),
        VisitPlan::Plain(_) => {
            return quote!(__p::FieldSpec(#name, #text, __p::TypeProbe::<#ty>::FIELD, #back));
        }
        VisitPlan::Leaf => known(quote!(__p::Visibility::Full)),
        VisitPlan::With(_) => known(quote!(__p::Visibility::With)),
        VisitPlan::Skipped => known(quote!(__p::Visibility::Skipped)),
        VisitPlan::Opaque(_) => known(quote!(__p::Visibility::Opaque)),
    };
    quote!(__p::FieldSpec(#name, #text, (#probed, __p::std::any::type_name::<#ty>), #back))
}

/// Returns the code that registers `ty`, and that determines how it is visited.
fn probed(context: &Context<'_>, ty: &Type) -> TokenStream {
    let steps = growing_steps(ty, &context.scope);
    let row = row(context, ty);
    let mut otherwise = quote!(__p::TypeProbe::<#ty>::OTHERWISE);
    if may_be_box(ty, &context.scope) {
        otherwise = quote!(__p::ProbeResult::boxed(__p::TypeProbe::<#ty>::BOXED, #otherwise));
    }
    if steps.is_empty() {
        return quote!(__p::ProbeResult::new(#row, #otherwise));
    }
    let steps = conditions(&[], &steps);
    // A step takes one unit by itself.
    let fuel =
        (1..context.step_cost).fold(quote!(__Fuel), |fuel, _| quote!(<#fuel as __p::Fuel>::Less));
    quote! {
        __p::ProbeResult::growing(
            __p::StepProbe::<#steps>::HOLDS,
            #row,
            __p::FuelProbe::<#ty, #fuel>::LESS,
            #otherwise,
        )
    }
}

/// Returns the row that registers `ty`, if it is `Tracked`.
fn row(context: &Context<'_>, ty: &Type) -> TokenStream {
    match context.scope.has_type_params() {
        true => quote!(__p::FuelProbe::<#ty, __Fuel>::ROW),
        false => quote!(__p::TypeProbe::<#ty>::ROW),
    }
}

/// Returns the code for a handle that is visited: it registers `ty` only if that is no type of std.
fn handle(context: &Context<'_>, ty: &Type) -> TokenStream {
    let otherwise = on_demand(context, ty);
    match std_head(ty, &context.scope) {
        Some(_) => quote!(__p::ProbeResult::handle(__p::TypeProbe::<#ty>::HANDLE, #otherwise)),
        None => quote!(__p::ProbeResult::Known(__p::TypeProbe::<#ty>::VISIBILITY)),
    }
}

/// Returns the code that registers `ty` unless all `heads` are the std types that their names suggest.
fn named_as_std(context: &Context<'_>, ty: &Type, heads: &[&Type]) -> TokenStream {
    let known = quote!(__p::ProbeResult::Known(__p::Visibility::Full));
    if heads.is_empty() {
        return known;
    }
    let is_std = heads
        .iter()
        .map(|head| quote!(__p::TypeProbe::<#head>::STD));
    let otherwise = on_demand(context, ty);
    // A static that branches is evaluated again in each incremental build, so this is no `&&`.
    quote!(__p::ProbeResult::named_as_std(#(#is_std)&*, #known, #otherwise))
}

/// Returns the code that registers a type that hardly ever needs it, so that its row is evaluated only
/// then.
fn on_demand(context: &Context<'_>, ty: &Type) -> TokenStream {
    match context.scope.has_type_params() {
        true => probed(context, ty),
        false => lazy(ty),
    }
}

/// Returns the code that registers `ty`, without parameters of the item, and evaluates its row only
/// where that is used.
fn lazy(ty: &Type) -> TokenStream {
    quote!(__p::TypeProbe::<#ty>::LAZY)
}

/// Returns the types that the fields' types name, without repetition and without the fields' types
/// themselves.
///
/// These come before the fields, since how a field is visited may depend on whether its contents
/// are registered.
fn named_types<'a>(context: &Context<'a>) -> Vec<NamedType<'a>> {
    let scope = &context.scope;
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    let mut inside = Vec::new();
    for (field, plan) in context.fields() {
        let is_registered = match plan {
            VisitPlan::Plain(_) => true,
            VisitPlan::Full | VisitPlan::Growing(_) => !is_passed_through(field.ty, scope),
            _ => false,
        };
        if is_registered {
            seen.insert(text(field.ty));
        }
        if !matches!(plan, VisitPlan::Skipped) {
            inside.push(field.ty);
        }
    }
    for ty in inside {
        collect_named_types(ty, scope, &mut seen, &mut found);
    }
    found
}
