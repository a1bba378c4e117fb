//! Pictures as text in the DOT language of Graphviz, in the manner of Python's objgraph.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::drawing::{Drawing, DrawnEdge};
use super::style::{self, Colour, Dash, EdgeStyle, NodeStyle, Pull, Shape, is_identifier};
use crate::analysis::EdgeKind;
use crate::words::is_unprintable;

/// The reader of the text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// People and programs: the text is as Python's objgraph writes it.
    Reading,
    /// Graphviz: the picture looks as SVG without Graphviz does.
    Drawing,
}

/// Maximum number of bytes of a label in a table; a longer one is plain text, which can be split.
const LONGEST_TABLE: usize = 8000;

impl Drawing {
    /// Returns the drawing as DOT text. Its node `n` is called `o` and `n` plus 1.
    #[must_use]
    pub fn to_dot(&self) -> String {
        let mut out = Vec::new();
        // Writing to a vector does not fail.
        let _ = self.write_dot(&mut out);
        String::from_utf8(out).unwrap_or_default()
    }

    /// Writes the drawing as DOT text.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn write_dot(&self, out: &mut dyn Write) -> io::Result<()> {
        self.write_dot_for(Purpose::Reading, out)
    }

    /// Returns the drawing as DOT text that Graphviz draws as our own layout would.
    pub(super) fn to_dot_for_graphviz(&self) -> String {
        let mut out = Vec::new();
        let _ = self.write_dot_for(Purpose::Drawing, &mut out);
        String::from_utf8(out).unwrap_or_default()
    }

    fn write_dot_for(&self, purpose: Purpose, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "digraph ObjectGraph {{")?;
        writeln!(out, "  node[shape=box, style=filled, fillcolor=white];")?;
        if purpose == Purpose::Drawing {
            write_defaults(out)?;
        }
        let nodes = || (1..).zip(style::nodes(self));
        for (name, node) in nodes() {
            if node.text == Some(Colour::RED) {
                writeln!(out, "  o{name}[fontcolor=red];")?;
            }
        }
        for ((name, style), node) in nodes().zip(&self.nodes) {
            write_node(out, name, &style, purpose)?;
            if node.implements_drop {
                write_drop_mark(out, name, purpose)?;
            }
        }
        let mut loops = match purpose {
            Purpose::Reading => BTreeMap::new(),
            Purpose::Drawing => self.loops(),
        };
        for (edge, style) in style::edges(self) {
            let mut labels = vec![style.label];
            if purpose == Purpose::Drawing && edge.from == edge.to {
                match loops.remove(&loop_of(edge)) {
                    Some(all) => labels = all,
                    None => continue,
                }
            }
            let label = match purpose {
                Purpose::Reading => plain(style.label),
                // The background would hide an arrow on the left of its node.
                Purpose::Drawing if is_weak_loop(edge) => plain(&labels.join("\n")),
                Purpose::Drawing => table(&labels),
            };
            let mut attributes: Vec<String> = label.into_iter().collect();
            if purpose == Purpose::Drawing && is_weak_loop(edge) {
                // On the other side than the strong one.
                attributes.push("tailport=w,headport=w".to_owned());
            }
            attributes.extend(edge_attributes(&style));
            write!(out, "  o{} -> o{}", edge.from + 1, edge.to + 1)?;
            if !attributes.is_empty() {
                write!(out, " [{}]", attributes.join(","))?;
            }
            writeln!(out, ";")?;
        }
        if !self.legend.is_empty() {
            let mut lines = quote("Legend");
            for line in &self.legend {
                lines.push_str("\\l");
                lines.push_str(&quote(line));
            }
            let attributes = node_attributes(&style::legend(""), purpose);
            writeln!(
                out,
                "  legend[label=\"{lines}\\l\"{}];",
                in_list(&attributes)
            )?;
        }
        writeln!(out, "}}")
    }

    /// Returns the labels of the edges of each node to itself. Graphviz draws several across each
    /// other's labels, so one edge represents all of a kind.
    fn loops(&self) -> BTreeMap<(usize, bool), Vec<&str>> {
        let mut loops: BTreeMap<_, Vec<&str>> = BTreeMap::new();
        for edge in self.edges.iter().filter(|edge| edge.from == edge.to) {
            loops.entry(loop_of(edge)).or_default().push(&edge.label);
        }
        loops
    }
}

