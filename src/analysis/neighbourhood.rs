//! What a picture shows: some objects and what is near them.

mod leaked;
mod walk;

#[cfg(test)]
mod tests;

use std::fmt;

use objgraph_core::{Node, NodeId, PlaceKind, Snapshot};

use super::Leaks;

/// Some objects and what is near them: what a picture shows.
///
/// Plain data, in the order of drawing; [`to_dot`](crate::to_dot) makes text of it.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Neighbourhood {
    /// What is drawn, in the order in which it was met.
    pub nodes: Vec<Drawn>,
    /// The arrows, in the order in which they were met.
    pub links: Vec<Link>,
    /// The greatest depth that a node may have; shades are relative to it.
    pub max_depth: usize,
}

/// A node of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drawn {
    /// What it stands for.
    pub shape: Shape,
    /// How many references it is from the start.
    pub depth: usize,
    /// Whether the picture starts here.
    pub is_start: bool,
}

/// What a node of a picture stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Shape {
    /// An object.
    Object(NodeId),
    /// So many references from one object that are not drawn.
    MoreReferences(usize),
    /// So many references to one object that are not drawn.
    MoreBackreferences(usize),
    /// So many objects that are not drawn.
    MoreObjects(usize),
    /// So many references to one object that are held by nothing the trace saw.
    Outside(u64),
    /// A value inside an object that the trace could not look into.
    Hidden {
        /// The type of the value: an index into [`Snapshot::types`].
        type_index: u32,
        /// Why not.
        kind: PlaceKind,
    },
}

/// An arrow of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Link {
    /// Where it begins: an index into [`Neighbourhood::nodes`].
    pub from: usize,
    /// Where it ends: an index into [`Neighbourhood::nodes`].
    pub to: usize,
    /// The node at which it was met, one of its ends: an index into [`Neighbourhood::nodes`].
    pub met_at: usize,
    /// The path of the reference; empty where there is none.
    pub label: String,
    /// How it is drawn.
    pub kind: LinkKind,
}

/// How an arrow of a picture is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LinkKind {
    /// A reference that owns.
    Strong,
    /// A weak reference.
    Weak,
    /// A reference that owns and is part of a cycle that leaks.
    Cycle,
    /// To or from something that is not an object: references not drawn, held from outside, or
    /// a value that could not be looked into.
    Hint,
}

/// Which objects a picture shows.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Options<'f> {
    /// How many references to go from the start; 3 if not set.
    pub max_depth: usize,
    /// How many references of one object to draw; 10 if not set.
    pub too_many: usize,
    /// How many objects to draw in a picture of leaks; 40 if not set.
    pub max_objects: usize,
    /// Draws the objects for which this holds only; starts are drawn in any case.
    pub filter: Option<&'f dyn Fn(Node<'_>) -> bool>,
    /// Draws objects for which this holds, but not what is behind them.
    pub stop: Option<&'f dyn Fn(Node<'_>) -> bool>,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            max_depth: 3,
            too_many: 10,
            max_objects: 40,
            filter: None,
            stop: None,
        }
    }
}

impl fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("max_depth", &self.max_depth)
            .field("too_many", &self.too_many)
            .field("max_objects", &self.max_objects)
            .field("filter", &self.filter.is_some())
            .field("stop", &self.stop.is_some())
            .finish()
    }
}

impl Neighbourhood {
    /// What the starts refer to, breadth first.
    #[must_use]
    pub fn refs(snapshot: &Snapshot, starts: &[NodeId], options: &Options<'_>) -> Self {
        walk::refs(snapshot, starts, options)
    }

    /// What refers to the starts, breadth first.
    #[must_use]
    pub fn backrefs(snapshot: &Snapshot, starts: &[NodeId], options: &Options<'_>) -> Self {
        walk::backrefs(snapshot, starts, options)
    }

    /// A readable part of what has leaked: an example of each kind of cycle, and what is near.
    #[must_use]
    pub fn leaks(leaks: &Leaks, options: &Options<'_>) -> Self {
        leaked::leaks(leaks, options)
    }

    /// The objects that are drawn, in the order of drawing.
    pub fn objects(&self) -> impl Iterator<Item = NodeId> + Clone {
        self.nodes.iter().filter_map(|drawn| match drawn.shape {
            Shape::Object(node) => Some(node),
            _ => None,
        })
    }

    /// Adds a node and tells its index.
    fn draw(&mut self, shape: Shape, depth: usize, is_start: bool) -> usize {
        self.nodes.push(Drawn {
            shape,
            depth,
            is_start,
        });
        self.nodes.len() - 1
    }

    /// Adds an arrow that was met at its beginning.
    fn link(&mut self, from: usize, to: usize, label: String, kind: LinkKind) {
        self.links.push(Link {
            from,
            to,
            met_at: from,
            label,
            kind,
        });
    }

    /// Adds an arrow that was met at its end.
    fn link_back(&mut self, from: usize, to: usize, label: String, kind: LinkKind) {
        self.links.push(Link {
            from,
            to,
            met_at: to,
            label,
            kind,
        });
    }

    /// Draws the values inside a drawn object that could not be looked into, at most
    /// `too_many`; tells how many are left.
    fn draw_hidden(
        &mut self,
        snapshot: &Snapshot,
        at: usize,
        node: NodeId,
        too_many: usize,
    ) -> usize {
        let places = snapshot.places_of(node);
        let depth = self.nodes[at].depth + 1;
        for place in places.iter().take(too_many) {
            let shape = Shape::Hidden {
                type_index: place.type_index,
                kind: place.kind,
            };
            let hidden = self.draw(shape, depth, false);
            let path = snapshot.parts().paths.show(place.path, place.index);
            self.link(at, hidden, path, LinkKind::Hint);
        }
        places.len().saturating_sub(too_many)
    }
}
