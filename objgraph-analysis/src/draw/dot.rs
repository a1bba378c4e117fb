//! Pictures as text in the DOT language of Graphviz, in the manner of Python's objgraph.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::drawing::{Drawing, DrawnEdge, DrawnNode, Role};
use crate::analysis::EdgeKind;
use crate::words::is_unprintable;

/// What the text is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// To be read by people and programs: as Python's objgraph writes it.
    Reading,
    /// To be drawn by Graphviz, so that it looks as our own pictures do.
    Drawing,
}

/// The look of our own pictures. The labels of arrows need a background where lines cross them,
/// which only tables have.
const LOOK: &str = "  graph[fontname=\"Helvetica,Arial,sans-serif\",nodesep=0.3,ranksep=0.35];
  node[fontname=\"Helvetica,Arial,sans-serif\",fontsize=12,style=\"rounded,filled\",\
margin=\"0.12,0.07\",width=0.3,height=0.3];
  edge[fontname=\"Helvetica,Arial,sans-serif\",fontsize=10,arrowsize=0.75];
";

/// A label with more bytes is written as plain text, which can be in several pieces.
const LONGEST_TABLE: usize = 8000;

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
        self.write_dot_for(Purpose::Reading, out)
    }

    /// The drawing as DOT text that Graphviz draws as we would.
    pub(super) fn to_dot_for_graphviz(&self) -> String {
        let mut out = Vec::new();
        let _ = self.write_dot_for(Purpose::Drawing, &mut out);
        String::from_utf8(out).unwrap_or_default()
    }

    fn write_dot_for(&self, purpose: Purpose, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "digraph ObjectGraph {{")?;
        writeln!(out, "  node[shape=box, style=filled, fillcolor=white];")?;
        if purpose == Purpose::Drawing {
            out.write_all(LOOK.as_bytes())?;
        }
        let nodes = || (1..).zip(&self.nodes);
        for (name, _) in nodes().filter(|(_, node)| node.is_start) {
            writeln!(out, "  o{name}[fontcolor=red];")?;
        }
        for (name, node) in nodes() {
            write_node(out, name, node, purpose)?;
        }
        let mut is_owned: Vec<bool> = self.nodes.iter().map(|node| node.is_start).collect();
        for edge in self.edges.iter().filter(|edge| edge.kind != EdgeKind::Weak) {
            if let Some(is_owned) = is_owned.get_mut(edge.to) {
                *is_owned = true;
            }
        }
        let mut loops = match purpose {
            Purpose::Reading => BTreeMap::new(),
            Purpose::Drawing => self.loops(),
        };
        for edge in &self.edges {
            let mut labels = vec![edge.label.as_str()];
            if purpose == Purpose::Drawing && edge.from == edge.to {
                match loops.remove(&loop_of(edge)) {
                    Some(all) => labels = all,
                    None => continue,
                }
            }
            // A weak reference from one that is nearer to the start does not say who stands above
            // whom, where an owner does: backwards, it would turn the picture upside down.
            let depth = |node: usize| self.nodes.get(node).map(|node| node.depth);
            let is_free = edge.kind == EdgeKind::Weak
                && depth(edge.to) > depth(edge.from)
                && is_owned.get(edge.to).is_some_and(|&is_owned| is_owned);
            let label = match purpose {
                Purpose::Reading => plain(edge.label.as_str()),
                // The background would hide an arrow on the left of its node.
                Purpose::Drawing if is_weak_loop(edge) => plain(&labels.join("\n")),
                Purpose::Drawing => table(&labels),
            };
            self.write_edge(out, edge, purpose, label, is_free)?;
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

    /// The labels of the arrows of a node to itself. Graphviz draws several across each other's
    /// labels, so there is one arrow for all of a kind.
    fn loops(&self) -> BTreeMap<(usize, bool), Vec<&str>> {
        let mut loops: BTreeMap<_, Vec<&str>> = BTreeMap::new();
        for edge in self.edges.iter().filter(|edge| edge.from == edge.to) {
            loops.entry(loop_of(edge)).or_default().push(&edge.label);
        }
        loops
    }

    fn write_edge(
        &self,
        out: &mut dyn Write,
        edge: &DrawnEdge,
        purpose: Purpose,
        label: Option<String>,
        is_free: bool,
    ) -> io::Result<()> {
        let mut attributes: Vec<String> = label.into_iter().collect();
        if purpose == Purpose::Drawing && is_weak_loop(edge) {
            // On the other side than the strong one.
            attributes.push("tailport=w,headport=w".to_owned());
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
            EdgeKind::Strong => {}
            EdgeKind::Weak if is_free => {
                attributes.push("style=dashed,constraint=false".to_owned());
            }
            EdgeKind::Weak => attributes.push("style=dashed".to_owned()),
            EdgeKind::Cycle => attributes.push("color=red,fontcolor=red,penwidth=2".to_owned()),
            EdgeKind::Hint if is_more => {
                attributes.push("color=red,style=dotted,len=0.25,weight=10".to_owned());
            }
            EdgeKind::Hint => attributes.push("color=grey,fontcolor=grey40".to_owned()),
        }
        write!(out, "  o{} -> o{}", edge.from + 1, edge.to + 1)?;
        if !attributes.is_empty() {
            write!(out, " [{}]", attributes.join(","))?;
        }
        writeln!(out, ";")
    }
}

/// The arrow of a node to itself: which node, and whether it is weak.
fn loop_of(edge: &DrawnEdge) -> (usize, bool) {
    (edge.from, edge.kind == EdgeKind::Weak)
}

fn is_weak_loop(edge: &DrawnEdge) -> bool {
    loop_of(edge) == (edge.to, true)
}

/// A label as an attribute.
fn plain(label: &str) -> Option<String> {
    (!label.is_empty()).then(|| format!("label=\"{}\"", quote(label)))
}

/// Labels as an attribute: a table with a background.
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

/// The text, as it stands in a table.
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
    node: &DrawnNode,
    purpose: Purpose,
) -> io::Result<()> {
    let label = quote(&node.label);
    // What is no whole object, and what is drawn smaller than that.
    let (dashed, small) = match purpose {
        Purpose::Reading => ("filled,dashed", "fontsize=6"),
        Purpose::Drawing => ("rounded,filled,dashed", "fontsize=8,margin=\"0.05,0.03\""),
    };
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
                "  o{name}[label=\"{label}\",height=0.25,style=\"{dashed}\",color=grey,\
                 fillcolor=white,fontcolor=grey40,fontsize=9];"
            );
        }
        Role::MoreReferences(_) | Role::MoreBackreferences(_) | Role::MoreObjects(_) => {
            writeln!(
                out,
                "  o{name}[label=\"{label}\",shape=box,height=0.25,color=red,fillcolor=\"{}\",\
                 {small}];",
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
        write!(out, ",style=\"{dashed}\",color=grey")?;
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
             fillcolor=\"0,.5,1\",{small}];"
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
