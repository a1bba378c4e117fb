//! Definitions and calls of macros.

use proc_macro2::Delimiter;

use crate::edit::Place;
use crate::head::{Fragments, Head};
use crate::instrument::{Region, Search};
use crate::tokens::{Kind, Token};

/// Macros that pass items with their attributes through, beside `cfg_if!`, which has
/// `if #[cfg(…)] { … }`, and those whose names begin with `cfg_`.
const ITEM_MACROS: &[&str] = &["feature", "paste", "pin_project"];

/// Macros that pass the attributes of tests through, and replace the tests' parameters.
const TEST_MACROS: &[&str] = &["proptest"];

impl Search<'_> {
    /// Searches the macro that is defined or called at `index`. Returns the index after it; `None`
    /// if there is no macro.
    pub(crate) fn macros(
        &mut self,
        tokens: &[Token],
        index: usize,
        region: &Region,
    ) -> Option<usize> {
        let word = tokens[index].ident()?;
        match (word, &tokens[index + 1..]) {
            ("macro_rules", [bang, name, rules, ..])
                if bang.is_punct('!') && name.ident().is_some() =>
            {
                let head = Head::before(tokens, index, &region.fragments);
                let place = Place::MacroRules {
                    name: name.ident()?.to_owned(),
                    is_exported: head.attributes.iter().any(|attribute| {
                        attribute
                            .tokens
                            .iter()
                            .any(|token| token.is_ident("macro_export"))
                    }),
                };
                self.rules(rules.any_group()?, &place, region);
                Some(index + 4)
            }
            // A macro of the unstable kind.
            ("macro", [name, rest @ ..]) if name.ident().is_some() => {
                let groups = rest.iter().take_while(|token| token.any_group().is_some());
                match groups.count() {
                    0 => None,
                    count => Some(index + 2 + count.min(2)),
                }
            }
            (name, [bang, arguments, ..]) if bang.is_punct('!') && !is_keyword(name) => {
                self.arguments(name, arguments.any_group()?, region);
                Some(index + 3)
            }
            _ => None,
        }
    }

    /// Searches what each rule expands to.
    fn rules(&mut self, rules: &[Token], place: &Place, region: &Region) {
        for at in 1..rules.len().saturating_sub(2) {
            let is_arrow = rules[at].is_punct('=') && rules[at + 1].is_punct('>');
            let (Some(matcher), true) = (rules[at - 1].any_group(), is_arrow) else {
                continue;
            };
            let mut fragments = region.fragments.clone();
            collect_fragments(matcher, &mut fragments);
            let region = Region {
                fragments,
                place: place.clone(),
                unknown_macro: region.unknown_macro.clone(),
                passes_tests: region.passes_tests,
                ..Region::default()
            };
            self.search(rules[at + 2].any_group().unwrap_or_default(), &region);
        }
    }

    fn arguments(&mut self, name: &str, arguments: &[Token], region: &Region) {
        let has_branches = matches!(arguments, [first, hash, attribute, ..]
            if first.is_ident("if")
                && hash.is_punct('#')
                && attribute.group(Delimiter::Bracket).is_some());
        let passes_items = has_branches || ITEM_MACROS.contains(&name) || name.starts_with("cfg_");
        let passes_tests = passes_items || TEST_MACROS.contains(&name);
        let place = match &region.place {
            Place::MacroRules { .. } => region.place.clone(),
            _ => Place::Arguments {
                name: name.to_owned(),
            },
        };
        let unknown_macro = (!passes_items).then(|| name.to_owned());
        let region = Region {
            fragments: region.fragments.clone(),
            place,
            unknown_macro: region.unknown_macro.clone().or(unknown_macro),
            passes_tests: passes_tests && region.passes_tests,
            supplies_parameters: TEST_MACROS.contains(&name),
            root_levels: match region.root_levels {
                0 => 0,
                _ if has_branches => 2,
                _ if passes_items => 1,
                _ => 0,
            },
        };
        self.search(arguments, &region);
    }
}

/// Collects `$name:fragment` of a matcher.
fn collect_fragments(matcher: &[Token], fragments: &mut Fragments) {
    for (at, token) in matcher.iter().enumerate() {
        if let Kind::Group(_, inside) = &token.kind {
            collect_fragments(inside, fragments);
        }
        let [dollar, name, colon, fragment, ..] = &matcher[at..] else {
            continue;
        };
        if !dollar.is_punct('$') || !colon.is_punct(':') {
            continue;
        }
        if let (Some(name), Some(fragment)) = (name.ident(), fragment.ident()) {
            fragments.insert(name.to_owned(), fragment.to_owned());
        }
    }
}

/// Returns whether `word !` is a negation after the word, and not a call of a macro.
fn is_keyword(word: &str) -> bool {
    matches!(
        word,
        "as" | "await"
            | "box"
            | "break"
            | "const"
            | "else"
            | "for"
            | "if"
            | "impl"
            | "in"
            | "let"
            | "loop"
            | "match"
            | "move"
            | "mut"
            | "ref"
            | "return"
            | "unsafe"
            | "while"
            | "yield"
    )
}

/// Returns the tokens in brackets of the attribute at `index`, and whether it is an inner one.
pub(crate) fn attribute_length(tokens: &[Token], index: usize) -> Option<usize> {
    let is_brackets = |at: usize| {
        let token: Option<&Token> = tokens.get(at);
        token.is_some_and(|token| token.group(Delimiter::Bracket).is_some())
    };
    match tokens.get(index + 1) {
        _ if !tokens[index].is_punct('#') => None,
        Some(token) if token.is_punct('!') => is_brackets(index + 2).then_some(3),
        _ => is_brackets(index + 1).then_some(2),
    }
}
