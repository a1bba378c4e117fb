//! The same edits for good, as one would write them by hand.

mod imports;
mod items;
mod use_tree;

pub(crate) use imports::{is_exported, use_length, uses_sync};
pub(crate) use items::is_fieldless;

use crate::instrument::{Edition, Goal, Plan, Region, Search, on_large_stack};
use crate::tokens::tokens;
use crate::unparsed::Unparsed;

/// What the edits depend on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Adoption {
    edition: Edition,
    /// The line break of the file.
    newline: &'static str,
    /// Whether a path leads through a module `sync` to `Arc`.
    uses_sync: bool,
}

impl Adoption {
    /// Returns the path of objgraph outside of a `use`.
    fn objgraph(self) -> &'static str {
        match self.edition {
            Edition::E2015 => "::objgraph",
            _ => "objgraph",
        }
    }
}

/// Finds the edits that make a source file use objgraph, for good: imports and paths of std's
/// pointers lead to objgraph's, types derive `Tracked`, and tests are checked for leaks.
///
/// Lists of imports stay sorted, and lines as long as rustfmt writes them. What other crates expand,
/// in a macro with `#[macro_export]`, is left as it is, because they may not depend on objgraph. A
/// type without a field, or with `Copy`, holds no reference and gets no derive. A crate of edition
/// 2015 needs `extern crate objgraph;` too.
///
/// The edits of one file belong together: apply all.
///
/// # Errors
///
/// If the source is not a sequence of Rust's tokens.
///
/// ```
/// use objgraph_edits::{Edition, adopt, apply};
///
/// let source = "\
/// use std::cell::RefCell;
/// use std::sync::{Arc, Mutex};
///
/// ##[derive(Debug)]
/// struct Node {
///     next: Mutex<Option<Arc<Node>>>,
/// }
/// ";
/// let plan = adopt(source, Edition::E2024)?;
/// assert_eq!(
///     apply(source, &plan.edits).text,
///     "\
/// use objgraph::sync::Arc;
/// use std::cell::RefCell;
/// use std::sync::Mutex;
///
/// ##[derive(Debug, objgraph::Tracked)]
/// struct Node {
///     next: Mutex<Option<Arc<Node>>>,
/// }
/// ",
/// );
/// # Ok::<(), objgraph_edits::Unparsed>(())
/// ```
pub fn adopt(source: &str, edition: Edition) -> Result<Plan, Unparsed> {
    on_large_stack(|| {
        let tokens = tokens(source)?;
        let adoption = Adoption {
            edition,
            newline: if source.contains("\r\n") {
                "\r\n"
            } else {
                "\n"
            },
            uses_sync: uses_sync(&tokens),
        };
        let mut search = Search::new(source, Goal::Adopt(adoption));
        search.search(&tokens, &Region::root());
        Ok(search.plan())
    })
}
