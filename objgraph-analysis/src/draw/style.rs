//! How each node and each edge of a drawing looks: decided here once, printed as DOT text and drawn
//! as SVG.
//!
//! Knows nothing of the formats but the names of Graphviz's attributes, in which users ask for a look
//! of their own, and the colours of browsers.

mod colour;
mod dark;
mod leaks;
mod look;

pub(super) use colour::Colour;
pub(super) use dark::with_dark_mode;
pub(super) use look::{
    Dash, EDGE_FONT_SIZE, EdgeStyle, FONT, FONT_SIZE, MIN_FONT_SIZE, NodeStyle, Pull, Shape,
};

use super::drawing::{Drawing, DrawnEdge, DrawnNode, Role};
use crate::analysis::EdgeKind;

/// Returns the looks of the nodes of a drawing, in their order.
pub(super) fn nodes(drawing: &Drawing) -> impl Iterator<Item = NodeStyle<'_>> {
    let mut is_on_cycle = vec![false; drawing.nodes.len()];
    for &node in drawing.cycles.iter().flatten() {
        if let Some(is_on_cycle) = is_on_cycle.get_mut(node) {
            *is_on_cycle = true;
        }
    }
    let nodes = drawing.nodes.iter().zip(is_on_cycle);
    nodes.map(|(node, is_on_cycle)| match drawing.is_of_leaks {
        true => leaks::node(node, is_on_cycle),
        false => self::node(node),
    })
}

fn node(node: &DrawnNode) -> NodeStyle<'_> {
    let style = NodeStyle {
        label: &node.label,
        text: node.is_start.then_some(Colour::RED),
        ..NodeStyle::default()
    };
    match node.role {
        Role::Object | Role::Root | Role::Stack => object(node, style),
        Role::Outside(_) => NodeStyle {
            shape: Some(Shape::Ellipse),
            is_dashed: true,
            line: Some(Colour::GREY),
            fill: Some(Colour::WHITE),
            text: Some(Colour::DARK_GREY),
            ..style
        },
        Role::Hidden => NodeStyle {
            is_low: true,
            is_dashed: true,
            line: Some(Colour::GREY),
            fill: Some(Colour::WHITE),
            text: Some(Colour::DARK_GREY),
            font_size: Some(9.0),
            ..style
        },
        Role::MoreReferences(_) | Role::MoreBackreferences(_) | Role::MoreObjects(_) => NodeStyle {
            shape: Some(Shape::Box),
            is_low: true,
            line: Some(Colour::RED),
            fill: Some(Colour::hsv(0.0, 1.0, node.brightness)),
            text: Some(Colour::WHITE),
            font_size: Some(6.0),
            ..style
        },
    }
}

fn object<'d>(node: &'d DrawnNode, style: NodeStyle<'d>) -> NodeStyle<'d> {
    let (hue, saturation, value) = match node.role {
        _ if node.is_highlighted => (0.6, 0.6, 0.5 + node.brightness * 0.5),
        // As Python's objgraph draws modules.
        Role::Root => (0.3, 1.0, node.brightness),
        _ => (0.0, 0.0, node.brightness),
    };
    NodeStyle {
        shape: (node.role == Role::Stack).then_some(Shape::Stack),
        is_dashed: node.is_opaque,
        line: node.is_opaque.then_some(Colour::GREY),
        fill: Some(Colour::hsv(hue, saturation, value)),
        text: (value < 0.5).then_some(Colour::WHITE).or(style.text),
        is_shaded: true,
        asked: &node.attributes,
        ..style
    }
}

/// Returns the mark beside a node whose type implements `Drop`, and the edge that leads to it.
pub(super) fn drop_mark() -> (NodeStyle<'static>, EdgeStyle<'static>) {
    let node = NodeStyle {
        label: "Drop",
        shape: Some(Shape::DoubleCircle),
        is_low: true,
        line: Some(Colour::RED),
        fill: Some(Colour::PINK),
        font_size: Some(6.0),
        ..NodeStyle::default()
    };
    (node, mark_edge())
}

