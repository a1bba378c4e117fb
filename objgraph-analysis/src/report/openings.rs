//! The code that opens a blind spot, as text that is ready to paste.

use std::fmt;

use crate::analysis::Opening;

/// How a field that objgraph knows nothing of is marked.
const MARK: &str = "mark the field #[tracked(with = …)], or #[tracked(skip)] if it holds no Rc";

/// One opening of a type, which has this full name.
struct OpeningText<'o> {
    opening: &'o Opening,
    type_name: &'o str,
    /// Whether it is of values in a field of an object, and not of objects.
    is_in_field: bool,
}

impl fmt::Display for OpeningText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.opening {
            Opening::Derive(path) if !names(self.type_name, path) => {
                write!(f, "derive `Tracked` on {path}")
            }
            Opening::Derive(_) => write!(f, "derive `Tracked` on it"),
            Opening::Register {
                written,
                within: None,
            } => write!(f, "objgraph::register!({written})"),
            Opening::Register {
                written,
                within: Some(function),
            } => write!(f, "objgraph::register!({written}), in `{function}`"),
            Opening::Feature(feature) => write!(
                f,
                "in Cargo.toml: objgraph = {{ version = \"{}.{}\", features = [\"{feature}\"] }}",
                env!("CARGO_PKG_VERSION_MAJOR"),
                env!("CARGO_PKG_VERSION_MINOR")
            ),
            Opening::Capture(object) if object.is_empty() => {
                write!(f, "make the closure with `objgraph::capture!`")
            }
            Opening::Capture(object) => write!(
                f,
                "make it with `objgraph::capture!`, as an objgraph::{}<dyn {object}>",
                if object.contains("Send") {
                    "SharedCapture"
                } else {
                    "Capture"
                }
            ),
            Opening::Future(object) => write!(
                f,
                "make it with `objgraph::future!`, as an objgraph::{}<dyn {object}>",
                if object.contains("Send") {
                    "SharedFuture"
                } else {
                    "LocalFuture"
                }
            ),
            Opening::Supertrait(object) => write!(
                f,
                "make `objgraph::Tracked` a supertrait of {}, and add `{}`",
                object.split([' ', '<']).next().unwrap_or(object),
                visit_of_boxes(object)
            ),
            Opening::OwnPointer => write!(
                f,
                "use a pointer of objgraph in place of std's, with `objgraph::unsize!`"
            ),
            Opening::Bound => write!(
                f,
                "on the type with the field, #[tracked(bound = \"S: objgraph::Tracked\")] for \
                 its parameter S, since a closure has no name to register"
            ),
            Opening::Call => write!(
                f,
                "call `objgraph::refs(&*it)` where it is made: a closure has no name to register"
            ),
            Opening::ValueInAny => {
                write!(f, "objgraph::register!(…) with the type of the value in it")
            }
            Opening::OneCopy => write!(f, "have all crates depend on one version of objgraph"),
            Opening::WatchTask => write!(
                f,
                "call `objgraph::watch(&task)` for the `Arc` that it wakes"
            ),
            Opening::With if self.is_in_field => write!(f, "{MARK}"),
            Opening::With => write!(f, "it stays opaque"),
        }
    }
}

/// The impl by which boxes of a trait object are visited.
fn visit_of_boxes(object: &str) -> String {
    format!(
        "impl objgraph::Visit for Box<dyn {object}> {{ \
         fn visit<'a>(&'a self, visitor: &mut objgraph::Visitor<'a>) {{ (**self).visit(visitor) }} }}"
    )
}

/// Whether a full name is of the type with this path.
fn names(full_name: &str, path: &str) -> bool {
    let rest = full_name.strip_prefix(path);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('<'))
}

/// All openings of a type, in the order to apply them.
pub(super) fn opened_by(openings: &[Opening], type_name: &str, is_in_field: bool) -> String {
    let may_be_foreign = |opening: &Opening| match opening {
        Opening::Derive(path) => names(type_name, path),
        _ => false,
    };
    let texts = openings.iter().map(|opening| {
        let text = OpeningText {
            opening,
            type_name,
            is_in_field,
        };
        text.to_string()
    });
    let mut text = texts.collect::<Vec<_>>().join("; and ");
    if is_in_field && openings.iter().any(may_be_foreign) {
        let after = if openings.len() > 1 { ";" } else { "" };
        text.push_str(&format!("{after} or, if it is foreign, {MARK}"));
    }
    text
}

/// The words of a text; what stands in brackets, or is the value of a key of a TOML file, is one
/// word, whatever spaces there are in it.
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
