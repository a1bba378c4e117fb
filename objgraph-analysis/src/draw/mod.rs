//! Pictures: what a question draws, and each format that it is written in.
//!
//! Same graph, same bytes. The writers take any [`std::io::Write`] and return its errors.

mod dot;
mod dot_program;
mod drawing;
mod error;
mod file;
mod graphml;
mod json;
mod labels;
mod legend;
mod mermaid;
mod new_file;
mod notebook;
mod picture;
mod style;
mod svg;
mod tree;
mod type_cycles;
mod viewer;

pub use drawing::{Drawing, DrawnEdge, DrawnNode, Role};
pub use error::PictureError;
#[doc(hidden)]
pub use file::write_whole;
pub use graphml::write_graphml;
pub use json::write_json;
pub use labels::{DrawingOptions, ExtraInfo, NodeAttrs};
pub use picture::{save, to_svg};
#[doc(hidden)]
pub use svg::to_svg as to_svg_without_dot;
pub use tree::TextStyle;
pub use viewer::{Opened, open};
