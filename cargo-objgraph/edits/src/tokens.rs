//! Source text as tokens with their places in it.
//!
//! Edits are found in tokens and not in a syntax tree, for three reasons: the bodies of macros have
//! no syntax tree, syntax newer than a parser is no obstacle, and `struct`, `enum`, `fn` and `use`
//! are keywords of every edition, so that one of them outside of a macro begins exactly what it
//! names.

use std::ops::Range;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::position::Position;
use crate::unparsed::Unparsed;

/// A token and its bytes in the source.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) range: Range<usize>,
    pub(crate) kind: Kind,
}

#[derive(Debug)]
pub(crate) enum Kind {
    /// An identifier or a keyword; a raw identifier with its `r#`.
    Ident(String),
    Punct(char),
    Literal,
    Group(Delimiter, Vec<Token>),
}

impl Token {
    pub(crate) fn ident(&self) -> Option<&str> {
        match &self.kind {
            Kind::Ident(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn is_ident(&self, text: &str) -> bool {
        self.ident() == Some(text)
    }

    pub(crate) fn is_punct(&self, char: char) -> bool {
        matches!(self.kind, Kind::Punct(punct) if punct == char)
    }

    /// Returns the tokens between these delimiters.
    pub(crate) fn group(&self, delimiter: Delimiter) -> Option<&[Token]> {
        match &self.kind {
            Kind::Group(found, tokens) if *found == delimiter => Some(tokens),
            _ => None,
        }
    }

    /// Returns the tokens between any delimiters.
    pub(crate) fn any_group(&self) -> Option<&[Token]> {
        match &self.kind {
            Kind::Group(_, tokens) => Some(tokens),
            _ => None,
        }
    }
}

/// Splits the source into tokens.
pub(crate) fn tokens(source: &str) -> Result<Vec<Token>, Unparsed> {
    let start = start(source);
    match source[start..].parse::<TokenStream>() {
        Ok(stream) => Ok(located(stream, start)),
        Err(error) => {
            let offset = start + error.span().byte_range().start;
            Err(Unparsed {
                position: Position::of(source, offset.min(source.len())),
                message: error.to_string(),
            })
        }
    }
}

/// Returns the offset after the byte order mark and the `#!` line, which are not tokens.
fn start(source: &str) -> usize {
    let mark = if source.starts_with('\u{feff}') { 3 } else { 0 };
    let Some(rest) = source[mark..].strip_prefix("#!") else {
        return mark;
    };
    // `#![…]` is an inner attribute, even with spaces and comments between.
    if first_after_comments(rest).starts_with('[') {
        return mark;
    }
    source[mark..]
        .find('\n')
        .map_or(source.len(), |at| mark + at)
}

/// Returns the text after leading white space and comments.
fn first_after_comments(mut text: &str) -> &str {
    loop {
        text = text.trim_start();
        let end = if text.starts_with("//") {
            text.find('\n')
        } else if text.starts_with("/*") {
            text.find("*/").map(|at| at + 2)
        } else {
            return text;
        };
        text = end.map_or("", |end| &text[end..]);
    }
}

fn located(stream: TokenStream, start: usize) -> Vec<Token> {
    let token = |tree: TokenTree| {
        let range = tree.span().byte_range();
        Token {
            range: start + range.start..start + range.end,
            kind: match tree {
                TokenTree::Ident(ident) => Kind::Ident(ident.to_string()),
                TokenTree::Punct(punct) => Kind::Punct(punct.as_char()),
                TokenTree::Literal(_) => Kind::Literal,
                TokenTree::Group(group) => {
                    Kind::Group(group.delimiter(), located(group.stream(), start))
                }
            },
        }
    };
    stream.into_iter().map(token).collect()
}
