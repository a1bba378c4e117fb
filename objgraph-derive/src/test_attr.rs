//! `#[objgraph::test]`: a test that fails if it leaks.

#[cfg(test)]
mod tests;

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::{
    Abi, Attribute, GenericParam, Generics, LitInt, LitStr, Meta, Path, ReturnType, Token, Type,
    Visibility,
};

/// Expands the attribute on `item`.
pub(crate) fn test(args: TokenStream, item: TokenStream) -> TokenStream {
    match syn::parse2::<Options>(args)
        .and_then(|options| Test::new(options, syn::parse2(item.clone())?))
    {
        Ok(test) => test.expand(),
        // Keeps the function, so that one mistake causes one error.
        Err(error) => {
            let error = error.into_compile_error();
            quote!(#item #error)
        }
    }
}

/// The options in the parentheses of the attribute.
#[derive(Default)]
struct Options {
    krate: Option<Path>,
    allow: Vec<LitStr>,
    retries: Option<LitInt>,
    growth: Option<LitInt>,
    warm_up: Option<LitInt>,
    wait_ms: Option<LitInt>,
    deny_survivors: bool,
    strict: bool,
    allow_likely: bool,
}

impl Parse for Options {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut options = Self::default();
        while !input.is_empty() {
            options.parse_option(input)?;
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(options)
    }
}

impl Options {
    fn parse_option(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        let name = input.call(Ident::parse_any)?;
        let number = |option: &mut Option<LitInt>, least: u32, most: u64| {
            input.parse::<Token![=]>()?;
            let number: LitInt = input.parse()?;
            if option.is_some() {
                return Err(syn::Error::new(
                    name.span(),
                    format!("`{name}` is given twice"),
                ));
            }
            let value = number.base10_parse::<u64>()?;
            if !number.suffix().is_empty() || value < u64::from(least) || value > most {
                let text = format!("expected a number from {least} to {most}, without a suffix");
                return Err(syn::Error::new(number.span(), text));
            }
            *option = Some(number);
            Ok(())
        };
        match name.to_string().as_str() {
            "allow" => {
                input.parse::<Token![=]>()?;
                if input.peek(syn::token::Bracket) {
                    let group: Group = input.parse()?;
                    let texts = Punctuated::<LitStr, Token![,]>::parse_terminated;
                    self.allow.extend(texts.parse2(group.stream())?);
                } else {
                    self.allow.push(input.parse()?);
                }
            }
            "retries" => number(&mut self.retries, 0, u32::MAX.into())?,
            "growth" => number(&mut self.growth, 1, u32::MAX.into())?,
            "warm_up" => number(&mut self.warm_up, 0, u32::MAX.into())?,
            "wait_ms" => number(&mut self.wait_ms, 0, u64::MAX)?,
            "deny_survivors" => self.deny_survivors = true,
            "strict" => self.strict = true,
            "allow_likely" => self.allow_likely = true,
            "crate" => {
                input.parse::<Token![=]>()?;
                self.krate = Some(input.call(Path::parse_mod_style)?);
            }
            _ => {
                return Err(syn::Error::new(
                    name.span(),
                    format!(
                        "unknown option `{name}`; the options are `allow = \"fingerprint or Type\"`, \
                         `retries = n`, `growth = n`, `warm_up = n`, `wait_ms = n`, `deny_survivors`, \
                         `strict`, `allow_likely` and `crate = path`"
                    ),
                ));
            }
        }
        Ok(())
    }
}

/// The parts of a function that the expansion needs.
struct Function {
    attrs: Vec<Attribute>,
    vis: Visibility,
    is_async: bool,
    /// `unsafe` and `extern`.
    qualifiers: TokenStream,
    ident: Ident,
    generics: Generics,
    parameters: Group,
    output: ReturnType,
    body: Group,
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        // What the expansion calls need not be constant.
        input.parse::<Option<Token![const]>>()?;
        let is_async = input.parse::<Option<Token![async]>>()?.is_some();
        let is_unsafe = input.parse::<Option<Token![unsafe]>>()?;
        let abi = input.parse::<Option<Abi>>()?;
        let qualifiers = quote!(#is_unsafe #abi);
        if !input.peek(Token![fn]) {
            let text = "`#[objgraph::test]` belongs on a function, plain or `async`";
            return Err(input.error(text));
        }
        input.parse::<Token![fn]>()?;
        let ident = input.call(Ident::parse_any)?;
        let mut generics: Generics = input.parse()?;
        let parameters = input.parse()?;
        let output = input.parse()?;
        generics.where_clause = input.parse()?;
        let body = body(input)?;
        Ok(Self {
            attrs,
            vis,
            is_async,
            qualifiers,
            ident,
            generics,
            parameters,
            output,
            body,
        })
    }
}

/// Parses the body of a function; if another macro wrote it, it may be in a group without
/// delimiters.
fn body(input: ParseStream<'_>) -> syn::Result<Group> {
    let tree: TokenTree = input.parse()?;
    let error = syn::Error::new(tree.span(), "expected the body of a function");
    match tree {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Ok(group),
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            body.parse2(group.stream())
        }
        _ => Err(error),
    }
}

