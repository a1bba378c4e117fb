//! Room 5: reports, pure functions of findings.
//!
//! Same findings, same bytes. The writers take any [`std::io::Write`] and give its errors back.

mod blind_spots;
mod cycles;
mod dot;
mod dot_program;
mod kinds;
mod leaks;
mod picture;
mod sites;
mod still_alive;
mod svg;
mod text;
mod what_if;
mod why_alive;
mod words;

pub(crate) use blind_spots::in_one_line;
pub use dot::{DotOptions, ExtraInfo, NodeAttrs, to_dot, write_dot};
pub(crate) use picture::write_whole;
pub use picture::{PictureError, render, save, to_svg};
pub(crate) use still_alive::still_alive;
pub use text::{NewIdsRow, write_counts, write_growth, write_new_ids};
pub(crate) use words::count as count_of;
