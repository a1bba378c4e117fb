//! The tree of a `use`: read, split into objgraph's pointers and the rest, and written as rustfmt
//! writes it.

use std::cmp::Ordering;

use proc_macro2::Delimiter;

use crate::paths::is_path_separator;
use crate::tokens::{Kind, Token};

/// The most characters of a statement on one line, and of one line of a list.
const LINE_WIDTH: usize = 98;
const LIST_WIDTH: usize = 100;

/// A part of a `use`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum UseTree {
    /// `name::tree`; the name is empty in `::tree`.
    Path(String, Box<Self>),
    /// `name`, `self`, `*` or `name as other`.
    Leaf(String, Option<String>),
    /// `{tree, tree}`.
    List(Vec<Self>),
}

/// A `use` split by the crate that has the names.
pub(crate) struct Split {
    /// What stays.
    pub(crate) rest: Option<UseTree>,
    /// What objgraph has, under the name objgraph.
    pub(crate) ours: Option<UseTree>,
}

impl UseTree {
    /// Parses the tokens between `use` and `;`.
    pub(crate) fn parse(tokens: &[Token]) -> Option<Self> {
        match tokens {
            [a, b, rest @ ..] if is_path_separator(tokens, 0) && a.range.end == b.range.start => {
                Some(Self::Path(String::new(), Box::new(Self::parse(rest)?)))
            }
            [name, _, _, rest @ ..] if is_path_separator(tokens, 1) => Some(Self::Path(
                name.ident()?.to_owned(),
                Box::new(Self::parse(rest)?),
            )),
            [star] if star.is_punct('*') => Some(Self::Leaf("*".to_owned(), None)),
            [name] if name.ident().is_some() => Some(Self::Leaf(name.ident()?.to_owned(), None)),
            [name, word, other] if word.is_ident("as") => Some(Self::Leaf(
                name.ident()?.to_owned(),
                Some(other.ident()?.to_owned()),
            )),
            [
                Token {
                    kind: Kind::Group(Delimiter::Brace, inside),
                    ..
                },
            ] => {
                let trees = inside.split(|token| token.is_punct(','));
                let trees = trees.filter(|tree| !tree.is_empty()).map(Self::parse);
                Some(Self::List(trees.collect::<Option<_>>()?))
            }
            _ => None,
        }
    }

    /// Splits the tree at the root of a `use`. `uses_sync` says whether the file reaches an `Arc`
    /// through a module `sync`.
    pub(crate) fn split(self, uses_sync: bool) -> Split {
        self.split_at(&mut Vec::new(), uses_sync)
    }

    fn split_at(self, path: &mut Vec<String>, uses_sync: bool) -> Split {
        match self {
            Self::Path(name, tree) => {
                if !name.is_empty() {
                    path.push(name.clone());
                }
                let split = tree.split_at(path, uses_sync);
                if !name.is_empty() {
                    path.pop();
                }
                let our_name = match &*name {
                    "std" | "alloc" => "objgraph",
                    name => name,
                };
                let join = |name: &str, tree| Self::Path(name.to_owned(), Box::new(tree));
                Split {
                    rest: split.rest.map(|tree| join(&name, tree)),
                    ours: split.ours.map(|tree| join(our_name, tree)),
                }
            }
            Self::List(trees) => {
                let mut split = (Vec::new(), Vec::new());
                let count = trees.len();
                for tree in trees {
                    let parts = tree.split_at(path, uses_sync);
                    split.0.extend(parts.rest);
                    split.1.extend(parts.ours);
                }
                // An empty list stays one.
                let rest = if count == 0 {
                    Some(Self::List(Vec::new()))
                } else {
                    list(split.0)
                };
                Split {
                    rest,
                    ours: list(split.1),
                }
            }
            Self::Leaf(ref name, _) if is_ours(path, name, uses_sync) => Split {
                rest: None,
                ours: Some(self),
            },
            Self::Leaf(..) => Split {
                rest: Some(self),
                ours: None,
            },
        }
    }

    /// Writes the statement with `before` in front: attributes and visibility.
    pub(crate) fn statement(&self, before: &str, indent: &str) -> String {
        let last_line = before.rsplit('\n').next().unwrap_or(before).trim_start();
        let margin = indent.chars().count();
        let one_line = self.to_string();
        let width = margin + last_line.chars().count() + "use ;".len() + one_line.chars().count();
        let tree = if width <= LINE_WIDTH && !self.is_nested() {
            one_line
        } else {
            self.on_lines(indent)
        };
        format!("{before}use {tree};")
    }

