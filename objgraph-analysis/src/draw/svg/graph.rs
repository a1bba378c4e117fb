//! The graph to lay out: the nodes of a drawing, the marks beside them and the legend, with their
//! looks.

use crate::draw::drawing::Drawing;
use crate::draw::style::{self, EdgeStyle, NodeStyle};
use crate::words::visible;

#[derive(Debug, Default)]
pub(super) struct Graph<'d> {
    pub(super) nodes: Vec<Node<'d>>,
    pub(super) edges: Vec<Edge<'d>>,
}

#[derive(Debug)]
pub(super) struct Node<'d> {
    /// Its text, printable.
    pub(super) text: String,
    pub(super) style: NodeStyle<'d>,
}

#[derive(Debug)]
pub(super) struct Edge<'d> {
    /// Its source: an index into [`Graph::nodes`].
    pub(super) from: usize,
    /// Its target: an index into [`Graph::nodes`].
    pub(super) to: usize,
    /// Its label, printable.
    pub(super) text: String,
    pub(super) style: EdgeStyle<'d>,
}

impl<'d> Graph<'d> {
    /// Returns the graph of a drawing. The starts come first, so that they are laid out first; the
    /// mark of a node comes after it.
    pub(super) fn of(drawing: &'d Drawing) -> Self {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let mut graph = Self::default();
        let mut at = vec![0; drawing.nodes.len()];
        let nodes = || drawing.nodes.iter().zip(style::nodes(drawing)).enumerate();
        for (number, (_, style)) in nodes().filter(|(_, (node, _))| node.is_start) {
            at[number] = graph.add(style);
        }
        for (number, (node, style)) in nodes() {
            if !node.is_start {
                at[number] = graph.add(style);
            }
            if node.implements_drop {
                let (mark, edge) = style::drop_mark();
                let to = graph.add(mark);
                graph.connect(at[number], to, edge);
            }
        }
        for (edge, style) in style::edges(drawing) {
            graph.connect(at[edge.from], at[edge.to], style);
        }
        if !drawing.legend.is_empty() {
            let legend = graph.add(style::legend(drawing));
            for line in &drawing.legend {
                let text = &mut graph.nodes[legend].text;
                text.push('\n');
                text.push_str(&printable(line));
            }
        }
        graph
    }

    fn add(&mut self, style: NodeStyle<'d>) -> usize {
        let text = printable(style.label());
        self.nodes.push(Node { text, style });
        self.nodes.len() - 1
    }

    fn connect(&mut self, from: usize, to: usize, style: EdgeStyle<'d>) {
        self.edges.push(Edge {
            from,
            to,
            text: printable(style.label),
            style,
        });
    }
}

/// Returns the text with what cannot be seen written out, as in DOT text.
fn printable(text: &str) -> String {
    visible(&text.replace('\t', " ").replace('\0', "\\0"))
}
