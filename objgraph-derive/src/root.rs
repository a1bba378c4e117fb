//! `#[objgraph::root]`: makes a static, or the statics of a `thread_local!`, roots.

use std::collections::HashSet;

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, DeriveInput, Path, Token, Type, Visibility, parse_quote};

use crate::ast::Input;
use crate::errors::Errors;
use crate::scope::Scope;
use crate::types::{NamedType, collect_named_types};

/// Expands the attribute on `item`.
pub(crate) fn root(args: TokenStream, item: TokenStream) -> TokenStream {
    match syn::parse2::<RootArgs>(args).and_then(|args| expand(&args, item.clone())) {
        Ok(expansion) => expansion,
        // Keeps the item, so that one mistake causes one error.
        Err(error) => {
            let error = error.into_compile_error();
            quote!(#item #error)
        }
    }
}

/// The arguments of the attribute: none, or `crate = path`.
struct RootArgs {
    krate: TokenStream,
}

impl Parse for RootArgs {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.is_empty() {
            return Ok(Self {
                krate: quote!(::objgraph),
            });
        }
        if !input.peek(Token![crate]) {
            return Err(input.error("expected no argument, or `crate = path`"));
        }
        input.parse::<Token![crate]>()?;
        input.parse::<Token![=]>()?;
        let krate: Path = input.call(Path::parse_mod_style)?;
        Ok(Self {
            krate: krate.to_token_stream(),
        })
    }
}

/// `static NAME: Type = value`.
struct Static {
    attrs: Vec<Attribute>,
    vis: Visibility,
    ident: Ident,
    ty: Type,
    value: TokenStream,
}

impl Parse for Static {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        input.parse::<Token![static]>()?;
        if input.peek(Token![mut]) {
            return Err(
                input.error("a `static mut` cannot be a root, because reading it is unsafe")
            );
        }
        let ident = input.parse()?;
        input.parse::<Token![:]>()?;
        let ty = input.parse()?;
        input.parse::<Token![=]>()?;
        let mut value = TokenStream::new();
        while !input.is_empty() && !input.peek(Token![;]) {
            input.parse::<TokenTree>()?.to_tokens(&mut value);
        }
        input.parse::<Option<Token![;]>>()?;
        Ok(Self {
            attrs,
            vis,
            ident,
            ty,
            value,
        })
    }
}

/// `thread_local! { … }`.
struct ThreadLocal {
    path: Path,
    statics: Vec<Static>,
}

impl Parse for ThreadLocal {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let path = input.call(Path::parse_mod_style)?;
        input.parse::<Token![!]>()?;
        let TokenTree::Group(group) = input.parse()? else {
            return Err(input.error("expected `thread_local! { … }`"));
        };
        if group.delimiter() != Delimiter::Brace {
            input.parse::<Option<Token![;]>>()?;
        }
        let statics = |input: ParseStream<'_>| {
            let mut statics = Vec::new();
            while !input.is_empty() {
                statics.push(input.parse()?);
            }
            Ok(statics)
        };
        let statics = syn::parse::Parser::parse2(statics, group.stream())?;
        Ok(Self { path, statics })
    }
}