/// Writes the fonts, corners and sizes of SVG without Graphviz, in place of Graphviz's own.
fn write_defaults(out: &mut dyn Write) -> io::Result<()> {
    let font = format!("fontname=\"{}\"", style::FONT);
    writeln!(out, "  graph[{font},nodesep=0.3,ranksep=0.35];")?;
    writeln!(
        out,
        "  node[{font},fontsize={},style=\"rounded,filled\",margin=\"0.12,0.07\",width=0.3,\
         height=0.3];",
        style::FONT_SIZE
    )?;
    writeln!(
        out,
        "  edge[{font},fontsize={},arrowsize=0.75];",
        style::EDGE_FONT_SIZE
    )
}

fn edge_attributes(style: &EdgeStyle<'_>) -> Vec<String> {
    let mut attributes = Vec::new();
    if style.pull == Pull::Field {
        attributes.push("weight=2".to_owned());
    }
    attributes.extend(colour("color", style.line.as_ref()));
    attributes.extend(colour("fontcolor", style.text.as_ref()));
    match style.dash {
        Dash::Solid => {}
        Dash::Dashed => attributes.push("style=dashed".to_owned()),
        Dash::Dotted => attributes.push("style=dotted".to_owned()),
    }
    if style.is_free {
        attributes.push("constraint=false".to_owned());
    }
    attributes.extend(style.pen_width.map(|width| format!("penwidth={width}")));
    if style.pull == Pull::Mark {
        attributes.push("len=0.25,weight=10".to_owned());
    }
    attributes
}

/// Returns the kind of an edge of a node to itself: which node, and whether it is weak.
fn loop_of(edge: &DrawnEdge) -> (usize, bool) {
    (edge.from, edge.kind == EdgeKind::Weak)
}

fn is_weak_loop(edge: &DrawnEdge) -> bool {
    loop_of(edge) == (edge.to, true)
}

/// Returns a label as an attribute.
fn plain(label: &str) -> Option<String> {
    (!label.is_empty()).then(|| format!("label=\"{}\"", quote(label)))
}

/// Returns labels as an attribute: a table, since only tables have a background, which the labels
/// need where lines cross them.
fn table(labels: &[&str]) -> Option<String> {
    let rows = labels.iter().filter(|label| !label.is_empty());
    let rows: String = rows
        .map(|label| {
            format!(
                "<tr><td align=\"left\" bgcolor=\"white\">{}</td></tr>",
                in_table(label)
            )
        })
        .collect();
    if rows.len() > LONGEST_TABLE {
        return plain(&labels.join("\n"));
    }
    let table = "<table border=\"0\" cellborder=\"0\" cellspacing=\"2\" cellpadding=\"0\">";
    (!rows.is_empty()).then(|| format!("label=<{table}{rows}</table>>"))
}

