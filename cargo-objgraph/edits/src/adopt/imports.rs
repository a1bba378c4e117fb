//! Imports of std's pointers, which become those of objgraph.

use std::ops::Range;

use crate::edit::{Edit, EditKind, Place};
use crate::head::Head;
use crate::instrument::{Region, Search};
use crate::paths::{is_head, is_path_separator};
use crate::skipped::{Item, Reason};
use crate::tokens::{Kind, Token};

use super::Adoption;
use super::use_tree::UseTree;

/// A `use` of the source.
struct Use {
    /// From its attributes to its semicolon.
    range: Range<usize>,
    /// Its attributes and its visibility.
    before: String,
    tree: UseTree,
}

impl Search<'_> {
    /// Finds the edits for all `use` among `tokens`.
    pub(crate) fn imports(&mut self, tokens: &[Token], region: &Region, adoption: Adoption) {
        if !is_own_code(region) {
            return;
        }
        let mut group: Vec<Use> = Vec::new();
        for index in 0..tokens.len() {
            let Some(found) = self.import(tokens, index, region) else {
                continue;
            };
            let is_next = group.last().is_some_and(|last| {
                let between = &self.source[last.range.end..found.range.start];
                between.trim().is_empty() && between.matches('\n').count() == 1
            });
            if !is_next {
                self.group(std::mem::take(&mut group), region, adoption);
            }
            group.push(found);
        }
        self.group(group, region, adoption);
    }

    /// Returns the `use` at `index`, if its tree is nothing but names.
    fn import(&self, tokens: &[Token], index: usize, region: &Region) -> Option<Use> {
        if !tokens[index].is_ident("use") {
            return None;
        }
        let statement = &tokens[index..index + use_length(&tokens[index..])?];
        let [_, tree @ .., semicolon] = statement else {
            return None;
        };
        let tree = UseTree::parse(tree)?;
        let head = Head::before(tokens, index, &region.fragments);
        let start = tokens[head.first].range.start;
        Some(Use {
            range: start..semicolon.range.end,
            before: self.source[start..tokens[index].range.start].to_owned(),
            tree,
        })
    }

    /// Replaces a group of `use` without anything between, so that it stays sorted.
    fn group(&mut self, group: Vec<Use>, region: &Region, adoption: Adoption) {
        let is_sorted = group.is_sorted_by(|a, b| a.tree.order(&b.tree).is_le());
        // The statements of the new group, each with its text if that is the source's.
        let mut statements: Vec<(UseTree, String, Option<Range<usize>>)> = Vec::new();
        let mut ours = Vec::new();
        let (Some(first), Some(last)) = (group.first(), group.last()) else {
            return;
        };
        let range = first.range.start..last.range.end;
        for import in group {
            let split = import.tree.clone().split(adoption.uses_sync);
            let text = &self.source[import.range.clone()];
            let Some(our_tree) = split.ours else {
                statements.push((import.tree, import.before, Some(import.range)));
                continue;
            };
            if text.contains("//") || text.contains("/*") {
                let item = Item::Import(text.to_owned());
                self.skip(item, import.range.start, Reason::Comment, region);
                statements.push((import.tree, import.before, Some(import.range)));
                continue;
            }
            let list = if is_sorted {
                &mut ours
            } else {
                &mut statements
            };
            list.push((our_tree, import.before.clone(), None));
            statements.extend(split.rest.map(|tree| (tree, import.before, None)));
        }
        if statements.iter().all(|(.., source)| source.is_some()) && ours.is_empty() {
            return;
        }
        if is_sorted {
            statements.extend(ours);
            // Stable, so that what rustfmt holds for equal keeps its order.
            statements.sort_by(|a, b| a.0.order(&b.0));
        }
        let indent = self.indent(range.start).unwrap_or_default().to_owned();
        let texts: Vec<String> = statements
            .into_iter()
            .map(|(tree, before, source)| match source {
                Some(range) => self.source[range].to_owned(),
                None => tree
                    .statement(&before, &indent)
                    .replace('\n', adoption.newline),
            })
            .collect();
        let is_on_lines =
            self.source[range.clone()].contains('\n') || self.indent(range.start).is_some();
        let separator = if is_on_lines {
            format!("{}{indent}", adoption.newline)
        } else {
            " ".to_owned()
        };
        let text = texts.join(&separator);
        self.edits.push(Edit {
            range: range.clone(),
            ..Edit::insertion(range.start, text, EditKind::Import, &region.place).of(range)
        });
    }

    /// Finds the edit for the path whose head is at `index`, outside of a `use`.
    pub(crate) fn pointer_path(
        &mut self,
        tokens: &[Token],
        index: usize,
        region: &Region,
        adoption: Adoption,
    ) {
        let name = |distance: usize| tokens.get(index + distance).and_then(Token::ident);
        let is_pointer = matches!(
            (name(3), name(6)),
            (Some("rc"), Some("Rc" | "Weak")) | (Some("sync"), Some("Arc" | "Weak"))
        );
        let is_path = is_path_separator(tokens, index + 1) && is_path_separator(tokens, index + 4);
        if !(is_head(tokens, index) && is_path && is_pointer && is_own_code(region)) {
            return;
        }
        let is_global = is_path_separator(tokens, index.wrapping_sub(2));
        let range = tokens[index].range.clone();
        let colon = if self.source[..range.start].ends_with(':') {
            " "
        } else {
            ""
        };
        let text = match is_global {
            true => "objgraph".to_owned(),
            false => format!("{colon}{}", adoption.objgraph()),
        };
        self.edits.push(Edit {
            range: range.clone(),
            ..Edit::insertion(range.start, text, EditKind::Import, &region.place).of(range)
        });
    }

    /// Returns the white space before `at`, if nothing else is before it on its line.
    pub(crate) fn indent(&self, at: usize) -> Option<&str> {
        let before = &self.source[..at];
        let line = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
        line.trim().is_empty().then_some(line)
    }
}

/// Returns whether a path in these tokens leads through a module `sync` of the file to `Arc` or
/// `Weak`.
pub(crate) fn uses_sync(tokens: &[Token]) -> bool {
    tokens
        .iter()
        .enumerate()
        .any(|(index, token)| match &token.kind {
            Kind::Group(_, inside) => uses_sync(inside),
            Kind::Ident(name) if name == "sync" => {
                !is_path_separator(tokens, index.wrapping_sub(2))
                    && is_path_separator(tokens, index + 1)
                    && tokens
                        .get(index + 3)
                        .is_some_and(|token| token.is_ident("Arc") || token.is_ident("Weak"))
            }
            _ => false,
        })
}

/// Returns the number of tokens of the statement that `use` begins; `None` if that is `use<'a>`.
pub(crate) fn use_length(tokens: &[Token]) -> Option<usize> {
    let is_statement = !tokens.get(1)?.is_punct('<');
    let end = tokens.iter().position(|token| token.is_punct(';'))?;
    is_statement.then_some(end + 1)
}

/// Returns whether the tokens are code of this crate: no other crate expands them, and no macro
/// takes them as text.
fn is_own_code(region: &Region) -> bool {
    let is_text = |name: &String| name.contains("quote") || name == "stringify";
    !is_exported(&region.place) && !region.unknown_macro.as_ref().is_some_and(is_text)
}

/// Returns whether other crates expand what lies here.
pub(crate) fn is_exported(place: &Place) -> bool {
    matches!(
        place,
        Place::MacroRules {
            is_exported: true,
            ..
        }
    )
}
