//! Selects a readable part of what has leaked.

use objgraph_core::{Node, NodeId};

use super::builder::{PartialPicture, PictureBuilder};
use super::{Neighbourhood, PictureOptions, Subject, TooLarge};
use crate::analysis::{Direction, LeakKinds, Leaks, NodeSet, Reference};

/// Maximum number of objects of a ring; of a longer one, the beginning and the end are drawn.
const MAX_RING: usize = 12;

/// Selects the rings that the report names, an example of each other kind of cycle, and then what
/// their objects refer to among the leaked, breadth first, up to `max_objects`.
pub(super) fn leaks(
    leaks: &Leaks,
    options: &PictureOptions<'_>,
) -> Result<Neighbourhood, TooLarge> {
    let snapshot = leaks.snapshot();
    let possibly = leaks.possibly_leaked().map(|object| object.node_id());
    let leaked = leaks.nodes().iter().copied().chain(possibly.clone());
    let leaked = NodeSet::of(snapshot.len(), leaked);
    // Opaque values of these are drawn, since they may hold the objects.
    let possibly = NodeSet::of(snapshot.len(), possibly);
    let filter = |node: Node<'_>| leaked.contains(node.node_id()) && options.shows(node);
    let among_leaked = PictureOptions {
        filter: Some(&filter),
        ..*options
    };
    let objects = leaks.len() + leaks.possibly_leaked().len();
    let mut builder = PictureBuilder::new(snapshot, &among_leaked, Direction::Refs);
    builder.part = Some(PartialPicture {
        max_objects: options.max_objects,
        shows_opaque_values_of: possibly,
        objects,
    });

    // The objects that are drawn, or that a gap in a ring represents.
    let mut accounted = NodeSet::new(snapshot.len());
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
        // The remaining rings share the remaining room; those that the report names are always
        // drawn.
        let room = (options.max_objects / 2).saturating_sub(builder.objects());
        let share = room / (rings.len() - number).min(4);
        if share < 2 && number >= named {
            break;
        }
        draw_ring(&mut builder, ring, share.clamp(4, MAX_RING));
        for step in *ring {
            accounted.insert(step.node);
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
            accounted.insert(node);
            deepest = deepest.max(drawn.depth);
        }
    }
    let more = objects.saturating_sub(accounted.len());
    if more > 0 {
        picture.add_node(Subject::MoreObjects(more), deepest, false);
    }
    picture.edges.sort_by_key(|edge| edge.from);
    Ok(picture)
}

/// Draws at most `room` objects of a ring, and the gap between them if there is one.
fn draw_ring(builder: &mut PictureBuilder<'_, '_>, ring: &[Reference], room: usize) {
    let gap = if ring.len() > room + room / 3 {
        room.div_ceil(2)..ring.len() - room / 2
    } else {
        0..0
    };
    // For each node: its index, the object at it, and the edge that leads on. One node represents
    // the whole gap.
    let mut stations: Vec<(usize, NodeId, usize)> = Vec::new();
    for (number, step) in ring.iter().enumerate() {
        if !gap.contains(&number) {
            stations.push((builder.draw_start(step.node), step.node, step.edge));
        } else if number == gap.start {
            let more = builder
                .picture
                .add_node(Subject::MoreObjects(gap.len()), 0, false);
            stations.push((more, step.node, ring[gap.end - 1].edge));
        }
    }
    for (number, &(from, source, edge)) in stations.iter().enumerate() {
        let (to, target, _) = stations[(number + 1) % stations.len()];
        builder.draw_early((from, to), edge, (source, target));
    }
}
