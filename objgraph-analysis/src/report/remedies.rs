//! The remedies for blind spots, as code that is ready to paste.

use std::collections::BTreeSet;
use std::fmt;

use super::reader::{command_text, runs_command};
use crate::analysis::Remedy;

/// The remedy for a field whose type cannot be changed.
const MARK: &str = "mark the field #[tracked(with = …)], or #[tracked(skip)] if it holds no Rc";

/// A remedy for values of a type, as text.
struct RemedyText<'r> {
    remedy: &'r Remedy,
    /// The full name of the type.
    type_name: &'r str,
    /// Whether the values are in a field of an object, rather than objects themselves.
    is_in_field: bool,
}

impl fmt::Display for RemedyText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !crate::HAS_OBJECTS {
            return f.write_str(super::off());
        }
        match self.remedy {
            Remedy::Derive(path) if !names(self.type_name, path) => {
                write!(f, "derive `Tracked` on {path}")
            }
            Remedy::Derive(_) => write!(f, "derive `Tracked` on it"),
            Remedy::Register {
                written,
                within: None,
            } => write!(f, "objgraph::register!({written})"),
            Remedy::Register {
                written,
                within: Some(function),
            } => write!(f, "objgraph::register!({written}), in `{function}`"),
            Remedy::Feature(feature) => write!(
                f,
                "in Cargo.toml: objgraph = {{ version = \"{}.{}\", features = [\"{feature}\"] }}",
                env!("CARGO_PKG_VERSION_MAJOR"),
                env!("CARGO_PKG_VERSION_MINOR")
            ),
            Remedy::Capture(object) if object.is_empty() => {
                write!(f, "make the closure with `objgraph::capture!`")
            }
            Remedy::Capture(object) => write!(
                f,
                "make it with `objgraph::capture!`, as an objgraph::{}<dyn {object}>",
                if object.contains("Send") {
                    "SharedCapture"
                } else {
                    "Capture"
                }
            ),
            Remedy::Future(object) => write!(
                f,
                "make it with `objgraph::future!`, as an objgraph::{}<dyn {object}>",
                if object.contains("Send") {
                    "SharedFuture"
                } else {
                    "LocalFuture"
                }
            ),
            Remedy::Supertrait(object) => write!(
                f,
                "make `objgraph::Tracked` a supertrait of {}, and add `{}`",
                object.split([' ', '<']).next().unwrap_or(object),
                visit_of_boxes(object)
            ),
            Remedy::OwnPointer => write!(
                f,
                "use a pointer of objgraph in place of std's, with `objgraph::unsize!`"
            ),
            Remedy::Bound => write!(
                f,
                "on the type with the field, #[tracked(bound = \"S: objgraph::Tracked\")] for \
                 its parameter S, since a closure has no name to register"
            ),
            Remedy::Call => write!(
                f,
                "call `objgraph::refs(&*it)` where it is made: a closure has no name to register"
            ),
            Remedy::ValueInAny => {
                write!(f, "objgraph::register!(…) with the type of the value in it")
            }
            Remedy::OneCopy => write!(f, "have all crates depend on one version of objgraph"),
            Remedy::Choose => write!(
                f,
                "call `objgraph::tracking::all()` before it is made, or `objgraph::watch(&pointer)`"
            ),
            Remedy::WatchTask => write!(
                f,
                "call `objgraph::watch(&task)` for the `Arc` that it wakes"
            ),
            Remedy::Channel if self.is_in_field => write!(
                f,
                "items in a channel cannot be traced; mark the field #[tracked(skip)] if they hold \
                 no Rc"
            ),
            Remedy::Channel => write!(f, "items in a channel cannot be traced"),
            Remedy::With if self.is_in_field => write!(f, "{MARK}"),
            Remedy::With => write!(f, "it stays opaque"),
        }
    }
}

/// Returns the impl that visits boxes of a trait object.
fn visit_of_boxes(object: &str) -> String {
    format!(
        "impl objgraph::Visit for Box<dyn {object}> {{ \
         fn visit<'a>(&'a self, visitor: &mut objgraph::Visitor<'a>) {{ (**self).visit(visitor) }} }}"
    )
}

/// Returns whether a full name names the type with this path.
fn names(full_name: &str, path: &str) -> bool {
    let rest = full_name.strip_prefix(path);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('<'))
}

/// Returns all remedies for a type, in the order in which to apply them.
pub(super) fn remedies_text(remedies: &[Remedy], type_name: &str, is_in_field: bool) -> String {
    if runs_command() {
        let texts: BTreeSet<String> = remedies.iter().map(command_text).collect();
        return texts.into_iter().collect::<Vec<_>>().join("; and ");
    }
    let may_be_foreign = |remedy: &Remedy| match remedy {
        Remedy::Derive(path) => names(type_name, path),
        _ => false,
    };
    let texts = remedies.iter().map(|remedy| {
        let text = RemedyText {
            remedy,
            type_name,
            is_in_field,
        };
        text.to_string()
    });
    let mut text = texts.collect::<Vec<_>>().join("; and ");
    if is_in_field && remedies.iter().any(may_be_foreign) {
        let after = if remedies.len() > 1 { ";" } else { "" };
        text.push_str(&format!("{after} or, if it is foreign, {MARK}"));
    }
    text
}

/// Splits a text into words. Text in brackets is one word, even with spaces, and so is the value of a
/// key in TOML.
pub(super) fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut depth = 0;
    let mut is_in_table = false;
    for (at, c) in text.char_indices() {
        match c {
            '[' | '(' => depth += 1,
            ']' | ')' => depth -= 1,
            '{' if text[..at].ends_with("= ") => is_in_table = true,
            '}' => is_in_table = false,
            ' ' if depth == 0 && !is_in_table => {
                words.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    words.push(&text[start..]);
    words
}
