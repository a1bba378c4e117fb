//! Lays a graph out and draws it.

use std::fmt::Write as _;

use super::graph::{Edge, Graph, Node};
use super::layout::{Input, Layout, Point, Route, Size, layout};
use super::text::{LINE, escape, height, width};
use crate::draw::style::{Colour, Dash, EDGE_FONT_SIZE, EdgeStyle, FONT, Shape};

/// Blank space around the picture.
const MARGIN: f64 = 12.0;
/// Distance between two sheets of a stack.
const STACK: f64 = 3.0;
/// Width of the loop of a node that refers to itself.
const LOOP: f64 = 26.0;
/// Height of one of several loops beside a node.
const LOOP_HEIGHT: f64 = 16.0;

/// Returns the graph as SVG.
pub(super) fn draw(graph: &Graph<'_>) -> Result<String, String> {
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
        let size = match edge.text.as_str() {
            "" => Size::default(),
            text => Size {
                width: width(text, EDGE_FONT_SIZE) + 6.0,
                height: height(text, EDGE_FONT_SIZE) + 2.0,
            },
        };
        input.edges.push((edge.from, edge.to, size));
        input.free.push(edge.style.is_free);
        edges.push(edge);
    }
    for (size, loops) in sizes.iter_mut().zip(&loops) {
        // All of them begin and end at the node.
        size.height = size.height.max(LOOP_HEIGHT * loops.len() as f64);
    }
    let shapes = sizes.clone();
    for (size, loops) in sizes.iter_mut().zip(&loops) {
        let widths = loops
            .iter()
            .map(|edge| LOOP + 4.0 + width(&edge.text, EDGE_FONT_SIZE));
        size.width += 2.0 * widths.fold(0.0, f64::max);
    }
    input.nodes = sizes;
    input.bodies = shapes.clone();
    let layout = layout(&input)?;

    let mut page = Page { out: String::new() };
    page.begin(layout.size);
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
    page.out.push_str("</g>\n</svg>\n");
    Ok(page.out)
}

fn node_size(node: &Node<'_>) -> Size {
    let font_size = node.style.font_size();
    let size = Size {
        width: width(&node.text, font_size) + font_size * 1.4,
        height: height(&node.text, font_size) + font_size,
    };
    match node.style.shape() {
        Shape::DoubleCircle | Shape::Circle => {
            let side = size.width.max(size.height);
            Size {
                width: side,
                height: side,
            }
        }
        Shape::Stack => Size {
            width: size.width + 2.0 * STACK,
            height: size.height + 2.0 * STACK,
        },
        Shape::Ellipse => Size {
            width: size.width * 1.15,
            height: size.height * 1.1,
        },
        Shape::Box | Shape::Note => size,
    }
}

struct Page {
    out: String,
}

/// Writes to the page; writing to a string does not fail.
macro_rules! put {
    ($page:expr, $($text:tt)*) => {{ let _ = writeln!($page.out, $($text)*); }};
}

impl Page {
    fn begin(&mut self, size: Size) {
        let (width, height) = (size.width + 2.0 * MARGIN, size.height + 2.0 * MARGIN);
        put!(self, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
        put!(
            self,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
             viewBox=\"0 0 {width:.1} {height:.1}\" font-family=\"{FONT}\" \
             text-anchor=\"middle\">"
        );
        put!(
            self,
            "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>"
        );
        put!(self, "<g transform=\"translate({MARGIN},{MARGIN})\">");
    }

    fn node(&mut self, at: Point, size: Size, node: &Node<'_>) {
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
                let room = STACK * f64::from(behind);
                for sheet in (0..=behind).rev() {
                    let offset = STACK * f64::from(sheet);
                    put!(
                        self,
                        "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"2\" \
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

    fn edge(&mut self, route: &Route, style: &EdgeStyle<'_>) {
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
        points[end].x -= direction.0 * head_length(style);
        points[end].y -= direction.1 * head_length(style);
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
        self.head(
            if route.is_reversed { first } else { last },
            direction,
            style,
        );
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
    fn own_loop(&mut self, from: Point, edge: &Edge<'_>) {
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
        let x = from.x + LOOP + width(&edge.text, EDGE_FONT_SIZE) / 2.0;
        self.label(Point { x, y: from.y }, edge);
    }

    /// Draws the labels of edges, above all lines.
    fn labels(&mut self, layout: &Layout, edges: &[&Edge<'_>]) {
        for (route, edge) in layout.edges.iter().zip(edges) {
            self.label(route.label, edge);
        }
    }

    /// Draws a label of an edge, with a white rim so that it is readable where lines cross it.
    fn label(&mut self, at: Point, edge: &Edge<'_>) {
        let (text, colour) = (&edge.text, edge.style.text());
        let first = at.y - (text.lines().count() as f64 - 1.0) / 2.0 * EDGE_FONT_SIZE * LINE;
        for (number, line) in text.lines().enumerate() {
            let y = first + number as f64 * EDGE_FONT_SIZE * LINE + EDGE_FONT_SIZE * 0.35;
            for look in ["fill=\"none\" stroke=\"white\" stroke-width=\"4\"", ""] {
                let fill = if look.is_empty() {
                    format!("fill=\"{}\"", colour.for_browsers())
                } else {
                    String::new()
                };
                put!(
                    self,
                    "<text x=\"{:.1}\" y=\"{y:.1}\" font-size=\"{EDGE_FONT_SIZE}\" {look}{fill}>{}</text>",
                    at.x,
                    escape(line)
                );
            }
        }
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
