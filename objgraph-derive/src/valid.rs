//! Checks the rules that relate two attributes, or an attribute and its target.

use syn::Data;

use crate::ast::{Field, Input, Shape, Variant};
use crate::errors::Errors;
use crate::growth::is_growing;
use crate::scope::Scope;
use crate::visit_plan::{OpaqueReason, VisitPlan};

/// Reports every rule that `input` breaks.
pub(crate) fn check(input: &Input<'_>, errors: &mut Errors) {
    if let (Shape::Union, Data::Union(data)) = (&input.shape, &input.original.data) {
        errors.on(
            data.union_token,
            "`Tracked` cannot be derived for a union, because generated code cannot know which field \
             is in use; implement `Visit` by hand, or write `#[tracked(skip)]` on the fields that \
             hold the union",
        );
    }
    if let (Some(_), Some(no_label)) = (&input.attrs.label, &input.attrs.no_label) {
        errors.at(
            no_label.span,
            "`label` and `no_label` contradict each other; keep one",
        );
    }
    let scope = Scope::new(input);
    for (field, is_variant_skipped) in input.fields() {
        check_field(field, input, errors);
        if input.attrs.strict.is_some() {
            check_strict(field, is_variant_skipped, input, &scope, errors);
        }
    }
    if let Shape::Enum(variants) = &input.shape {
        for variant in variants {
            check_skipped_variant(variant, errors);
        }
    }
}

fn check_field(field: &Field<'_>, input: &Input<'_>, errors: &mut Errors) {
    if let (Some(_), Some(with)) = (&field.attrs.skip, &field.attrs.with) {
        errors.at(
            with.span,
            "`skip` and `with` contradict each other; keep one",
        );
    }
    if let (Some(_), Some(back)) = (&field.attrs.skip, &field.attrs.back) {
        errors.at(
            back.span,
            "`skip` and `back` contradict each other: \
             the references in a skipped field are not visited; keep one",
        );
    }
    if let (true, Some(with)) = (input.is_packed, &field.attrs.with) {
        errors.at(
            with.span,
            "`with` borrows the field, and a field of a `repr(packed)` type cannot be borrowed",
        );
    }
}

/// Reports attributes of fields of a variant that is skipped.
fn check_skipped_variant(variant: &Variant<'_>, errors: &mut Errors) {
    if variant.attrs.skip.is_none() {
        return;
    }
    for field in &variant.fields {
        let with = field.attrs.with.as_ref().map(|with| ("with", with.span));
        let back = field.attrs.back.as_ref().map(|back| ("back", back.span));
        for (name, span) in with.into_iter().chain(back) {
            errors.at(
                span,
                format_args!(
                    "`{name}` has no effect here: the variant `{}` is skipped as a whole",
                    variant.original.ident
                ),
            );
        }
    }
}

/// Reports the opaque fields of a strict type that no bound can exclude.
fn check_strict(
    field: &Field<'_>,
    is_variant_skipped: bool,
    input: &Input<'_>,
    scope: &Scope<'_>,
    errors: &mut Errors,
) {
    let opaque = match VisitPlan::new(field, is_variant_skipped, input, scope) {
        VisitPlan::Opaque(reason) => reason,
        VisitPlan::Growing(_) if is_growing(field.ty, scope) => OpaqueReason::Grows,
        _ => return,
    };
    errors.on(
        field.ty,
        format_args!(
            "the field `{}` cannot be visited: {}; \
             under `#[tracked(strict)]`, {}",
            field.name,
            opaque.reason(),
            opaque.remedy()
        ),
    );
}
