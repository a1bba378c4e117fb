//! Room 5: reports, pure functions of findings.
//!
//! Same findings, same bytes. The writers take any [`std::io::Write`] and give its errors back.

mod blind_spots;
mod chain;
mod coverage;
mod cycles;
mod diff;
mod dot;
mod dot_program;
mod drawing;
mod escape;
mod graphml;
mod json;
mod kinds;
mod leaks;
mod mermaid;
mod notebook;
mod openings;
mod owners;
mod picture;
mod print;
mod sites;
mod sizes;
mod still_alive;
mod svg;
mod text;
mod tree;
mod type_cycles;
mod type_names;
mod unproven;
mod viewer;
mod what_if;
mod why_alive;
mod words;
mod write_file;

#[doc(hidden)]
pub use blind_spots::in_one_line;
#[doc(hidden)]
pub use coverage::untraced_in_line;
pub use drawing::{Drawing, DrawingOptions, DrawnEdge, DrawnNode, ExtraInfo, NodeAttrs, Role};
#[doc(hidden)]
pub use escape::{in_line, is_unprintable, path_in_line};
pub use graphml::write_graphml;
pub use json::write_json;
pub use picture::{PictureError, save, to_svg};
#[doc(hidden)]
pub use print::print;
#[doc(hidden)]
pub use still_alive::still_alive;
pub use text::{NewIdsRow, write_counts, write_growth, write_new_ids};
pub use tree::TextStyle;
#[doc(hidden)]
pub use unproven::{kinds_in_line, unproven_in_line, unproven_text};
pub use viewer::{Opened, open};
#[doc(hidden)]
pub use words::{count as count_of, joined, wrapped_text};
#[doc(hidden)]
pub use write_file::write_whole;
