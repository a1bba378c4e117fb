//! A snapshot as a `.heapsnapshot` of V8, which Chrome, Edge, memlab and agents' tools read.
//!
//! The file is one JSON object of flat arrays of numbers. Readers parse it as a stream and by
//! position, so the order of the keys is fixed, the strings are last, and the edges are in the order
//! of their nodes. It is written in that order, in one pass over the nodes and one over the edges.
//!
//! | in the snapshot | in the file |
//! |---|---|
//! | object | node of type `object`, named by its type |
//! | strong reference | edge of type `property`, named by its path |
//! | weak reference | edge of type `weak` |
//! | inferred reference | edge of type `shortcut`, which is shown and retains nothing |
//! | external references, roots, leaks, cycles | nodes of type `synthetic` (`top.rs`) |
//! | type and site | frame of an allocation stack (`traces.rs`) |
//!
//! The nodes above the objects are first, then the objects in the order of the snapshot. A size has
//! 32 bits, so an object with more has further nodes of type `array` below it, which are last.

mod ids;
mod names;
mod numbers;
#[cfg(test)]
mod tests;
mod traces;

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::Arc;

use objgraph_core::{NodeId, ReferenceKind, Snapshot};

use self::names::{EdgeNames, class_name};
use self::numbers::Numbers;
use self::traces::Traces;
use super::strings::Strings;
use super::top::{TopKey, TopNode, top};
use crate::analysis::{Leaks, bytes_of, find_leaks, rows};
use crate::words::json::Json;

/// Writes a whole snapshot as a `.heapsnapshot`, for the Memory panel of Chrome and Edge and for
/// memlab. `docs/devtools.md` says what is where.
///
/// What has leaked is below the node `(leaked)`, by kind, as [`find_leaks`] finds it in this
/// snapshot. The sizes and the dominators that a reader computes are those of
/// [`RetainedSizes`](crate::analysis::RetainedSizes).
///
/// O(objects + references) time. Beside the snapshot and the search for leaks, the memory is
/// O(types + sites + names of fields), and a few words for each object that has external
/// references or has leaked.
///
/// ```
/// use std::sync::Arc;
///
/// let kept = objgraph::rc::Rc::new("text".to_owned());
/// let mut file = Vec::new();
/// objgraph::snapshot::write_heapsnapshot_in(&Arc::new(objgraph::snapshot()), &mut file)?;
/// assert!(file.starts_with(br#"{"snapshot":{"meta":{"node_fields":["type","name","id","#));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// Those of the writer, and [`InvalidInput`](io::ErrorKind::InvalidInput) for a snapshot that the
/// format cannot number: 613,000,000 objects, or 1,431,000,000 references.
pub fn write_heapsnapshot(snapshot: &Arc<Snapshot>, out: &mut dyn Write) -> io::Result<()> {
    write_heapsnapshot_with(&find_leaks(snapshot), out)
}

/// Writes the snapshot of these leaks, and what they say has leaked; see [`write_heapsnapshot`].
///
/// # Errors
///
/// As [`write_heapsnapshot`].
pub fn write_heapsnapshot_with(leaks: &Leaks, out: &mut dyn Write) -> io::Result<()> {
    let mut strings = Strings::default();
    let top = top(leaks, &mut strings);
    File::new(leaks.snapshot(), &top).write(&mut strings, out)
}

/// Number of fields of a node and of an edge.
const NODE_FIELDS: u32 = 7;
const EDGE_FIELDS: u32 = 3;

/// The fields and types; the numbers below are indices of these.
const META: &str = r#""meta":{"node_fields":["type","name","id","self_size","edge_count","trace_node_id","detachedness"],
"node_types":[["hidden","array","string","object","code","closure","regexp","number","native","synthetic","concatenated string","sliced string","symbol","bigint","object shape"],"string","number","number","number","number","number"],
"edge_fields":["type","name_or_index","to_node"],
"edge_types":[["context","element","property","internal","hidden","shortcut","weak"],"string_or_number","node"],
"trace_function_info_fields":["function_id","name","script_name","script_id","line","column"],
"trace_node_fields":["id","function_info_index","count","size","children"],
"sample_fields":["timestamp_us","last_assigned_id"],
"location_fields":["object_index","script_id","line","column"]}"#;

const ARRAY: u32 = 1;
const OBJECT: u32 = 3;
const SYNTHETIC: u32 = 9;

const ELEMENT: u32 = 1;
const PROPERTY: u32 = 2;
const INTERNAL: u32 = 3;
const SHORTCUT: u32 = 5;
const WEAK: u32 = 6;

struct File<'s> {
    snapshot: &'s Snapshot,
    top: &'s [TopNode],
    /// The sizes of the nodes that have what an object takes beyond 32 bits, by object.
    rest: Vec<(NodeId, u32)>,
}

impl<'s> File<'s> {
    fn new(snapshot: &'s Snapshot, top: &'s [TopNode]) -> Self {
        let mut rest = Vec::new();
        for node in (0..snapshot.len()).map(NodeId::new) {
            let mut bytes = bytes_of(snapshot, node);
            while let Some(more) = bytes
                .checked_sub(u64::from(u32::MAX))
                .filter(|&more| more > 0)
            {
                bytes = more;
                rest.push((node, more.min(u64::from(u32::MAX)) as u32));
            }
        }
        Self {
            snapshot,
            top,
            rest,
        }
    }

