//! The legend of a picture: what the marks in it mean.

use super::drawing::{Drawing, DrawnEdge, DrawnNode, Role};
use crate::analysis::EdgeKind;

/// Returns a line for each mark that the drawing has.
pub(super) fn of(drawing: &Drawing) -> Vec<String> {
    let nodes: [(fn(&DrawnNode) -> bool, &str); 10] = [
        (|node| node.is_start, "red text: the picture starts here"),
        (|node| node.depth > 0, "darker: further from the start"),
        (|node| node.is_highlighted, "blue: highlighted"),
        (|node| node.role == Role::Root, "green: a root"),
        (
            |node| node.role == Role::Stack,
            "n × Type: objects that are alike",
        ),
        (
            |node| node.implements_drop,
            "Drop: the type implements Drop",
        ),
        (|node| node.is_opaque, "dashed box: could not be traced"),
        (
            |node| node.role == Role::Hidden,
            "small dashed box: a value inside that could not be traced",
        ),
        (
            |node| matches!(node.role, Role::Outside(_)),
            "outside: held by the stack or by what could not be traced",
        ),
        (|node| node.role.is_more(), "red box: not drawn"),
    ];
    let edges: [(fn(&DrawnEdge) -> bool, &str); 3] = [
        (|edge| edge.kind == EdgeKind::Strong, "arrow: owns"),
        (
            |edge| edge.kind == EdgeKind::Cycle,
            "red arrow: owns, in a cycle",
        ),
        (|edge| edge.kind == EdgeKind::Weak, "dashed arrow: weak"),
    ];
    let of_nodes = nodes
        .iter()
        .filter(|(is_so, _)| drawing.nodes.iter().any(is_so));
    let of_edges = edges
        .iter()
        .filter(|(is_so, _)| drawing.edges.iter().any(is_so));
    let lines = of_nodes
        .map(|(_, line)| line)
        .chain(of_edges.map(|(_, line)| line));
    lines.map(|&line| line.to_owned()).collect()
}