/// The code that runs the function.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Runner {
    /// The harness, after the expansion adds `#[test]`.
    Harness,
    /// An attribute that turns it into one function without parameters, such as `#[tokio::test]`.
    /// The check comes after everything that the attribute does.
    Once,
    /// An attribute that may call it several times, with arguments, such as `#[rstest]`. The check
    /// is inside.
    Many,
}

/// What the function returns, as far as it is written.
#[derive(Clone, Copy)]
enum Output<'f> {
    /// `()`.
    Nothing,
    /// `!`.
    Never,
    /// Any other type, which the harness has to accept.
    Value(&'f Type),
}

impl<'f> Output<'f> {
    fn of(output: &'f ReturnType) -> Self {
        match output {
            ReturnType::Default => Self::Nothing,
            ReturnType::Type(_, ty) => match &*ty.to_token_stream().to_string() {
                "()" => Self::Nothing,
                "!" => Self::Never,
                _ => Self::Value(ty),
            },
        }
    }
}

/// The function, its options, and its other attributes.
struct Test {
    options: Options,
    function: Function,
    runner: Runner,
    /// The argument of `#[should_panic]`, if the function has that attribute.
    should_panic: Option<Option<LitStr>>,
    is_ignored: bool,
}

impl Test {
    fn new(options: Options, mut function: Function) -> syn::Result<Self> {
        let mut should_panic = None;
        let mut error = None;
        function.attrs.retain(|attr| {
            if !attr.path().is_ident("should_panic") {
                return true;
            }
            match expected(attr) {
                Ok(text) => should_panic = Some(text),
                Err(found) => error = Some(found),
            }
            false
        });
        if let Some(error) = error {
            return Err(error);
        }
        let runners = function.attrs.iter();
        let mut runners = runners.filter(|attr| is_runner(attr) && !is_builtin(attr));
        // As for `#[test]`, lifetimes are none.
        let mut generics = function.generics.params.iter();
        let has_parameters = !function.parameters.stream().is_empty()
            || generics.any(|parameter| !matches!(parameter, GenericParam::Lifetime(_)));
        let runner = match runners.clone().count() {
            0 => Runner::Harness,
            _ if !has_parameters && runners.all(|attr| is_named(attr, "test")) => Runner::Once,
            _ => Runner::Many,
        };
        // An attribute such as `#[traced_test]` leaves the function to `#[test]`.
        if runner != Runner::Many {
            function.attrs.retain(|attr| !is_builtin(attr));
        }
        let ident = &function.ident;
        if runner == Runner::Harness && has_parameters {
            return Err(syn::Error::new(
                ident.span(),
                "a test has no parameters; if another attribute supplies them, put it below \
                 `#[objgraph::test]`",
            ));
        }
        if runner == Runner::Harness && function.is_async {
            return Err(syn::Error::new(
                ident.span(),
                "an `async` test needs a runtime: put its attribute, such as `#[tokio::test]`, \
                 below `#[objgraph::test]`",
            ));
        }
        let returns_nothing = matches!(Output::of(&function.output), Output::Nothing);
        if should_panic.is_some() && !returns_nothing {
            let text = "a test with `#[should_panic]` cannot return a value";
            return Err(syn::Error::new(ident.span(), text));
        }
        if let (Some(growth), true) = (&options.growth, runner == Runner::Many) {
            return Err(syn::Error::new(
                growth.span(),
                "`growth` repeats the function, which therefore cannot have parameters or an \
                 attribute that supplies them",
            ));
        }
        if let (Some(warm_up), None) = (&options.warm_up, &options.growth) {
            let text = "`warm_up` needs `growth = n`, which repeats the function";
            return Err(syn::Error::new(warm_up.span(), text));
        }
        if let (Some(growth), true) = (&options.growth, should_panic.is_some()) {
            let text = "`growth` cannot repeat a test with `#[should_panic]`";
            return Err(syn::Error::new(growth.span(), text));
        }
        let is_ignored = function
            .attrs
            .iter()
            .any(|attr| attr.path().is_ident("ignore"));
        Ok(Self {
            options,
            function,
            runner,
            should_panic,
            is_ignored,
        })
    }

