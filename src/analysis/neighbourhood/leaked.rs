//! A readable part of what has leaked.

use std::collections::{HashMap, HashSet};

use objgraph_core::{NodeId, Snapshot};

use super::{LinkKind, Neighbourhood, Options, Shape};
use crate::analysis::{Leaks, NodeSet, Step};

/// Of a ring that is longer, the beginning and the end are drawn.
const RING: usize = 12;

/// An example of each kind of cycle, then what its objects refer to among the leaked, breadth
/// first, until `max_objects` are drawn.
///
/// Of a ring too long for the picture, the beginning and the end are drawn.
pub(super) fn leaks(leaks: &Leaks, options: &Options<'_>) -> Neighbourhood {
    let mut part = Part {
        snapshot: leaks.snapshot(),
        options,
        leaked: NodeSet::new(leaks.snapshot().len()),
        possibly: NodeSet::new(leaks.snapshot().len()),
        picture: Neighbourhood::default(),
        drawn: HashMap::new(),
        ring_edges: HashSet::new(),
        gap_edges: HashSet::new(),
        told: NodeSet::new(leaks.snapshot().len()),
    };
    for &node in leaks.nodes() {
        part.leaked.insert(node);
    }
    for object in leaks.possibly() {
        part.leaked.insert(object.node_id());
        part.possibly.insert(object.node_id());
    }
    let rings: Vec<&[Step]> = leaks
        .kinds()
        .all()
        .iter()
        .filter_map(|kind| kind.rings.first().map(Vec::as_slice))
        .collect();
    for (number, ring) in rings.iter().enumerate() {
        // The kinds that are left share the room that is left.
        let room = (options.max_objects / 2).saturating_sub(part.drawn.len());
        let share = room / (rings.len() - number).min(4);
        if share < 2 && number > 0 {
            break;
        }
        part.ring(ring, share.clamp(4, RING));
    }
    if rings.is_empty()
        && let Some(first) = leaks.iter().chain(leaks.possibly()).next()
    {
        part.object(first.node_id(), 0, true);
    }
    part.neighbours();
    for &node in part.drawn.keys() {
        part.told.insert(node);
    }
    let more = (leaks.len() + leaks.possibly().len()).saturating_sub(part.told.len());
    if more > 0 {
        let depth = part
            .picture
            .nodes
            .iter()
            .map(|drawn| drawn.depth)
            .max()
            .unwrap_or(0);
        part.picture.draw(Shape::MoreObjects(more), depth, false);
    }
    part.picture.links.sort_by_key(|link| link.from);
    let depths = part.picture.objects_depths();
    part.picture.max_depth = depths.max().unwrap_or(0).max(options.max_depth);
    part.picture
}

struct Part<'s, 'f> {
    snapshot: &'s Snapshot,
    options: &'s Options<'f>,
    /// What has leaked, or may have.
    leaked: NodeSet,
    /// What may have: of these, what could not be looked into is drawn, since it may hold them.
    possibly: NodeSet,
    picture: Neighbourhood,
    drawn: HashMap<NodeId, usize>,
    /// The edges of the rings that were drawn, by number.
    ring_edges: HashSet<usize>,
    /// The edges that lead into a gap of a ring, by number: drawn already.
    gap_edges: HashSet<usize>,
    /// The objects that stand in such a gap, and in the end those drawn too.
    told: NodeSet,
}

impl Part<'_, '_> {
    fn object(&mut self, node: NodeId, depth: usize, is_start: bool) -> usize {
        let picture = &mut self.picture;
        *self
            .drawn
            .entry(node)
            .or_insert_with(|| picture.draw(Shape::Object(node), depth, is_start))
    }

    /// Draws the objects of a ring, at most so many, and the gap if there is one.
    fn ring(&mut self, ring: &[Step], room: usize) {
        let gap = if ring.len() > room + room / 3 {
            room.div_ceil(2)..ring.len() - room / 2
        } else {
            0..0
        };
        for (number, step) in ring.iter().enumerate() {
            if !gap.contains(&number) {
                self.object(step.node, 0, true);
                self.ring_edges.insert(step.edge);
            } else {
                self.told.insert(step.node);
            }
        }
        if !gap.is_empty() {
            let more = self.picture.draw(Shape::MoreObjects(gap.len()), 0, false);
            let into = &ring[gap.start - 1];
            let out = &ring[gap.end - 1];
            let label = |edge: usize| {
                let row = &self.snapshot.parts().edges[edge];
                self.snapshot.parts().paths.show(row.path, row.index)
            };
            let (into_label, out_label) = (label(into.edge), label(out.edge));
            let (from, to) = (
                self.drawn[&into.node],
                self.drawn[&ring[gap.end % ring.len()].node],
            );
            self.picture.link(from, more, into_label, LinkKind::Cycle);
            self.picture.link(more, to, out_label, LinkKind::Cycle);
            self.gap_edges.insert(into.edge);
        }
    }

    /// Draws the edges of what is drawn, and more objects while there is room.
    fn neighbours(&mut self) {
        let mut at = 0;
        while at < self.picture.nodes.len() {
            let depth = self.picture.nodes[at].depth + 1;
            let Shape::Object(node) = self.picture.nodes[at].shape else {
                at += 1;
                continue;
            };
            let mut more = 0;
            let mut links = 0;
            let is_stop = self.options.stops(self.snapshot.node(node));
            for edge in self.snapshot.edges(node) {
                let target = edge.target();
                let is_known = self.drawn.contains_key(&target);
                let is_ring = self.ring_edges.contains(&edge.number());
                let shown = self.leaked.contains(target)
                    && self.options.shows(self.snapshot.node(target))
                    && self.options.shows_edge(&edge);
                if (is_stop && !is_ring)
                    || (!shown && !is_known)
                    || self.gap_edges.contains(&edge.number())
                {
                    continue;
                }
                let has_room = is_known
                    || (links < self.options.too_many
                        && self.drawn.len() < self.options.max_objects);
                if !is_ring && !has_room {
                    more += 1;
                    continue;
                }
                links += 1;
                let to = self.object(target, depth, false);
                let kind = match (edge.is_strong(), is_ring) {
                    (true, true) => LinkKind::Cycle,
                    (true, false) => LinkKind::Strong,
                    (false, _) => LinkKind::Weak,
                };
                self.picture.link(at, to, edge.path(), kind);
            }
            let room = self.options.too_many.saturating_sub(links);
            if self.possibly.contains(node) {
                more += self.picture.draw_hidden(self.snapshot, at, room);
            }
            if more > 0 {
                let shape = Shape::MoreReferences(more);
                let more = self.picture.draw(shape, depth, false);
                self.picture.link(at, more, String::new(), LinkKind::Hint);
            }
            at += 1;
        }
    }
}

impl Neighbourhood {
    fn objects_depths(&self) -> impl Iterator<Item = usize> + '_ {
        self.nodes
            .iter()
            .filter(|drawn| matches!(drawn.shape, Shape::Object(_)))
            .map(|drawn| drawn.depth)
    }
}