/// Returns the text for use in a table.
fn in_table(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("<br/>"),
            '\0' => out.push_str("\\0"),
            '\t' => out.push(' '),
            c if is_unprintable(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

fn write_node(
    out: &mut dyn Write,
    name: usize,
    style: &NodeStyle<'_>,
    purpose: Purpose,
) -> io::Result<()> {
    write!(out, "  o{name}[label=\"{}\"", quote(style.label))?;
    write!(out, "{}", in_list(&node_attributes(style, purpose)))?;
    for (attribute, value) in style.asked {
        write!(out, ", {}=\"{}\"", attribute_name(attribute), quote(value))?;
    }
    writeln!(out, "];")?;
    if style.is_shaded
        && let Some(fill) = colour("fillcolor", style.fill.as_ref())
    {
        writeln!(out, "  o{name}[{fill}];")?;
    }
    if style.text == Some(Colour::WHITE) {
        writeln!(out, "  o{name}[fontcolor=white];")?;
    }
    Ok(())
}

/// Returns the attributes beside the label, without those that Python's objgraph sets in statements
/// of their own: text in red or white, and the fill that shows the distance from the start.
fn node_attributes(style: &NodeStyle<'_>, purpose: Purpose) -> Vec<String> {
    let mut attributes = Vec::new();
    let shape = style.shape.map(Shape::for_graphviz);
    attributes.extend(shape.map(|shape| format!("shape={shape}")));
    if style.is_low {
        attributes.push("height=0.25".to_owned());
    }
    if style.is_dashed {
        let is_rounded = purpose == Purpose::Drawing && style.shape != Some(Shape::Ellipse);
        let rounded = if is_rounded { "rounded," } else { "" };
        attributes.push(format!("style=\"{rounded}filled,dashed\""));
    }
    let fill = style.fill.as_ref().filter(|_| !style.is_shaded);
    let text = style.text.as_ref();
    let text = text.filter(|text| **text != Colour::RED && **text != Colour::WHITE);
    attributes.extend(colour("color", style.line.as_ref()));
    attributes.extend(colour("fillcolor", fill));
    attributes.extend(colour("fontcolor", text));
    attributes.extend(style.font_size.map(|size| match purpose {
        Purpose::Drawing if size < style::MIN_FONT_SIZE => {
            format!("fontsize={},margin=\"0.05,0.03\"", style::MIN_FONT_SIZE)
        }
        _ => format!("fontsize={size}"),
    }));
    attributes
}

fn write_drop_mark(out: &mut dyn Write, name: usize, purpose: Purpose) -> io::Result<()> {
    let (node, edge) = style::drop_mark();
    let edge = edge_attributes(&edge).join(",");
    writeln!(out, "  o{name}->o{name}_has_a_drop[{edge}];")?;
    let attributes = in_list(&node_attributes(&node, purpose));
    writeln!(
        out,
        "  o{name}_has_a_drop[label=\"{}\"{attributes}];",
        quote(node.label)
    )
}

/// Returns the attributes for use after another one.
fn in_list(attributes: &[String]) -> String {
    let attributes = attributes.iter().map(|attribute| format!(",{attribute}"));
    attributes.collect()
}

/// Returns a colour as an attribute, in quotes if it is not one word.
fn colour(name: &str, colour: Option<&Colour<'_>>) -> Option<String> {
    let value = colour?.for_graphviz();
    Some(match is_identifier(value) {
        true => format!("{name}={value}"),
        false => format!("{name}=\"{value}\""),
    })
}

/// Returns the text for use between the quotes of a DOT string; a long text as several strings that
/// are joined, since Graphviz reads at most 16,384 bytes of one.
fn quote(text: &str) -> String {
    const LONGEST: usize = 8000;
    let mut out = String::with_capacity(text.len());
    let mut start = 0;
    for (at, c) in text.char_indices() {
        if out.len() - start > LONGEST {
            out.push_str("\" + \"");
            start = out.len();
        }
        match c {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            '\0' => out.push_str("\\\\0"),
            '\t' => out.push(' '),
            // Graphviz reads `&lt;` in a label as `<`.
            '&' if is_entity(&text[at + 1..]) => out.push_str("&amp;"),
            // Most of them are not valid in SVG either.
            c if is_unprintable(c) => {
                out.push_str(&format!("\\\\u{{{:x}}}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out
}

/// Whether a text that follows `&` would form an entity: `lt;`, `#38;`.
fn is_entity(rest: &str) -> bool {
    let name = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '#');
    name.len() < rest.len() && name.starts_with(';')
}

/// Returns the attribute's name, in quotes if Graphviz would not read it as a name.
fn attribute_name(name: &str) -> String {
    const WORDS: [&str; 6] = ["node", "edge", "graph", "digraph", "subgraph", "strict"];
    match is_identifier(name) && !WORDS.iter().any(|word| name.eq_ignore_ascii_case(word)) {
        true => name.to_owned(),
        false => format!("\"{}\"", quote(name)),
    }
}
