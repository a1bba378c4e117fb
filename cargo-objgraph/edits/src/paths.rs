//! Paths that lead to what the facade of std has changed: the pointers, and `Wake` of `std::task`.

use proc_macro2::Delimiter;

use crate::edit::{Edit, EditKind, Place};
use crate::instrument::{Context, Search};
use crate::tokens::{Kind, Token};

impl Search<'_> {
    /// Finds the edit that lets the path at `index` lead to std itself and not to its facade.
    pub(crate) fn std_path(
        &mut self,
        tokens: &[Token],
        index: usize,
        place: &Place,
        context: &Context,
    ) {
        if !leads_to_pointers(tokens, index) {
            return;
        }
        let facade = &context.facade;
        let is_global = is_path_separator(tokens, index.wrapping_sub(2));
        let range = tokens[index].range.clone();
        // `a:::b` would be `a::` and `:b`.
        let colon = self.source[..range.start].ends_with(':');
        let text = match (is_global, colon) {
            (true, _) => format!("{facade}::__std"),
            (false, true) => format!(" ::{facade}::__std"),
            (false, false) => format!("::{facade}::__std"),
        };
        self.edits.push(Edit {
            range: range.clone(),
            ..Edit::insertion(range.start, text, EditKind::Path, place).of(range)
        });
    }
}

/// Returns whether the identifier at `index` is the head of a path to `rc`, `sync` or `task`, or of a `use`
/// tree with such a path.
pub(crate) fn leads_to_pointers(tokens: &[Token], index: usize) -> bool {
    is_head(tokens, index)
        && is_path_separator(tokens, index + 1)
        && tokens.get(index + 3).is_some_and(|next| match &next.kind {
            Kind::Ident(name) => matches!(&**name, "rc" | "sync" | "task"),
            Kind::Punct('*') => true,
            Kind::Group(Delimiter::Brace, inside) => first_names(inside).any(|name| {
                name.is_punct('*')
                    || ["rc", "sync", "task", "self"]
                        .iter()
                        .any(|n| name.is_ident(n))
            }),
            _ => false,
        })
}

/// Returns whether `std` or `alloc` at `index` begins a path.
pub(crate) fn is_head(tokens: &[Token], index: usize) -> bool {
    let before = |distance: usize| index.checked_sub(distance).map(|at| &tokens[at]);
    if !tokens[index].is_ident("std") && !tokens[index].is_ident("alloc") {
        return false;
    }
    match before(1) {
        None => true,
        Some(token) if token.is_punct('$') => false,
        // `x.std` is a field, and `..std` the end of a range.
        Some(token) if token.is_punct('.') => before(2).is_some_and(|token| token.is_punct('.')),
        Some(_) if is_path_separator(tokens, index.wrapping_sub(2)) => match before(3) {
            None => true,
            Some(token) => match &token.kind {
                Kind::Ident(name) => is_keyword_before_path(name),
                Kind::Punct('>') => {
                    // The end of an arrow, and not of generic arguments.
                    before(4).is_some_and(|token| token.is_punct('-') || token.is_punct('='))
                }
                _ => true,
            },
        },
        Some(_) => true,
    }
}

/// Returns whether there is `::` at `index`.
pub(crate) fn is_path_separator(tokens: &[Token], index: usize) -> bool {
    let colon = |at| {
        tokens
            .get(at)
            .is_some_and(|token: &Token| token.is_punct(':'))
    };
    let touch = |left: &Token, right: &Token| left.range.end == right.range.start;
    index
        .checked_add(1)
        .is_some_and(|next| colon(index) && colon(next) && touch(&tokens[index], &tokens[next]))
}

/// Returns whether a global path may begin after this word.
fn is_keyword_before_path(word: &str) -> bool {
    matches!(
        word,
        "as" | "break"
            | "const"
            | "dyn"
            | "else"
            | "for"
            | "if"
            | "impl"
            | "in"
            | "let"
            | "match"
            | "move"
            | "mut"
            | "pub"
            | "ref"
            | "return"
            | "use"
            | "where"
            | "while"
    )
}

/// Returns the first token of each tree of a `use` list.
fn first_names(list: &[Token]) -> impl Iterator<Item = &Token> {
    let trees = list.split(|token| token.is_punct(','));
    trees.filter_map(|tree| tree.iter().find(|token| !token.is_punct(':')))
}
