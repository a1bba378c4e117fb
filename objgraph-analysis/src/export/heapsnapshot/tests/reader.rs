//! A naive reader of the format, which checks what the readers of others rely on.

use std::collections::BTreeSet;

use objgraph_core::NodeId;
use serde_json::Value as Json;

/// A number or a list of the tree of traces.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Number(u64),
    List(Vec<Value>),
}

#[derive(Debug)]
pub(super) struct Node {
    kind: u64,
    pub(super) name: String,
    pub(super) id: u64,
    pub(super) size: u64,
    pub(super) trace: u64,
}

#[derive(Debug)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) kind: u64,
    pub(super) name: String,
}

#[derive(Debug)]
pub(super) struct Reader {
    pub(super) nodes: Vec<Node>,
    pub(super) edges: Vec<Edge>,
    pub(super) functions: Vec<Vec<u64>>,
    pub(super) tree: Vec<Value>,
    pub(super) strings: Vec<String>,
}

const OBJECT: u64 = 3;
const ELEMENT: u64 = 1;
const SHORTCUT: u64 = 5;
const WEAK: u64 = 6;

impl Reader {
    pub(super) fn of(text: &str) -> Self {
        let keys = [
            "snapshot",
            "nodes",
            "edges",
            "trace_function_infos",
            "trace_tree",
        ];
        let keys = keys.iter().chain(&["samples", "locations", "strings"]);
        let mut at = 0;
        for key in keys {
            // Readers search for exactly this, and a string of ours must not look like it.
            let mark = format!("\"{key}\":");
            assert_eq!(text.matches(&mark).count(), 1, "{key}");
            let found = text.find(&mark).unwrap();
            assert!(at <= found, "{key} follows");
            at = found;
        }
        let json: Json = serde_json::from_str(text).expect("JSON");
        let meta = &json["snapshot"]["meta"];
        let width = |fields: &str| meta[fields].as_array().unwrap().len();
        for (fields, types) in [("node_fields", "node_types"), ("edge_fields", "edge_types")] {
            assert_eq!(width(fields), width(types));
        }
        let strings: Vec<String> = serde_json::from_value(json["strings"].clone()).unwrap();
        let rows = |name: &str, fields: &str| -> Vec<Vec<u64>> {
            let numbers: Vec<u64> = serde_json::from_value(json[name].clone()).unwrap();
            assert!(numbers.iter().all(|&number| number <= u64::from(u32::MAX)));
            assert_eq!(numbers.len() % width(fields), 0, "{name}");
            numbers.chunks(width(fields)).map(<[u64]>::to_vec).collect()
        };
        let nodes = rows("nodes", "node_fields");
        let edges = rows("edges", "edge_fields");
        let functions = rows("trace_function_infos", "trace_function_info_fields");
        for (count, rows) in [
            ("node_count", &nodes),
            ("edge_count", &edges),
            ("trace_function_count", &functions),
        ] {
            assert_eq!(json["snapshot"][count], rows.len(), "{count}");
        }
        let counts: u64 = nodes.iter().map(|row| row[4]).sum();
        assert_eq!(counts as usize, edges.len(), "edge counts sum up");
        let ids: BTreeSet<u64> = nodes.iter().map(|row| row[2]).collect();
        assert_eq!(ids.len(), nodes.len(), "ids differ");
        let mut all = edges.iter();
        let mut read = Vec::new();
        for (from, node) in nodes.iter().enumerate() {
            for edge in all.by_ref().take(node[4] as usize) {
                assert_eq!(edge[2] as usize % width("node_fields"), 0, "aligned");
                let to = edge[2] as usize / width("node_fields");
                assert!(to < nodes.len());
                let name = match edge[0] {
                    ELEMENT => edge[1].to_string(),
                    _ => strings[edge[1] as usize].clone(),
                };
                read.push(Edge {
                    from,
                    to,
                    kind: edge[0],
                    name,
                });
            }
        }
        assert_eq!(strings.iter().collect::<BTreeSet<_>>().len(), strings.len());
        let nodes = nodes.into_iter().map(|row| Node {
            kind: row[0],
            name: strings[row[1] as usize].clone(),
            id: row[2],
            size: row[3],
            trace: row[5],
        });
        let Value::List(tree) = value(&json["trace_tree"]) else {
            panic!("the tree is a list");
        };
        Self {
            nodes: nodes.collect(),
            edges: read,
            functions,
            tree,
            strings,
        }
    }

    pub(super) fn objects(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(|node| node.kind == OBJECT)
    }

    /// Returns the number of the node that an object has in the file.
    pub(super) fn object(&self, node: NodeId) -> usize {
        let first = self.nodes.iter().position(|node| node.kind == OBJECT);
        first.unwrap_or(self.nodes.len()) + node.index()
    }

    /// Returns the nodes that edges that retain lead to from node 0, without one of them.
    pub(super) fn reachable(&self, without: Option<usize>) -> BTreeSet<usize> {
        let mut reached = BTreeSet::from([0]);
        let mut queue = vec![0];
        while let Some(node) = queue.pop() {
            for edge in &self.edges {
                let retains = edge.from == node && ![SHORTCUT, WEAK].contains(&edge.kind);
                if retains && Some(edge.to) != without && reached.insert(edge.to) {
                    queue.push(edge.to);
                }
            }
        }
        reached
    }
}

fn value(json: &Json) -> Value {
    match json {
        Json::Array(items) => Value::List(items.iter().map(value).collect()),
        other => Value::Number(other.as_u64().expect("a number")),
    }
}
