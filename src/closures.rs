//! Closures and futures that can be traced.
//!
//! [`capture!`](crate::capture!) makes a closure whose captures can be visited, and
//! [`future!`](crate::future!) such an `async` block. A struct keeps them as
//! [`Capture`](crate::Capture)`<dyn Fn()>` and [`LocalFuture`](crate::LocalFuture)`<dyn …>`, or as
//! [`SharedCapture`](crate::SharedCapture) and [`SharedFuture`](crate::SharedFuture) where other
//! threads run them.
//!
//! ```
//! use objgraph::{Capture, Tracked, capture, rc::Rc};
//!
//! #[derive(Tracked)]
//! struct Button {
//!     on_click: Capture<dyn Fn() -> usize>,
//! }
//!
//! let name = Rc::new("ok".to_owned());
//! let button = Button { on_click: capture!([name] move || name.len()) };
//! assert_eq!((button.on_click)(), 2);
//! ```

pub use objgraph_core::{CapturedValue, Captures, LocalTask, Task, TaskFuture};
