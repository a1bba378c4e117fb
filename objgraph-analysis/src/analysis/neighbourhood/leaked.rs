//! Selects a readable part of what has leaked.

use objgraph_core::{Node, NodeId};

use super::builder::{PartialPicture, PictureBuilder};
use super::{EdgeKind, Neighbourhood, PictureOptions, Subject, TooLarge};
use crate::analysis::{Direction, LeakKind, LeakKinds, Leaks, NodeSet, Reference};
use crate::order;

/// Maximum number of objects of a ring; of a longer one, the beginning and the end are drawn.
const MAX_RING: usize = 12;

/// Maximum number of opaque values that may hold what has possibly leaked.
const MAX_SUSPECTS: usize = 3;

/// Selects the rings that the report names, an example of each other kind of cycle, and then what
/// their objects refer to among the leaked, breadth first, up to `max_objects`. Everything else is
/// counted.
pub(super) fn leaks(
    leaks: &Leaks,
    options: &PictureOptions<'_>,
) -> Result<Neighbourhood, TooLarge> {
    // Inferred references are real there, if they hold what has likely leaked.
    let snapshot = leaks.as_if();
    let possibly = leaks.possibly_leaked().map(|object| object.node_id());
    let leaked = leaks.nodes().iter().chain(leaks.likely_nodes()).copied();
    let leaked = NodeSet::of(snapshot.len(), leaked.chain(possibly.clone()));
    // Opaque values of these are drawn, since they may hold the objects.
    let possibly = NodeSet::of(snapshot.len(), possibly);
    let filter = |node: Node<'_>| leaked.contains(node.node_id()) && options.shows(node);
    let among_leaked = PictureOptions {
        filter: Some(&filter),
        ..*options
    };
    let objects = leaks.len() + leaks.likely_leaked().len() + leaks.possibly_leaked().len();
    let mut builder = PictureBuilder::new(snapshot, &among_leaked, Direction::Refs);
    builder.part = Some(PartialPicture {
        max_objects: options.max_objects,
        shows_opaque_values_of: possibly,
        objects,
    });

    // The objects that are drawn, or that a gap in a ring represents.
    let mut accounted = NodeSet::new(snapshot.len());
    let proven = leaks.kinds().all();
    let likely = leaks.likely_kinds().all();
    let kinds: Vec<&LeakKind> = proven.iter().chain(likely).collect();
    let is_named = |number: usize| match number.checked_sub(proven.len()) {
        None => number < LeakKinds::MAX_REPORTED,
        Some(number) => number < LeakKinds::MAX_REPORTED,
    };
    let (named, others): (Vec<usize>, Vec<usize>) =
        (0..kinds.len()).partition(|&number| is_named(number));
    let named_rings = named.into_iter().flat_map(|number| {
        let rings = kinds[number].rings.iter();
        rings.map(move |ring| (number, ring.as_slice()))
    });
    let mut rings: Vec<(usize, &[Reference])> = named_rings.collect();
    let named_count = rings.len();
    rings.extend(others.into_iter().filter_map(|number| {
        let ring = kinds[number].rings.first()?;
        Some((number, ring.as_slice()))
    }));
    // The kinds that are drawn, each with its first ring.
    let mut drawn_kinds: Vec<(usize, DrawnRing)> = Vec::new();
    for (number, &(kind, ring)) in rings.iter().enumerate() {
        // The remaining rings share the remaining room; those that the report names are always
        // drawn.
        let room = (options.max_objects / 2).saturating_sub(builder.objects());
        let share = room / (rings.len() - number).min(4);
        if share < 2 && number >= named_count {
            break;
        }
        let drawn = draw_ring(&mut builder, ring, share.clamp(4, MAX_RING));
        builder.picture.edges[drawn.closing].is_fix |= !kinds[kind].fixes.is_empty();
        for step in ring {
            accounted.insert(step.node);
        }
        if drawn_kinds.last().is_none_or(|(last, _)| *last != kind) {
            drawn_kinds.push((kind, drawn));
        }
    }
    for suspect in leaks.suspects().iter().take(MAX_SUSPECTS) {
        builder.draw_start(suspect.node);
    }
    if builder.objects() == 0 {
        let first = leaks
            .iter()
            .chain(leaks.likely_leaked())
            .chain(leaks.possibly_leaked())
            .next();
        if let Some(first) = first {
            builder.draw_start(first.node_id());
        }
    }
    let mut picture = builder.finish()?;
    picture.is_of_leaks = true;
    let fixes = drawn_kinds
        .iter()
        .filter_map(|(kind, _)| Some(kinds[*kind].fixes.first()?.clone()));
    picture.fixes = fixes.collect();

    for drawn in &picture.nodes {
        for &node in drawn.subject.objects() {
            accounted.insert(node);
        }
    }
    count_the_rest(&mut picture, leaks, &kinds, &drawn_kinds, &accounted);
    order::sort_by_key(&mut picture.edges, |edge| edge.from);
    Ok(picture)
}

