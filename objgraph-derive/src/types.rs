//! Facts that the syntax of a field's type reveals, before names are resolved.

#[cfg(test)]
pub(crate) mod tests;

use std::collections::HashSet;

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{GenericArgument, PathArguments, PathSegment, Type, TypePath};

use crate::scope::Scope;
use crate::text::text;

/// Removes parentheses, and the invisible groups of macros, around `ty`.
pub(crate) fn bare(mut ty: &Type) -> &Type {
    loop {
        ty = match ty {
            Type::Group(group) => &group.elem,
            Type::Paren(paren) => &paren.elem,
            _ => return ty,
        };
    }
}

/// Returns the last segment of a plain path.
fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match bare(ty) {
        Type::Path(TypePath {
            qself: None, path, ..
        }) => path.segments.last(),
        _ => None,
    }
}

/// Returns the types among the generic arguments of `segment`.
pub(crate) fn type_arguments(segment: &PathSegment) -> impl Iterator<Item = &Type> {
    let args = match &segment.arguments {
        PathArguments::AngleBracketed(args) => Some(&args.args),
        PathArguments::None | PathArguments::Parenthesized(_) => None,
    };
    args.into_iter().flatten().filter_map(|arg| match arg {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// Returns whether `ty` is `Instance<T>`, the field that gives its owner an identity.
///
/// Other crates have types of that name, but no well-known one is generic.
pub(crate) fn is_instance(ty: &Type) -> bool {
    last_segment(ty)
        .is_some_and(|last| last.ident == "Instance" && type_arguments(last).count() == 1)
}

/// Returns whether `ty` is a primitive type, which holds no reference.
pub(crate) fn is_primitive(ty: &Type, scope: &Scope<'_>) -> bool {
    const PRIMITIVES: [&str; 16] = [
        "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16",
        "u32", "u64", "u128", "usize",
    ];
    let Type::Path(TypePath {
        qself: None, path, ..
    }) = bare(ty)
    else {
        return false;
    };
    path.get_ident().is_some_and(|ident| {
        PRIMITIVES.iter().any(|name| ident == name) && !scope.is_type_param(ident)
    })
}

/// Returns the std type that the name of `ty` suggests, if that type holds no reference and its name
/// is in the prelude, so that hardly any other type has that name: `Option<String>`,
/// `Vec<(u8, f32)>`.
///
/// Paths start at the module `__p`, which the generated code imports.
pub(crate) fn plain(ty: &Type, scope: &Scope<'_>) -> Option<TokenStream> {
    let ty = bare(ty);
    if is_primitive(ty, scope) {
        let ident = last_segment(ty).map(|last| &last.ident);
        return Some(quote!(__p::std::primitive::#ident));
    }
    match ty {
        Type::Tuple(tuple) => {
            let elems: Vec<TokenStream> = tuple
                .elems
                .iter()
                .map(|elem| plain(elem, scope))
                .collect::<Option<_>>()?;
            Some(quote!((#(#elems,)*)))
        }
        Type::Path(TypePath {
            qself: None, path, ..
        }) if path.segments.len() == 1 => {
            let last = path.segments.last()?;
            if scope.is_item(&last.ident) || scope.is_type_param(&last.ident) {
                return None;
            }
            let name = last.ident.to_string();
            let args: Vec<_> = type_arguments(last).collect();
            match (name.as_str(), last.arguments.is_none(), args.as_slice()) {
                ("String", true, _) => Some(quote!(__p::std::string::String)),
                ("Option", _, [arg]) => {
                    let arg = plain(arg, scope)?;
                    Some(quote!(__p::std::option::Option<#arg>))
                }
                ("Vec", _, [arg]) => {
                    let arg = plain(arg, scope)?;
                    Some(quote!(__p::std::vec::Vec<#arg>))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// Returns whether a value of `ty` is certain to be visited, up to its pointers: judging by their
/// names, all types in it are of std.
fn is_surely_visited(ty: &Type, scope: &Scope<'_>) -> bool {
    if is_unsized(ty) {
        return false;
    }
    match bare(ty) {
        Type::Array(_) | Type::Tuple(_) => {}
        Type::Path(TypePath {
            qself: None, path, ..
        }) => {
            let Some(last) = path.segments.last() else {
                return false;
            };
            if is_pointer(&last.ident) {
                return true;
            }
            // A std type has no constants for arguments.
            if type_arguments(last).any(|arg| is_const(arg, scope)) {
                return false;
            }
            let no_arguments = last.arguments.is_none();
            let known = match last.ident.to_string().as_str() {
                "Cell" | "UnsafeCell" | "Pin" | "LazyCell" | "LazyLock" => false,
                "String" => no_arguments,
                _ => std_parts(&last.ident).is_some() || is_primitive(ty, scope),
            };
            if !known {
                return no_arguments && scope.is_item(&last.ident);
            }
        }
        _ => return false,
    }
    parts(ty, scope)
        .into_iter()
        .all(|part| is_surely_visited(part, scope))
}

/// Returns whether the type named `ident` is a counted pointer.
pub(crate) fn is_pointer(ident: &Ident) -> bool {
    ident == "Rc" || ident == "Arc" || ident == "Weak"
}

/// Returns whether `ty` is a pointer or an `Option`. Few values of such types are objects themselves.
fn is_handle(ty: &Type) -> bool {
    last_segment(ty).is_some_and(|last| {
        is_pointer(&last.ident) || last.ident == "Option" || last.ident == "Box"
    })
}

/// Returns whether `ty`, inside a visited value, needs no registration: few objects have this type,
/// and the code that visits such a value knows its type.
pub(crate) fn is_passed_through(ty: &Type, scope: &Scope<'_>) -> bool {
    is_handle(ty) && is_surely_visited(ty, scope)
}

/// Returns whether `ty` is unsized, judging by its syntax.
pub(crate) fn is_unsized(ty: &Type) -> bool {
    match bare(ty) {
        Type::Slice(_) | Type::TraitObject(_) | Type::ImplTrait(_) => true,
        Type::Path(path) => path.path.is_ident("str"),
        _ => false,
    }
}

/// Returns the types directly inside `ty` that a value of `ty` may own.
///
/// The referents of references and raw pointers are not owned. Parameters of functions, arguments
/// of traits and results of macros may not be.
fn parts<'t>(ty: &'t Type, scope: &Scope<'_>) -> Vec<&'t Type> {
    match bare(ty) {
        Type::Array(array) => vec![&array.elem],
        Type::Slice(slice) => vec![&slice.elem],
        Type::Tuple(tuple) => tuple.elems.iter().collect(),
        Type::Path(TypePath {
            qself: None, path, ..
        }) => {
            let arguments = path.segments.iter().flat_map(type_arguments);
            arguments.filter(|arg| !is_const(arg, scope)).collect()
        }
        _ => Vec::new(),
    }
}

/// Returns whether a generic argument is or may be a constant, which looks like a type until names
/// are resolved, even if std has a type of that name.
///
/// A type that is mistaken for a constant is merely not registered here, while a constant that is
/// mistaken for a type would not compile. (A type with neither path nor arguments registers itself;
/// an argument of a std type is registered through that type, see [`NamedType::Argument`].)
fn is_const(arg: &Type, scope: &Scope<'_>) -> bool {
    let Type::Path(TypePath {
        qself: None, path, ..
    }) = bare(arg)
    else {
        return false;
    };
    let Some(ident) = path.get_ident() else {
        return false;
    };
    if scope.is_const_param(ident) {
        return true;
    }
    let name = ident.to_string();
    let is_uppercase =
        name.chars().any(char::is_uppercase) && !name.chars().any(char::is_lowercase);
    let is_lowercase = name.starts_with(char::is_lowercase) && name != "str";
    (is_uppercase || is_lowercase)
        && !scope.is_type_param(ident)
        && !scope.is_item(ident)
        && !is_primitive(arg, scope)
}

/// Returns the number of type arguments of the std type named `ident` that are its contents, and
/// never constants. `None` if std has no such type.
fn std_parts(ident: &Ident) -> Option<usize> {
    Some(match ident.to_string().as_str() {
        "PhantomData" => 0,
        "Arc" | "BTreeSet" | "BinaryHeap" | "Box" | "Cell" | "HashSet" | "LazyCell"
        | "LazyLock" | "LinkedList" | "ManuallyDrop" | "Mutex" | "OnceCell" | "OnceLock"
        | "Option" | "Pin" | "Rc" | "RefCell" | "Reverse" | "RwLock" | "Saturating"
        | "UnsafeCell" | "Vec" | "VecDeque" | "Weak" | "Wrapping" => 1,
        "BTreeMap" | "HashMap" | "Result" => 2,
        _ => return None,
    })
}

/// Returns whether `ident` is the name of a type of std whose arguments are its contents.
pub(crate) fn is_std(ident: &Ident) -> bool {
    std_parts(ident).is_some()
}

/// Returns whether `ty` may be a `Box` or a pinned one, judging by its syntax: by that name, or as an
/// alias.
pub(crate) fn may_be_box(ty: &Type, scope: &Scope<'_>) -> bool {
    last_segment(ty).is_some_and(|last| {
        last.ident == "Box"
            || last.ident == "Pin"
            || !(is_std(&last.ident)
                || scope.is_item(&last.ident)
                || is_parameter(ty, scope)
                || is_primitive(ty, scope))
    })
}

/// A type that a field's type names, to be registered.
#[derive(Clone)]
pub(crate) enum NamedType<'t> {
    /// A type.
    Type(&'t Type),
    /// A type that holds no reference if it is the std type that its name suggests.
    Plain(&'t Type),
    /// A handle, unless all of these are the std types that their names suggest: then the code that
    /// visits a value of the type knows it.
    Unless(&'t Type, Vec<&'t Type>),
    /// The argument with this index of a type that is named like a std type. It may be a constant, so
    /// it cannot be written where a type is required.
    Argument(&'t Type, usize),
}

/// Returns `ty` if it is named like a std type.
pub(crate) fn std_head<'t>(ty: &'t Type, scope: &Scope<'_>) -> Option<&'t Type> {
    let last = last_segment(ty)?;
    (!is_primitive(ty, scope) && !scope.is_item(&last.ident)).then_some(ty)
}

/// Collects the types named inside `ty` that can be registered by themselves and are not in `seen`
/// yet, at every depth, the deepest first. A handle needs no registration inside a value that is
/// certain to be visited; it is collected as [`NamedType::Unless`], because only the compiler knows
/// whether its names are those of std.
pub(crate) fn collect_named_types<'t>(
    ty: &'t Type,
    scope: &Scope<'_>,
    seen: &mut HashSet<String>,
    found: &mut Vec<NamedType<'t>>,
) {
    let sure = is_surely_visited(ty, scope).then(|| std_head(ty, scope).into_iter().collect());
    collect_inside(ty, sure, scope, seen, found);
}

/// Like [`collect_named_types`], for a type inside another that is certain to be visited if all of
/// `sure` are std types: the outer type, the types between, and `ty` itself.
fn collect_inside<'t>(
    ty: &'t Type,
    sure: Option<Vec<&'t Type>>,
    scope: &Scope<'_>,
    seen: &mut HashSet<String>,
    found: &mut Vec<NamedType<'t>>,
) {
    arguments_that_may_be_constants(ty, scope, seen, found);
    let is_pointer_type = last_segment(ty).is_some_and(|last| is_pointer(&last.ident));
    for part in parts(ty, scope) {
        let mut of_part = match is_pointer_type {
            true => is_surely_visited(part, scope).then(Vec::new),
            false => sure.clone(),
        };
        if let Some(heads) = &mut of_part {
            heads.extend(std_head(part, scope));
        }
        collect_inside(part, of_part.clone(), scope, seen, found);
        if !is_nameable(part, scope) {
            continue;
        }
        match of_part {
            Some(heads)
                if !is_pointer_type && (is_handle(part) || plain(part, scope).is_some()) =>
            {
                // A primitive value holds no reference, wherever it is.
                let is_known = seen.contains(&text(part)) || is_primitive(part, scope);
                if is_known {
                    continue;
                }
                if plain(part, scope).is_some() {
                    seen.insert(text(part));
                    found.push(NamedType::Plain(part));
                } else if seen.insert(format!("{} in {}", text(part), texts(&heads))) {
                    found.push(NamedType::Unless(part, heads));
                }
            }
            _ => {
                if seen.insert(text(part)) {
                    found.push(NamedType::Type(part));
                }
            }
        }
    }
}

/// Returns the texts of types, separated by spaces.
fn texts(types: &[&Type]) -> String {
    types
        .iter()
        .map(|ty| text(ty))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Collects the arguments of a type named like a std type that may be types or constants.
fn arguments_that_may_be_constants<'t>(
    ty: &'t Type,
    scope: &Scope<'_>,
    seen: &mut HashSet<String>,
    found: &mut Vec<NamedType<'t>>,
) {
    let Some(last) = last_segment(ty) else { return };
    let Some(contents) = std_parts(&last.ident).filter(|_| is_nameable(ty, scope)) else {
        return;
    };
    let arguments = type_arguments(last).take(contents.min(2)).enumerate();
    for (index, argument) in arguments {
        let is_param = matches!(bare(argument), Type::Path(path)
            if path.path.get_ident().is_some_and(|ident| scope.is_const_param(ident)));
        if is_const(argument, scope)
            && !is_param
            && seen.insert(format!("argument {index} of {}", text(ty)))
        {
            found.push(NamedType::Argument(ty, index));
        }
    }
}

fn is_nameable(ty: &Type, scope: &Scope<'_>) -> bool {
    !(is_unsized(ty)
        || matches!(
            bare(ty),
            Type::Infer(_) | Type::Macro(_) | Type::Verbatim(_)
        )
        || scope.is_unsized_param(bare(ty))
        || scope.may_be_short(ty))
}

/// Returns whether `ty` is just one of the item's type parameters.
pub(crate) fn is_parameter(ty: &Type, scope: &Scope<'_>) -> bool {
    match bare(ty) {
        Type::Path(path) => path
            .path
            .get_ident()
            .is_some_and(|ident| scope.is_type_param(ident)),
        _ => false,
    }
}

/// Returns whether some type within `ty`, at any depth and also behind references, has an argument
/// that may not be `'static`, and may itself require `'static` to be `Tracked`: counted pointers
/// do, and so does every generic type with a derive.
///
/// The compiler ignores lifetimes when it selects the code that visits a field, and reports an error
/// only afterwards. So such a field must be opaque.
pub(crate) fn may_require_static(ty: &Type, scope: &Scope<'_>) -> bool {
    let inner = |ty: &Type| may_require_static(ty, scope);
    match bare(ty) {
        Type::Array(array) => inner(&array.elem),
        Type::Slice(slice) => inner(&slice.elem),
        Type::Reference(reference) => inner(&reference.elem),
        Type::Tuple(tuple) => tuple.elems.iter().any(inner),
        Type::Path(TypePath { qself: Some(_), .. }) => scope.may_be_short(ty),
        Type::Path(path) => path.path.segments.iter().any(|segment| {
            let mut args = type_arguments(segment);
            if is_transparent(&segment.ident) {
                args.any(inner)
            } else if scope.is_item(&segment.ident) {
                args.any(|arg| !is_parameter(arg, scope) && scope.may_be_short(arg))
            } else {
                args.any(|arg| scope.may_be_short(arg))
            }
        }),
        _ => false,
    }
}

/// Returns the types in `ty`, at any depth and also behind references, that are named like std
/// types and have an argument that may not be `'static`. If they are not of std, they may require
/// `'static`.
pub(crate) fn short_std_names<'t>(ty: &'t Type, scope: &Scope<'_>) -> Vec<&'t Type> {
    let mut heads = Vec::new();
    let mut next = vec![bare(ty)];
    while let Some(ty) = next.pop() {
        match ty {
            Type::Reference(reference) => next.push(bare(&reference.elem)),
            Type::Path(TypePath { qself: None, .. }) => {
                let last = last_segment(ty).filter(|last| is_transparent(&last.ident));
                let may_be_short = last.is_some_and(|last| {
                    type_arguments(last).any(|argument| scope.may_be_short(argument))
                });
                if may_be_short {
                    heads.push(ty);
                }
                next.extend(parts(ty, scope).into_iter().map(bare));
            }
            _ => next.extend(parts(ty, scope).into_iter().map(bare)),
        }
    }
    heads
}

/// Returns whether the std type named `ident` is `Tracked` if its contents are, whether or not they
/// are `'static`.
fn is_transparent(ident: &Ident) -> bool {
    let counted = ident == "Rc" || ident == "Arc" || ident == "Weak";
    !counted && (ident == "Cow" || std_parts(ident).is_some())
}

/// Returns the types that must all be `Tracked` for nothing in `ty` to be opaque.
///
/// This is `ty` itself, unless it depends on a parameter of the item: a bare parameter is looked up
/// at run time, and a std container requires the same of its contents.
pub(crate) fn required<'t>(ty: &'t Type, scope: &Scope<'_>) -> Vec<&'t Type> {
    if !scope.mentions_type_param(ty) {
        return vec![ty];
    }
    match bare(ty) {
        Type::Array(_) | Type::Slice(_) | Type::Tuple(_) => parts(ty, scope)
            .into_iter()
            .flat_map(|part| required(part, scope))
            .collect(),
        Type::Path(path) => {
            let first = path.path.segments.first();
            let of_param = path.qself.is_some()
                || first.is_some_and(|first| scope.is_type_param(&first.ident));
            let contents = last_segment(ty).and_then(|last| Some((last, std_parts(&last.ident)?)));
            match contents {
                _ if of_param => Vec::new(),
                Some((last, count)) => type_arguments(last)
                    .filter(|part| !is_const(part, scope))
                    .take(count)
                    .flat_map(|part| required(part, scope))
                    .collect(),
                None => vec![ty],
            }
        }
        _ => vec![ty],
    }
}
