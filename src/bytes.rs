//! How many bytes there are, and who holds them.
//!
//! [`typesizes`] adds up the bytes of each type: those of the values and those that they own on the
//! heap. [`retained`] returns the retained size of each object: the number of bytes that would be
//! freed with it.
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
