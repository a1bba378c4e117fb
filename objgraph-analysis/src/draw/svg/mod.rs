//! Pictures as SVG, with nothing installed: lays a drawing out in layers and draws it.

mod draw;
mod graph;
mod layers;
mod layout;
mod order;
mod text;

#[cfg(test)]
mod tests;

use super::drawing::Drawing;

/// Returns the drawing as SVG.
///
/// Takes time in proportion to the edges times the layers they cross.
///
/// # Errors
///
/// If the drawing is too large; the text says so.
pub fn to_svg(drawing: &Drawing) -> Result<String, String> {
    draw::draw(&graph::Graph::of(drawing))
}
