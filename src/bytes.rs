//! How many bytes there are, and who holds them.
//!
//! [`typesizes`] adds up the bytes of each type: those of the values themselves and those that they
//! own on the heap. [`retained`] says how many bytes would be freed with each object that is the
//! only way to others (its retained size).
//!
//! ```
//! use objgraph::{Tracked, rc::Rc};
//!
//! #[derive(Tracked)]
//! struct Photo(Vec<u8>);
//!
//! let photo = Rc::new(Photo(vec![0; 1000]));
//! let sizes = objgraph::bytes::typesizes();
//! # if objgraph::ENABLED {
//! assert!(sizes.to_string().contains("Photo"));
//! # }
//! # drop(photo);
//! ```

pub use crate::analysis::{Dominator, RetainedByType, RetainedSizes, TypeSize, TypeSizes};
pub use crate::ask::{retained, show_retained, show_typesizes, typesizes};
