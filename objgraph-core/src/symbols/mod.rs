//! The concrete types of values behind `dyn`, by the symbols of the program, with the feature
//! `symbols`.
//!
//! The type of a `Box<dyn Fn()>` does not say which closure is in it. But its vtable has the address of
//! the function that drops the closure, and the symbol of this function contains the name of the
//! closure's type. A trace keeps the addresses, and a report asks for the names: to read the symbols
//! takes time, half a second in a large program, and most traces end without a report.
//!
//! Nothing is named that is not certain: see `enabled`.
//!
//! The feature is checked here and nowhere else. Both sides offer the same names.

#[cfg(not(feature = "symbols"))]
mod disabled;
#[cfg(feature = "symbols")]
mod enabled;
#[cfg(feature = "symbols")]
mod names;

#[cfg(not(feature = "symbols"))]
use self::disabled as side;
#[cfg(feature = "symbols")]
use self::enabled as side;

use std::fmt;

#[cfg(feature = "scan")]
pub(crate) use self::side::vtable_of;
pub(crate) use self::side::{DynVtable, concrete_type};
use crate::site::Site;

/// The addresses of functions by whose symbols a type is named.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct DynFunctions {
    /// The function that drops a value of the type.
    drop_glue: usize,
    /// The code of a closure or a future; 0 if it is not known.
    code: usize,
}

/// The concrete type of a value behind `dyn` that the trace could not visit, as the symbols of the
/// program name it.
///
/// It displays as `app::Window::open::{{closure}} (src/window.rs:40)`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct ConcreteType {
    /// The full name of the type. A closure has the name of the function around it, and so has the
    /// future that an `async fn` returns.
    pub name: String,
    /// Where the code of a closure or a future begins, if that is known. The file is relative to its
    /// package, and the column is 0.
    pub site: Option<Site>,
}

impl ConcreteType {
    /// Names a type.
    ///
    /// ```
    /// use objgraph_core::{ConcreteType, Site};
    ///
    /// let site = Site { file: "src/window.rs".into(), line: 40, column: 0 };
    /// let closure = ConcreteType::new("app::Window::open::{{closure}}".to_owned(), Some(site));
    /// assert_eq!(closure.to_string(), "app::Window::open::{{closure}} (src/window.rs:40)");
    /// ```
    #[must_use]
    pub fn new(name: String, site: Option<Site>) -> Self {
        Self { name, site }
    }
}

impl fmt::Display for ConcreteType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.site {
            Some(site) => write!(f, "{} ({site})", self.name),
            None => f.write_str(&self.name),
        }
    }
}
