//! A type's source text, the same on every toolchain and however it was spaced.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Type;

/// `ty` as a person would write it on one line.
pub(crate) fn text(ty: &Type) -> String {
    let mut printer = Printer::default();
    printer.stream(ty.to_token_stream());
    printer.out
}

/// Writes tokens and remembers what the next space depends on.
#[derive(Default)]
struct Printer {
    out: String,
    /// The last token was a word or a literal: a second one needs a space between.
    after_word: bool,
    /// The last token wants a space after it, whatever follows.
    space: bool,
    /// The operator under way; its characters come one by one.
    operator: String,
}

impl Printer {
    fn stream(&mut self, stream: TokenStream) {
        for token in stream {
            match token {
                TokenTree::Group(group) => self.group(group.delimiter(), group.stream()),
                // A macro's `$crate` is one word.
                TokenTree::Ident(ident) => self.word(ident.to_string().trim_start_matches('$')),
                TokenTree::Literal(literal) => self.word(&literal.to_string()),
                TokenTree::Punct(punct) => {
                    self.operator.push(punct.as_char());
                    // A lifetime's quote is joint with its name, which is no operator.
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
        if self.space || keyword || (self.after_word && delimiter == Delimiter::Brace) {
            self.out.push(' ');
        }
        self.out.push_str(open);
        (self.after_word, self.space) = (false, false);
        self.stream(stream);
        self.out.push_str(close);
        (self.after_word, self.space) = (true, false);
    }

    fn word(&mut self, word: &str) {
        self.operator();
        if self.after_word || self.space {
            self.out.push(' ');
        }
        self.out.push_str(word);
        (self.after_word, self.space) = (true, false);
    }

    /// Writes the operator that has been gathered.
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
        if before || self.space {
            self.out.push(' ');
        }
        self.out.push_str(&operator);
        self.after_word = operator == ">";
        self.space = after;
    }
}

/// Whether more characters can make a longer operator of `operator`.
fn is_prefix_of_operator(operator: &str) -> bool {
    matches!(operator, ":" | "-" | "=" | "|" | "&")
}

/// Whether `operator` begins a new type after the word that ends `out`.
fn starts_type(operator: &str, out: &str) -> bool {
    match operator {
        "'" => true,
        "<" | "!" | "#" | "$" => false,
        _ => is_keyword_before_type(out),
    }
}

/// Whether `out` ends in a keyword that a type follows.
fn is_keyword_before_type(out: &str) -> bool {
    let last = out
        .rsplit(|c: char| !(c.is_alphanumeric() || c == '_'))
        .next();
    matches!(last, Some("mut" | "const" | "dyn" | "as" | "impl"))
}

#[cfg(test)]
mod tests {
    use super::text;

    /// Each type is written as it must come out.
    #[test]
    fn types_are_spaced_as_people_space_them() {
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
