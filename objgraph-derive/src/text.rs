//! A type's source text, equal on every toolchain and with any spacing.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Type;

/// Returns `ty` as a person would write it on one line.
pub(crate) fn text(ty: &Type) -> String {
    let mut printer = Printer::default();
    printer.stream(ty.to_token_stream());
    printer.out
}

/// Writes tokens, and keeps the state that determines the next space.
#[derive(Default)]
struct Printer {
    out: String,
    /// Whether the last token was a word or literal, so that another needs a space between.
    after_word: bool,
    /// Whether the last token is always followed by a space.
    needs_space: bool,
    /// The operator so far; its characters arrive one by one.
    operator: String,
}

impl Printer {
    fn stream(&mut self, stream: TokenStream) {
        for token in stream {
            match token {
                TokenTree::Group(group) => self.group(group.delimiter(), group.stream()),
                // The `$crate` of a macro is one word.
                TokenTree::Ident(ident) => self.word(ident.to_string().trim_start_matches('$')),
                TokenTree::Literal(literal) => self.word(&literal.to_string()),
                TokenTree::Punct(punct) => {
                    self.operator.push(punct.as_char());
                    // The quote of a lifetime is joint with its name, but is no operator.
                    let joint = punct.spacing() == Spacing::Joint && punct.as_char() != '\'';
                    if !(joint && is_prefix_of_operator(&self.operator)) {
                        self.operator();
                    }
                }
            }
        }
        self.operator();
    }

    fn group(&mut self, delimiter: Delimiter, stream: TokenStream) {
        self.operator();
        let (open, close) = match delimiter {
            Delimiter::Parenthesis => ("(", ")"),
            Delimiter::Bracket => ("[", "]"),
            Delimiter::Brace => ("{ ", " }"),
            Delimiter::None => return self.stream(stream),
        };
        let keyword = self.after_word && is_keyword_before_type(&self.out);
        if self.needs_space || keyword || (self.after_word && delimiter == Delimiter::Brace) {
            self.out.push(' ');
        }
        self.out.push_str(open);
        (self.after_word, self.needs_space) = (false, false);
        self.stream(stream);
        self.out.push_str(close);
        (self.after_word, self.needs_space) = (true, false);
    }

    fn word(&mut self, word: &str) {
        self.operator();
        if self.after_word || self.needs_space {
            self.out.push(' ');
        }
        self.out.push_str(word);
        (self.after_word, self.needs_space) = (true, false);
    }

    /// Writes the operator so far.
    fn operator(&mut self) {
        let operator = std::mem::take(&mut self.operator);
        let (before, after) = match operator.as_str() {
            "" => return,
            "," | ";" | ":" => (false, true),
            "=" | "+" | "->" | "=>" | "|" | "||" | "&&" | "==" | "/" | "%" => (true, true),
            "'" | "&" | "*" | "<" | "?" | "!" | "#" | "$" => {
                (self.after_word && starts_type(&operator, &self.out), false)
            }
            _ => (false, false),
        };
        if before || self.needs_space {
            self.out.push(' ');
        }
        self.out.push_str(&operator);
        self.after_word = operator == ">";
        self.needs_space = after;
    }
}

/// Returns whether further characters can extend `operator`.
fn is_prefix_of_operator(operator: &str) -> bool {
    matches!(operator, ":" | "-" | "=" | "|" | "&")
}

/// Returns whether `operator` begins a new type after the word that ends `out`.
fn starts_type(operator: &str, out: &str) -> bool {
    match operator {
        "'" => true,
        "<" | "!" | "#" | "$" => false,
        _ => is_keyword_before_type(out),
    }
}

/// Returns whether `out` ends in a keyword that is followed by a type.
fn is_keyword_before_type(out: &str) -> bool {
    let last = out
        .rsplit(|c: char| !(c.is_alphanumeric() || c == '_'))
        .next();
    matches!(last, Some("mut" | "const" | "dyn" | "as" | "impl"))
}

#[cfg(test)]
mod tests {
    use super::text;

    /// Each type is written as it must be printed.
    #[test]
    fn types_are_spaced_as_people_write_them() {
        for source in [
            "u32",
            "RefCell<Vec<Rc<Gen<A, Rc<B>>>>>",
            "(A, B)",
            "(A,)",
            "()",
            "[u8; 4]",
            "[[u8; N]; 2]",
            "[T]",
            "&'a T",
            "&'a mut [T]",
            "&'static str",
            "*const T",
            "*mut (A, B)",
            "::std::rc::Rc<dyn Fn(&str, u8) -> Result<(), E> + Send + 'a>",
            "Box<dyn for<'a> Fn(&'a T) -> &'a U>",
            "for<'a> fn(&'a T, usize) -> bool",
            "unsafe extern \"C\" fn(*mut u8)",
            "<T as Iterator>::Item",
            "<Vec<T> as a::b::Trait<'a, U>>::Out",
            "Foo<'a, { N + 1 }, Item = u8>",
            "Foo<'a, 'b>",
            "Box<dyn Iterator<Item = T> + 'static>",
            "Option<r#type>",
            "my_type!(u8, 4)",
            "Result<T, !>",
        ] {
            let parsed = syn::parse_str(source).unwrap();
            assert_eq!(text(&parsed), source);
        }
    }
}
