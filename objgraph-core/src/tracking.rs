//! Which types are tracked, chosen while the program runs.
//!
//! By default, each object of every type is recorded. A service that runs for days may not want to pay
//! for its hottest small types, or only wants to know its own:
//!
//! ```
//! # mod app {
//! #     pub mod hot { pub struct Token(pub u32); }
//! #     pub struct Session(pub String);
//! # }
//! use objgraph_core::rc::Rc;
//! use objgraph_core::{count_of, tracking};
//!
//! tracking::except(["hot::Token"])?;
//! let token = Rc::new(app::hot::Token(1));
//! let session = Rc::new(app::Session("alice".to_owned()));
//! assert_eq!(count_of::<app::hot::Token>(), 0);
//! # if objgraph_core::ENABLED {
//! assert_eq!(count_of::<app::Session>(), 1);
//! assert!(tracking::left_out()[0].ends_with("::app::hot::Token"));
//! # }
//! tracking::all();
//! # Ok::<(), tracking::PatternError>(())
//! ```
//!
//! A type is tracked if [`only`] chooses it, or was never called, and [`except`] does not leave it out.
//! Each call replaces what the last call of the same function chose, and is valid in all threads for the
//! objects that are created from then on. Objects that exist stay as they are: those that are recorded
//! are counted and traced until they are dropped, and those that were left out are never recorded.
//!
//! # Patterns
//!
//! | pattern | types |
//! |---|---|
//! | `Node`, `dom::Node`, `app::dom::Node` | those whose path ends so, with any generic arguments |
//! | `Node<Text>`, `app::Cache<u8, String>` | those with these generic arguments |
//! | `app::*` | everything in the crate or module `app`, at any depth |
//! | `*::Token` | every `Token` in any module |
//! | `app::*::proto::*`, `app::*Event` | `*` stands for any text, modules included |
//!
//! A pattern without `*` names types as [`TypeInfo::matches`](crate::TypeInfo::matches) does. One with
//! `*` is compared with the whole name that [`std::any::type_name`] returns, with and without the
//! generic arguments at its end. So `app::*` means types that `app` declares, and not `Vec<app::Node>`.
//!
//! A type is what a pointer is made of: for `Rc::new(RefCell::new(node))` it is `RefCell<Node>`.
//!
//! # Without a line of code
//!
//! `OBJGRAPH_ONLY` and `OBJGRAPH_EXCEPT` in the environment are lists of patterns, separated by commas:
//! `OBJGRAPH_EXCEPT='app::hot::*,Token'`. They are read when the first object is created, or at the first
//! call of a function of this module, which may replace what they chose. A variable with a mistake chooses
//! nothing, and a line on standard error says what to write.
//!
//! # What it means that a type is left out
//!
//! - Creating an object reads one flag while every type is tracked, and otherwise looks up the type in a
//!   small cache as well. An object that is left out has no place in the table, no counter and no weak
//!   handle. Its memory still has the 8 bytes of an id.
//! - [`id`](crate::id()) of it is [`ObjectId::NONE`](crate::ObjectId::NONE), and
//!   [`Instance::id`](crate::Instance::id) is `None`. Everything that std's pointers do stays the same.
//! - [`watch`](crate::watch()) records it after all, as it does for a pointer of std, whatever was
//!   chosen.
//! - [`unsize!`](crate::unsize) records it after all, because only the table leads back from a
//!   `dyn Any` to the type. With the feature `nightly` the compiler converts pointers, which cannot be
//!   noticed: there, `downcast` of such an object panics, and says so.
//! - Nothing that it holds is visited through it. An object that it holds has an external reference, so
//!   it can never be reported as leaked by mistake; a leak through it is not found. Where a tracked object
//!   holds one that was left out, and that may own others, reports list the field. Every report of
//!   "nothing" names the types that were left out, from the moment that the first object of them was.
//!
//! Where tracking is off, the functions do nothing.

use crate::table;
use crate::type_name::public_name;
pub use crate::type_pattern::PatternError;

/// Tracks only the types that match one of the patterns, from now on.
///
/// Without any pattern, nothing is tracked.
///
/// # Errors
///
/// If a pattern can match no type. Then nothing changes. Where tracking is off, there are no errors.
///
/// ```
/// use objgraph_core::tracking;
///
/// tracking::only(["app::*", "shop::cart::*"])?;
/// tracking::except(["app::hot::*"])?;
///
/// let error = tracking::only(["app:*"]).map_err(|error| error.to_string());
/// # if objgraph_core::ENABLED {
/// assert_eq!(
///     error.unwrap_err(),
///     "`app:*` can match no type: `:` stands alone; write `::` between modules, as in `app::*`"
/// );
/// # }
/// # tracking::all();
/// # Ok::<(), tracking::PatternError>(())
/// ```
pub fn only<P: AsRef<str>>(patterns: impl IntoIterator<Item = P>) -> Result<(), PatternError> {
    table::choose_only(patterns)
}

/// Leaves out the types that match one of the patterns, from now on. Without any pattern, nothing is
/// left out of what [`only`] chose.
///
/// # Errors
///
/// If a pattern can match no type. Then nothing changes. Where tracking is off, there are no errors.
///
/// ```
/// use objgraph_core::rc::Rc;
/// use objgraph_core::{ObjectId, id, tracking};
///
/// struct Token(u32);
///
/// tracking::except(["Token", "app::hot::*"])?;
/// let token = Rc::new(Token(7));
/// assert_eq!(id(&token), ObjectId::NONE);
/// # tracking::all();
/// # Ok::<(), tracking::PatternError>(())
/// ```
pub fn except<P: AsRef<str>>(patterns: impl IntoIterator<Item = P>) -> Result<(), PatternError> {
    table::choose_except(patterns)
}

/// Tracks every type from now on, as if [`only`] and [`except`] had never been called, and whatever the
/// environment says.
///
/// ```
/// use objgraph_core::rc::Rc;
/// use objgraph_core::{count_of, tracking};
///
/// struct Chunk;
///
/// tracking::except(["Chunk"])?;
/// let before = Rc::new(Chunk);
/// tracking::all();
/// let after = Rc::new(Chunk);
/// if objgraph_core::ENABLED {
///     assert_eq!(count_of::<Chunk>(), 1);
/// }
/// # drop((before, after));
/// # Ok::<(), tracking::PatternError>(())
/// ```
pub fn all() {
    table::choose_all();
}

/// Returns the full names of the types of which objects were left out, now or under an earlier choice,
/// sorted.
///
/// A pattern that is misspelt leaves out nothing: then the type is missing here.
///
/// ```
/// use objgraph_core::{rc::Rc, tracking};
///
/// struct Frame;
///
/// tracking::except(["Frmae"])?;
/// let frame = Rc::new(Frame);
/// assert!(!tracking::left_out().iter().any(|name| name.ends_with("::Frame")));
/// # tracking::all();
/// # Ok::<(), tracking::PatternError>(())
/// ```
#[must_use]
pub fn left_out() -> Vec<String> {
    let types = table::left_out().into_iter();
    let mut names: Vec<String> = types.map(|of| public_name(of.name)).collect();
    names.dedup();
    names
}
