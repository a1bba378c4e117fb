//! Parses the full name of a type, as [`std::any::type_name`] returns it.

/// A type, by its full name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TypeName<'n> {
    /// A path with its generic arguments, and what follows them, if anything:
    /// `app::make<u8>::{{closure}}`.
    Path {
        path: &'n str,
        arguments: Vec<TypeName<'n>>,
        rest: &'n str,
    },
    /// A tuple.
    Tuple(Vec<TypeName<'n>>),
    /// An array or slice: the item, and the length if it has one.
    List(Box<TypeName<'n>>, Option<&'n str>),
    /// A reference: `&` or `&mut `, and the referent.
    Reference(&'n str, Box<TypeName<'n>>),
    /// A trait object: its text without `dyn`, and the path of its first trait.
    Object(&'n str, &'n str),
    /// Anything else: a function pointer, a raw pointer, a number.
    Other(&'n str),
}

/// Parses a full name.
pub(super) fn parse(name: &str) -> TypeName<'_> {
    TypeNameParser { rest: name }.parse_type()
}

struct TypeNameParser<'n> {
    rest: &'n str,
}

impl<'n> TypeNameParser<'n> {
    fn parse_type(&mut self) -> TypeName<'n> {
        self.rest = self.rest.trim_start();
        for mark in ["&mut ", "&"] {
            if self.take(mark) {
                return TypeName::Reference(mark, Box::new(self.parse_type()));
            }
        }
        if self.take("(") {
            return TypeName::Tuple(self.parse_list(")"));
        }
        if self.take("[") {
            let item = self.parse_type();
            self.take(";");
            let length = self.take_rest().trim();
            self.take("]");
            return TypeName::List(Box::new(item), (!length.is_empty()).then_some(length));
        }
        if self.take("dyn ") {
            let text = self.take_rest().trim();
            let bare = text.strip_prefix("for<'a> ").unwrap_or(text);
            let end = bare.find(|c: char| !is_path_char(c)).unwrap_or(bare.len());
            return TypeName::Object(text, &bare[..end]);
        }
        let starts_path = self
            .rest
            .starts_with(|c: char| c.is_alphabetic() || c == '_');
        let is_function = ["fn(", "unsafe ", "extern ", "for<"]
            .iter()
            .any(|start| self.rest.starts_with(start));
        if is_function || !starts_path {
            return TypeName::Other(self.take_rest());
        }
        let end = self
            .rest
            .find(|c: char| !is_path_char(c))
            .unwrap_or(self.rest.len());
        let (path, rest) = self.rest.split_at(end);
        self.rest = rest;
        let arguments = match self.take("<") {
            true => self.parse_list(">"),
            false => Vec::new(),
        };
        let rest = match self.rest.starts_with("::") {
            true => self.take_rest(),
            false => "",
        };
        TypeName::Path {
            path,
            arguments,
            rest,
        }
    }

    /// Parses types between commas, through `end`.
    fn parse_list(&mut self, end: &str) -> Vec<TypeName<'n>> {
        let mut items = Vec::new();
        loop {
            self.rest = self.rest.trim_start();
            if self.take(end) || self.rest.is_empty() {
                return items;
            }
            let before = self.rest.len();
            items.push(self.parse_type());
            self.rest = self.rest.trim_start();
            if !self.take(",") && self.rest.len() == before {
                // Not a list of types after all.
                self.rest = "";
            }
        }
    }

    fn take(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Takes the text up to what closes the enclosing list.
    fn take_rest(&mut self) -> &'n str {
        let mut depth = 0_usize;
        let mut before = ' ';
        let end = self.rest.char_indices().find(|&(_, c)| {
            let is_arrow = c == '>' && before == '-';
            before = c;
            match c {
                '<' | '(' | '[' | '{' => depth += 1,
                '>' | ')' | ']' | '}' if depth == 0 && !is_arrow => return true,
                '>' | ')' | ']' | '}' if !is_arrow => depth -= 1,
                ',' | ';' if depth == 0 => return true,
                _ => {}
            }
            false
        });
        let end = end.map_or(self.rest.len(), |(at, _)| at);
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }
}

fn is_path_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | ':' | '{' | '}' | '#')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path<'n>(path: &'n str, arguments: Vec<TypeName<'n>>) -> TypeName<'n> {
        TypeName::Path {
            path,
            arguments,
            rest: "",
        }
    }

    #[test]
    fn names_are_parsed_at_every_depth() {
        assert_eq!(
            parse("core::cell::RefCell<(app::Node<i32, 3>, [u8; 4], &[app::A])>"),
            path(
                "core::cell::RefCell",
                vec![TypeName::Tuple(vec![
                    path("app::Node", vec![path("i32", vec![]), TypeName::Other("3")]),
                    TypeName::List(Box::new(path("u8", vec![])), Some("4")),
                    TypeName::Reference(
                        "&",
                        Box::new(TypeName::List(Box::new(path("app::A", vec![])), None))
                    ),
                ])]
            )
        );
        assert_eq!(
            parse(
                "alloc::boxed::Box<dyn core::ops::function::Fn(u8) -> app::B<u8> + core::marker::Send>"
            ),
            path(
                "alloc::boxed::Box",
                vec![TypeName::Object(
                    "core::ops::function::Fn(u8) -> app::B<u8> + core::marker::Send",
                    "core::ops::function::Fn"
                )]
            )
        );
        assert_eq!(
            parse("app::Two<app::make<u8>::{{closure}}, fn(u8, u8) -> u8>"),
            path(
                "app::Two",
                vec![
                    TypeName::Path {
                        path: "app::make",
                        arguments: vec![path("u8", vec![])],
                        rest: "::{{closure}}"
                    },
                    TypeName::Other("fn(u8, u8) -> u8")
                ]
            )
        );
    }

    /// Names in another form, as a later compiler may print them, do not fail.
    #[test]
    fn any_text_is_parsed() {
        for text in [
            "", "<", "a<", "(", "[", "&", "a<b", "a>b", "a<b,,>", "dyn ", "(>",
        ] {
            let _ = parse(text);
        }
    }
}