    fn write(&self, strings: &mut Strings, out: &mut dyn Write) -> io::Result<()> {
        let traces = Traces::of(self.snapshot);
        let nodes = self.top.len() + self.snapshot.len() + self.rest.len();
        let of_top: usize = self.top.iter().map(TopNode::edges).sum();
        let edges = of_top + self.snapshot.edge_count() + self.rest.len();
        if nodes > (u32::MAX / NODE_FIELDS) as usize || edges > (u32::MAX / EDGE_FIELDS) as usize {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "the snapshot has more objects or references than a .heapsnapshot can number",
            ));
        }
        write!(
            out,
            "{{\"snapshot\":{{{META},\n\"node_count\":{nodes},\"edge_count\":{edges},\
             \"trace_function_count\":{}}}",
            traces.count()
        )?;
        let classes: Vec<u32> = self
            .snapshot
            .types()
            .iter()
            .map(|info| strings.number(&class_name(&info.name)))
            .collect();
        self.write_nodes(&classes, &traces, strings, out)?;
        self.write_edges(strings, out)?;
        traces.write_functions(&classes, strings, out)?;
        traces.write_tree(out)?;
        write!(out, ",\n\"samples\":[],\n\"locations\":[]")?;
        write_strings(strings, out)?;
        writeln!(out, "}}")
    }

    fn write_nodes(
        &self,
        classes: &[u32],
        traces: &Traces<'_>,
        strings: &mut Strings,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let mut nodes = Numbers::begin(out, "nodes")?;
        for node in self.top {
            let id = match node.key {
                TopKey::Category(number) => ids::own(number),
                TopKey::Kind(fingerprint) => ids::kind(&fingerprint.to_string()),
                TopKey::Cycle(first) => ids::cycle(ids::object(self.snapshot.node(first).id())),
            };
            let edges = node.edges() as u32;
            nodes.row([SYNTHETIC, node.name, id, 0, edges, 0, 0])?;
        }
        let parts = self.snapshot.parts();
        let mut root_ids = BTreeSet::new();
        let mut rest = self.rest.iter().peekable();
        for node in self.snapshot.nodes() {
            let id = node.node_id();
            let row = &parts.nodes[id.index()];
            let class = match node.concrete_type() {
                Some(concrete) => strings.number(&class_name(&concrete.name)),
                None => classes[node.type_index()],
            };
            let number = match node.root() {
                Some(name) if !row.id.is_in_table() => {
                    let mut number = ids::root(name);
                    while !root_ids.insert(number) {
                        number = ids::after(number);
                    }
                    number
                }
                _ => ids::object(row.id),
            };
            let size = bytes_of(self.snapshot, id).min(u64::from(u32::MAX)) as u32;
            let mut edges = rows(self.snapshot, id).len() as u32;
            while rest.next_if(|rest| rest.0 == id).is_some() {
                edges += 1;
            }
            nodes.row([OBJECT, class, number, size, edges, traces.number(row), 0])?;
        }
        for (number, &(node, size)) in (FIRST_REST..).zip(&self.rest) {
            let name = strings.number("(more bytes of one object)");
            let trace = traces.number(&parts.nodes[node.index()]);
            nodes.row([ARRAY, name, ids::own(number), size, 0, trace, 0])?;
        }
        nodes.end()
    }

    fn write_edges(&self, strings: &mut Strings, out: &mut dyn Write) -> io::Result<()> {
        let mut edges = Numbers::begin(out, "edges")?;
        let top = |number: u32| number * NODE_FIELDS;
        let first = self.top.len() as u32;
        let object = |node: NodeId| (first + node.index() as u32) * NODE_FIELDS;
        for node in self.top {
            for (at, &below) in (1..).zip(&node.below) {
                edges.row([ELEMENT, at, top(below)])?;
            }
            for (at, &below) in (1..).zip(&node.objects) {
                let root = self.snapshot.node(below).root().filter(|_| node.has_roots);
                let (kind, name) = match root {
                    Some(root) => (PROPERTY, strings.number(root)),
                    None => (ELEMENT, at),
                };
                edges.row([kind, name, object(below)])?;
            }
        }
        let mut names = EdgeNames::default();
        let mut rest = (0..).zip(&self.rest).peekable();
        let first_rest = first + self.snapshot.len() as u32;
        for node in self.snapshot.nodes() {
            for edge in self.snapshot.edges(node.node_id()) {
                let kind = match edge.reference_kind() {
                    ReferenceKind::Strong => PROPERTY,
                    ReferenceKind::Weak => WEAK,
                    _ => SHORTCUT,
                };
                let name = names.name(self.snapshot, strings, &edge);
                edges.row([kind, name, object(edge.target())])?;
            }
            while let Some((number, _)) = rest.next_if(|rest| rest.1.0 == node.node_id()) {
                let name = strings.number("more bytes");
                edges.row([INTERNAL, name, top(first_rest + number)])?;
            }
        }
        edges.end()
    }
}

fn write_strings(strings: &Strings, out: &mut dyn Write) -> io::Result<()> {
    write!(out, ",\n\"strings\":[")?;
    for (number, text) in strings.in_order().into_iter().enumerate() {
        let comma = if number > 0 { ",\n" } else { "" };
        write!(out, "{comma}{}", Json::text(text))?;
    }
    write!(out, "]")
}

/// The number of the first node that has the rest of the bytes of an object; less are those of the
/// categories.
const FIRST_REST: u32 = 100;
