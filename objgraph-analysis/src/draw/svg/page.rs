//! A page of SVG: nodes, edges and labels at their places.

use std::fmt::Write as _;

use super::graph::{Edge, Node};
use super::layout::{Layout, Point, Route, Size};
use super::sizes::{BADGE_HEIGHT, STACK, badge_width, label_size, text_size};
use super::text::{LINE, escape, height, width};
use crate::draw::style::{Colour, Dash, EDGE_FONT_SIZE, EdgeStyle, FONT, Shape};

/// Blank space around the picture.
const MARGIN: f64 = 12.0;
/// Radius of the corners of a box.
const ROUNDING: f64 = 7.0;
/// Width of the loop of a node that refers to itself.
pub(super) const LOOP: f64 = 26.0;

/// A page with a picture.
pub(super) struct Page {
    out: String,
}

/// Writes to the page; writing to a string does not fail.
macro_rules! put {
    ($page:expr, $($text:tt)*) => {{ let _ = writeln!($page.out, $($text)*); }};
}

impl Page {
    /// Returns an empty page for a picture of this size.
    pub(super) fn new(size: Size) -> Self {
        let mut page = Self { out: String::new() };
        let (width, height) = (size.width + 2.0 * MARGIN, size.height + 2.0 * MARGIN);
        put!(page, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
        put!(
            page,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
             viewBox=\"0 0 {width:.1} {height:.1}\" font-family=\"{FONT}\" \
             text-anchor=\"middle\">"
        );
        put!(
            page,
            "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>"
        );
        put!(page, "<g transform=\"translate({MARGIN},{MARGIN})\">");
        page
    }

    /// Returns the page as SVG.
    pub(super) fn finish(mut self) -> String {
        self.out.push_str("</g>\n</svg>\n");
        self.out
    }

    /// Draws a node of this size around a point.
    pub(super) fn node(&mut self, at: Point, size: Size, node: &Node<'_>) {
        let style = &node.style;
        let look = format!(
            "fill=\"{}\" {}",
            style.fill().for_browsers(),
            stroke(&style.line(), style.pen_width(), style.dash())
        );
        let (x, y) = (at.x - size.width / 2.0, at.y - size.height / 2.0);
        let shape = style.shape();
        match shape {
            Shape::DoubleCircle | Shape::Circle | Shape::Ellipse => {
                let rings = if shape == Shape::DoubleCircle { 2 } else { 1 };
                for ring in 0..rings {
                    let (rx, ry) = (size.width / 2.0, size.height / 2.0);
                    let inset = 3.0 * f64::from(ring);
                    put!(
                        self,
                        "<ellipse cx=\"{:.1}\" cy=\"{:.1}\" rx=\"{:.1}\" ry=\"{:.1}\" {look}/>",
                        at.x,
                        at.y,
                        rx - inset,
                        ry - inset
                    );
                }
            }
            Shape::Box | Shape::Stack | Shape::Note => {
                // A stack shows two more behind its first.
                let behind = if shape == Shape::Stack { 2 } else { 0 };
                let radius = if shape == Shape::Note { 2.0 } else { ROUNDING };
                let room = STACK * f64::from(behind);
                for sheet in (0..=behind).rev() {
                    let offset = STACK * f64::from(sheet);
                    put!(
                        self,
                        "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"{radius}\" \
                         {look}/>",
                        x + offset,
                        y + room - offset,
                        size.width - room,
                        size.height - room
                    );
                }
            }
        }
        let font_size = style.font_size();
        let (at, anchor) = match shape {
            Shape::Note => {
                let x = x + font_size * 0.7;
                (Point { x, y: at.y }, " text-anchor=\"start\"")
            }
            Shape::Stack => {
                let (x, y) = (at.x - STACK, at.y + STACK);
                (Point { x, y }, "")
            }
            _ => (at, ""),
        };
        self.text(at, &node.text, font_size, &style.text(), anchor);
    }

    /// Draws lines of text around a point.
    fn text(&mut self, at: Point, text: &str, font_size: f64, colour: &Colour<'_>, anchor: &str) {
        let lines = text.lines().count() as f64;
        let first = at.y - (lines - 1.0) / 2.0 * font_size * LINE + font_size * 0.35;
        for (number, line) in text.lines().enumerate() {
            put!(
                self,
                "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"{font_size}\" fill=\"{}\"{anchor}>{}</text>",
                at.x,
                first + number as f64 * font_size * LINE,
                colour.for_browsers(),
                escape(line)
            );
        }
    }

    /// Draws an edge along its route, without its label.
    pub(super) fn edge(&mut self, route: &Route, style: &EdgeStyle<'_>) {
        let mut points = route.points.clone();
        let slopes = slopes(&points);
        let (Some(&first), Some(&last)) = (points.first(), points.last()) else {
            return;
        };
        // The line ends where the head begins.
        let end = if route.is_reversed {
            0
        } else {
            points.len() - 1
        };
        let side = if route.is_reversed { -1.0 } else { 1.0 };
        let length = slopes[end].hypot(1.0);
        let direction = (side * slopes[end] / length, side / length);
        if !style.is_headless {
            points[end].x -= direction.0 * head_length(style);
            points[end].y -= direction.1 * head_length(style);
        }
        let mut path = format!("M{:.1},{:.1}", points[0].x, points[0].y);
        for (at, pair) in points.windows(2).enumerate() {
            let third = (pair[1].y - pair[0].y) / 3.0;
            let _ = write!(
                path,
                " C{:.1},{:.1} {:.1},{:.1} {:.1},{:.1}",
                pair[0].x + slopes[at] * third,
                pair[0].y + third,
                pair[1].x - slopes[at + 1] * third,
                pair[1].y - third,
                pair[1].x,
                pair[1].y
            );
        }
        put!(
            self,
            "<path d=\"{path}\" fill=\"none\" {}/>",
            edge_stroke(style)
        );
        if !style.is_headless {
            let tip = if route.is_reversed { first } else { last };
            self.head(tip, direction, style);
        }
    }

    /// Draws the head of an arrow with this tip, in this direction.
    fn head(&mut self, tip: Point, (dx, dy): (f64, f64), style: &EdgeStyle<'_>) {
        let length = head_length(style);
        let half = length * 0.42;
        let back = Point {
            x: tip.x - dx * length,
            y: tip.y - dy * length,
        };
        put!(
            self,
            "<polygon points=\"{:.1},{:.1} {:.1},{:.1} {:.1},{:.1}\" fill=\"{}\"/>",
            tip.x,
            tip.y,
            back.x - dy * half,
            back.y + dx * half,
            back.x + dy * half,
            back.y - dx * half,
            style.line().for_browsers()
        );
    }

    /// Draws the edge of a node to itself, beside its right side.
    pub(super) fn own_loop(&mut self, from: Point, edge: &Edge<'_>) {
        let style = &edge.style;
        let head = head_length(style);
        let (top, bottom) = (from.y - 6.0, from.y + 6.0);
        put!(
            self,
            "<path d=\"M{:.1},{top:.1} C{:.1},{:.1} {:.1},{:.1} {:.1},{bottom:.1}\" fill=\"none\" {}/>",
            from.x,
            from.x + LOOP * 1.2,
            top - 6.0,
            from.x + LOOP * 1.2,
            bottom + 6.0,
            from.x + head,
            edge_stroke(style)
        );
        self.head(
            Point {
                x: from.x,
                y: bottom,
            },
            (-1.0, 0.0),
            style,
        );
        let text = text_size(&edge.text).width;
        let x = from.x + LOOP - 1.0 + text / 2.0;
        self.edge_text(Point { x, y: from.y }, edge);
        if !style.advice.is_empty() {
            let x = from.x + LOOP - 1.0 + text + badge_width(style.advice) / 2.0;
            let y = from.y + BADGE_HEIGHT / 2.0;
            self.badge(Point { x, y }, style.advice, style);
        }
    }

    /// Draws the labels of edges, above all lines.
    pub(super) fn labels(&mut self, layout: &Layout, edges: &[&Edge<'_>]) {
        for (route, edge) in layout.edges.iter().zip(edges) {
            self.label(route.label, edge);
        }
    }

    /// Draws the label of an edge, with the advice below.
    fn label(&mut self, at: Point, edge: &Edge<'_>) {
        let mut middle = at;
        if !edge.style.advice.is_empty() {
            middle.y -= BADGE_HEIGHT / 2.0;
            let y = at.y + label_size(edge).height / 2.0;
            self.badge(Point { x: at.x, y }, edge.style.advice, &edge.style);
        }
        self.edge_text(middle, edge);
    }

    /// Draws the text beside an edge on the colour of the page, so that it is readable where lines
    /// cross it.
    fn edge_text(&mut self, middle: Point, edge: &Edge<'_>) {
        if edge.text.is_empty() {
            return;
        }
        let width = width(&edge.text, EDGE_FONT_SIZE);
        let height = height(&edge.text, EDGE_FONT_SIZE);
        put!(
            self,
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" \
             fill=\"white\"/>",
            middle.x - width / 2.0,
            middle.y - height / 2.0
        );
        self.text(middle, &edge.text, EDGE_FONT_SIZE, &edge.style.text(), "");
    }

    /// Draws the advice about an edge above this point, as a badge.
    fn badge(&mut self, bottom: Point, advice: &str, style: &EdgeStyle<'_>) {
        let (x, width) = (bottom.x, badge_width(advice));
        let height = BADGE_HEIGHT - 1.0;
        let y = bottom.y - height;
        put!(
            self,
            "<rect x=\"{:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height}\" rx=\"{}\" \
             fill=\"{}\"/>",
            x - width / 2.0,
            height / 2.0,
            style.line().for_browsers()
        );
        put!(
            self,
            "<text x=\"{x:.1}\" y=\"{:.1}\" font-size=\"{EDGE_FONT_SIZE}\" font-weight=\"bold\" \
             fill=\"white\">{}</text>",
            y + height / 2.0 + EDGE_FONT_SIZE * 0.35,
            escape(advice)
        );
    }
}

/// Returns the slope of a line through the points at each: pixels to the right for one down.
fn slopes(points: &[Point]) -> Vec<f64> {
    let lean = |a: Point, b: Point| {
        if b.y > a.y {
            (b.x - a.x) / (b.y - a.y)
        } else {
            0.0
        }
    };
    let last = points.len().saturating_sub(1);
    let slope = |at: usize| {
        let (before, after) = (points[at.saturating_sub(1)], points[(at + 1).min(last)]);
        let point = points[at];
        if at == 0 || at == last {
            // No arrow arrives flat.
            return lean(before, after).clamp(-1.5, 1.5) * 0.8;
        }
        match (point.x - before.x) * (after.x - point.x) > 0.0 {
            true => lean(before, after),
            // A turn, or a straight line down.
            false => 0.0,
        }
    };
    (0..points.len()).map(slope).collect()
}

fn head_length(style: &EdgeStyle<'_>) -> f64 {
    6.0 + 2.0 * style.pen_width()
}

fn edge_stroke(style: &EdgeStyle<'_>) -> String {
    stroke(&style.line(), style.pen_width(), style.dash)
}

/// Returns the attributes of a line in SVG.
fn stroke(colour: &Colour<'_>, pen_width: f64, dash: Dash) -> String {
    let dash = match dash {
        Dash::Solid => "",
        Dash::Dashed => " stroke-dasharray=\"5,3\"",
        Dash::Dotted => " stroke-dasharray=\"1,3\"",
    };
    format!(
        "stroke=\"{}\" stroke-width=\"{pen_width}\"{dash}",
        colour.for_browsers()
    )
}
