//! Pictures as SVG, with nothing installed: lays a drawing out in layers and draws it.

mod draw;
mod graph;
mod layers;
mod layout;
mod order;
mod page;
mod sizes;
mod text;

#[cfg(test)]
mod tests;

use super::drawing::Drawing;
use super::style::with_dark_mode;

/// Returns the drawing as SVG.
///
/// Takes time in proportion to the edges times the layers they cross.
///
/// # Errors
///
/// If the drawing is too large; the text says so.
pub fn to_svg(drawing: &Drawing) -> Result<String, String> {
    let svg = draw::draw(&graph::Graph::of(drawing))?;
    Ok(with_dark_mode(&svg))
}
