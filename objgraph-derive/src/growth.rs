//! Steps from a generic type to other generic types, and which of them may grow.
//!
//! A step grows if it applies a generic type to more than a bare parameter: `Level<(T, T)>`, and
//! also `Arena<Node<T>>`. Types can lead to ever larger types only through such steps. How they are
//! bounded is explained in `objgraph-core`, where registrations and visits follow them.

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use syn::ext::IdentExt as _;
use syn::{Path, Type, TypePath};

use crate::scope::Scope;
use crate::text::text;
use crate::types::{bare, is_parameter, is_pointer, is_std, type_arguments};

/// Returns the growing steps in `ty`, as the generic types that they lead to. A macro with a parameter
/// among its tokens may expand to one. A visit stops at a counted pointer, so no step leads through
/// it.
pub(crate) fn growing_steps<'t>(ty: &'t Type, scope: &Scope<'_>) -> Vec<&'t Type> {
    let mut found = Vec::new();
    if scope.has_type_params() {
        growing_steps_in(ty, scope, &mut found);
    }
    found
}

fn growing_steps_in<'t>(ty: &'t Type, scope: &Scope<'_>, found: &mut Vec<&'t Type>) {
    let ty = bare(ty);
    if matches!(ty, Type::Macro(_)) && scope.mentions_params(ty) {
        found.push(ty);
    }
    if let Some(path) = generic(ty, scope) {
        if is_counted_pointer(path) {
            return;
        }
        let is_larger = |arg: &Type| scope.mentions_params(arg) && !is_parameter(arg, scope);
        if is_step(path, scope) && arguments(path).any(is_larger) {
            found.push(ty);
        }
    }
    for part in reached(ty) {
        growing_steps_in(part, scope, found);
    }
}

/// Returns the fuel that each growing step costs an item with fields of these types: more if there are
/// more steps, so that about a hundred instances are reached at most.
pub(crate) fn step_cost<'t>(fields: impl Iterator<Item = &'t Type>, scope: &Scope<'_>) -> usize {
    let mut steps = HashSet::new();
    for ty in fields {
        let mut types = vec![bare(ty)];
        while let Some(ty) = types.pop() {
            steps.extend(growing_steps(ty, scope).into_iter().map(text));
            types.extend(reached(ty).into_iter().map(bare));
        }
    }
    cost(steps.len())
}

/// Returns the cost of one step among `steps`, where a bound limits the number of types reached.
pub(crate) fn cost(steps: usize) -> usize {
    match steps {
        0 => 0,
        1..=3 => 1,
        4..=10 => 2,
        _ => 4,
    }
}

/// Returns whether `ty` contains the item itself, applied to more than its bare parameters, as in
/// `struct G<T>(Option<&'static G<Vec<T>>>)`: this is certain to grow.
pub(crate) fn is_growing(ty: &Type, scope: &Scope<'_>) -> bool {
    growing_steps(ty, scope).into_iter().any(|step| {
        generic(step, scope).is_some_and(|path| {
            path.segments
                .iter()
                .any(|segment| scope.is_item(&segment.ident))
        })
    })
}

/// Returns a number for the name of a generic type: its FNV-1a hash, as in `objgraph-core`.
pub(crate) fn name_of(ty: &Type) -> u64 {
    let name = match bare(ty) {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.unraw()),
        _ => None,
    };
    let name = name.map(|name| name.to_string()).unwrap_or_default();
    name.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    })
}

/// Collects the types that must be finite for an item with a field `ty` to be finite: the generic
/// types in `ty` that depend on a parameter, also behind pointers. Returns `None` if the syntax of
/// `ty` does not show them.
pub(crate) fn steps<'t>(ty: &'t Type, scope: &Scope<'_>, found: &mut Vec<&'t Type>) -> Option<()> {
    let ty = bare(ty);
    match ty {
        Type::Macro(_) | Type::Verbatim(_) if scope.mentions_params(ty) => return None,
        Type::Path(path) if path.qself.is_some() && scope.mentions_params(ty) => return None,
        _ => {}
    }
    let grows = |path: &&Path| {
        is_step(path, scope)
            && arguments(path).any(|arg| scope.mentions_params(arg))
            && !is_item_itself(path, scope)
    };
    found.extend(generic(ty, scope).filter(grows).map(|_| ty));
    reached(ty)
        .into_iter()
        .try_for_each(|part| steps(part, scope, found))
}

/// Returns whether a visit of `ty` may reach a type with arguments.
pub(crate) fn is_generic(ty: &Type) -> bool {
    let ty = bare(ty);
    let has_arguments = matches!(ty, Type::Path(path) if arguments(&path.path).next().is_some());
    has_arguments || reached(ty).into_iter().any(is_generic)
}

/// Returns the path of `ty` if that is a type with arguments, and not a projection of a parameter.
fn generic<'t>(ty: &'t Type, scope: &Scope<'_>) -> Option<&'t Path> {
    match ty {
        Type::Path(TypePath {
            qself: None, path, ..
        }) => {
            let first = &path.segments.first()?.ident;
            (!scope.is_type_param(first) && arguments(path).next().is_some()).then_some(path)
        }
        _ => None,
    }
}

fn arguments(path: &Path) -> impl Iterator<Item = &Type> {
    path.segments.iter().flat_map(type_arguments)
}

/// Returns whether the path names a type that may lead to types other than its arguments: any type
/// that is not named like a std type.
fn is_step(path: &Path, scope: &Scope<'_>) -> bool {
    path.segments
        .last()
        .is_some_and(|last| scope.is_item(&last.ident) || !is_std(&last.ident))
}

fn is_counted_pointer(path: &Path) -> bool {
    path.segments
        .last()
        .is_some_and(|last| is_pointer(&last.ident))
}

/// Returns whether the path is the item with its own parameters in their order.
fn is_item_itself(path: &Path, scope: &Scope<'_>) -> bool {
    path.segments
        .last()
        .is_some_and(|last| scope.is_item(&last.ident))
        && scope.are_type_params(arguments(path))
}

/// Returns the types directly inside `ty` that a visit of it may reach.
fn reached(ty: &Type) -> Vec<&Type> {
    match ty {
        Type::Array(array) => vec![&array.elem],
        Type::Slice(slice) => vec![&slice.elem],
        Type::Reference(reference) => vec![&reference.elem],
        Type::Tuple(tuple) => tuple.elems.iter().collect(),
        Type::Path(TypePath {
            qself: None, path, ..
        }) => arguments(path).collect(),
        _ => Vec::new(),
    }
}