    /// Writes the outermost list on lines of its own.
    fn on_lines(&self, indent: &str) -> String {
        match self {
            Self::Path(name, tree) => format!("{name}::{}", tree.on_lines(indent)),
            Self::Leaf(..) => self.to_string(),
            Self::List(trees) => {
                let deeper = format!("{indent}    ");
                let is_nested = self.is_nested();
                let mut text = "{".to_owned();
                let mut line = LIST_WIDTH;
                for tree in trees {
                    let mut part = tree.to_string();
                    let mut length = part.chars().count();
                    if tree.is_nested() || tree.has_list() && deeper.len() + length + 1 > LIST_WIDTH
                    {
                        part = tree.on_lines(&deeper);
                        length = LIST_WIDTH;
                    }
                    if is_nested || line + 1 + length + 1 > LIST_WIDTH {
                        text += &format!("\n{deeper}{part},");
                        line = deeper.len() + length + 1;
                    } else {
                        text += &format!(" {part},");
                        line += 1 + length + 1;
                    }
                }
                text + &format!("\n{indent}}}")
            }
        }
    }

    /// Returns whether a list has a list inside, so that it is never on one line.
    fn is_nested(&self) -> bool {
        match self {
            Self::Path(_, tree) => tree.is_nested(),
            Self::Leaf(..) => false,
            Self::List(trees) => trees.iter().any(Self::has_list),
        }
    }

    fn has_list(&self) -> bool {
        match self {
            Self::Path(_, tree) => tree.has_list(),
            Self::Leaf(..) => false,
            Self::List(_) => true,
        }
    }

    /// Compares as rustfmt sorts statements.
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        self.segments().cmp(&other.segments())
    }

    fn segments(&self) -> Vec<Segment<'_>> {
        let mut segments = Vec::new();
        let mut tree = self;
        loop {
            match tree {
                Self::Path(name, inside) => {
                    segments.push(Segment::new(name));
                    tree = inside;
                }
                Self::Leaf(name, alias) => {
                    segments.push(Segment::new(name));
                    segments.extend(alias.as_deref().map(Segment::new));
                    return segments;
                }
                Self::List(trees) => {
                    segments.push(Segment::List(trees.iter().map(Self::segments).collect()));
                    return segments;
                }
            }
        }
    }
}

/// A segment of a path, in rustfmt's order.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Segment<'a> {
    Self_,
    Super,
    Crate,
    /// `false` for names in lower case, which are first.
    Name(bool, &'a str),
    Glob,
    List(Vec<Vec<Segment<'a>>>),
}

impl<'a> Segment<'a> {
    fn new(name: &'a str) -> Self {
        match name {
            "self" => Self::Self_,
            "super" => Self::Super,
            "crate" => Self::Crate,
            "*" => Self::Glob,
            _ => Self::Name(name.starts_with(char::is_uppercase), name),
        }
    }
}

impl std::fmt::Display for UseTree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Path(name, tree) => write!(f, "{name}::{tree}"),
            Self::Leaf(name, None) => f.write_str(name),
            Self::Leaf(name, Some(alias)) => write!(f, "{name} as {alias}"),
            Self::List(trees) => {
                let trees: Vec<String> = trees.iter().map(Self::to_string).collect();
                write!(f, "{{{}}}", trees.join(", "))
            }
        }
    }
}

/// Returns a list without needless braces.
fn list(mut trees: Vec<UseTree>) -> Option<UseTree> {
    match trees.as_slice() {
        [] => None,
        [UseTree::Leaf(name, _)] if name == "self" => Some(UseTree::List(trees)),
        [_] => trees.pop(),
        _ => Some(UseTree::List(trees)),
    }
}

/// Returns whether objgraph has this name of std, with its own pointers.
fn is_ours(path: &[String], name: &str, uses_sync: bool) -> bool {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match *path {
        ["std" | "alloc"] => name == "rc" || name == "sync" && uses_sync,
        ["std" | "alloc", "rc"] => matches!(name, "Rc" | "Weak" | "self" | "*"),
        ["std" | "alloc", "sync"] => match name {
            "Arc" | "Weak" | "*" => true,
            "self" => uses_sync,
            _ => false,
        },
        _ => false,
    }
}
