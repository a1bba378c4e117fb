//! The look of what has leaked: the cycles stand out in red, the reference to make `Weak` in blue, and
//! everything that hangs on the cycles is grey.

use super::colour::Colour;
use super::look::{Dash, EdgeStyle, NodeStyle, Shape};
use crate::analysis::EdgeKind;
use crate::draw::drawing::{DrawnEdge, DrawnNode, Role};

pub(super) fn node<'d>(node: &'d DrawnNode, is_on_cycle: bool) -> NodeStyle<'d> {
    let is_object = matches!(node.role, Role::Object | Role::Root | Role::Stack);
    let style = NodeStyle {
        label: &node.label,
        shape: (node.role == Role::Stack).then_some(Shape::Stack),
        is_dashed: node.is_opaque || matches!(node.role, Role::Outside(_) | Role::Hidden),
        line: Some(Colour::LEAKED_LINE),
        fill: Some(Colour::LEAKED_FILL),
        text: Some(Colour::LEAKED_TEXT),
        asked: if is_object { &node.attributes } else { &[] },
        ..NodeStyle::default()
    };
    match node.role {
        Role::Object | Role::Root | Role::Stack if is_on_cycle => NodeStyle {
            line: Some(Colour::CYCLE),
            fill: Some(highlight(node).unwrap_or(Colour::CYCLE_FILL)),
            text: Some(Colour::INK),
            pen_width: Some(1.5),
            ..style
        },
        Role::Object | Role::Root | Role::Stack => NodeStyle {
            fill: Some(highlight(node).unwrap_or(Colour::LEAKED_FILL)),
            ..style
        },
        Role::Outside(_) => NodeStyle {
            shape: Some(Shape::Ellipse),
            ..style
        },
        Role::Hidden => NodeStyle {
            is_low: true,
            font_size: Some(9.0),
            ..style
        },
        Role::MoreReferences(_) | Role::MoreBackreferences(_) | Role::MoreObjects(_) => NodeStyle {
            is_low: true,
            line: Some(Colour::COUNT_FILL),
            fill: Some(Colour::COUNT_FILL),
            font_size: Some(9.0),
            ..style
        },
    }
}

fn highlight(node: &DrawnNode) -> Option<Colour<'static>> {
    node.is_highlighted.then_some(Colour::HIGHLIGHT)
}

pub(super) fn legend(style: NodeStyle<'static>) -> NodeStyle<'static> {
    NodeStyle {
        line: Some(Colour::LEAKED_LINE),
        text: Some(Colour::LEAKED_TEXT),
        ..style
    }
}

/// `counts` is whether one of the ends counts what is not drawn, and `is_on_cycle` whether both are
/// objects of one cycle.
pub(super) fn edge<'d>(
    edge: &'d DrawnEdge,
    counts: bool,
    is_on_cycle: bool,
    style: EdgeStyle<'d>,
) -> EdgeStyle<'d> {
    let grey = EdgeStyle {
        line: Some(Colour::LEAKED_LINE),
        text: Some(Colour::LEAKED_TEXT),
        ..style
    };
    let thick = |colour: Colour<'d>| EdgeStyle {
        line: Some(colour.clone()),
        text: Some(colour),
        pen_width: Some(2.0),
        ..grey.clone()
    };
    let dotted = |style: EdgeStyle<'d>| EdgeStyle {
        dash: Dash::Dotted,
        ..style
    };
    match edge.kind {
        EdgeKind::Inferred if !edge.advice.is_empty() => dotted(thick(Colour::FIX)),
        EdgeKind::Inferred if is_on_cycle => dotted(thick(Colour::CYCLE)),
        EdgeKind::Inferred => dotted(grey),
        _ if !edge.advice.is_empty() => thick(Colour::FIX),
        EdgeKind::Cycle => thick(Colour::CYCLE),
        EdgeKind::Strong => grey,
        EdgeKind::Weak => EdgeStyle {
            dash: Dash::Dashed,
            ..grey
        },
        EdgeKind::Hint if counts => EdgeStyle {
            dash: Dash::Dotted,
            is_headless: true,
            ..grey
        },
        EdgeKind::Hint => grey,
    }
}
