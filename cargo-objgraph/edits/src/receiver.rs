//! `self: &Rc<Self>`, which stable Rust allows for std's pointers only, as an associated function.

use std::ops::Range;

use proc_macro2::Delimiter;

use crate::edit::{Edit, EditKind, Place};
use crate::instrument::on_large_stack;
use crate::paths::is_path_separator;
use crate::tokens::{Kind, Token, tokens};
use crate::type_item::name;
use crate::unparsed::Unparsed;

/// The edits that turn a method into an associated function.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Receiver {
    /// `self` gets another name, in the parameters and in the body. The edits belong together.
    pub edits: Vec<Edit>,
    /// The name of the method.
    pub function: String,
    /// Whether the receiver is a reference, as in `self: &Rc<Self>`, so that calls borrow it.
    pub is_reference: bool,
}

/// Finds the edits that rename `self` in the method whose parameters are around the byte `offset`,
/// so that `self: &Rc<Self>` becomes `this: &Rc<Self>`. Returns `None` if there is no such method, or
/// if a trait demands its `self`.
///
/// # Errors
///
/// If the source is not a sequence of Rust's tokens.
///
/// ```
/// use objgraph_edits::{apply, receiver};
///
/// let source = "impl App { fn id(self: &Rc<Self>) -> u32 { self.id } }";
/// let receiver = receiver(source, source.find("&Rc").unwrap())?.unwrap();
/// assert_eq!(
///     apply(source, &receiver.edits).text,
///     "impl App { fn id(this: &Rc<Self>) -> u32 { this.id } }"
/// );
/// # Ok::<(), objgraph_edits::Unparsed>(())
/// ```
pub fn receiver(source: &str, offset: usize) -> Result<Option<Receiver>, Unparsed> {
    on_large_stack(|| Ok(method(source, &tokens(source)?, offset, false)))
}

/// Returns the edit of a call `value.method(…)` of such a function: `path(&value, …)`. `call` has the
/// bytes of the call and `method` those of the method's name. `path` is the function, as in
/// `App::open`. Returns `None` if that is no such call.
///
/// ```
/// use objgraph_edits::{apply, associated_call};
///
/// let source = "let w = app.borrow().open(id);";
/// let edit = associated_call(source, 8..29, 21..25, "App::open", true).unwrap();
/// assert_eq!(apply(source, [&edit]).text, "let w = App::open(&app.borrow(), id);");
/// ```
pub fn associated_call(
    source: &str,
    call: Range<usize>,
    method: Range<usize>,
    path: &str,
    is_reference: bool,
) -> Option<Edit> {
    let value = source
        .get(call.start..method.start)?
        .trim_end()
        .strip_suffix('.')?
        .trim_end();
    // The arguments, after generic ones.
    let rest = source.get(method.end..call.end)?;
    let open = on_large_stack(|| {
        let tokens = tokens(rest).ok()?;
        let last = tokens.last()?;
        last.group(Delimiter::Parenthesis)?;
        Some(last.range.start)
    })?;
    let (generic, arguments) = rest.split_at(open);
    let arguments = arguments.strip_prefix('(')?;
    let borrow = if is_reference { "&" } else { "" };
    let comma = if arguments.trim_start().starts_with(')') {
        ""
    } else {
        ", "
    };
    let text = format!(
        "{path}{generic}({borrow}{value}{comma}{}",
        arguments.trim_start()
    );
    Some(Edit::repair(call, text))
}

/// Searches the innermost method around `offset`. `is_trait` says whether a trait demands its
/// `self`.
fn method(source: &str, tokens: &[Token], offset: usize, is_trait: bool) -> Option<Receiver> {
    let at = tokens
        .iter()
        .position(|token| token.range.contains(&offset))?;
    let inside = tokens[at].any_group()?;
    let start = item_start(tokens, at);
    let before = &tokens[start..at];
    let keyword = before.iter().position(|token| token.is_ident("fn"));
    match (keyword, tokens[at].group(Delimiter::Parenthesis)) {
        (Some(keyword), Some(_)) if !is_trait => {
            return rename(source, &tokens[start + keyword..], inside);
        }
        _ => {}
    }
    let is_trait = before.iter().enumerate().any(|(at, token)| {
        let is_for =
            token.is_ident("for") && !before.get(at + 1).is_some_and(|next| next.is_punct('<'));
        token.is_ident("trait") || is_for && before.iter().any(|token| token.is_ident("impl"))
    });
    method(source, inside, offset, is_trait)
}

