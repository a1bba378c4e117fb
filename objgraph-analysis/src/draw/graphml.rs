//! Drawings and snapshots as GraphML, for NetworkX, Gephi, yEd and their like.

#[cfg(test)]
mod tests;

use std::fmt::Display;
use std::io::{self, Write};

use objgraph_core::Snapshot;

use super::drawing::Drawing;
use crate::words::{name_in_full, visible};

/// The fields of nodes or edges: their names and their types in GraphML.
type Keys = &'static [(&'static str, &'static str)];

impl Drawing {
    /// Returns the drawing as [GraphML](http://graphml.graphdrawing.org/): its nodes are `n0`, `n1`
    /// and so on, with the fields of [`DrawnNode`](super::DrawnNode) and
    /// [`DrawnEdge`](super::DrawnEdge) as data. Characters that XML cannot hold are written as
    /// Rust writes them, `\u{0}`.
    #[must_use]
    pub fn to_graphml(&self) -> String {
        let mut out = Vec::new();
        // Writing to a vector does not fail.
        let _ = self.write_graphml(&mut out);
        String::from_utf8(out).unwrap_or_default()
    }

    fn write_graphml(&self, out: &mut dyn Write) -> io::Result<()> {
        const NODE: Keys = &[
            ("label", "string"),
            ("type", "string"),
            ("role", "string"),
            ("objects", "string"),
            ("depth", "long"),
            ("is_start", "boolean"),
            ("is_highlighted", "boolean"),
            ("implements_drop", "boolean"),
            ("is_opaque", "boolean"),
        ];
        const EDGE: Keys = &[
            ("label", "string"),
            ("kind", "string"),
            ("references", "long"),
            ("advice", "string"),
        ];
        begin(out, NODE, EDGE)?;
        for (at, node) in self.nodes.iter().enumerate() {
            let ids: Vec<String> = node.objects.iter().map(ToString::to_string).collect();
            let ids = ids.join(" ");
            let mut data = Element::new(out, NODE, "nd");
            data.node(at)?;
            data.text(&node.label)?
                .text(name_in_full(&node.type_name))?;
            data.text(node.role.name().0)?.text(&ids)?;
            data.text(node.depth)?.text(node.is_start)?;
            data.text(node.is_highlighted)?.text(node.implements_drop)?;
            data.text(node.is_opaque)?.end("node")?;
        }
        for (at, edge) in self.edges.iter().enumerate() {
            let mut data = Element::new(out, EDGE, "ed");
            data.edge(at, edge.from, edge.to)?;
            data.text(&edge.label)?.text(edge.kind_name())?;
            data.text(edge.references)?.text(&edge.advice)?;
            data.end("edge")?;
        }
        end(out)
    }
}

/// Writes a whole snapshot as [GraphML](http://graphml.graphdrawing.org/): its objects and its
/// references, with their fields.
///
/// ```
/// let kept = objgraph::rc::Rc::new("text".to_owned());
/// let mut graph = Vec::new();
/// objgraph::picture::write_graphml(&objgraph::snapshot(), &mut graph)?;
/// # let graph = String::from_utf8(graph).unwrap();
/// # assert!(!objgraph::ENABLED || graph.contains("String"));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// Those of the writer.
pub fn write_graphml(snapshot: &Snapshot, out: &mut dyn Write) -> io::Result<()> {
    const NODE: Keys = &[
        ("id", "string"),
        ("type", "string"),
        ("label", "string"),
        ("site", "string"),
        ("root", "string"),
        ("shallow_bytes", "long"),
        ("heap_bytes", "long"),
    ];
    const EDGE: Keys = &[
        ("path", "string"),
        ("is_strong", "boolean"),
        ("kind", "string"),
    ];
    begin(out, NODE, EDGE)?;
    for node in snapshot.nodes() {
        let site = node.site().map_or_else(String::new, ToString::to_string);
        let mut data = Element::new(out, NODE, "nd");
        data.node(node.node_id().index())?;
        data.text(node.id())?
            .text(name_in_full(&node.type_info().name))?;
        data.text(node.label().unwrap_or_default())?.text(site)?;
        data.text(node.root().unwrap_or_default())?;
        data.text(node.shallow_bytes())?.text(node.heap_bytes())?;
        data.end("node")?;
    }
    let nodes = snapshot.nodes();
    for edge in nodes.flat_map(|node| snapshot.edges(node.node_id())) {
        let mut data = Element::new(out, EDGE, "ed");
        data.edge(edge.number(), edge.source().index(), edge.target().index())?;
        data.text(edge.path())?.text(edge.is_strong())?;
        data.text(edge.reference_kind().name())?;
        data.end("edge")?;
    }
    end(out)
}

fn begin(out: &mut dyn Write, node: Keys, edge: Keys) -> io::Result<()> {
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(
        out,
        "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">"
    )?;
    for (of, prefix, keys) in [("node", "nd", node), ("edge", "ed", edge)] {
        for (at, (name, kind)) in keys.iter().enumerate() {
            writeln!(
                out,
                "  <key id=\"{prefix}{at}\" for=\"{of}\" attr.name=\"{name}\" attr.type=\"{kind}\"/>"
            )?;
        }
    }
    writeln!(out, "  <graph id=\"objgraph\" edgedefault=\"directed\">")
}

fn end(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "  </graph>\n</graphml>")
}

/// A node or an edge: its data in the order of its keys, without empty texts.
struct Element<'w> {
    out: &'w mut dyn Write,
    keys: Keys,
    prefix: &'static str,
    next: usize,
}

impl<'w> Element<'w> {
    fn new(out: &'w mut dyn Write, keys: Keys, prefix: &'static str) -> Self {
        Self {
            out,
            keys,
            prefix,
            next: 0,
        }
    }

    fn node(&mut self, at: usize) -> io::Result<()> {
        write!(self.out, "    <node id=\"n{at}\">")
    }

    fn edge(&mut self, at: usize, from: usize, to: usize) -> io::Result<()> {
        write!(
            self.out,
            "    <edge id=\"e{at}\" source=\"n{from}\" target=\"n{to}\">"
        )
    }

    fn text(&mut self, value: impl Display) -> io::Result<&mut Self> {
        self.data(&value.to_string())
    }

    fn data(&mut self, value: &str) -> io::Result<&mut Self> {
        debug_assert!(self.next < self.keys.len(), "a key for each value");
        let text = escape(value);
        if !text.is_empty() {
            let (prefix, at) = (self.prefix, self.next);
            write!(self.out, "<data key=\"{prefix}{at}\">{text}</data>")?;
        }
        self.next += 1;
        Ok(self)
    }

    fn end(&mut self, element: &str) -> io::Result<()> {
        debug_assert!(self.next == self.keys.len(), "a value for each key");
        writeln!(self.out, "</{element}>")
    }
}

/// Returns the text as the content of an element.
fn escape(text: &str) -> String {
    visible(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
