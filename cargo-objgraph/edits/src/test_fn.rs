//! Tests, which are checked for leaks.

use proc_macro2::Delimiter;

use crate::adopt::is_exported;
use crate::edit::{Edit, EditKind};
use crate::head::{Attribute, Head};
use crate::instrument::{Goal, Region, Search};
use crate::skipped::{Item, Reason};
use crate::tokens::{Kind, Token};
use crate::type_item::name;

/// Attributes that run a function as a test, and are not called `test`.
const RUNNERS: &[&str] = &[
    "async_test",
    "gtest",
    "parameterized",
    "quickcheck",
    "rstest",
    "test_case",
    "test_matrix",
    "traced_test",
];

impl Search<'_> {
    /// Finds the edit for the function whose `fn` is at `keyword`, if it is a test.
    pub(crate) fn test_fn(&mut self, tokens: &[Token], keyword: usize, region: &Region) {
        let Some(name) = name(tokens, keyword + 1) else {
            return;
        };
        let head = Head::before(tokens, keyword, &region.fragments);
        // It must be above every attribute that runs the function.
        let mut direct = head
            .attributes
            .iter()
            .filter(|attribute| attribute.is_direct);
        let Some(first) =
            direct.find(|attribute| is_builtin(**attribute) || is_runner(**attribute))
        else {
            return;
        };
        let mut function = Function::new(tokens, keyword);
        function.has_parameters &= !region.supplies_parameters;
        let subject = tokens[head.first].range.start..function.end;
        let is_lost = matches!(self.goal, Goal::Adopt(_)) && is_exported(&region.place);
        let exported = is_lost.then_some(Reason::ExportedMacro);
        if let Some(reason) = refusal(&head, &function).or(exported) {
            self.skip(Item::Test(name), subject.start, reason, region);
            return;
        }
        let kind = EditKind::Test { name };
        let edit = match self.goal {
            Goal::Instrument(context) => {
                let objgraph = context.objgraph();
                let text = format!("#[{objgraph}::test(crate = {objgraph})] ");
                let at = tokens[first.index].range.start;
                Edit::insertion(at, text, kind, &region.place)
            }
            Goal::Adopt(adoption) => {
                let has_runner = head
                    .attributes
                    .iter()
                    .any(|attribute| is_runner(*attribute));
                self.test_by_hand(tokens, first.index, has_runner, kind, region, adoption)
            }
        };
        self.edits.push(edit.of(subject));
    }
}

/// The parts of a function after its name.
struct Function<'a> {
    has_parameters: bool,
    /// The type that it returns; empty for `()`.
    output: &'a [Token],
    /// The offset after the body.
    end: usize,
}

impl<'a> Function<'a> {
    fn new(tokens: &'a [Token], keyword: usize) -> Self {
        let rest = &tokens[keyword..];
        let index = |is: &dyn Fn(&Token) -> bool| rest.iter().position(is).unwrap_or(rest.len());
        let parameters = index(&|token| token.group(Delimiter::Parenthesis).is_some());
        let body = index(&|token| token.group(Delimiter::Brace).is_some() || token.is_punct(';'));
        let signature = &rest[parameters.min(body)..body];
        let is_empty = |token: &Token| token.any_group().is_some_and(<[Token]>::is_empty);
        let output = match signature {
            [_, minus, angle, output @ ..] if minus.is_punct('-') && angle.is_punct('>') => output,
            _ => &[],
        };
        let ends = |token: &Token| token.is_ident("where") || token.is_punct('$');
        let output = &output[..output.iter().position(ends).unwrap_or(output.len())];
        Self {
            has_parameters: !signature.first().is_some_and(is_empty),
            output: match output {
                [unit] if is_empty(unit) => &[],
                _ => output,
            },
            end: rest
                .get(body)
                .or(rest.last())
                .map_or(0, |token| token.range.end),
        }
    }
}

/// Returns why `#[objgraph::test]` does not accept the function.
fn refusal(head: &Head<'_>, function: &Function<'_>) -> Option<Reason> {
    let has = |word| head.qualifiers.contains(&word);
    let path = |name: &str| {
        let mut attributes = head.attributes.iter();
        attributes.any(|attribute| attribute.path().contains(&name))
    };
    let has_runner = head
        .attributes
        .iter()
        .any(|attribute| is_runner(*attribute));
    let signature = |what| Some(Reason::Signature(what));
    if path("objgraph") {
        return Some(Reason::ByHand);
    }
    if has("unsafe") {
        return signature("the test is `unsafe`");
    }
    if !has_runner && has("async") {
        return signature("nothing runs the `async` test");
    }
    if !has_runner && function.has_parameters {
        return signature("nothing supplies the test's parameters");
    }
    if path("should_panic") && !function.output.is_empty() {
        return signature("a test that should panic returns a value");
    }
    if has_runner
        && function
            .output
            .first()
            .is_some_and(|first| first.is_ident("impl"))
    {
        return signature("a closure cannot return the test's `impl`");
    }
    None
}

/// Returns whether it is `#[test]`, or a path of it that other attributes write.
fn is_builtin(attribute: Attribute<'_>) -> bool {
    matches!(
        *attribute.path(),
        ["test"] | ["core" | "std", "prelude", _, "test"]
    )
}

/// Returns whether it runs the function as a test, as the attribute of a runtime does.
fn is_runner(attribute: Attribute<'_>) -> bool {
    match *attribute.path() {
        [name] => RUNNERS.contains(&name),
        [.., last] => last == "test" && !is_builtin(attribute) || RUNNERS.contains(&last),
        [] => false,
    }
}

/// Returns whether the tokens at `keyword` declare `fn main() { … }`, and the braces' tokens.
pub(crate) fn main_body(tokens: &[Token], keyword: usize) -> Option<&Token> {
    let [_, name, parameters, ..] = &tokens[keyword..] else {
        return None;
    };
    let is_main = name.is_ident("main") && parameters.group(Delimiter::Parenthesis)?.is_empty();
    let mut rest = tokens[keyword + 3..].iter();
    let body = rest.find(|token| {
        matches!(
            token.kind,
            Kind::Group(Delimiter::Brace, _) | Kind::Punct(';')
        )
    })?;
    (is_main && body.group(Delimiter::Brace).is_some()).then_some(body)
}
