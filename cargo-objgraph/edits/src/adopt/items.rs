//! Derives and tests, as one would write them by hand.

use proc_macro2::Delimiter;

use crate::edit::{Edit, EditKind, Place};
use crate::head::{Attribute, Head};
use crate::instrument::{Region, Search};
use crate::tokens::{Kind, Token};

use super::Adoption;

/// The most characters of a `#[derive(…)]` on one line, and of its list on a line of its own, as
/// rustfmt has them.
const LINE_WIDTH: usize = 96;
const LIST_WIDTH: usize = 100;

impl Search<'_> {
    /// Returns the edit that adds the derive to the type's last `#[derive(…)]`, or a new one.
    pub(crate) fn derive_by_hand(
        &self,
        tokens: &[Token],
        head: &Head<'_>,
        kind: EditKind,
        region: &Region,
        adoption: Adoption,
    ) -> Edit {
        let tracked = format!("{}::Tracked", adoption.objgraph());
        let is_derive =
            |attribute: &&Attribute<'_>| attribute.is_direct && attribute.path() == ["derive"];
        let derive = head.attributes.iter().rfind(is_derive);
        let list = derive.and_then(|derive| {
            let list = derive.tokens.get(1)?;
            Some((derive.index, list, list.group(Delimiter::Parenthesis)?))
        });
        let Some((hash, list, items)) = list else {
            let at = tokens[head.after_attributes].range.start;
            let text = self.new_line(at, &format!("#[derive({tracked})]"), adoption);
            return Edit::insertion(at, text, kind, &region.place);
        };
        let range = tokens[hash].range.start..tokens[hash + 1].range.end;
        let source = &self.source[range.clone()];
        let has_comments = source.contains("//") || source.contains("/*");
        let indent = self
            .indent(range.start)
            .filter(|_| region.place == Place::Code && !has_comments);
        let mut names: Vec<&str> = items
            .split(|token| token.is_punct(','))
            .filter_map(|item| Some(item.first()?.range.start..item.last()?.range.end))
            .map(|range| &self.source[range])
            .collect();
        names.push(&tracked);
        let one_line = names.join(", ");
        let width = |indent: &str| indent.chars().count() + one_line.chars().count();
        match indent {
            Some(indent)
                if source.contains('\n') || width(indent) + "#[derive()]".len() > LINE_WIDTH =>
            {
                let deeper = format!("\n{indent}    ");
                let list = if width(indent) + "    ".len() <= LIST_WIDTH {
                    format!("{deeper}{one_line},")
                } else {
                    names
                        .iter()
                        .map(|name| format!("{deeper}{name},"))
                        .collect()
                };
                let text = format!("#[derive({list}\n{indent})]").replace('\n', adoption.newline);
                Edit {
                    range: range.clone(),
                    ..Edit::insertion(range.start, text, kind, &region.place)
                }
            }
            _ => {
                let (at, text) = match items.last() {
                    None => (list.range.start + 1, tracked),
                    Some(last) if last.is_punct(',') => (last.range.end, format!(" {tracked},")),
                    Some(last) => (last.range.end, format!(", {tracked}")),
                };
                Edit::insertion(at, text, kind, &region.place)
            }
        }
    }

    /// Returns the edit that makes a test of objgraph of a test. `first` is the first of its
    /// attributes that runs it.
    pub(crate) fn test_by_hand(
        &self,
        tokens: &[Token],
        first: usize,
        has_runner: bool,
        kind: EditKind,
        region: &Region,
        adoption: Adoption,
    ) -> Edit {
        let range = tokens[first].range.start..tokens[first + 1].range.end;
        let text = format!("#[{}::test]", adoption.objgraph());
        let edit = Edit::insertion(range.start, text.clone(), kind, &region.place);
        if has_runner {
            return Edit {
                text: self.new_line(range.start, &text, adoption),
                ..edit
            };
        }
        Edit { range, ..edit }
    }

    /// Returns `text` for an insertion at `at`: on a line of its own, if `at` begins a line.
    fn new_line(&self, at: usize, text: &str, adoption: Adoption) -> String {
        match self.indent(at) {
            Some(indent) => format!("{text}{}{indent}", adoption.newline),
            None => format!("{text} "),
        }
    }
}

/// Returns whether the type at `keyword` has no field, so that it holds no reference.
pub(crate) fn is_fieldless(tokens: &[Token], keyword: usize) -> bool {
    let mut rest = tokens[keyword + 1..].iter();
    let body = rest.find_map(|token| match &token.kind {
        Kind::Punct(';') => Some(&[][..]),
        Kind::Group(Delimiter::Parenthesis | Delimiter::Brace, fields) => Some(fields),
        _ => None,
    });
    let Some(body) = body else {
        return false;
    };
    let has_fields = |token: &Token| {
        token.group(Delimiter::Parenthesis).is_some() || token.group(Delimiter::Brace).is_some()
    };
    body.is_empty() || tokens[keyword].is_ident("enum") && !body.iter().any(has_fields)
}
