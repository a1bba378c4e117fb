//! One item of a `#[tracked(…)]` list, before its name is checked.
//!
//! Splitting the list at commas first keeps an error in one item from hiding the next.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt as _};
use syn::ext::IdentExt as _;
use syn::{Attribute, Meta};

use super::AttrTarget;
use crate::errors::Errors;

/// `name`, `name = …` or `name(…)`.
pub(super) struct Item {
    target: AttrTarget,
    pub(super) ident: Ident,
    /// Everything after the name.
    pub(super) rest: Option<TokenStream>,
}

/// Returns whether the attribute is `#[tracked(…)]`.
pub(super) fn is_tracked(attr: &Attribute) -> bool {
    attr.path().is_ident("tracked")
}

/// Returns every item of the `#[tracked(…)]` attributes among `attrs`.
pub(super) fn items(attrs: &[Attribute], target: AttrTarget, errors: &mut Errors) -> Vec<Item> {
    let mut items = Vec::new();
    for attr in attrs.iter().filter(|attr| is_tracked(attr)) {
        let Meta::List(list) = &attr.meta else {
            errors.on(
                attr,
                format_args!("expected `#[tracked(…)]`; {}", allowed(target)),
            );
            continue;
        };
        for part in split(list.tokens.clone()) {
            match Item::parse(part.clone(), target) {
                Some(item) => items.push(item),
                None => errors.on(
                    part,
                    format_args!("expected the name of an attribute; {}", allowed(target)),
                ),
            }
        }
    }
    items
}

/// Splits a list at commas, except those between angle brackets or between the bars of a closure,
/// which users may try.
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

/// Returns "allowed on …", the end of most errors here.
fn allowed(target: AttrTarget) -> String {
    format!("allowed on {}: {}", target.noun(), target.allowed())
}

impl Item {
    fn parse(part: TokenStream, target: AttrTarget) -> Option<Self> {
        let mut tokens = part.into_iter();
        let Some(TokenTree::Ident(ident)) = tokens.next() else {
            return None;
        };
        let rest: TokenStream = tokens.collect();
        Some(Self {
            target,
            ident,
            rest: (!rest.is_empty()).then_some(rest),
        })
    }

    /// Returns the name, for comparisons and messages.
    pub(super) fn name(&self) -> String {
        self.ident.unraw().to_string()
    }

    /// Returns the tokens after `=`, if there are any.
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

    /// Returns whether the name is the first of its kind on this target, and reports it otherwise.
    pub(super) fn is_first(&self, seen: &mut Vec<String>, errors: &mut Errors) -> bool {
        let name = self.name();
        if seen.contains(&name) {
            errors.on(self, format_args!("`{name}` is given twice"));
            return false;
        }
        seen.push(name);
        true
    }

    /// Reports that the name is unknown, or where it belongs.
    pub(super) fn refuse(&self, errors: &mut Errors) {
        let name = self.name();
        let home = match name.as_str() {
            "bound" | "crate" | "strict" | "label" | "no_label" => Some("on the type"),
            "with" | "back" => Some("on a field"),
            "skip" => Some("on a field or a variant"),
            _ => None,
        };
        let allowed = allowed(self.target);
        match home {
            Some(home) => errors.on(
                self,
                format_args!(
                    "`{name}` belongs {home}, not on {}; {allowed}",
                    self.target.noun()
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
