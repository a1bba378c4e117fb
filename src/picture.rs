//! Who refers to whom, as a picture.
//!
//! [`refs`](crate::refs) and [`backrefs`](crate::backrefs) return a [`Picture`] with options. It is
//! saved as SVG, DOT or any format of Graphviz, or printed as a tree. [`ref_chain`] and
//! [`backref_chain`] search for the shortest chain of references; [`leaked`] draws what has leaked.
//!
//! ```
//! use objgraph::{Tracked, rc::Rc};
//!
//! #[derive(Tracked)]
//! struct Folder {
//!     parent: Option<Rc<Folder>>,
//! }
//!
//! let home = Rc::new(Folder { parent: None });
//! let work = Rc::new(Folder { parent: Some(home.clone()) });
//! let dot = objgraph::refs(&work).max_depth(5).to_dot()?;
//! # if objgraph::ENABLED {
//! assert!(dot.contains("label=\"parent\""));
//! # }
//! # Ok::<(), objgraph::picture::PictureError>(())
//! ```

pub use crate::analysis::{Chain, ChainSearch, EdgeKind};
pub use crate::ask::{
    Picture, backref_chain, backref_chain_in, backrefs_in, chain_backrefs, chain_refs, leaked,
    ref_chain, ref_chain_in, refs_in,
};
#[doc(hidden)]
pub use crate::draw::to_svg_without_dot;
pub use crate::draw::{
    Drawing, DrawnEdge, DrawnNode, PictureError, Role, TextStyle, write_graphml, write_json,
};
#[cfg(feature = "html")]
pub use crate::page::{write_comparison_page, write_page};
