//! The edits of source text by which `cargo objgraph` instruments a program.
//!
//! Everything here is a function of text. [`instrument`] finds the edits of one file: derives,
//! attributes of tests, a guard in `main`. None of them contains a line break, so that every line
//! keeps its number, and each can be left out without the others. [`apply`] makes the new text, with
//! a [`Map`] from its bytes to the source's.
//!
//! [`adopt`] finds the same edits for good, as one would write them by hand, and [`add_dependency`]
//! the line of the manifest.
//!
//! ```
//! use objgraph_edits::{Context, Role, apply, instrument};
//!
//! let context = Context { role: Role::Program, ..Context::default() };
//! let source = "fn main() {\n    run();\n}\n";
//! let plan = instrument(source, &context)?;
//! assert_eq!(
//!     apply(source, &plan.edits).text,
//!     "fn main() { let __objgraph_guard = ::objgraph_std::__run::main_guard();\n    run();\n}\n",
//! );
//! # Ok::<(), objgraph_edits::Unparsed>(())
//! ```

#![forbid(unsafe_code)]

mod adopt;
mod edit;
mod head;
mod instrument;
mod macros;
mod manifest;
mod paths;
mod position;
mod receiver;
mod root;
mod skipped;
mod std_pointee;
mod test_fn;
mod tokens;
mod type_item;
mod unparsed;

pub use adopt::adopt;
pub use edit::{Edit, EditKind, Edited, Map, Origin, Place, apply};
pub use instrument::{Context, Edition, Plan, Role, UnknownEdition, instrument};
pub use manifest::{
    DependencyList, DependencySource, ManifestError, add_dependency, has_workspace_dependencies,
};
pub use position::Position;
pub use receiver::{Receiver, associated_call, receiver};
pub use skipped::{Item, Reason, Skipped};
pub use unparsed::Unparsed;
