//! Draws a graph that was laid out.

use std::fmt::Write as _;

use super::layout::{Input, Layout, Point, Route, Size, layout};
use super::read::{Attributes, Graph};
use super::text::{LINE, colour, escape, height, width};

/// Around the picture.
const MARGIN: f64 = 12.0;
/// Of text in nodes, where nothing else is said.
const FONT_SIZE: f64 = 12.0;
/// Text smaller than this is not read by anybody.
const MIN_FONT_SIZE: f64 = 8.0;
/// Of the labels of edges.
const LABEL_SIZE: f64 = 10.0;
/// How far a sheet of a stack stands out from the one before it.
const STACK: f64 = 3.0;
/// How far the loop of a node that refers to itself stands out.
const LOOP: f64 = 26.0;
/// Room for one of several loops beside a node.
const LOOP_HEIGHT: f64 = 16.0;

/// The graph as SVG.
pub(super) fn draw(graph: &Graph) -> Result<String, String> {
    let mut input = Input::default();
    let mut sizes: Vec<Size> = graph.nodes.iter().map(node_size).collect();
    // Loops stand beside their nodes, on the right; nodes stay in the middle of their places.
    let mut loops: Vec<Vec<usize>> = vec![Vec::new(); sizes.len()];
    let mut edges = Vec::new();
    for (number, edge) in graph.edges.iter().enumerate() {
        if edge.from == edge.to {
            loops[edge.from].push(number);
        } else {
            let label = label(&edge.attributes);
            let size = match label {
                "" => Size::default(),
                text => Size {
                    width: width(text, LABEL_SIZE) + 6.0,
                    height: height(text, LABEL_SIZE) + 2.0,
                },
            };
            input.edges.push((edge.from, edge.to, size));
            let constraint = edge.attributes.get("constraint");
            input
                .free
                .push(constraint.is_some_and(|value| value == "false"));
            edges.push(number);
        }
    }
    for (size, loops) in sizes.iter_mut().zip(&loops) {
        // All of them begin and end at the node.
        size.height = size.height.max(LOOP_HEIGHT * loops.len() as f64);
    }
    let shapes = sizes.clone();
    for (size, loops) in sizes.iter_mut().zip(&loops) {
        let widths = loops
            .iter()
            .map(|&number| LOOP + 4.0 + width(label(&graph.edges[number].attributes), LABEL_SIZE));
        size.width += 2.0 * widths.fold(0.0, f64::max);
    }
    input.nodes = sizes;
    input.bodies = shapes.clone();
    let layout = layout(&input)?;

    let mut page = Page { out: String::new() };
    page.begin(layout.size);
    for (route, &number) in layout.edges.iter().zip(&edges) {
        page.edge(route, &graph.edges[number].attributes);
    }
    for (node, attributes) in graph.nodes.iter().enumerate() {
        page.node(layout.nodes[node], shapes[node], attributes);
        for (at, &number) in loops[node].iter().enumerate() {
            let offset = (at as f64 - (loops[node].len() - 1) as f64 / 2.0) * LOOP_HEIGHT;
            let from = Point {
                x: layout.nodes[node].x + shapes[node].width / 2.0,
                y: layout.nodes[node].y + offset,
            };
            page.own_loop(from, &graph.edges[number].attributes);
        }
    }
    page.labels(&layout, graph, &edges);
    page.out.push_str("</g>\n</svg>\n");
    Ok(page.out)
}

fn label(attributes: &Attributes) -> &str {
    attributes.get("label").map_or("", String::as_str)
}

fn font_size(attributes: &Attributes) -> f64 {
    let said = attributes
        .get("fontsize")
        .and_then(|text| text.parse::<f64>().ok());
    said.filter(|size| size.is_finite())
        .unwrap_or(FONT_SIZE)
        .clamp(MIN_FONT_SIZE, 72.0)
}

fn node_size(attributes: &Attributes) -> Size {
    let (text, font) = (label(attributes), font_size(attributes));
    let size = Size {
        width: width(text, font) + font * 1.4,
        height: height(text, font) + font,
    };
    match attributes.get("shape").map(String::as_str) {
        Some("doublecircle" | "circle") => {
            let side = size.width.max(size.height);
            Size {
                width: side,
                height: side,
            }
        }
        Some("box3d") => Size {
            width: size.width + 2.0 * STACK,
            height: size.height + 2.0 * STACK,
        },
        Some("ellipse" | "oval") => Size {
            width: size.width * 1.15,
            height: size.height * 1.1,
        },
        _ => size,
    }
}

struct Page {
    out: String,
}

