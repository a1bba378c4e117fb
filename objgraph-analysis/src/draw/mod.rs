//! Pictures and their formats.
//!
//! A [`Drawing`] is a picture as plain data, and every format is written from it alone. A format of
//! our own is a file with a method of `Drawing`, and a line in the table of `formats.rs` that names
//! the extension of its files: to add one, nothing else changes. Formats that show colours (DOT text,
//! SVG, and Mermaid for leaks) take the look of nodes and edges from `style.rs`.
//!
//! Same graph, same bytes. The writers take any [`std::io::Write`] and return its errors.

mod dot;
mod dot_program;
mod drawing;
mod error;
mod formats;
mod graphml;
#[cfg(test)]
mod inferred_tests;
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
pub use graphml::write_graphml;
pub use json::write_json;
pub use labels::{DrawingOptions, ExtraInfo, NodeAttrs};
pub use picture::{save, to_svg};
#[doc(hidden)]
pub use svg::to_svg as to_svg_without_dot;
pub use tree::TextStyle;
pub use viewer::{Presentation, show};
