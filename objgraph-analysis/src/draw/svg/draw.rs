//! Lays a graph out and draws it.

use super::graph::{Edge, Graph};
use super::layout::{Input, Point, Size, layout};
use super::page::{LOOP, Page};
use super::sizes::{label_size, loop_label_width, node_size};

/// Height of one of several loops beside a node.
const LOOP_HEIGHT: f64 = 16.0;

/// Returns the graph as SVG.
pub(super) fn draw(graph: &Graph<'_>) -> Result<String, String> {
    if !crate::HAS_OBJECTS {
        return Ok(Page::new(Size::default()).finish());
    }
    let mut input = Input::default();
    let mut sizes: Vec<Size> = graph.nodes.iter().map(node_size).collect();
    // Loops are beside their nodes, on the right; nodes stay in the middle of their places.
    let mut loops: Vec<Vec<&Edge<'_>>> = vec![Vec::new(); sizes.len()];
    let mut edges = Vec::new();
    for edge in &graph.edges {
        if edge.from == edge.to {
            loops[edge.from].push(edge);
            continue;
        }
        input.edges.push((edge.from, edge.to, label_size(edge)));
        input.free.push(edge.style.is_free);
        edges.push(edge);
    }
    for (size, loops) in sizes.iter_mut().zip(&loops) {
        // All of them begin and end at the node.
        size.height = size.height.max(LOOP_HEIGHT * loops.len() as f64);
    }
    let shapes = sizes.clone();
    for (size, loops) in sizes.iter_mut().zip(&loops) {
        let widths = loops.iter().map(|edge| LOOP + 4.0 + loop_label_width(edge));
        size.width += 2.0 * widths.fold(0.0, f64::max);
    }
    input.nodes = sizes;
    input.bodies = shapes.clone();
    let layout = layout(&input)?;

    let mut page = Page::new(layout.size);
    for (route, edge) in layout.edges.iter().zip(&edges) {
        page.edge(route, &edge.style);
    }
    for (number, node) in graph.nodes.iter().enumerate() {
        page.node(layout.nodes[number], shapes[number], node);
        for (at, edge) in loops[number].iter().enumerate() {
            let offset = (at as f64 - (loops[number].len() - 1) as f64 / 2.0) * LOOP_HEIGHT;
            let from = Point {
                x: layout.nodes[number].x + shapes[number].width / 2.0,
                y: layout.nodes[number].y + offset,
            };
            page.own_loop(from, edge);
        }
    }
    page.labels(&layout, &edges);
    Ok(page.finish())
}
