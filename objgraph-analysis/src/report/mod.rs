//! Reports: what an analysis found, as text.
//!
//! Same findings, same bytes. The writers take any [`std::io::Write`] and return its errors.

mod blind_spots;
mod chain;
#[cfg(test)]
mod concrete_types_tests;
mod coverage;
mod cycles;
mod diff;
mod kinds;
mod leaks;
mod leaks_json;
#[cfg(feature = "html")]
mod leaks_page;
mod owners;
mod reader;
mod remedies;
mod sites;
mod sizes;
mod still_alive;
mod text;
mod type_cycles;
mod unproven;
mod what_if;
mod why_alive;

#[doc(hidden)]
pub use blind_spots::in_one_line;
#[doc(hidden)]
pub use coverage::{off, untraced_in_line};
pub(crate) use diff::{metric_text, place};
#[doc(hidden)]
pub use leaks_json::leaks_as_json;
#[cfg(feature = "html")]
pub(crate) use leaks_page::leaks_for_page;
#[doc(hidden)]
pub use reader::advise_on_the_command;
#[doc(hidden)]
pub use still_alive::still_alive;
pub use text::{NewIdsRow, write_counts, write_growth, write_new_ids};
#[doc(hidden)]
pub use unproven::{kinds_in_line, left_out_in_line, unproven_in_line, unproven_text};
pub(crate) use why_alive::how_held;
