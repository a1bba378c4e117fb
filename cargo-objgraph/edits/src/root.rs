//! The edits that only the root of a crate needs: the guard in `main`, and the facade's declaration.

use proc_macro2::Delimiter;

use crate::edit::{Edit, EditKind, Place};
use crate::head::Head;
use crate::instrument::{Context, Edition, Region, Role, Search};
use crate::skipped::{Item, Reason};
use crate::test_fn::main_body;
use crate::tokens::Token;

impl Search<'_> {
    /// Finds the edit for the function whose `fn` is at `keyword`, if it is the program's `main`.
    pub(crate) fn main_fn(
        &mut self,
        tokens: &[Token],
        keyword: usize,
        region: &Region,
        context: &Context,
    ) {
        if context.role != Role::Program {
            return;
        }
        let Some(body) = main_body(tokens, keyword) else {
            return;
        };
        let head = Head::before(tokens, keyword, &region.fragments);
        if head.qualifiers.iter().any(|word| *word != "async") {
            return;
        }
        self.has_main = true;
        let inside = body.any_group().unwrap_or_default();
        let facade = &context.facade;
        let guard = format!("let __objgraph_guard = ::{facade}::__run::main_guard();");
        // A line comment that is an attribute ends at a line break.
        let (at, text) = match inner_attributes(inside) {
            0 => (body.range.start + 1, format!(" {guard}")),
            count => {
                let next = inside.get(count).map(|token| token.range.start);
                (next.unwrap_or(body.range.end - 1), format!("{guard} "))
            }
        };
        let subject = tokens[head.first].range.start..body.range.end;
        self.edits
            .push(Edit::insertion(at, text, EditKind::Guard, &region.place).of(subject));
    }

    /// Finds the edits for the whole file.
    pub(crate) fn root(&mut self, tokens: &[Token], context: &Context) {
        if context.role == Role::Program && !self.has_main {
            self.skip(Item::Main, 0, Reason::NoMain, &Region::default());
        }
        let needs_facade = context.edition == Edition::E2015 && context.role != Role::Module;
        let Some(first) = tokens
            .get(inner_attributes(tokens))
            .filter(|_| needs_facade)
        else {
            return;
        };
        // What the derive writes has paths like `::core::option::Option`.
        let has_core = self.source.contains("extern crate core") || self.source.contains("no_std");
        let core = if has_core { "" } else { "extern crate core; " };
        let text = format!("extern crate {}; {core}", context.facade);
        let at = first.range.start;
        self.edits.push(Edit::insertion(
            at,
            text,
            EditKind::ExternCrate,
            &Place::Code,
        ));
    }
}

/// Returns the number of tokens of the inner attributes at the start.
fn inner_attributes(tokens: &[Token]) -> usize {
    let is_attribute = |tokens: &&[Token]| {
        matches!(tokens, [hash, bang, group]
            if hash.is_punct('#') && bang.is_punct('!') && group.group(Delimiter::Bracket).is_some())
    };
    3 * tokens.chunks(3).take_while(is_attribute).count()
}
