//! The legend of a picture: what the marks in it mean.

use super::drawing::{Drawing, DrawnEdge, DrawnNode, Role};
use crate::analysis::EdgeKind;

/// A line of the legend, and whether a node or an edge has its mark.
type NodeLine = (fn(&DrawnNode) -> bool, &'static str);
type EdgeLine = (fn(&DrawnEdge) -> bool, &'static str);

const NODES: [NodeLine; 8] = [
    (|node| node.is_start, "red text: the picture starts here"),
    (|node| node.depth > 0, "greyer: further from the start"),
    (|node| node.is_highlighted, "blue: highlighted"),
    (|node| node.role == Role::Root, "green: a root"),
    STACK,
    (
        |node| node.implements_drop,
        "Drop: the type implements Drop",
    ),
    (|node| node.is_opaque, "dashed box: could not be traced"),
    (
        |node| node.role == Role::Hidden,
        "small dashed box: a value inside that could not be traced",
    ),
];

const STACK: NodeLine = (|node| node.role == Role::Stack, "n × Type: similar objects");

const EDGES: [EdgeLine; 4] = [
    (|edge| edge.kind == EdgeKind::Strong, "arrow: owns"),
    (
        |edge| edge.kind == EdgeKind::Cycle,
        "red arrow: owns, in a cycle",
    ),
    WEAK,
    INFERRED,
];

const WEAK: EdgeLine = (|edge| edge.kind == EdgeKind::Weak, "dashed arrow: weak");

const INFERRED: EdgeLine = (
    |edge| edge.kind == EdgeKind::Inferred,
    "dotted arrow: may own, inferred from the memory of a closure, future or foreign value",
);

const LIKELY: EdgeLine = (
    INFERRED.0,
    "dotted arrow: inferred from the memory of a closure, future or foreign value; likely, not proven",
);

/// The lines of a picture of leaks, after those of the cycles and the fixes.
const LEAKED_NODES: [NodeLine; 5] = [
    STACK,
    (|node| node.is_highlighted, "light blue: highlighted"),
    (
        |node| node.implements_drop,
        "Drop: the type implements Drop",
    ),
    (
        |node| node.is_opaque || node.role == Role::Hidden,
        "dashed box: could not be traced, and may own what has leaked",
    ),
    (
        |node| node.role.is_more(),
        "grey without a border: counted, not drawn",
    ),
];

/// Returns a line for each mark that the drawing has. `fixes` say what to change, for each leak that
/// is drawn.
pub(super) fn of(drawing: &Drawing, fixes: impl Iterator<Item = String>) -> Vec<String> {
    if drawing.is_of_leaks {
        return of_leaks(drawing, fixes);
    }
    let outside: [NodeLine; 2] = [
        (
            |node| matches!(node.role, Role::Outside(_)),
            "outside: held by the stack or by what could not be traced",
        ),
        (|node| node.role.is_more(), "red box: not drawn"),
    ];
    let mut lines = node_lines(drawing, &NODES);
    lines.extend(node_lines(drawing, &outside));
    lines.extend(edge_lines(drawing, &EDGES));
    lines
}

fn of_leaks(drawing: &Drawing, fixes: impl Iterator<Item = String>) -> Vec<String> {
    let mut lines = Vec::new();
    if !drawing.cycles.is_empty() {
        lines.push("red: objects that own each other, so that none is dropped".to_owned());
    } else if !drawing.nodes.is_empty() {
        lines.push("grey: objects that may have leaked".to_owned());
    }
    for fix in fixes {
        let line = format!("blue: the fix, {fix}");
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    let is_held = |node: usize| !drawing.cycles.iter().any(|cycle| cycle.contains(&node));
    let objects = drawing.nodes.iter().enumerate();
    let mut objects = objects.filter(|(_, node)| !node.objects.is_empty());
    if objects.any(|(number, _)| is_held(number)) && !drawing.cycles.is_empty() {
        lines.push("grey: owned by these, and dropped with them".to_owned());
    }
    lines.extend(node_lines(drawing, &LEAKED_NODES));
    lines.extend(edge_lines(drawing, &[WEAK, LIKELY]));
    lines
}

fn node_lines(drawing: &Drawing, lines: &[NodeLine]) -> Vec<String> {
    let lines = lines.iter();
    lines
        .filter(|(is_marked, _)| drawing.nodes.iter().any(is_marked))
        .map(|&(_, line)| line.to_owned())
        .collect()
}

fn edge_lines(drawing: &Drawing, lines: &[EdgeLine]) -> Vec<String> {
    let lines = lines.iter();
    lines
        .filter(|(is_marked, _)| drawing.edges.iter().any(is_marked))
        .map(|&(_, line)| line.to_owned())
        .collect()
}