fn expand(args: &RootArgs, item: TokenStream) -> syn::Result<TokenStream> {
    let is_thread_local = |found: &ThreadLocal| {
        let last = found.path.segments.last();
        last.is_some_and(|last| last.ident == "thread_local")
    };
    match syn::parse2(item.clone()) {
        Ok(found) if is_thread_local(&found) => return Ok(thread_local(args, &found)),
        _ => {}
    }
    match syn::parse2::<Static>(item.clone()) {
        Ok(found) => {
            let ident = &found.ident;
            let visit = probe(args, &quote!(&#ident));
            let submit = submit(args, &found, "static", &visit);
            Ok(quote!(#item #submit))
        }
        Err(error) if error.to_string().contains("static mut") => Err(error),
        Err(_) => {
            let message = match is_in_thread_local(&item) {
                true => {
                    "move `#[objgraph::root]` above `thread_local!`, where it makes every static in \
                     it a root"
                }
                false => {
                    "`#[objgraph::root]` belongs on a `static` or a `thread_local!`; for another \
                     value, call `objgraph::snapshot::with_root`"
                }
            };
            Err(syn::Error::new(Span::call_site(), message))
        }
    }
}

/// Returns whether the item is the constant of a `LocalKey` to which `thread_local!` expands a
/// static.
fn is_in_thread_local(item: &TokenStream) -> bool {
    let mut words = item.clone().into_iter().filter_map(|token| match token {
        TokenTree::Ident(ident) => Some(ident.to_string()),
        _ => None,
    });
    words.any(|word| word == "const") && words.any(|word| word == "LocalKey")
}

/// Expands thread-locals, each with a flag that records its initialization, because a trace must not
/// initialize it.
fn thread_local(args: &RootArgs, found: &ThreadLocal) -> TokenStream {
    let RootArgs { krate } = args;
    let path = &found.path;
    let mut off = TokenStream::new();
    let mut on = TokenStream::new();
    let mut submits = TokenStream::new();
    for local in &found.statics {
        let Static {
            attrs,
            vis,
            ident,
            ty,
            value,
        } = local;
        off.extend(quote!(#(#attrs)* #vis static #ident: #ty = #value;));
        let is_const = value
            .clone()
            .into_iter()
            .next()
            .is_some_and(|token| token.to_string() == "const");
        let flag = Ident::new(&format!("__INITIALIZED_{ident}"), ident.span());
        let flagging_value = if is_const {
            quote!(#value)
        } else {
            on.extend(quote! {
                static #flag: ::core::cell::Cell<bool> = const { ::core::cell::Cell::new(false) };
            });
            quote!({ #flag.set(true); #value })
        };
        on.extend(quote!(#(#attrs)* #vis static #ident: #ty = #flagging_value;));
        let probe = probe(args, &quote!(__value));
        let visit_value = quote! {
            let _ = #ident.try_with(|__value| {
                __visitor.guarded(|__guarded| __guarded.__with(|__visitor| #probe));
            });
        };
        let visit = if is_const {
            visit_value
        } else {
            quote!(if #flag.try_with(::core::cell::Cell::get) == ::core::result::Result::Ok(true) { #visit_value })
        };
        submits.extend(submit(args, local, "thread-local", &visit));
    }
    quote! {
        #krate::__private::off! { #path! { #off } }
        #krate::__private::on! { #path! { #on } }
        #submits
    }
}

fn probe(RootArgs { krate }: &RootArgs, value: &TokenStream) -> TokenStream {
    quote!((&&&&#krate::__private::Probe(#value)).__visit(__visitor))
}

/// Returns the type of a root, and the types that it names and that can be registered.
fn types_in(ty: &Type) -> Vec<TokenStream> {
    let root: DeriveInput = parse_quote!(struct __Root(#ty););
    let mut errors = Errors::default();
    let input = Input::new(&root, &mut errors);
    let scope = Scope::new(&input);
    let mut types = vec![quote!(#ty)];
    for (field, _) in input.fields() {
        let mut found = Vec::new();
        collect_named_types(field.ty, &scope, &mut HashSet::new(), &mut found);
        types.extend(found.into_iter().filter_map(|named| match named {
            NamedType::Type(ty) | NamedType::Plain(ty) | NamedType::Unless(ty, _) => {
                Some(quote!(#ty))
            }
            NamedType::Argument(..) => None,
        }));
    }
    types
}

/// Adds a root to the list that the linker builds.
fn submit(args: &RootArgs, root: &Static, what: &str, visit: &TokenStream) -> TokenStream {
    let RootArgs { krate } = args;
    let ty = &root.ty;
    let types = types_in(ty).into_iter().map(|ty| {
        quote! {
            __p::ProbeResult::new(__p::TypeProbe::<#ty>::ROW, __p::TypeProbe::<#ty>::OTHERWISE)
        }
    });
    let name = format!("{what} {}", root.ident);
    quote! {
        #krate::__private::on! {
            const _: () = {
                #[allow(unused_imports)]
                use #krate::__private::{self as __p, levels::*};
                fn __visit<'__v>(__visitor: &mut #krate::Visitor<'__v>) {
                    #visit;
                }
                fn __register(registrar: &mut __p::Registrar) {
                    registrar.named(const { &[#(#types),*] });
                }
                #krate::__private::submit! { Named(__register) }
                #krate::__private::submit_root! {
                    #krate::__private::StaticRoot {
                        name: #name,
                        type_name: ::core::any::type_name::<#ty>,
                        visit: __visit,
                    }
                }
            };
        }
    }
}
