//! A readable part of what has leaked.

use objgraph_core::{Node, NodeId};

use super::builder::{PartialPicture, PictureBuilder};
use super::{Neighbourhood, PictureOptions, Subject, TooLarge};
use crate::analysis::{Direction, LeakKinds, Leaks, NodeSet, Reference};

/// Of a ring that is longer, the beginning and the end are drawn.
const RING: usize = 12;

/// The rings that the report names, an example of each other kind of cycle, then what their objects
/// refer to among the leaked, breadth first, until `max_objects` are drawn.
///
/// Of a ring too long for the picture, the beginning and the end are drawn.
pub(super) fn leaks(
    leaks: &Leaks,
    options: &PictureOptions<'_>,
) -> Result<Neighbourhood, TooLarge> {
    let snapshot = leaks.snapshot();
    let mut leaked = NodeSet::new(snapshot.len());
    // Of these, what could not be looked into is drawn, since it may hold them.
    let mut possibly = NodeSet::new(snapshot.len());
    for &node in leaks.nodes() {
        leaked.insert(node);
    }
    for object in leaks.possibly_leaked() {
        leaked.insert(object.node_id());
        possibly.insert(object.node_id());
    }
    let filter = |node: Node<'_>| leaked.contains(node.node_id()) && options.shows(node);
    let among_leaked = PictureOptions {
        filter: Some(&filter),
        ..*options
    };
    let objects = leaks.len() + leaks.possibly_leaked().len();
    let mut builder = PictureBuilder::new(snapshot, &among_leaked, Direction::Refs);
    builder.part = Some(PartialPicture {
        max_objects: options.max_objects,
        looked_into: possibly,
        objects,
    });

    // The objects that are drawn, or stand for by a gap in a ring.
    let mut told = NodeSet::new(snapshot.len());
    let kinds = leaks.kinds().all();
    let (named, others) = kinds.split_at(kinds.len().min(LeakKinds::MAX_REPORTED));
    let mut rings: Vec<&[Reference]> = named
        .iter()
        .flat_map(|kind| &kind.rings)
        .map(Vec::as_slice)
        .collect();
    let named = rings.len();
    rings.extend(
        others
            .iter()
            .filter_map(|kind| kind.rings.first().map(Vec::as_slice)),
    );
    for (number, ring) in rings.iter().enumerate() {
        // The rings that are left share the room that is left; those that the report names are
        // drawn in any case.
        let room = (options.max_objects / 2).saturating_sub(builder.objects());
        let share = room / (rings.len() - number).min(4);
        if share < 2 && number >= named {
            break;
        }
        draw_ring(&mut builder, ring, share.clamp(4, RING));
        for step in *ring {
            told.insert(step.node);
        }
    }
    if rings.is_empty()
        && let Some(first) = leaks.iter().chain(leaks.possibly_leaked()).next()
    {
        builder.draw_start(first.node_id());
    }
    let mut picture = builder.finish()?;

    let mut deepest = 0;
    for drawn in &picture.nodes {
        for &node in drawn.subject.objects() {
            told.insert(node);
            deepest = deepest.max(drawn.depth);
        }
    }
    let more = objects.saturating_sub(told.len());
    if more > 0 {
        picture.add_node(Subject::MoreObjects(more), deepest, false);
    }
    picture.edges.sort_by_key(|edge| edge.from);
    Ok(picture)
}

/// Draws the objects of a ring, at most so many, and the gap if there is one.
fn draw_ring(builder: &mut PictureBuilder<'_, '_>, ring: &[Reference], room: usize) {
    let gap = if ring.len() > room + room / 3 {
        room.div_ceil(2)..ring.len() - room / 2
    } else {
        0..0
    };
    // Where each is drawn, an object that stands there, and the edge that leads on. One node
    // stands for all that is in the gap.
    let mut round: Vec<(usize, NodeId, usize)> = Vec::new();
    for (number, step) in ring.iter().enumerate() {
        if !gap.contains(&number) {
            round.push((builder.draw_start(step.node), step.node, step.edge));
        } else if number == gap.start {
            let more = builder
                .picture
                .add_node(Subject::MoreObjects(gap.len()), 0, false);
            round.push((more, step.node, ring[gap.end - 1].edge));
        }
    }
    for (number, &(from, source, edge)) in round.iter().enumerate() {
        let (to, target, _) = round[(number + 1) % round.len()];
        builder.draw_ahead((from, to), edge, (source, target));
    }
}