/// Writes to the page; writing to a string cannot fail.
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
             viewBox=\"0 0 {width:.1} {height:.1}\" font-family=\"Helvetica,Arial,sans-serif\" \
             text-anchor=\"middle\">"
        );
        put!(
            self,
            "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>"
        );
        put!(self, "<g transform=\"translate({MARGIN},{MARGIN})\">");
    }

    fn node(&mut self, at: Point, size: Size, attributes: &Attributes) {
        let fill = attributes.get("fillcolor").map_or("white", String::as_str);
        let look = format!("fill=\"{}\" {}", escape(&colour(fill)), stroke(attributes));
        let (x, y) = (at.x - size.width / 2.0, at.y - size.height / 2.0);
        let shape = attributes.get("shape").map_or("box", String::as_str);
        match shape {
            "doublecircle" | "circle" | "ellipse" | "oval" => {
                let rings = if shape == "doublecircle" { 2 } else { 1 };
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
            _ => {
                // A stack shows those behind its first.
                let behind = if shape == "box3d" { 2 } else { 0 };
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
        let text_colour = attributes.get("fontcolor").map_or("black", String::as_str);
        let font_size = font_size(attributes);
        let (at, anchor) = match shape {
            "note" => {
                let x = x + font_size * 0.7;
                (Point { x, y: at.y }, " text-anchor=\"start\"")
            }
            "box3d" => {
                let (x, y) = (at.x - STACK, at.y + STACK);
                (Point { x, y }, "")
            }
            _ => (at, ""),
        };
        self.text(
            at,
            label(attributes),
            font_size,
            &colour(text_colour),
            anchor,
        );
    }

    /// Lines of text around a point.
    fn text(&mut self, at: Point, text: &str, font_size: f64, colour: &str, anchor: &str) {
        let lines = text.lines().count() as f64;
        let first = at.y - (lines - 1.0) / 2.0 * font_size * LINE + font_size * 0.35;
        for (number, line) in text.lines().enumerate() {
            put!(
                self,
                "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"{font_size}\" fill=\"{}\"{anchor}>{}</text>",
                at.x,
                first + number as f64 * font_size * LINE,
                escape(colour),
                escape(line)
            );
        }
    }

    fn edge(&mut self, route: &Route, attributes: &Attributes) {
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
        let way = (side * slopes[end] / length, side / length);
        points[end].x -= way.0 * head_length(attributes);
        points[end].y -= way.1 * head_length(attributes);
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
            stroke(attributes)
        );
        self.head(
            if route.is_reversed { first } else { last },
            way,
            attributes,
        );
    }

    /// The head of an arrow that points this way and ends here.
    fn head(&mut self, tip: Point, (dx, dy): (f64, f64), attributes: &Attributes) {
        let length = head_length(attributes);
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
            escape(&colour(
                attributes.get("color").map_or("black", String::as_str)
            ))
        );
    }

    /// The arrow of a node to itself, beside its right side.
    fn own_loop(&mut self, from: Point, attributes: &Attributes) {
        let head = head_length(attributes);
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
            stroke(attributes)
        );
        self.head(
            Point {
                x: from.x,
                y: bottom,
            },
            (-1.0, 0.0),
            attributes,
        );
        let text = label(attributes);
        let x = from.x + LOOP + width(text, LABEL_SIZE) / 2.0;
        self.label(Point { x, y: from.y }, text, attributes);
    }

    /// The labels of edges, above all lines.
    fn labels(&mut self, layout: &Layout, graph: &Graph, edges: &[usize]) {
        for (route, &number) in layout.edges.iter().zip(edges) {
            let attributes = &graph.edges[number].attributes;
            self.label(route.label, label(attributes), attributes);
        }
    }

    /// A label of an edge, on a rim of white so that it is read where lines cross it.
    fn label(&mut self, at: Point, text: &str, attributes: &Attributes) {
        let text_colour = colour(attributes.get("fontcolor").map_or("black", String::as_str));
        let first = at.y - (text.lines().count() as f64 - 1.0) / 2.0 * LABEL_SIZE * LINE;
        for (number, line) in text.lines().enumerate() {
            let y = first + number as f64 * LABEL_SIZE * LINE + LABEL_SIZE * 0.35;
            for look in ["fill=\"none\" stroke=\"white\" stroke-width=\"4\"", ""] {
                let fill = if look.is_empty() {
                    format!("fill=\"{}\"", escape(&text_colour))
                } else {
                    String::new()
                };
                put!(
                    self,
                    "<text x=\"{:.1}\" y=\"{y:.1}\" font-size=\"{LABEL_SIZE}\" {look}{fill}>{}</text>",
                    at.x,
                    escape(line)
                );
            }
        }
    }
}

/// How far a line through the points leans at each: pixels to the right for one down.
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
            // Arrows do not come in flat.
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

/// How thick a line is.
fn pen_width(attributes: &Attributes) -> f64 {
    let said = attributes
        .get("penwidth")
        .and_then(|text| text.parse::<f64>().ok());
    said.filter(|width| width.is_finite())
        .unwrap_or(1.0)
        .clamp(0.1, 20.0)
}

fn head_length(attributes: &Attributes) -> f64 {
    6.0 + 2.0 * pen_width(attributes)
}

/// The attributes of a line in SVG.
fn stroke(attributes: &Attributes) -> String {
    let style = attributes.get("style").map_or("", String::as_str);
    let dash = if style.contains("dashed") {
        " stroke-dasharray=\"5,3\""
    } else if style.contains("dotted") {
        " stroke-dasharray=\"1,3\""
    } else {
        ""
    };
    let line = colour(attributes.get("color").map_or("black", String::as_str));
    format!(
        "stroke=\"{}\" stroke-width=\"{}\"{dash}",
        escape(&line),
        pen_width(attributes)
    )
}
