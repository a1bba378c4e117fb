//! How each node and each edge of a drawing looks: decided here once, printed as DOT text and drawn
//! as SVG.
//!
//! Knows nothing of the two formats but the names of Graphviz's attributes, in which users ask for
//! a look of their own.

mod colour;

pub(super) use colour::Colour;

use super::drawing::{Drawing, DrawnEdge, DrawnNode, Role};
use crate::analysis::EdgeKind;

/// Fonts, where nothing else is asked for.
pub(super) const FONT: &str = "Helvetica,Arial,sans-serif";
/// Size of the text in nodes, where nothing else is set.
pub(super) const FONT_SIZE: f64 = 12.0;
/// Size of the labels of edges.
pub(super) const EDGE_FONT_SIZE: f64 = 10.0;
/// Smaller text is unreadable.
pub(super) const MIN_FONT_SIZE: f64 = 8.0;

/// The shape of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Box,
    /// Several boxes, one behind the other.
    Stack,
    Ellipse,
    Circle,
    DoubleCircle,
    Note,
}

impl Shape {
    pub(super) fn for_graphviz(self) -> &'static str {
        match self {
            Self::Box => "box",
            Self::Stack => "box3d",
            Self::Ellipse => "ellipse",
            Self::Circle => "circle",
            Self::DoubleCircle => "doublecircle",
            Self::Note => "note",
        }
    }

    fn asked(name: &str) -> Self {
        match name {
            "box3d" => Self::Stack,
            "ellipse" | "oval" => Self::Ellipse,
            "circle" => Self::Circle,
            "doublecircle" => Self::DoubleCircle,
            "note" => Self::Note,
            _ => Self::Box,
        }
    }
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Dash {
    #[default]
    Solid,
    Dashed,
    Dotted,
}

/// How a node looks. What is `None` is as for any other node: a white box, black lines and text.
///
/// The methods return what the user asked for, where that is set.
#[derive(Clone, Debug, Default)]
pub(super) struct NodeStyle<'d> {
    pub(super) label: &'d str,
    pub(super) shape: Option<Shape>,
    /// Whether it may be less tall than other nodes.
    pub(super) is_low: bool,
    pub(super) is_dashed: bool,
    pub(super) line: Option<Colour<'d>>,
    pub(super) fill: Option<Colour<'d>>,
    pub(super) text: Option<Colour<'d>>,
    pub(super) font_size: Option<f64>,
    /// Whether the fill, and text that is readable on it, show how far the node is from the start.
    pub(super) is_shaded: bool,
    /// Attributes of Graphviz that the user asked for, by name and value.
    pub(super) asked: &'d [(String, String)],
}

impl<'d> NodeStyle<'d> {
    fn asked(&self, name: &str) -> Option<&'d str> {
        let mut asked = self.asked.iter().rev();
        asked
            .find(|(asked, _)| asked == name)
            .map(|(_, value)| value.as_str())
    }

    fn number(&self, name: &str) -> Option<f64> {
        let number = self.asked(name)?.parse::<f64>().ok();
        number.filter(|number| number.is_finite())
    }

    pub(super) fn label(&self) -> &'d str {
        self.asked("label").unwrap_or(self.label)
    }

    pub(super) fn shape(&self) -> Shape {
        let asked = self.asked("shape").map(Shape::asked);
        asked.or(self.shape).unwrap_or(Shape::Box)
    }

    pub(super) fn dash(&self) -> Dash {
        match self.asked("style") {
            Some(style) if style.contains("dashed") => Dash::Dashed,
            Some(style) if style.contains("dotted") => Dash::Dotted,
            Some(_) => Dash::Solid,
            None if self.is_dashed => Dash::Dashed,
            None => Dash::Solid,
        }
    }

    pub(super) fn line(&self) -> Colour<'d> {
        let asked = self.asked("color").map(Colour::asked);
        asked.or(self.line.clone()).unwrap_or(Colour::BLACK)
    }

    pub(super) fn fill(&self) -> Colour<'d> {
        self.fill.clone().unwrap_or(Colour::WHITE)
    }

    pub(super) fn text(&self) -> Colour<'d> {
        if self.has_text_on_shade() {
            return Colour::WHITE;
        }
        let asked = self.asked("fontcolor").map(Colour::asked);
        asked.or(self.text.clone()).unwrap_or(Colour::BLACK)
    }

    /// Whether its text is white because the fill is too dark for any other.
    pub(super) fn has_text_on_shade(&self) -> bool {
        self.is_shaded && self.text == Some(Colour::WHITE)
    }

    pub(super) fn font_size(&self) -> f64 {
        let size = self.number("fontsize").or(self.font_size);
        size.unwrap_or(FONT_SIZE).clamp(MIN_FONT_SIZE, 72.0)
    }

    pub(super) fn pen_width(&self) -> f64 {
        self.number("penwidth").unwrap_or(1.0).clamp(0.1, 20.0)
    }
}

/// How an edge looks. What is `None` is as for any other edge: black.
#[derive(Clone, Debug, Default)]
pub(super) struct EdgeStyle<'d> {
    pub(super) label: &'d str,
    pub(super) line: Option<Colour<'d>>,
    pub(super) text: Option<Colour<'d>>,
    pub(super) dash: Dash,
    pub(super) pen_width: Option<f64>,
    pub(super) pull: Pull,
    /// Whether it may lead up as well as down.
    pub(super) is_free: bool,
}

impl<'d> EdgeStyle<'d> {
    pub(super) fn line(&self) -> Colour<'d> {
        self.line.clone().unwrap_or(Colour::BLACK)
    }

    pub(super) fn text(&self) -> Colour<'d> {
        self.text.clone().unwrap_or(Colour::BLACK)
    }

    pub(super) fn pen_width(&self) -> f64 {
        self.pen_width.unwrap_or(1.0)
    }
}

/// How strongly an edge pulls its ends together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Pull {
    #[default]
    Normal,
    /// A field: stronger than an element of a collection.
    Field,
    /// Keeps a mark beside what it is about.
    Mark,
}

/// Returns the looks of the nodes of a drawing, in their order.
pub(super) fn nodes(drawing: &Drawing) -> impl Iterator<Item = NodeStyle<'_>> {
    drawing.nodes.iter().map(node)
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

/// Returns the look of a legend with this text.
pub(super) fn legend(label: &str) -> NodeStyle<'_> {
    NodeStyle {
        label,
        shape: Some(Shape::Note),
        line: Some(Colour::GREY),
        font_size: Some(9.0),
        ..NodeStyle::default()
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
        pull: match is_identifier(&edge.label) {
            true => Pull::Field,
            false => Pull::Normal,
        },
        ..EdgeStyle::default()
    };
    match edge.kind {
        EdgeKind::Strong => style,
        EdgeKind::Weak => EdgeStyle {
            dash: Dash::Dashed,
            is_free,
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
    [edge.from, edge.to].iter().any(|&end| {
        let role = drawing.nodes.get(end).map(|node| node.role);
        matches!(
            role,
            Some(Role::MoreReferences(_) | Role::MoreBackreferences(_))
        )
    })
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
