//! `assert_count!`: a type or name, an operator, and a number.

use proc_macro2::{Group, Span, TokenStream};
use quote::{ToTokens as _, quote};
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::{LitStr, Path, Token, Type};

use crate::text::text;

/// The path of objgraph, and the assertion.
struct CountAssertion {
    krate: TokenStream,
    counted: CountTarget,
    operator: TokenStream,
    number: TokenStream,
}

/// The objects to count.
enum CountTarget {
    Named(LitStr),
    Type(Box<Type>),
}

impl Parse for CountAssertion {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let krate = input.parse::<Group>()?.stream();
        let (counted, operator) = if input.peek(LitStr) {
            (CountTarget::Named(input.parse()?), operator(input)?)
        } else {
            counted_type(input)?
        };
        let number = number(input)?;
        Ok(Self {
            krate,
            counted,
            operator,
            number,
        })
    }
}

/// Parses a type and the operator after it. After a path, `<` begins generic arguments if the rest
/// can be parsed so, and is the operator otherwise.
fn counted_type(input: ParseStream<'_>) -> syn::Result<(CountTarget, TokenStream)> {
    let fork = input.fork();
    let parsed = fork.parse::<Type>().and_then(|ty| {
        let operator = operator(&fork)?;
        Ok((CountTarget::Type(Box::new(ty)), operator))
    });
    let as_type = match parsed {
        Ok(_) => {
            let ty = input.parse()?;
            return Ok((CountTarget::Type(Box::new(ty)), operator(input)?));
        }
        Err(error) => error,
    };
    let fork = input.fork();
    if Path::parse_mod_style(&fork).is_err() || operator(&fork).is_err() {
        return Err(as_type);
    }
    let path = Path::parse_mod_style(input)?;
    let ty: Type = syn::parse_quote!(#path);
    Ok((CountTarget::Type(Box::new(ty)), operator(input)?))
}

/// Parses a comparison operator; a comma means `==`.
fn operator(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    macro_rules! one_of {
        ($($operator:tt)*) => {
            $(if input.peek(Token![$operator]) {
                return Ok(input.parse::<Token![$operator]>()?.into_token_stream());
            })*
        };
    }
    if input.peek(Token![,]) {
        input.parse::<Token![,]>()?;
        return Ok(quote!(==));
    }
    one_of!(== != <= >= < >);
    Err(input.error("expected `,` or one of `==`, `!=`, `<`, `<=`, `>`, `>=`, and a number"))
}

/// Parses the rest, without a trailing comma.
fn number(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut number = TokenStream::new();
    while !input.is_empty() {
        if input.peek(Token![,]) && input.peek2(syn::parse::End) {
            input.parse::<Token![,]>()?;
            break;
        }
        number.extend([input.parse::<proc_macro2::TokenTree>()?]);
    }
    if number.is_empty() {
        return Err(syn::Error::new(Span::call_site(), "expected a number"));
    }
    Ok(number)
}

/// Expands `[path of objgraph] Type <= number`.
pub(crate) fn count(input: TokenStream) -> TokenStream {
    let CountAssertion {
        krate,
        counted,
        operator,
        number,
    } = match CountAssertion::parse.parse2(input) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let (counted, name) = match counted {
        CountTarget::Named(name) => (
            quote!(#krate::__assert::TypeSelector::named(#name)),
            name.value(),
        ),
        CountTarget::Type(ty) => (
            quote!(#krate::__assert::TypeSelector::of::<#ty>()),
            text(&ty),
        ),
    };
    let asserted = format!("{name} {operator}");
    quote! {
        #krate::__assert::Place {
            module: ::core::module_path!(),
            target: #krate::__target!(),
        }
        .count(
            #counted,
            &::std::format!("{} {}", #asserted, #number),
            |__number: usize| __number #operator #number,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{CountAssertion, CountTarget};
    use crate::text::text;

    /// Returns the parts of an assertion, as text.
    fn parts(asserted: &str) -> Result<[String; 3], String> {
        let input: CountAssertion =
            syn::parse_str(&format!("[objgraph] {asserted}")).map_err(|error| error.to_string())?;
        let counted = match input.counted {
            CountTarget::Named(name) => name.value(),
            CountTarget::Type(ty) => text(&ty),
        };
        Ok([
            counted,
            input.operator.to_string(),
            input.number.to_string(),
        ])
    }

    #[test]
    fn types_are_distinguished_from_comparisons() {
        for (asserted, expected) in [
            ("Node, 3", ["Node", "==", "3"]),
            ("Node, 3,", ["Node", "==", "3"]),
            ("Node < 3", ["Node", "<", "3"]),
            ("m::Node <= 3", ["m::Node", "<=", "3"]),
            ("m::Node<u8> == 1", ["m::Node<u8>", "==", "1"]),
            ("m::Node<u8>==1", ["m::Node<u8>", "==", "1"]),
            ("m::Node<Vec<u8>>>=1", ["m::Node<Vec<u8>>", ">=", "1"]),
            ("m::Node<3> < 4", ["m::Node<3>", "<", "4"]),
            ("Node < limit", ["Node", "<", "limit"]),
            ("crate::Node > 2 * limit", ["crate::Node", ">", "2 * limit"]),
            ("[u8; 4] != 0", ["[u8; 4]", "!=", "0"]),
            ("(A, B), n + 1", ["(A, B)", "==", "n + 1"]),
            ("\"Vec<Leaf>\" == 0", ["Vec<Leaf>", "==", "0"]),
            ("\"Leaf\", 0", ["Leaf", "==", "0"]),
        ] {
            assert_eq!(
                parts(asserted),
                Ok(expected.map(str::to_owned)),
                "{asserted}"
            );
        }
        for wrong in [
            "", "Node", "Node =", "Node <", "Node ==", "Node + 1", "3 < Node",
        ] {
            assert!(parts(wrong).is_err(), "{wrong}");
        }
    }
}