/// A ring in a picture.
struct DrawnRing {
    /// The index of its first node.
    first: usize,
    /// The index of the node that stands for the objects that are left out of it.
    gap: Option<usize>,
    /// The index of the edge that leads back to the first node.
    closing: usize,
}

/// Draws at most `room` objects of a ring, and the gap between them if there is one.
fn draw_ring(builder: &mut PictureBuilder<'_, '_>, ring: &[Reference], room: usize) -> DrawnRing {
    let gap = if ring.len() > room + room / 3 {
        room.div_ceil(2)..ring.len() - room / 2
    } else {
        0..0
    };
    // For each node: its index, the object at it, and the edge that leads on. One node represents
    // the whole gap.
    let mut stations: Vec<(usize, NodeId, usize)> = Vec::new();
    let mut gap_node = None;
    for (number, step) in ring.iter().enumerate() {
        if !gap.contains(&number) {
            stations.push((builder.draw_start(step.node), step.node, step.edge));
        } else if number == gap.start {
            let more = builder
                .picture
                .add_node(Subject::MoreObjects(gap.len()), 0, false);
            stations.push((more, step.node, ring[gap.end - 1].edge));
            gap_node = Some(more);
        }
    }
    let mut closing = 0;
    for (number, &(from, source, edge)) in stations.iter().enumerate() {
        let (to, target, _) = stations[(number + 1) % stations.len()];
        closing = builder.draw_early((from, to), edge, (source, target));
    }
    DrawnRing {
        first: stations[0].0,
        gap: gap_node,
        closing,
    }
}

/// Counts the objects of each drawn kind that are not accounted for, in the gap of its ring or beside
/// it, and all others in a node of their own.
fn count_the_rest(
    picture: &mut Neighbourhood,
    leaks: &Leaks,
    kinds: &[&LeakKind],
    drawn_kinds: &[(usize, DrawnRing)],
    accounted: &NodeSet,
) {
    let deepest = picture.nodes.iter().map(|drawn| drawn.depth).max();
    let possibly = leaks.possibly_leaked().map(|object| object.node_id());
    let mut others = possibly.filter(|&node| !accounted.contains(node)).count();
    let mut of_kind = vec![0; kinds.len()];
    let (proven, likely) = (leaks.kinds(), leaks.likely_kinds());
    let of_proven = leaks.nodes().iter().zip(proven.kind_of_each());
    let of_likely = likely.kind_of_each();
    let of_likely = of_likely.map(|kind| Some(proven.all().len() + kind?));
    let of_likely = leaks.likely_nodes().iter().zip(of_likely);
    for (&node, kind) in of_proven.chain(of_likely) {
        if !accounted.contains(node) {
            match kind {
                Some(kind) => of_kind[kind] += 1,
                None => others += 1,
            }
        }
    }
    for (number, ring) in drawn_kinds {
        let objects = std::mem::take(&mut of_kind[*number]);
        if objects == 0 {
            continue;
        }
        let other_leaks = kinds[*number].groups.len().saturating_sub(1);
        let gap = ring.gap.filter(|_| other_leaks == 0);
        let in_gap = gap.map(|gap| &mut picture.nodes[gap].subject);
        if let Some(Subject::MoreObjects(in_gap)) = in_gap {
            *in_gap += objects;
            continue;
        }
        let subject = match other_leaks {
            0 => Subject::MoreObjects(objects),
            leaks => Subject::MoreLeaks { leaks, objects },
        };
        let more = picture.add_node(subject, 1, false);
        picture.add_edge(ring.first, more, String::new(), EdgeKind::Hint);
    }
    others += of_kind.iter().sum::<usize>();
    if others > 0 {
        picture.add_node(Subject::MoreObjects(others), deepest.unwrap_or(0), false);
    }
}
