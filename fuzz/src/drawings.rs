//! Drawings from any text, a line for each node, edge, attribute or line of the legend.
//!
//! The first character of a line says which: `>` an edge, `@` an attribute of the last node, `#` a
//! line of the legend, anything else a node. The numbers and flags that follow are characters by
//! their value; the rest of the line is text, in which `|` breaks lines.

use std::str::Chars;

use objgraph::picture::{Drawing, DrawnEdge, DrawnNode, EdgeKind, Role};

pub(crate) fn drawing(text: &str) -> Drawing {
    let mut drawing = Drawing::default();
    for line in text.split('\n') {
        let mut rest = line.chars();
        match rest.next() {
            Some('>') => {
                let (from, to) = (number(&mut rest), number(&mut rest));
                let kind = kind(number(&mut rest));
                let edge = DrawnEdge::new(from, to, label(rest), kind);
                drawing.edges.push(edge);
            }
            Some('@') => {
                let (name, value) = rest.as_str().split_once('=').unwrap_or_default();
                if let Some(node) = drawing.nodes.last_mut() {
                    node.attributes.push((name.to_owned(), value.to_owned()));
                }
            }
            Some('#') => drawing.legend.push(label(rest)),
            Some(role) => drawing.nodes.push(node(self::role(role as usize), rest)),
            None => {}
        }
    }
    drawing
}

fn node(role: Role, mut rest: Chars<'_>) -> DrawnNode {
    let (flags, depth) = (number(&mut rest), number(&mut rest));
    let has = |flag: usize| flags & (1 << flag) != 0;
    let mut node = DrawnNode::new(role, label(rest));
    node.depth = depth;
    node.brightness = 1.0 - depth as f64 / 10.0;
    node.is_start = has(0);
    node.is_highlighted = has(1);
    node.implements_drop = has(2);
    node.is_opaque = has(3);
    node
}

/// A digit is what it says, so that the corpus is readable.
fn number(rest: &mut Chars<'_>) -> usize {
    let c = rest.next().unwrap_or('0');
    c.to_digit(10).map_or(c as usize, |digit| digit as usize)
}

fn label(rest: Chars<'_>) -> String {
    rest.as_str().replace('|', "\n")
}

fn role(number: usize) -> Role {
    match number % 8 {
        0 => Role::Object,
        1 => Role::Root,
        2 => Role::Stack,
        3 => Role::Outside(7),
        4 => Role::Hidden,
        5 => Role::MoreReferences(7),
        6 => Role::MoreBackreferences(7),
        _ => Role::MoreObjects(7),
    }
}

fn kind(number: usize) -> EdgeKind {
    match number % 5 {
        0 => EdgeKind::Strong,
        1 => EdgeKind::Weak,
        2 => EdgeKind::Cycle,
        3 => EdgeKind::Inferred,
        _ => EdgeKind::Hint,
    }
}
