//! Breadth first from the starts, forwards or backwards.

use std::collections::HashMap;

use objgraph_core::{Edge, NodeId, Snapshot};

use super::{LinkKind, Neighbourhood, Options, Shape};

pub(super) fn refs(snapshot: &Snapshot, starts: &[NodeId], options: &Options<'_>) -> Neighbourhood {
    let mut walk = Walk::new(snapshot, starts, options);
    while let Some((at, node)) = walk.next() {
        let mut budget = options.too_many;
        let mut skipped = 0;
        for edge in snapshot.edges(node) {
            if !walk.shows(edge.target()) {
                continue;
            }
            if budget == 0 {
                skipped += 1;
                continue;
            }
            budget -= 1;
            let to = walk.object(edge.target(), at);
            walk.picture.link(at, to, edge.path(), kind(&edge));
        }
        skipped += walk.picture.draw_hidden(snapshot, at, node, budget);
        if skipped > 0 {
            let depth = walk.picture.nodes[at].depth + 1;
            let more = walk
                .picture
                .draw(Shape::MoreReferences(skipped), depth, false);
            walk.picture.link(at, more, String::new(), LinkKind::Hint);
        }
    }
    walk.picture
}

pub(super) fn backrefs(
    snapshot: &Snapshot,
    starts: &[NodeId],
    options: &Options<'_>,
) -> Neighbourhood {
    let mut walk = Walk::new(snapshot, starts, options);
    while let Some((at, node)) = walk.next() {
        let depth = walk.picture.nodes[at].depth + 1;
        let mut budget = options.too_many;
        let mut skipped = 0;
        for edge in snapshot.edges_to(node) {
            if !walk.shows(edge.source()) {
                continue;
            }
            if budget == 0 {
                skipped += 1;
                continue;
            }
            budget -= 1;
            let from = walk.object(edge.source(), at);
            walk.picture.link_back(from, at, edge.path(), kind(&edge));
        }
        if let Some(outside @ 1..) = snapshot.external(node) {
            let outside = walk
                .picture
                .draw(Shape::Outside(outside as u64), depth, false);
            walk.picture
                .link_back(outside, at, String::new(), LinkKind::Hint);
        }
        if skipped > 0 {
            let more = walk
                .picture
                .draw(Shape::MoreBackreferences(skipped), depth, false);
            walk.picture
                .link_back(more, at, String::new(), LinkKind::Hint);
        }
    }
    walk.picture
}

fn kind(edge: &Edge<'_>) -> LinkKind {
    if edge.is_strong() {
        LinkKind::Strong
    } else {
        LinkKind::Weak
    }
}

/// The picture so far, and the objects in it that were not expanded yet.
struct Walk<'s, 'f> {
    snapshot: &'s Snapshot,
    options: &'s Options<'f>,
    picture: Neighbourhood,
    drawn: HashMap<NodeId, usize>,
    /// The index, in the picture, of the next node to expand.
    next: usize,
}

impl<'s, 'f> Walk<'s, 'f> {
    fn new(snapshot: &'s Snapshot, starts: &[NodeId], options: &'s Options<'f>) -> Self {
        let mut walk = Self {
            snapshot,
            options,
            picture: Neighbourhood {
                max_depth: options.max_depth,
                ..Neighbourhood::default()
            },
            drawn: HashMap::new(),
            next: 0,
        };
        for &start in starts {
            if !walk.drawn.contains_key(&start) {
                let at = walk.picture.draw(Shape::Object(start), 0, true);
                walk.drawn.insert(start, at);
            }
        }
        walk
    }

    /// The next object to expand.
    fn next(&mut self) -> Option<(usize, NodeId)> {
        loop {
            let at = self.next;
            let drawn = self.picture.nodes.get(at)?;
            self.next += 1;
            if let Shape::Object(node) = drawn.shape
                && drawn.depth < self.options.max_depth
                && self
                    .options
                    .stop
                    .is_none_or(|stop| !stop(self.snapshot.node(node)))
            {
                return Some((at, node));
            }
        }
    }

    fn shows(&self, node: NodeId) -> bool {
        self.options
            .filter
            .is_none_or(|filter| filter(self.snapshot.node(node)))
    }

    /// The index of an object in the picture; it is drawn if it was not before, one deeper than
    /// the node `from` which it was met.
    fn object(&mut self, node: NodeId, from: usize) -> usize {
        let depth = self.picture.nodes[from].depth + 1;
        let picture = &mut self.picture;
        *self
            .drawn
            .entry(node)
            .or_insert_with(|| picture.draw(Shape::Object(node), depth, false))
    }
}