/// Returns the look of the legend of a drawing.
pub(super) fn legend(drawing: &Drawing) -> NodeStyle<'static> {
    let style = NodeStyle {
        label: "Legend",
        shape: Some(Shape::Note),
        line: Some(Colour::GREY),
        font_size: Some(9.0),
        ..NodeStyle::default()
    };
    match drawing.is_of_leaks {
        true => leaks::legend(style),
        false => style,
    }
}

/// Returns the edges between nodes of a drawing, in their order, with their looks.
pub(super) fn edges(drawing: &Drawing) -> impl Iterator<Item = (&DrawnEdge, EdgeStyle<'_>)> {
    let mut is_owned: Vec<bool> = drawing.nodes.iter().map(|node| node.is_start).collect();
    for edge in drawing
        .edges
        .iter()
        .filter(|edge| edge.kind != EdgeKind::Weak)
    {
        if let Some(is_owned) = is_owned.get_mut(edge.to) {
            *is_owned = true;
        }
    }
    let depth = |node: usize| drawing.nodes.get(node).map(|node| node.depth);
    let nodes = drawing.nodes.len();
    let edges = drawing.edges.iter();
    let edges = edges.filter(move |edge| edge.from < nodes && edge.to < nodes);
    edges.map(move |edge| {
        // A weak reference from a node nearer to the start does not say which of the two is above
        // the other, where an owner does: backwards, it would turn the picture upside down.
        let is_free = edge.kind == EdgeKind::Weak
            && depth(edge.to) > depth(edge.from)
            && is_owned.get(edge.to).is_some_and(|&is_owned| is_owned);
        (edge, self::edge(drawing, edge, is_free))
    })
}

fn edge<'d>(drawing: &Drawing, edge: &'d DrawnEdge, is_free: bool) -> EdgeStyle<'d> {
    let style = EdgeStyle {
        label: &edge.label,
        advice: &edge.advice,
        is_free,
        pull: match is_identifier(&edge.label) {
            true => Pull::Field,
            false => Pull::Normal,
        },
        ..EdgeStyle::default()
    };
    if drawing.is_of_leaks {
        let counts = counts_references(drawing, edge) || counts_objects(drawing, edge);
        let mut cycles = drawing.cycles.iter();
        let is_on_cycle =
            cycles.any(|cycle| cycle.contains(&edge.from) && cycle.contains(&edge.to));
        return leaks::edge(edge, counts, is_on_cycle, style);
    }
    match edge.kind {
        EdgeKind::Strong => style,
        EdgeKind::Weak => EdgeStyle {
            dash: Dash::Dashed,
            ..style
        },
        EdgeKind::Inferred => EdgeStyle {
            dash: Dash::Dotted,
            ..style
        },
        EdgeKind::Cycle => EdgeStyle {
            line: Some(Colour::RED),
            text: Some(Colour::RED),
            pen_width: Some(2.0),
            ..style
        },
        EdgeKind::Hint if counts_references(drawing, edge) => EdgeStyle {
            label: style.label,
            advice: style.advice,
            ..mark_edge()
        },
        EdgeKind::Hint => EdgeStyle {
            line: Some(Colour::GREY),
            text: Some(Colour::DARK_GREY),
            ..style
        },
    }
}

/// Whether one of its ends counts references that are not drawn.
fn counts_references(drawing: &Drawing, edge: &DrawnEdge) -> bool {
    ends(drawing, edge)
        .any(|role| matches!(role, Role::MoreReferences(_) | Role::MoreBackreferences(_)))
}

/// Whether one of its ends counts objects that are not drawn.
fn counts_objects(drawing: &Drawing, edge: &DrawnEdge) -> bool {
    ends(drawing, edge).any(|role| matches!(role, Role::MoreObjects(_)))
}

fn ends(drawing: &Drawing, edge: &DrawnEdge) -> impl Iterator<Item = Role> {
    let ends = [edge.from, edge.to].into_iter();
    ends.filter_map(|end| Some(drawing.nodes.get(end)?.role))
}

fn mark_edge() -> EdgeStyle<'static> {
    EdgeStyle {
        line: Some(Colour::RED),
        dash: Dash::Dotted,
        pull: Pull::Mark,
        ..EdgeStyle::default()
    }
}

/// Whether the text is one name.
pub(super) fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
