//! What a field's type says about itself before anything is known of the types it names.

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{GenericArgument, PathArguments, PathSegment, Type, TypePath};

use crate::scope::Scope;
use crate::text::text;

/// `ty` without the parentheses and the invisible groups of macros around it.
pub(crate) fn bare(mut ty: &Type) -> &Type {
    loop {
        ty = match ty {
            Type::Group(group) => &group.elem,
            Type::Paren(paren) => &paren.elem,
            _ => return ty,
        };
    }
}

/// The last segment of a plain path.
fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match bare(ty) {
        Type::Path(TypePath {
            qself: None, path, ..
        }) => path.segments.last(),
        _ => None,
    }
}

/// The types that stand as generic arguments in `segment`.
fn type_arguments(segment: &PathSegment) -> impl Iterator<Item = &Type> {
    let args = match &segment.arguments {
        PathArguments::AngleBracketed(args) => Some(&args.args),
        PathArguments::None | PathArguments::Parenthesized(_) => None,
    };
    args.into_iter().flatten().filter_map(|arg| match arg {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// Whether `ty` is `Instance<T>`, the field that gives its owner an identity.
///
/// Other crates have a type of that name too, but none of the well-known ones is generic.
pub(crate) fn is_instance(ty: &Type) -> bool {
    last_segment(ty)
        .is_some_and(|last| last.ident == "Instance" && type_arguments(last).count() == 1)
}

/// Whether `ty` is one of the language's plain values, in which there is nothing to see.
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

/// The type of std that `ty` is called after, if that one holds nothing and its name is in every
/// scope, so that hardly any other is called so: `Option<String>`, `Vec<(u8, f32)>`.
///
/// Paths start at a module `__p`, which the generated code imports.
pub(crate) fn plain(ty: &Type, scope: &Scope<'_>) -> Option<TokenStream> {
    let ty = bare(ty);
    if is_primitive(ty, scope) {
        let ident = last_segment(ty).map(|last| &last.ident);
        return Some(quote!(__p::std::primitive::#ident));
    }
    match ty {
        Type::Tuple(tuple) => {
            let elems = tuple.elems.iter().map(|elem| plain(elem, scope));
            let elems: Vec<_> = elems.collect::<Option<_>>()?;
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

/// Whether a value of `ty` is looked into for certain, whatever is behind its pointers: all that
/// is in it is of std, as far as names tell.
fn is_sure(ty: &Type, scope: &Scope<'_>) -> bool {
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
            // A type that may be a constant is not known to be of std.
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
        .all(|part| is_sure(part, scope))
}

/// Whether the type called `ident` is a counted pointer.
fn is_pointer(ident: &Ident) -> bool {
    ident == "Rc" || ident == "Arc" || ident == "Weak"
}

/// Whether `ty` is of a kind that few objects are: a pointer, or what may or may not be there.
fn is_handle(ty: &Type) -> bool {
    last_segment(ty).is_some_and(|last| {
        is_pointer(&last.ident) || last.ident == "Option" || last.ident == "Box"
    })
}

/// Whether `ty`, which stands by value in what is looked into, need not be made known by itself:
/// objects of its kind are few, and all that looks into it knows its type.
pub(crate) fn is_passed_through(ty: &Type, scope: &Scope<'_>) -> bool {
    is_handle(ty) && is_sure(ty, scope)
}

/// Whether `ty` has no size known to the compiler, as far as its syntax tells.
pub(crate) fn is_unsized(ty: &Type) -> bool {
    match bare(ty) {
        Type::Slice(_) | Type::TraitObject(_) | Type::ImplTrait(_) => true,
        Type::Path(path) => path.path.is_ident("str"),
        _ => false,
    }
}

/// The types directly inside `ty` that a value of `ty` may own.
///
/// What a reference or a pointer refers to is not owned; what a function takes, a trait
/// requires or a macro makes is not known to be.
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

/// Whether `arg`, a generic argument, is or may be a constant, which looks like a type until names
/// are resolved, also behind a name that std has too.
///
/// A type mistaken for a constant is merely not registered here (and one with neither path
/// nor arguments registers itself), while the reverse would not compile. Of a type of std, it is
/// registered through that; see [`Named::Argument`].
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
    let is_shouted = name.chars().any(char::is_uppercase) && !name.chars().any(char::is_lowercase);
    let is_lowercase = name.starts_with(char::is_lowercase) && name != "str";
    (is_shouted || is_lowercase)
        && !scope.is_type_param(ident)
        && !scope.is_item(ident)
        && !is_primitive(arg, scope)
}

/// How many of the type arguments of the std type called `ident` are its contents, and none
/// of them constants; `None` if there is no such type.
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

/// What is named inside a field's type, and is to be registered.
#[derive(Clone)]
pub(crate) enum Named<'t> {
    /// A type.
    Type(&'t Type),
    /// A type, unless all of these are the types of std that they are called after: then whatever
    /// visits it knows its type.
    Unless(&'t Type, Vec<&'t Type>),
    /// The argument with this number of a type that is called as one of std is. It may be a
    /// constant, so it cannot be written where a type must be.
    Argument(&'t Type, usize),
}

/// The types in `ty`, itself first, whose names say that they are of std, as far as values of `ty`
/// own them. Only the compiler knows whether they are.
pub(crate) fn std_heads<'t>(ty: &'t Type, scope: &Scope<'_>) -> Vec<&'t Type> {
    let mut heads = Vec::new();
    let mut next = vec![bare(ty)];
    while let Some(ty) = next.pop() {
        heads.extend(std_head(ty, scope));
        if !last_segment(ty).is_some_and(|last| is_pointer(&last.ident)) {
            next.extend(parts(ty, scope).into_iter().map(bare));
        }
    }
    heads
}

/// `ty`, if its name says that it is of std.
pub(crate) fn std_head<'t>(ty: &'t Type, scope: &Scope<'_>) -> Option<&'t Type> {
    let last = last_segment(ty)?;
    (!is_primitive(ty, scope) && !scope.is_item(&last.ident)).then_some(ty)
}

/// Every type named inside `ty`, at every depth and the deepest first, that can be registered by
/// itself and is not in `seen` yet. Those that stand by value in what is visited for certain, and
/// hold nothing or are pointers or the like, depend on whether it is.
pub(crate) fn named<'t>(
    ty: &'t Type,
    scope: &Scope<'_>,
    seen: &mut HashSet<String>,
    found: &mut Vec<Named<'t>>,
) {
    let sure = is_sure(ty, scope).then(|| std_head(ty, scope).into_iter().collect());
    inside(ty, sure, scope, seen, found);
}

/// The same, for a type that stands by value in one that is visited for certain if these are of
/// std: that one, what is between, and the type itself.
fn inside<'t>(
    ty: &'t Type,
    sure: Option<Vec<&'t Type>>,
    scope: &Scope<'_>,
    seen: &mut HashSet<String>,
    found: &mut Vec<Named<'t>>,
) {
    arguments_that_may_be_constants(ty, scope, seen, found);
    let pointer = last_segment(ty).is_some_and(|last| is_pointer(&last.ident));
    for part in parts(ty, scope) {
        let mut of_part = match pointer {
            true => is_sure(part, scope).then(Vec::new),
            false => sure.clone(),
        };
        if let Some(heads) = &mut of_part {
            heads.extend(std_head(part, scope));
        }
        inside(part, of_part.clone(), scope, seen, found);
        if !is_nameable(part, scope) {
            continue;
        }
        match of_part {
            Some(heads) if !pointer && (is_handle(part) || plain(part, scope).is_some()) => {
                // A number holds nothing, wherever it is.
                let is_known = seen.contains(&text(part)) || is_primitive(part, scope);
                if !is_known && seen.insert(format!("{} in {}", text(part), texts(&heads))) {
                    found.push(Named::Unless(part, heads));
                }
            }
            _ => {
                if seen.insert(text(part)) {
                    found.push(Named::Type(part));
                }
            }
        }
    }
}

/// The texts of types, one after the other.
fn texts(types: &[&Type]) -> String {
    types
        .iter()
        .map(|ty| text(ty))
        .collect::<Vec<_>>()
        .join(" ")
}

/// The arguments of a type called as one of std is that may be types or constants.
fn arguments_that_may_be_constants<'t>(
    ty: &'t Type,
    scope: &Scope<'_>,
    seen: &mut HashSet<String>,
    found: &mut Vec<Named<'t>>,
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
            found.push(Named::Argument(ty, index));
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
        || scope.is_short(ty)
        || grows(ty, scope))
}

/// Whether `ty` names the item with arguments that are larger than its own parameters, as in
/// `struct G<T>(Option<Box<G<Vec<T>>>>)`: to expand what it reaches would never end.
pub(crate) fn grows(ty: &Type, scope: &Scope<'_>) -> bool {
    let grows_here = match bare(ty) {
        Type::Path(path) => path.path.segments.iter().any(|segment| {
            scope.is_item(&segment.ident)
                && type_arguments(segment)
                    .any(|arg| !is_parameter(arg, scope) && contains_param(arg, scope))
        }),
        _ => false,
    };
    let behind = match bare(ty) {
        Type::Reference(reference) => grows(&reference.elem, scope),
        _ => false,
    };
    grows_here || behind || parts(ty, scope).into_iter().any(|part| grows(part, scope))
}

fn contains_param(ty: &Type, scope: &Scope<'_>) -> bool {
    match bare(ty) {
        Type::Reference(_) | Type::Ptr(_) | Type::FnPtr(_) | Type::TraitObject(_) => {
            scope.mentions_type_param(ty)
        }
        _ => {
            is_parameter(ty, scope)
                || parts(ty, scope)
                    .into_iter()
                    .any(|part| contains_param(part, scope))
        }
    }
}

/// Whether `ty` is one of the item's type parameters and nothing more.
fn is_parameter(ty: &Type, scope: &Scope<'_>) -> bool {
    match bare(ty) {
        Type::Path(path) => path
            .path
            .get_ident()
            .is_some_and(|ident| scope.is_type_param(ident)),
        _ => false,
    }
}

/// Whether some type within `ty`, at any depth and also behind references, is applied to
/// something that may live shorter than `'static` and may ask for `'static` to be `Tracked`: a
/// counted pointer does, and so does every generic type that derives.
///
/// The compiler overlooks lifetimes when it chooses how to look into a field, and only then
/// complains, so it must not be left to choose.
pub(crate) fn may_ask_static(ty: &Type, scope: &Scope<'_>) -> bool {
    let inner = |ty: &Type| may_ask_static(ty, scope);
    match bare(ty) {
        Type::Array(array) => inner(&array.elem),
        Type::Slice(slice) => inner(&slice.elem),
        Type::Reference(reference) => inner(&reference.elem),
        Type::Tuple(tuple) => tuple.elems.iter().any(inner),
        Type::Path(TypePath { qself: Some(_), .. }) => scope.is_short(ty),
        Type::Path(path) => path.path.segments.iter().any(|segment| {
            let mut args = type_arguments(segment);
            if is_transparent(&segment.ident) {
                args.any(inner)
            } else if scope.is_item(&segment.ident) {
                args.any(|arg| !is_parameter(arg, scope) && scope.is_short(arg))
            } else {
                args.any(|arg| scope.is_short(arg))
            }
        }),
        _ => false,
    }
}

/// The types in `ty`, at any depth and also behind references, that are called after types of std,
/// and are applied to something that may live shorter than `'static`. If they are not of std, they
/// may ask for `'static`.
pub(crate) fn short_std_heads<'t>(ty: &'t Type, scope: &Scope<'_>) -> Vec<&'t Type> {
    let mut heads = Vec::new();
    let mut next = vec![bare(ty)];
    while let Some(ty) = next.pop() {
        match ty {
            Type::Reference(reference) => next.push(bare(&reference.elem)),
            Type::Path(TypePath { qself: None, .. }) => {
                let last = last_segment(ty).filter(|last| is_transparent(&last.ident));
                let is_short = last.is_some_and(|last| {
                    type_arguments(last).any(|argument| scope.is_short(argument))
                });
                if is_short {
                    heads.push(ty);
                }
                next.extend(parts(ty, scope).into_iter().map(bare));
            }
            _ => next.extend(parts(ty, scope).into_iter().map(bare)),
        }
    }
    heads
}

/// Whether the std type called `ident` is `Tracked` if its contents are, however short they live.
fn is_transparent(ident: &Ident) -> bool {
    let counted = ident == "Rc" || ident == "Arc" || ident == "Weak";
    !counted && (ident == "Cow" || std_parts(ident).is_some())
}

/// The types that must all be `Tracked` if nothing in `ty` is to be opaque.
///
/// That is `ty` itself, unless it depends on a parameter of the item: a bare parameter is
/// looked up when the program runs, and a std container holds whatever it holds.
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
