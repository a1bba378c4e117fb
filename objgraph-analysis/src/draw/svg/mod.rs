//! Pictures as SVG, with nothing installed: reads the DOT text that [`dot`](super::dot) writes,
//! lays the graph out in layers and draws it.
//!
//! In place of a crate for this: the one there is takes exponential time to look for cycles
//! among edges that run side by side, panics on some graphs, and knows no colour of text.

mod draw;
mod layers;
mod layout;
mod order;
mod read;
mod text;

#[cfg(test)]
mod tests;

/// The picture as SVG.
///
/// Takes time in proportion to the edges times the layers they cross.
///
/// # Errors
///
/// Says why, if the text is not of the form that [`write_dot`](super::write_dot) gives it, or the
/// graph is too large.
pub(super) fn to_svg(dot: &str) -> Result<String, String> {
    let graph = read::graph(dot)?;
    draw::draw(&graph)
}
