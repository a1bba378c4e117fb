//! The look of a node and of an edge, in terms that DOT text and SVG share.

use super::colour::Colour;

/// Fonts, where nothing else is asked for.
pub(in crate::draw) const FONT: &str = "Helvetica,Arial,sans-serif";
/// Size of the text in nodes, where nothing else is set.
pub(in crate::draw) const FONT_SIZE: f64 = 12.0;
/// Size of the labels of edges.
pub(in crate::draw) const EDGE_FONT_SIZE: f64 = 10.0;
/// Smaller text is unreadable.
pub(in crate::draw) const MIN_FONT_SIZE: f64 = 8.0;

/// The shape of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::draw) enum Shape {
    Box,
    /// Several boxes, one behind the other.
    Stack,
    Ellipse,
    Circle,
    DoubleCircle,
    Note,
}

impl Shape {
    pub(in crate::draw) fn for_graphviz(self) -> &'static str {
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
pub(in crate::draw) enum Dash {
    #[default]
    Solid,
    Dashed,
    Dotted,
}

/// How a node looks. What is `None` is as for any other node: a white box, black lines and text.
///
/// The methods return what the user asked for, where that is set.
#[derive(Clone, Debug, Default)]
pub(in crate::draw) struct NodeStyle<'d> {
    pub(in crate::draw) label: &'d str,
    pub(in crate::draw) shape: Option<Shape>,
    /// Whether it may be less tall than other nodes.
    pub(in crate::draw) is_low: bool,
    pub(in crate::draw) is_dashed: bool,
    pub(in crate::draw) line: Option<Colour<'d>>,
    pub(in crate::draw) fill: Option<Colour<'d>>,
    pub(in crate::draw) text: Option<Colour<'d>>,
    pub(in crate::draw) font_size: Option<f64>,
    pub(in crate::draw) pen_width: Option<f64>,
    /// Whether the fill, and text that is readable on it, show how far the node is from the start.
    pub(in crate::draw) is_shaded: bool,
    /// Attributes of Graphviz that the user asked for, by name and value.
    pub(in crate::draw) asked: &'d [(String, String)],
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

    pub(in crate::draw) fn label(&self) -> &'d str {
        self.asked("label").unwrap_or(self.label)
    }

    pub(in crate::draw) fn shape(&self) -> Shape {
        let asked = self.asked("shape").map(Shape::asked);
        asked.or(self.shape).unwrap_or(Shape::Box)
    }

    pub(in crate::draw) fn dash(&self) -> Dash {
        match self.asked("style") {
            Some(style) if style.contains("dashed") => Dash::Dashed,
            Some(style) if style.contains("dotted") => Dash::Dotted,
            Some(_) => Dash::Solid,
            None if self.is_dashed => Dash::Dashed,
            None => Dash::Solid,
        }
    }

    pub(in crate::draw) fn line(&self) -> Colour<'d> {
        let asked = self.asked("color").map(Colour::asked);
        asked.or(self.line.clone()).unwrap_or(Colour::BLACK)
    }

    pub(in crate::draw) fn fill(&self) -> Colour<'d> {
        self.fill.clone().unwrap_or(Colour::WHITE)
    }

    pub(in crate::draw) fn text(&self) -> Colour<'d> {
        if self.has_text_on_shade() {
            return Colour::WHITE;
        }
        let asked = self.asked("fontcolor").map(Colour::asked);
        asked.or(self.text.clone()).unwrap_or(Colour::BLACK)
    }

    /// Whether its text is white because the fill is too dark for any other.
    pub(in crate::draw) fn has_text_on_shade(&self) -> bool {
        self.is_shaded && self.text == Some(Colour::WHITE)
    }

    pub(in crate::draw) fn font_size(&self) -> f64 {
        let size = self.number("fontsize").or(self.font_size);
        size.unwrap_or(FONT_SIZE).clamp(MIN_FONT_SIZE, 72.0)
    }

    pub(in crate::draw) fn pen_width(&self) -> f64 {
        let width = self.number("penwidth").or(self.pen_width);
        width.unwrap_or(1.0).clamp(0.1, 20.0)
    }
}

/// How an edge looks. What is `None` is as for any other edge: black.
#[derive(Clone, Debug, Default)]
pub(in crate::draw) struct EdgeStyle<'d> {
    pub(in crate::draw) label: &'d str,
    /// What to do about the reference; empty if nothing.
    pub(in crate::draw) advice: &'d str,
    pub(in crate::draw) line: Option<Colour<'d>>,
    pub(in crate::draw) text: Option<Colour<'d>>,
    pub(in crate::draw) dash: Dash,
    pub(in crate::draw) pen_width: Option<f64>,
    pub(in crate::draw) pull: Pull,
    /// Whether it is a line without a head.
    pub(in crate::draw) is_headless: bool,
    /// Whether it may lead up as well as down.
    pub(in crate::draw) is_free: bool,
}

impl<'d> EdgeStyle<'d> {
    pub(in crate::draw) fn line(&self) -> Colour<'d> {
        self.line.clone().unwrap_or(Colour::BLACK)
    }

    pub(in crate::draw) fn text(&self) -> Colour<'d> {
        self.text.clone().unwrap_or(Colour::BLACK)
    }

    pub(in crate::draw) fn pen_width(&self) -> f64 {
        self.pen_width.unwrap_or(1.0)
    }
}

/// How strongly an edge pulls its ends together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::draw) enum Pull {
    #[default]
    Normal,
    /// A field: stronger than an element of a collection.
    Field,
    /// Keeps a mark beside what it is about.
    Mark,
}
