//! Pictures: what a question draws, and each format that it is written in.
//!
//! Same graph, same bytes. The writers take any [`std::io::Write`] and return its errors.

mod dot;
mod dot_program;
mod drawing;
mod file;
mod graphml;
mod json;
mod mermaid;
mod notebook;
mod picture;
mod style;
mod svg;
mod tree;
mod type_cycles;
mod viewer;

pub use drawing::{Drawing, DrawingOptions, DrawnEdge, DrawnNode, ExtraInfo, NodeAttrs, Role};
#[doc(hidden)]
pub use file::write_whole;
pub use graphml::write_graphml;
pub use json::write_json;
pub use picture::{PictureError, save, to_svg};
#[doc(hidden)]
pub use svg::to_svg as to_svg_without_dot;
pub use tree::TextStyle;
pub use viewer::{Opened, open};
