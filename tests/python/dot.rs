//! DOT text, read as a graph.

use std::collections::BTreeMap;

pub(crate) type Attributes = BTreeMap<String, String>;

/// A graph, with its nodes by their common names in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Graph {
    /// Several nodes share a name if objects have no names of their own.
    pub(crate) nodes: Vec<(String, Attributes)>,
    pub(crate) edges: Vec<(String, String, Attributes)>,
}

/// Reads text in objgraph's form: a statement on each line. `name` returns the name of a node.
pub(crate) fn read(text: &str, name: impl Fn(&str) -> String) -> Graph {
    let mut nodes: BTreeMap<String, Attributes> = BTreeMap::new();
    let mut graph = Graph::default();
    for line in text.lines() {
        let Some(statement) = line
            .strip_prefix("  ")
            .and_then(|line| line.strip_suffix(';'))
        else {
            assert!(line == "digraph ObjectGraph {" || line == "}", "{line}");
            continue;
        };
        let (head, list) = statement.split_once('[').unwrap_or((statement, ""));
        let attributes = attributes(list.strip_suffix(']').unwrap_or(list));
        match head.split_once("->") {
            Some((from, to)) => {
                let (from, to) = (name(from.trim()), name(to.trim()));
                graph.edges.push((from, to, attributes));
            }
            None => nodes
                .entry(head.trim().to_owned())
                .or_default()
                .extend(attributes),
        }
    }
    let named = nodes
        .into_iter()
        .map(|(node, attributes)| match node.as_str() {
            "node" => (node, attributes),
            node => (name(node), attributes),
        });
    graph.nodes = named.collect();
    graph
}

/// `label="a, b",weight=2, URL="x"`.
fn attributes(mut list: &str) -> Attributes {
    let mut attributes = Attributes::new();
    while let Some((name, rest)) = list.trim_start_matches([',', ' ']).split_once('=') {
        let end = match rest.strip_prefix('"') {
            Some(quoted) => {
                let mut is_escaped = false;
                let close = quoted.find(|c| {
                    let ends = c == '"' && !is_escaped;
                    is_escaped = c == '\\' && !is_escaped;
                    ends
                });
                close.expect("a string ends") + 2
            }
            None => rest.find(',').unwrap_or(rest.len()),
        };
        attributes.insert(name.to_owned(), rest[..end].trim_matches('"').to_owned());
        list = &rest[end..];
    }
    attributes
}

impl Graph {
    /// Returns the graph in a fixed order, as text that can be compared line by line.
    pub(crate) fn text(&self) -> String {
        let nodes = self
            .nodes
            .iter()
            .map(|(name, attributes)| format!("{name} {attributes:?}"));
        let edges = self
            .edges
            .iter()
            .map(|(from, to, attributes)| format!("{from} -> {to} {attributes:?}"));
        let mut lines: Vec<String> = nodes.chain(edges).collect();
        lines.sort();
        lines.join("\n")
    }
}
