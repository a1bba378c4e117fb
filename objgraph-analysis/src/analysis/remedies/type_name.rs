//! The full name of a type, as [`std::any::type_name`] gives it, in parts.

/// A type, by its full name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TypeName<'n> {
    /// A path with its generic arguments, and what follows them if anything does:
    /// `app::make<u8>::{{closure}}`.
    Path {
        path: &'n str,
        arguments: Vec<TypeName<'n>>,
        rest: &'n str,
    },
    /// A tuple.
    Tuple(Vec<TypeName<'n>>),
    /// An array or a slice of this, with the length if it has one.
    List(Box<TypeName<'n>>, Option<&'n str>),
    /// A reference, with the text before what it refers to: `&`, `&mut `.
    Reference(&'n str, Box<TypeName<'n>>),
    /// A trait object: its text without `dyn`, and the path of its first trait.
    Object(&'n str, &'n str),
    /// Anything else: a function pointer, a raw pointer, a number.
    Other(&'n str),
}

/// Reads a full name.
pub(super) fn parse(name: &str) -> TypeName<'_> {
    TypeNameParser { rest: name }.ty()
}

struct TypeNameParser<'n> {
    rest: &'n str,
}

impl<'n> TypeNameParser<'n> {
    fn ty(&mut self) -> TypeName<'n> {
        self.rest = self.rest.trim_start();
        for mark in ["&mut ", "&"] {
            if self.eat(mark) {
                return TypeName::Reference(mark, Box::new(self.ty()));
            }
        }
        if self.eat("(") {
            return TypeName::Tuple(self.list(")"));
        }
        if self.eat("[") {
            let item = self.ty();
            self.eat(";");
            let length = self.until_end().trim();
            self.eat("]");
            return TypeName::List(Box::new(item), (!length.is_empty()).then_some(length));
        }
        if self.eat("dyn ") {
            let text = self.until_end().trim();
            let bare = text.strip_prefix("for<'a> ").unwrap_or(text);
            let end = bare.find(|c: char| !is_of_path(c)).unwrap_or(bare.len());
            return TypeName::Object(text, &bare[..end]);
        }
        let starts_path = self
            .rest
            .starts_with(|c: char| c.is_alphabetic() || c == '_');
        let is_function = ["fn(", "unsafe ", "extern ", "for<"]
            .iter()
            .any(|start| self.rest.starts_with(start));
        if is_function || !starts_path {
            return TypeName::Other(self.until_end());
        }
        let end = self
            .rest
            .find(|c: char| !is_of_path(c))
            .unwrap_or(self.rest.len());
        let (path, rest) = self.rest.split_at(end);
        self.rest = rest;
        let arguments = match self.eat("<") {
            true => self.list(">"),
            false => Vec::new(),
        };
        let rest = match self.rest.starts_with("::") {
            true => self.until_end(),
            false => "",
        };
        TypeName::Path {
            path,
            arguments,
            rest,
        }
    }

    /// Types between commas, up to and with `end`.
    fn list(&mut self, end: &str) -> Vec<TypeName<'n>> {
        let mut items = Vec::new();
        loop {
            self.rest = self.rest.trim_start();
            if self.eat(end) || self.rest.is_empty() {
                return items;
            }
            let before = self.rest.len();
            items.push(self.ty());
            self.rest = self.rest.trim_start();
            if !self.eat(",") && self.rest.len() == before {
                // Not a list of types after all.
                self.rest = "";
            }
        }
    }

    fn eat(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Takes all up to what closes the list that this stands in.
    fn until_end(&mut self) -> &'n str {
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

fn is_of_path(c: char) -> bool {
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
    fn names_are_read_at_every_depth() {
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

    /// A name of another form, as a later compiler may give it, is no reason to fail.
    #[test]
    fn any_text_is_read() {
        for text in [
            "", "<", "a<", "(", "[", "&", "a<b", "a>b", "a<b,,>", "dyn ", "(>",
        ] {
            let _ = parse(text);
        }
    }
}
