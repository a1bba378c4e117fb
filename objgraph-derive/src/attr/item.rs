//! One item of a `#[tracked(…)]` list, cut out before anything is known about its meaning.
//!
//! The list is cut at its commas first, so that a mistake in one item does not hide the next.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt as _};
use syn::ext::IdentExt as _;
use syn::{Attribute, Meta};

use super::Place;
use crate::errors::Errors;

/// `name`, `name = …` or `name(…)`.
pub(super) struct Item {
    place: Place,
    pub(super) ident: Ident,
    /// All that follows the name.
    pub(super) rest: Option<TokenStream>,
}

/// Whether `attr` is ours.
pub(super) fn is_tracked(attr: &Attribute) -> bool {
    attr.path().is_ident("tracked")
}

/// Every item of every `#[tracked(…)]` among `attrs`.
pub(super) fn items(attrs: &[Attribute], place: Place, errors: &mut Errors) -> Vec<Item> {
    let mut items = Vec::new();
    for attr in attrs.iter().filter(|attr| is_tracked(attr)) {
        let Meta::List(list) = &attr.meta else {
            errors.on(
                attr,
                format_args!("expected `#[tracked(…)]`; {}", allowed(place)),
            );
            continue;
        };
        for part in split(list.tokens.clone()) {
            match Item::cut(part.clone(), place) {
                Some(item) => items.push(item),
                None => errors.on(
                    part,
                    format_args!("expected the name of an attribute; {}", allowed(place)),
                ),
            }
        }
    }
    items
}

/// Cuts a list at its commas, but not at those between angle brackets, or between the bars of a
/// closure that someone tries.
fn split(list: TokenStream) -> Vec<TokenStream> {
    let mut parts = Vec::new();
    let mut part = TokenStream::new();
    let mut depth = 0_usize;
    let mut in_bars = false;
    for token in list {
        if let TokenTree::Punct(punct) = &token {
            match punct.as_char() {
                ',' if depth == 0 && !in_bars => {
                    parts.push(std::mem::take(&mut part));
                    continue;
                }
                '|' => in_bars = !in_bars,
                '<' => depth += 1,
                '>' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        part.append(token);
    }
    parts.push(part);
    parts.retain(|part| !part.is_empty());
    parts
}

/// "allowed on …", the end of most errors here.
fn allowed(place: Place) -> String {
    format!("allowed on {}: {}", place.noun(), place.allowed())
}

impl Item {
    fn cut(part: TokenStream, place: Place) -> Option<Self> {
        let mut tokens = part.into_iter();
        let Some(TokenTree::Ident(ident)) = tokens.next() else {
            return None;
        };
        let rest: TokenStream = tokens.collect();
        Some(Self {
            place,
            ident,
            rest: (!rest.is_empty()).then_some(rest),
        })
    }

    /// The name as it is compared and told.
    pub(super) fn name(&self) -> String {
        self.ident.unraw().to_string()
    }

    /// What stands after `=`, if anything does.
    pub(super) fn assigned(&self) -> Option<TokenStream> {
        let mut tokens = self.rest.clone()?.into_iter();
        match tokens.next() {
            Some(TokenTree::Punct(punct)) if punct.as_char() == '=' => {
                let value: TokenStream = tokens.collect();
                (!value.is_empty()).then_some(value)
            }
            _ => None,
        }
    }

    /// Whether the name is the first of its kind at this place; if not, says so.
    pub(super) fn is_first(&self, seen: &mut Vec<String>, errors: &mut Errors) -> bool {
        let name = self.name();
        if seen.contains(&name) {
            errors.on(self, format_args!("`{name}` is given twice"));
            return false;
        }
        seen.push(name);
        true
    }

    /// Says that the name is unknown, or where it belongs.
    pub(super) fn refuse(&self, errors: &mut Errors) {
        let name = self.name();
        let home = match name.as_str() {
            "bound" | "crate" | "strict" | "label" | "no_label" => Some("on the type"),
            "with" | "back" => Some("on a field"),
            "skip" => Some("on a field or a variant"),
            _ => None,
        };
        let allowed = allowed(self.place);
        match home {
            Some(home) => errors.on(
                self,
                format_args!(
                    "`{name}` does not belong on {}, but {home}; {allowed}",
                    self.place.noun()
                ),
            ),
            None => errors.on(
                self,
                format_args!("unknown `tracked` attribute `{name}`; {allowed}"),
            ),
        }
    }
}

impl ToTokens for Item {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.ident.to_tokens(tokens);
        self.rest.to_tokens(tokens);
    }
}
