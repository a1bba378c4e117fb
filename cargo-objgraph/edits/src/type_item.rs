//! Structs and enums, which get a derive.

use proc_macro2::Delimiter;

use crate::adopt::{is_exported, is_fieldless};
use crate::edit::{Edit, EditKind};
use crate::head::Head;
use crate::instrument::{Goal, Region, Search};
use crate::skipped::{Item, Reason};
use crate::tokens::{Kind, Token};

impl Search<'_> {
    /// Finds the edit for the type whose keyword is at `keyword`, if that is one.
    pub(crate) fn type_item(&mut self, tokens: &[Token], keyword: usize, region: &Region) {
        let Some(name) = name(tokens, keyword + 1) else {
            return;
        };
        let head = Head::before(tokens, keyword, &region.fragments);
        let subject = tokens[head.first].range.start..end(tokens, keyword);
        let reason = if let Some(name) = &region.unknown_macro {
            Some(Reason::UnknownMacro(name.clone()))
        } else if tokens[keyword].is_ident("union") {
            Some(Reason::Union)
        } else if head.has("repr", "packed") {
            Some(Reason::Packed)
        } else if head.has("derive", "Tracked") {
            Some(Reason::ByHand)
        } else if let Goal::Adopt(_) = self.goal {
            refusal(tokens, keyword, &head, region)
        } else {
            None
        };
        if let Some(reason) = reason {
            self.skip(Item::Type(name), subject.start, reason, region);
            return;
        }
        let kind = EditKind::Derive { type_name: name };
        let edit = match self.goal {
            Goal::Instrument(context) => {
                let objgraph = context.objgraph();
                let at = tokens[head.after_attributes].range.start;
                let text =
                    format!("#[derive({objgraph}::Tracked)] #[tracked(crate = {objgraph})] ");
                Edit::insertion(at, text, kind, &region.place)
            }
            Goal::Adopt(adoption) => self.derive_by_hand(tokens, &head, kind, region, adoption),
        };
        self.edits.push(edit.of(subject));
    }
}

/// Returns why the type needs no derive for good, or cannot have one.
fn refusal(tokens: &[Token], keyword: usize, head: &Head<'_>, region: &Region) -> Option<Reason> {
    if is_exported(&region.place) {
        Some(Reason::ExportedMacro)
    } else if head.has("derive", "Copy") || is_fieldless(tokens, keyword) {
        Some(Reason::NoReferences)
    } else {
        None
    }
}

/// Returns the name at `index`: an identifier, or `$name` in the definition of a macro.
pub(crate) fn name(tokens: &[Token], index: usize) -> Option<String> {
    let token = tokens.get(index)?;
    if let Some(name) = token.ident() {
        return Some(name.strip_prefix("r#").unwrap_or(name).to_owned());
    }
    match &token.kind {
        Kind::Punct('$') => Some(format!("${}", tokens.get(index + 1)?.ident()?)),
        // `[<Prefix $name>]` of the crate paste.
        Kind::Group(Delimiter::Bracket, inside) if inside.first()?.is_punct('<') => {
            Some(inside.iter().filter_map(Token::ident).collect())
        }
        _ => None,
    }
}

/// Returns the offset after the type: after its braces or its semicolon.
fn end(tokens: &[Token], keyword: usize) -> usize {
    let mut angles = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(keyword) {
        let is_arrow = tokens[at - usize::from(at > 0)].is_punct('-');
        match &token.kind {
            Kind::Punct('<') => angles += 1,
            Kind::Punct('>') if !is_arrow => angles = angles.saturating_sub(1),
            Kind::Punct(';') => return token.range.end,
            Kind::Group(Delimiter::Brace, _) if angles == 0 => return token.range.end,
            _ => {}
        }
    }
    tokens.last().map_or(0, |token| token.range.end)
}