/// Returns the index of the first token of the item that has the token at `at`.
fn item_start(tokens: &[Token], at: usize) -> usize {
    let ends = |token: &Token| token.is_punct(';') || token.group(Delimiter::Brace).is_some();
    tokens[..at].iter().rposition(ends).map_or(0, |end| end + 1)
}

/// Renames `self` in the function whose `fn` is the first of `function`.
fn rename(source: &str, function: &[Token], parameters: &[Token]) -> Option<Receiver> {
    let index = parameters.iter().position(|token| token.is_ident("self"))?;
    let [parameter, colon, first, ..] = &parameters[index..] else {
        return None;
    };
    if !colon.is_punct(':') {
        return None;
    }
    let body = function
        .iter()
        .find_map(|token| token.group(Delimiter::Brace))?;
    let mut names = ["this", "receiver", "handle", "me"].into_iter();
    let new = names.find(|name| !mentions(body, name) && !mentions(parameters, name))?;
    let mut ranges = vec![(parameter.range.clone(), new.to_owned())];
    rename_in(source, body, new, &mut ranges);
    let subject = function[0].range.start
        ..function
            .iter()
            .find(|token| token.group(Delimiter::Brace).is_some())?
            .range
            .end;
    let edits = ranges.into_iter().map(|(range, text)| Edit {
        range: range.clone(),
        ..Edit::insertion(range.start, text, EditKind::Repair, &Place::Code).of(subject.clone())
    });
    Some(Receiver {
        edits: edits.collect(),
        function: name(function, 1)?,
        is_reference: first.is_punct('&'),
    })
}

fn mentions(tokens: &[Token], name: &str) -> bool {
    tokens.iter().any(|token| match &token.kind {
        Kind::Group(_, inside) => mentions(inside, name),
        _ => token.is_ident(name),
    })
}

fn rename_in(source: &str, tokens: &[Token], new: &str, ranges: &mut Vec<(Range<usize>, String)>) {
    for (at, token) in tokens.iter().enumerate() {
        match &token.kind {
            // `self::path` is a module.
            Kind::Ident(name) if name == "self" && !is_path_separator(tokens, at + 1) => {
                ranges.push((token.range.clone(), new.to_owned()));
            }
            // `{self}` in a format string.
            Kind::Literal => {
                let text = &source[token.range.clone()];
                let new_text = rename_in_format(text, new);
                if text != new_text {
                    ranges.push((token.range.clone(), new_text));
                }
            }
            // An item in the body has a `self` of its own.
            Kind::Group(delimiter, inside) => {
                let before = &tokens[item_start(tokens, at)..at];
                let is_item = before.iter().any(|token| {
                    ["impl", "trait", "fn"]
                        .iter()
                        .any(|word| token.is_ident(word))
                });
                if *delimiter != Delimiter::Brace || !is_item {
                    rename_in(source, inside, new, ranges);
                }
            }
            _ => {}
        }
    }
}

/// Renames `{self}` and `{self:?}`, and not `{{self}`, which is text.
fn rename_in_format(text: &str, new: &str) -> String {
    let mut result = String::new();
    for (at, part) in text.split("{self").enumerate() {
        if at > 0 {
            let is_escaped = result
                .bytes()
                .rev()
                .take_while(|byte| *byte == b'{')
                .count()
                % 2
                == 1;
            let is_name = part.starts_with(['}', ':']) && !is_escaped;
            result += if is_name { "{" } else { "{self" };
            result += if is_name { new } else { "" };
        }
        result += part;
    }
    result
}
