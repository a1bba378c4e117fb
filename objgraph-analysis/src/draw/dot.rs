//! Pictures as text in the DOT language of Graphviz, in the manner of Python's objgraph.

#[cfg(test)]
mod tests;

use std::io::{self, Write};

use super::drawing::{Drawing, DrawnEdge};
use super::style::{self, Colour, Dash, EdgeStyle, NodeStyle, Pull, Shape, is_identifier};
use crate::analysis::EdgeKind;
use crate::order::{self, SortedMap};
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
        self.write_contents(purpose, out)?;
        writeln!(out, "}}")
    }

    fn write_contents(&self, purpose: Purpose, out: &mut dyn Write) -> io::Result<()> {
        if !crate::HAS_OBJECTS {
            return Ok(());
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
        match purpose {
            Purpose::Reading => self.write_edges(out)?,
            Purpose::Drawing => self.write_edges_for_graphviz(out)?,
        }
        if !self.legend.is_empty() {
            let style = style::legend(self);
            let mut lines = quote(style.label);
            for line in &self.legend {
                lines.push_str("\\l");
                lines.push_str(&quote(line));
            }
            let attributes = node_attributes(&style, purpose);
            writeln!(
                out,
                "  legend[label=\"{lines}\\l\"{}];",
                in_list(&attributes)
            )?;
        }
        Ok(())
    }

    fn write_edges(&self, out: &mut dyn Write) -> io::Result<()> {
        for (edge, style) in style::edges(self) {
            let lines = [style.label, style.advice].into_iter();
            let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
            let label = plain(&lines.join("\n"));
            write_edge(out, edge, label, &edge_attributes(&style))?;
        }
        Ok(())
    }

    /// Writes the edges with backgrounds for their labels. Graphviz draws several edges of a node to
    /// itself across each other's labels, so one edge represents all of a kind.
    fn write_edges_for_graphviz(&self, out: &mut dyn Write) -> io::Result<()> {
        let edges: Vec<(&DrawnEdge, EdgeStyle<'_>)> = style::edges(self).collect();
        let mut loops: SortedMap<_, Vec<_>> = SortedMap::new();
        for pair in edges.iter().filter(|(edge, _)| edge.from == edge.to) {
            loops.get_or_default(loop_of(pair.0)).push(pair);
        }
        for pair in &edges {
            let mut all = vec![pair];
            if pair.0.from == pair.0.to {
                all = std::mem::take(loops.get_or_default(loop_of(pair.0)));
                if all.is_empty() {
                    continue;
                }
            }
            // The advice is below the label that it is about.
            order::sort_by_key(&mut all, |(_, style)| !style.advice.is_empty());
            let labels: Vec<&str> = all.iter().map(|(_, style)| style.label).collect();
            let (edge, style) = match all.last() {
                Some(last) if !last.1.advice.is_empty() => last,
                _ => pair,
            };
            let mut attributes = edge_attributes(style);
            let label = match is_weak_loop(edge) {
                // The background would hide an arrow on the left of its node.
                true => plain(&labels.join("\n")),
                false => table(&labels, style),
            };
            if is_weak_loop(edge) {
                // On the other side than the strong one.
                attributes.insert(0, "tailport=w,headport=w".to_owned());
            }
            write_edge(out, edge, label, &attributes)?;
        }
        Ok(())
    }
}

fn write_edge(
    out: &mut dyn Write,
    edge: &DrawnEdge,
    label: Option<String>,
    attributes: &[String],
) -> io::Result<()> {
    write!(out, "  o{} -> o{}", edge.from + 1, edge.to + 1)?;
    let attributes: Vec<&str> = label.iter().chain(attributes).map(String::as_str).collect();
    if !attributes.is_empty() {
        write!(out, " [{}]", attributes.join(","))?;
    }
    writeln!(out, ";")
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
    if style.is_headless {
        attributes.push("arrowhead=none".to_owned());
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
fn table(labels: &[&str], style: &EdgeStyle<'_>) -> Option<String> {
    let rows = labels.iter().filter(|label| !label.is_empty());
    let rows: String = rows
        .map(|label| {
            format!(
                "<tr><td align=\"left\" bgcolor=\"white\">{}</td></tr>",
                in_table(label)
            )
        })
        .collect();
    let rows = match style.advice {
        "" => rows,
        advice => format!(
            "{rows}<tr><td align=\"left\">{}</td></tr>",
            badge(advice, style)
        ),
    };
    if rows.len() > LONGEST_TABLE {
        return plain(&labels.join("\n"));
    }
    let table = "<table border=\"0\" cellborder=\"0\" cellspacing=\"2\" cellpadding=\"0\">";
    (!rows.is_empty()).then(|| format!("label=<{table}{rows}</table>>"))
}

/// Returns the advice about an edge as a badge, between cells that take the width of a long label.
fn badge(advice: &str, style: &EdgeStyle<'_>) -> String {
    let table = "<table border=\"0\" cellspacing=\"0\"";
    format!(
        "{table} cellpadding=\"0\"><tr><td></td><td>\
         {table} cellpadding=\"3\" style=\"rounded\" bgcolor=\"{}\"><tr><td>\
         <font color=\"white\"><b>{}</b></font>\
         </td></tr></table></td><td></td></tr></table>",
        style.line().for_graphviz(),
        in_table(advice)
    )
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
    if style.is_shaded {
        if let Some(fill) = colour("fillcolor", style.fill.as_ref()) {
            writeln!(out, "  o{name}[{fill}];")?;
        }
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
    attributes.extend(style.pen_width.map(|width| format!("penwidth={width}")));
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
