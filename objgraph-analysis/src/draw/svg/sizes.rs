//! The sizes of nodes and of the labels of edges.

use super::graph::{Edge, Node};
use super::layout::Size;
use super::text::{height, width};
use crate::draw::style::{EDGE_FONT_SIZE, Shape};

/// Distance between two sheets of a stack.
pub(super) const STACK: f64 = 3.0;
/// Height of the badge that shows the advice about an edge, with the space above it.
pub(super) const BADGE_HEIGHT: f64 = 15.0;

/// Returns the size of the label of an edge, with its advice below.
pub(super) fn label_size(edge: &Edge<'_>) -> Size {
    let text = text_size(&edge.text);
    match edge.style.advice {
        "" => text,
        advice => Size {
            width: text.width.max(badge_width(advice)),
            height: text.height + BADGE_HEIGHT,
        },
    }
}

/// Returns the width of the label of a loop, with its advice beside it.
pub(super) fn loop_label_width(edge: &Edge<'_>) -> f64 {
    let text = text_size(&edge.text).width;
    match edge.style.advice {
        "" => text,
        advice => text + badge_width(advice),
    }
}

/// Returns the size of the text beside an edge, with a margin.
pub(super) fn text_size(text: &str) -> Size {
    match text {
        "" => Size::default(),
        text => Size {
            width: width(text, EDGE_FONT_SIZE) + 6.0,
            height: height(text, EDGE_FONT_SIZE) + 2.0,
        },
    }
}

/// Returns the width of the badge that shows the advice about an edge.
pub(super) fn badge_width(advice: &str) -> f64 {
    // It is bold.
    width(advice, EDGE_FONT_SIZE) * 1.06 + EDGE_FONT_SIZE
}

/// Returns the size of a node.
pub(super) fn node_size(node: &Node<'_>) -> Size {
    let font_size = node.style.font_size();
    let size = Size {
        width: width(&node.text, font_size) + font_size * 1.4,
        height: height(&node.text, font_size) + font_size,
    };
    match node.style.shape() {
        Shape::DoubleCircle | Shape::Circle => {
            let side = size.width.max(size.height);
            Size {
                width: side,
                height: side,
            }
        }
        Shape::Stack => Size {
            width: size.width + 2.0 * STACK,
            height: size.height + 2.0 * STACK,
        },
        Shape::Ellipse => Size {
            width: size.width * 1.15,
            height: size.height * 1.1,
        },
        Shape::Box | Shape::Note => size,
    }
}
