//! Pictures as text in the DOT language of Graphviz, in the manner of Python's objgraph.

#[cfg(test)]
mod tests;

use std::io::{self, Write};

use super::drawing::{Drawing, DrawnEdge, DrawnNode, Role};
use super::escape::is_unprintable;
use crate::analysis::LinkKind;

impl Drawing {
    /// The drawing as DOT text. Node `n` of it is called `o` and `n` plus 1.
    #[must_use]
    pub fn to_dot(&self) -> String {
        let mut out = Vec::new();
        // A vector takes all that is written.
        let _ = self.write_dot(&mut out);
        String::from_utf8(out).unwrap_or_default()
    }

    /// Writes the drawing as DOT text.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn write_dot(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "digraph ObjectGraph {{")?;
        writeln!(out, "  node[shape=box, style=filled, fillcolor=white];")?;
        let nodes = || (1..).zip(&self.nodes);
        for (name, _) in nodes().filter(|(_, node)| node.is_start) {
            writeln!(out, "  o{name}[fontcolor=red];")?;
        }
        for (name, node) in nodes() {
            write_node(out, name, node)?;
        }
        let mut is_owned: Vec<bool> = self.nodes.iter().map(|node| node.is_start).collect();
        for edge in self.edges.iter().filter(|edge| edge.kind != LinkKind::Weak) {
            if let Some(is_owned) = is_owned.get_mut(edge.to) {
                *is_owned = true;
            }
        }
        for edge in &self.edges {
            // A weak reference from one that is nearer to the start does not say who stands above
            // whom, where an owner does: backwards, it would turn the picture upside down.
            let depth = |node: usize| self.nodes.get(node).map(|node| node.depth);
            let is_free = edge.kind == LinkKind::Weak
                && depth(edge.to) > depth(edge.from)
                && is_owned.get(edge.to).is_some_and(|&is_owned| is_owned);
            self.write_edge(out, edge, is_free)?;
        }
        if !self.legend.is_empty() {
            let mut lines = quote("Legend");
            for line in &self.legend {
                lines.push_str("\\l");
                lines.push_str(&quote(line));
            }
            writeln!(
                out,
                "  legend[label=\"{lines}\\l\",shape=note,color=grey,fontsize=9];"
            )?;
        }
        writeln!(out, "}}")
    }

    fn write_edge(&self, out: &mut dyn Write, edge: &DrawnEdge, is_free: bool) -> io::Result<()> {
        let mut attributes = Vec::new();
        if !edge.label.is_empty() {
            attributes.push(format!("label=\"{}\"", quote(&edge.label)));
        }
        if is_identifier(&edge.label) {
            attributes.push("weight=2".to_owned());
        }
        let is_more = [edge.from, edge.to].iter().any(|&end| {
            let role = self.nodes.get(end).map(|node| node.role);
            matches!(
                role,
                Some(Role::MoreReferences(_) | Role::MoreBackreferences(_))
            )
        });
        match edge.kind {
            LinkKind::Strong => {}
            LinkKind::Weak if is_free => {
                attributes.push("style=dashed,constraint=false".to_owned());
            }
            LinkKind::Weak => attributes.push("style=dashed".to_owned()),
            LinkKind::Cycle => attributes.push("color=red,fontcolor=red,penwidth=2".to_owned()),
            LinkKind::Hint if is_more => {
                attributes.push("color=red,style=dotted,len=0.25,weight=10".to_owned());
            }
            LinkKind::Hint => attributes.push("color=grey,fontcolor=grey40".to_owned()),
        }
        write!(out, "  o{} -> o{}", edge.from + 1, edge.to + 1)?;
        if !attributes.is_empty() {
            write!(out, " [{}]", attributes.join(","))?;
        }
        writeln!(out, ";")
    }
}

fn write_node(out: &mut dyn Write, name: usize, node: &DrawnNode) -> io::Result<()> {
    let label = quote(&node.label);
    match node.role {
        Role::Object | Role::Root | Role::Stack => {}
        Role::Outside(_) => {
            return writeln!(
                out,
                "  o{name}[label=\"{label}\",shape=ellipse,style=\"filled,dashed\",color=grey,\
                 fillcolor=white,fontcolor=grey40];"
            );
        }
        Role::Hidden => {
            return writeln!(
                out,
                "  o{name}[label=\"{label}\",height=0.25,style=\"filled,dashed\",color=grey,\
                 fillcolor=white,fontcolor=grey40,fontsize=9];"
            );
        }
        Role::MoreReferences(_) | Role::MoreBackreferences(_) | Role::MoreObjects(_) => {
            writeln!(
                out,
                "  o{name}[label=\"{label}\",shape=box,height=0.25,color=red,fillcolor=\"{}\",\
                 fontsize=6];",
                colour(0.0, 1.0, node.brightness)
            )?;
            return writeln!(out, "  o{name}[fontcolor=white];");
        }
    }
    write!(out, "  o{name}[label=\"{label}\"")?;
    if node.role == Role::Stack {
        write!(out, ",shape=box3d")?;
    }
    if node.is_opaque {
        write!(out, ",style=\"filled,dashed\",color=grey")?;
    }
    for (attribute, value) in &node.attributes {
        write!(out, ", {}=\"{}\"", attribute_name(attribute), quote(value))?;
    }
    writeln!(out, "];")?;
    let (mut hue, mut saturation) = (0.0, 0.0);
    let mut value = node.brightness;
    if node.is_highlighted {
        (hue, saturation) = (0.6, 0.6);
        value = 0.5 + value * 0.5;
    } else if node.role == Role::Root {
        // As Python's draws modules.
        (hue, saturation) = (0.3, 1.0);
    }
    writeln!(
        out,
        "  o{name}[fillcolor=\"{}\"];",
        colour(hue, saturation, value)
    )?;
    if value < 0.5 {
        writeln!(out, "  o{name}[fontcolor=white];")?;
    }
    if node.implements_drop {
        writeln!(
            out,
            "  o{name}->o{name}_has_a_drop[color=red,style=dotted,len=0.25,weight=10];"
        )?;
        writeln!(
            out,
            "  o{name}_has_a_drop[label=\"Drop\",shape=doublecircle,height=0.25,color=red,\
             fillcolor=\"0,.5,1\",fontsize=6];"
        )?;
    }
    Ok(())
}

/// Whether the text is one name.
fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A colour as Graphviz reads it: hue, saturation, value.
fn colour(hue: f64, saturation: f64, value: f64) -> String {
    let short = |number: f64| {
        let text = format!("{number:.6}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    format!("{},{},{}", short(hue), short(saturation), short(value))
}

/// The text, as it stands between the quotes of a DOT string; one that is long as several that are
/// joined, since Graphviz reads at most 16,384 bytes of one.
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
            // Nor valid in SVG, most of them.
            c if is_unprintable(c) => {
                out.push_str(&format!("\\\\u{{{:x}}}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out
}

/// Whether a text that follows `&` would be read as an entity: `lt;`, `#38;`.
fn is_entity(rest: &str) -> bool {
    let name = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '#');
    name.len() < rest.len() && name.starts_with(';')
}

/// The attribute's name: in quotes if it is no name to Graphviz, or a word of its language.
fn attribute_name(name: &str) -> String {
    const WORDS: [&str; 6] = ["node", "edge", "graph", "digraph", "subgraph", "strict"];
    match is_identifier(name) && !WORDS.iter().any(|word| name.eq_ignore_ascii_case(word)) {
        true => name.to_owned(),
        false => format!("\"{}\"", quote(name)),
    }
}
