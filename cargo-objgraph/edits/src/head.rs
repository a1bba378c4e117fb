//! What is before the keyword of an item: attributes, visibility and qualifiers.

use std::collections::HashMap;

use proc_macro2::Delimiter;

use crate::tokens::{Kind, Token};

/// The fragments of a macro's rule, by name: `vis` for `$v:vis`. Empty outside of `macro_rules!`.
pub(crate) type Fragments = HashMap<String, String>;

/// The part of an item before its keyword.
#[derive(Debug)]
pub(crate) struct Head<'a> {
    /// The index of the first token of the item, an attribute if it has any.
    pub(crate) first: usize,
    /// The index of the first token after the attributes.
    pub(crate) after_attributes: usize,
    /// The words `const`, `async`, `unsafe`, `extern` and `safe`.
    pub(crate) qualifiers: Vec<&'a str>,
    /// The attributes, those of a repetition included.
    pub(crate) attributes: Vec<Attribute<'a>>,
}

/// An outer attribute.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attribute<'a> {
    /// The index of its `#`; of a repetition `$(#[$m])*`, that of the `$`.
    pub(crate) index: usize,
    /// Whether it is written out, and not in a repetition.
    pub(crate) is_direct: bool,
    /// What is in the brackets.
    pub(crate) tokens: &'a [Token],
}

impl<'a> Head<'a> {
    /// Reads backwards from the keyword at `keyword`.
    pub(crate) fn before(tokens: &'a [Token], keyword: usize, fragments: &Fragments) -> Self {
        let (start, qualifiers) = qualifiers(tokens, keyword);
        let after_attributes = visibility(tokens, start, fragments);
        let mut first = after_attributes;
        let mut attributes = Vec::new();
        while let Some((index, found)) = attribute(tokens, first) {
            first = index;
            attributes.splice(0..0, found);
        }
        Self {
            first,
            after_attributes,
            qualifiers,
            attributes,
        }
    }

    /// Returns whether an attribute `outer(…)`, by itself or in a `cfg_attr`, names `inner`.
    pub(crate) fn has(&self, outer: &str, inner: &str) -> bool {
        let mut attributes = self.attributes.iter();
        attributes.any(|attribute| has(attribute.tokens, outer, inner))
    }
}

impl<'a> Attribute<'a> {
    /// Returns the identifiers of the attribute's path.
    pub(crate) fn path(self) -> Vec<&'a str> {
        let is_path = |token: &&Token| token.ident().is_some() || token.is_punct(':');
        let path = self.tokens.iter().take_while(is_path);
        path.filter_map(Token::ident).collect()
    }
}

fn has(tokens: &[Token], outer: &str, inner: &str) -> bool {
    tokens.iter().enumerate().any(|(at, token)| {
        let Some(inside) = token.group(Delimiter::Parenthesis) else {
            return false;
        };
        let is_named = at > 0 && tokens[at - 1].is_ident(outer);
        is_named && inside.iter().any(|token| token.is_ident(inner)) || has(inside, outer, inner)
    })
}

/// Returns the index of the first qualifier, and the qualifiers.
fn qualifiers(tokens: &[Token], keyword: usize) -> (usize, Vec<&str>) {
    let mut start = keyword;
    let mut qualifiers = Vec::new();
    while let Some(token) = start.checked_sub(1).map(|at| &tokens[at]) {
        match token.ident() {
            Some(word @ ("const" | "async" | "unsafe" | "extern" | "safe")) => {
                qualifiers.push(word)
            }
            // The name of an ABI.
            None if matches!(token.kind, Kind::Literal)
                && start >= 2
                && tokens[start - 2].is_ident("extern") => {}
            _ => break,
        }
        start -= 1;
    }
    (start, qualifiers)
}

/// Returns the index of the first token of the visibility before `end`; `end` if there is none.
fn visibility(tokens: &[Token], end: usize, fragments: &Fragments) -> usize {
    match &tokens[..end] {
        // Its name may be `$pub`.
        [.., dollar, name]
            if dollar.is_punct('$')
                && name
                    .ident()
                    .and_then(|name| fragments.get(name))
                    .is_some_and(|kind| kind == "vis") =>
        {
            end - 2
        }
        [
            ..,
            public,
            Token {
                kind: Kind::Group(Delimiter::Parenthesis, _),
                ..
            },
        ] if public.is_ident("pub") => end - 2,
        [.., public] if public.is_ident("pub") => end - 1,
        [.., dollar, optional, question]
            if dollar.is_punct('$')
                && question.is_punct('?')
                && optional
                    .group(Delimiter::Parenthesis)
                    .is_some_and(|inside| {
                        !inside.is_empty() && visibility(inside, inside.len(), fragments) == 0
                    }) =>
        {
            end - 3
        }
        _ => end,
    }
}

/// Returns the attribute that ends before `end`, and its first index; or all attributes of a
/// repetition.
fn attribute(tokens: &[Token], end: usize) -> Option<(usize, Vec<Attribute<'_>>)> {
    match &tokens[..end] {
        [.., hash, group] if hash.is_punct('#') => {
            let attribute = Attribute {
                index: end - 2,
                is_direct: true,
                tokens: group.group(Delimiter::Bracket)?,
            };
            Some((end - 2, vec![attribute]))
        }
        [.., dollar, repeated, operator]
            if dollar.is_punct('$') && ['*', '+', '?'].iter().any(|c| operator.is_punct(*c)) =>
        {
            let inside = repeated.group(Delimiter::Parenthesis)?;
            let mut start = inside.len();
            let mut attributes = Vec::new();
            while let Some((index, found)) = attribute(inside, start) {
                start = index;
                attributes.splice(0..0, found);
            }
            for attribute in &mut attributes {
                attribute.index = end - 3;
                attribute.is_direct = false;
            }
            (start == 0 && !inside.is_empty()).then_some((end - 3, attributes))
        }
        _ => None,
    }
}