    fn expand(&self) -> TokenStream {
        match self.runner {
            Runner::Many => self.expand_inside(),
            _ => self.expand_around(),
        }
    }

    fn krate(&self) -> TokenStream {
        let krate = self.options.krate.as_ref();
        // The harness takes the location of a failure from the span of the call, so that is the
        // span of the name.
        let span = self.function.ident.span();
        krate.map_or_else(
            || quote_spanned!(span=> ::objgraph),
            ToTokens::to_token_stream,
        )
    }

    /// Expands to a new test that contains the function.
    fn expand_around(&self) -> TokenStream {
        let Function {
            attrs,
            vis,
            is_async,
            qualifiers,
            ident,
            generics,
            output,
            body,
            ..
        } = &self.function;
        let krate = self.krate();
        let options = self.options();
        let (below, above): (Vec<_>, Vec<_>) = attrs.iter().partition(|attr| is_runner(attr));
        let asyncness = (*is_async).then(|| quote!(async));
        let unnameable = (!below.is_empty()).then(|| quote!(#[allow(unnameable_test_items)]));
        let run = quote_spanned!(ident.span()=> #krate::__assert::run_repeated);
        let call = match Output::of(output) {
            Output::Nothing if qualifiers.is_empty() => {
                quote_spanned!(ident.span()=> #run(&__OBJGRAPH_TEST, #ident))
            }
            // A function of another ABI is no `Fn`.
            Output::Nothing => quote_spanned!(ident.span()=> #run(&__OBJGRAPH_TEST, || #ident())),
            Output::Never => quote_spanned! {ident.span()=>
                #run(&__OBJGRAPH_TEST, || -> () { #ident() });
                ::core::unreachable!()
            },
            Output::Value(_) => {
                let returned = self.returned(&quote!(#ident()));
                quote_spanned!(ident.span()=> #run(&__OBJGRAPH_TEST, || #returned).into_value())
            }
        };
        let where_clause = &generics.where_clause;
        quote! {
            #[::core::prelude::v1::test]
            #(#above)*
            #unnameable
            #vis fn #ident #generics () #output #where_clause {
                #options
                #(#below)*
                #asyncness #qualifiers fn #ident #generics () #output #where_clause #body
                #call
            }
        }
    }

    /// Returns a block that evaluates to a value with its error.
    fn returned(&self, value: &TokenStream) -> TokenStream {
        let krate = self.krate();
        quote! {{
            #[allow(unused_imports)]
            use #krate::__assert::{KnownError as _, UnknownError as _};
            let __objgraph_value = #value;
            let __objgraph_error = (&#krate::__assert::ErrorOf(&__objgraph_value)).error();
            #krate::__assert::Returned::new(__objgraph_value, __objgraph_error)
        }}
    }

    /// Expands to the function with its body checked.
    fn expand_inside(&self) -> TokenStream {
        let Function {
            attrs,
            vis,
            is_async,
            qualifiers,
            ident,
            generics,
            parameters,
            output,
            body,
        } = &self.function;
        let krate = self.krate();
        let options = self.options();
        let where_clause = &generics.where_clause;
        let asyncness = is_async.then(|| quote!(async));
        let run = match is_async {
            true => quote_spanned!(ident.span()=> #krate::__assert::run_future),
            false => quote_spanned!(ident.span()=> #krate::__assert::run),
        };
        let call = match (Output::of(output), is_async) {
            (Output::Nothing, false) => quote_spanned! {ident.span()=>
                #run(&__OBJGRAPH_TEST, move || #output #body)
            },
            (Output::Nothing, true) => quote_spanned! {ident.span()=>
                #run::<()>(&__OBJGRAPH_TEST, async move #body).await.end()
            },
            (Output::Never, false) => quote_spanned! {ident.span()=>
                #run(&__OBJGRAPH_TEST, move || -> () { (move || #output #body)() });
                ::core::unreachable!()
            },
            (Output::Never, true) => quote_spanned! {ident.span()=>
                #run::<()>(&__OBJGRAPH_TEST, async move #body).await.end();
                ::core::unreachable!()
            },
            (Output::Value(_), false) => {
                let returned = self.returned(&quote!((move || #output #body)()));
                quote_spanned! {ident.span()=>
                    #run(&__OBJGRAPH_TEST, move || #returned).into_value()
                }
            }
            (Output::Value(ty), true) => {
                let value = quote! {{
                    let __objgraph_value: #ty = async move #body.await;
                    __objgraph_value
                }};
                let returned = self.returned(&value);
                quote_spanned! {ident.span()=>
                    #run(&__OBJGRAPH_TEST, async move #returned).await.end().into_value()
                }
            }
        };
        quote! {
            #(#attrs)*
            #vis #asyncness #qualifiers fn #ident #generics #parameters #output #where_clause {
                #options
                #call
            }
        }
    }

    /// Returns the constant with the options, and an entry in the list that the linker builds.
    fn options(&self) -> TokenStream {
        let Options {
            allow,
            retries,
            growth,
            warm_up,
            wait_ms,
            deny_survivors,
            strict,
            allow_likely,
            ..
        } = &self.options;
        let krate = self.krate();
        let name = LitStr::new(&self.function.ident.unraw().to_string(), Span::call_site());
        let name = quote!(::core::concat!(::core::module_path!(), "::", #name));
        let retries = retries
            .as_ref()
            .map_or(quote!(0), ToTokens::to_token_stream);
        let growth = optional(growth.as_ref());
        let warm_up = optional(warm_up.as_ref());
        let wait = optional(wait_ms.as_ref());
        let expected = self.should_panic.as_ref();
        let should_panic = optional(expected.map(|text| optional(text.as_ref())).as_ref());
        let is_ignored = self.is_ignored;
        let is_once = self.runner != Runner::Many;
        quote! {
            const __OBJGRAPH_TEST: #krate::__assert::TestOptions = #krate::__assert::TestOptions {
                name: #name,
                target: #krate::__target!(),
                allow: &[#(#allow),*],
                retries: #retries,
                growth: #growth,
                warm_up: #warm_up,
                deny_survivors: #deny_survivors,
                strict: #strict,
                allow_likely: #allow_likely,
                wait: #wait,
                should_panic: #should_panic,
                is_once: #is_once,
            };
            #krate::__private::on! {
                #krate::__assert::inventory::submit! {
                    #krate::__assert::TestEntry { name: #name, ignored: #is_ignored }
                }
            }
        }
    }
}

fn optional(value: Option<&impl ToTokens>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}

/// Returns the text that the panic message has to contain, if one is given.
fn expected(attr: &Attribute) -> syn::Result<Option<LitStr>> {
    match &attr.meta {
        Meta::Path(_) => Ok(None),
        Meta::NameValue(meta) => syn::parse2(meta.value.to_token_stream()).map(Some),
        Meta::List(_) => {
            let mut text = None;
            attr.parse_nested_meta(|meta| {
                if !meta.path.is_ident("expected") {
                    return Err(meta.error("expected `expected = \"…\"`"));
                }
                text = Some(meta.value()?.parse()?);
                Ok(())
            })?;
            Ok(text)
        }
    }
}

fn is_named(attr: &Attribute, name: &str) -> bool {
    let last = attr.path().segments.last();
    last.is_some_and(|last| last.ident == name)
}

/// Returns whether the attribute is `#[test]`, or a path of it that other attributes write.
fn is_builtin(attr: &Attribute) -> bool {
    let segments = &attr.path().segments;
    is_named(attr, "test")
        && (segments.len() == 1 || matches!(segments[0].ident.to_string().as_str(), "core" | "std"))
}

/// Returns whether the attribute runs the function as a test: `tokio::test`, `rstest`, `test_case`,
/// ….
fn is_runner(attr: &Attribute) -> bool {
    let last = attr.path().segments.last();
    let name = last.map_or(String::new(), |last| last.ident.to_string());
    name.contains("test") || matches!(name.as_str(), "quickcheck" | "parameterized" | "bench")
}
