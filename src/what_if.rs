//! What would be freed if an object were dropped, or a field were `Weak`.
//!
//! ```
//! use objgraph::{Tracked, rc::Rc};
//!
//! #[derive(Tracked)]
//! struct Album {
//!     photos: Vec<Rc<Vec<u8>>>,
//! }
//!
//! let album = Rc::new(Album { photos: vec![Rc::new(vec![0; 1000])] });
//! # if objgraph::ENABLED {
//! let what_if = objgraph::what_if::what_if_dropped(&album).unwrap();
//! assert_eq!(what_if.freed().len(), 2);
//! # }
//! ```

pub use crate::analysis::{
    Survivor, WhatIf, what_if_dropped as what_if_dropped_in, what_if_weak as what_if_weak_in,
};
pub use crate::ask::{what_if_dropped, what_if_weak};
