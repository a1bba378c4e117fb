//! Builds a picture breadth first from its starts, forwards or backwards.

use std::collections::HashMap;

use objgraph_core::{Edge, NodeId, PathId, ReferenceKind, Snapshot};

use super::fold::FoldRules;
use super::{
    EdgeKind, Neighbourhood, PictureOptions, Subject, TooLarge, cyclic_edges, path_of_elements,
};
use crate::analysis::{Direction, NodeSet};
use crate::order::{self, SortedMap};

/// Maximum number of starts that are not folded: whoever names a few objects wants to see each.
const MAX_UNFOLDED_STARTS: usize = 40;

/// Maximum number of edges for each node that a picture may have.
const MAX_EDGES_PER_NODE: usize = 20;

pub(super) fn around(
    snapshot: &Snapshot,
    starts: &[NodeId],
    direction: Direction,
    options: &PictureOptions<'_>,
) -> Result<Neighbourhood, TooLarge> {
    let mut builder = PictureBuilder::new(snapshot, options, direction);
    builder.draw_starts(starts)?;
    builder.finish()
}

/// The picture while it is built.
pub(super) struct PictureBuilder<'s, 'f> {
    snapshot: &'s Snapshot,
    options: &'s PictureOptions<'f>,
    direction: Direction,
    starts: &'s [NodeId],
    pub(super) picture: Neighbourhood,
    /// The limits, if only a part is drawn.
    pub(super) part: Option<PartialPicture>,
    /// The node of each object that is drawn.
    drawn: HashMap<NodeId, usize>,
    /// Number of nodes that are objects or stacks of objects.
    objects: usize,
    /// The edges from or to stacks, by their ends and path; they represent many references.
    stack_edges: HashMap<(usize, usize, PathId, ReferenceKind), usize>,
    /// The strong references that are drawn, each with the index of its edge.
    strong: Vec<(usize, NodeId, NodeId)>,
    /// The references that were drawn before the search reached them, by number, each with the index
    /// of its edge.
    drawn_early: HashMap<usize, usize>,
}

/// The limits of a picture that shows a part.
pub(super) struct PartialPicture {
    /// Maximum number of objects, or stacks of them.
    pub(super) max_objects: usize,
    /// The objects whose opaque values are drawn.
    pub(super) shows_opaque_values_of: NodeSet,
    /// Number of objects in the whole.
    pub(super) objects: usize,
}

impl<'s, 'f> PictureBuilder<'s, 'f> {
    pub(super) fn new(
        snapshot: &'s Snapshot,
        options: &'s PictureOptions<'f>,
        direction: Direction,
    ) -> Self {
        Self {
            snapshot,
            options,
            direction,
            starts: &[],
            picture: Neighbourhood {
                max_depth: options.max_depth,
                is_backwards: direction == Direction::Backrefs,
                ..Neighbourhood::default()
            },
            part: None,
            drawn: HashMap::new(),
            objects: 0,
            stack_edges: HashMap::new(),
            strong: Vec::new(),
            drawn_early: HashMap::new(),
        }
    }

    fn draw_starts(&mut self, starts: &'s [NodeId]) -> Result<(), TooLarge> {
        self.starts = starts;
        let (stack_of, mut stacks) = match self.options.fold_over {
            Some(over) => self.fold_rules(0).stacks(
                starts.iter().map(|&start| (start, None)),
                over.max(MAX_UNFOLDED_STARTS),
            ),
            None => (HashMap::new(), Vec::new()),
        };
        for &start in starts {
            if !self.drawn.contains_key(&start) {
                self.object(start, 0, true, &stack_of, &mut stacks);
                self.check()?;
            }
        }
        Ok(())
    }

    /// Draws one start, without folding.
    pub(super) fn draw_start(&mut self, node: NodeId) -> usize {
        self.object(node, 0, true, &HashMap::new(), &mut [])
    }

    /// Returns the number of nodes that are objects or stacks of objects.
    pub(super) fn objects(&self) -> usize {
        self.objects
    }

    /// Draws a strong reference between two nodes before the search reaches it, and returns the index
    /// of its edge. `ends` are the objects at its ends, for which the nodes stand.
    pub(super) fn draw_early(
        &mut self,
        (from, to): (usize, usize),
        edge: usize,
        ends: (NodeId, NodeId),
    ) -> usize {
        let index = self.picture.edges.len();
        // Several rings may share a reference.
        if let Some(&drawn) = self.drawn_early.get(&edge) {
            return drawn;
        }
        self.drawn_early.insert(edge, index);
        let row = &self.snapshot.parts().edges[edge];
        let label = self.snapshot.parts().paths.show(row.path, row.index);
        self.strong.push((index, ends.0, ends.1));
        let kind = match row.words {
            0 => EdgeKind::Strong,
            _ => EdgeKind::Inferred,
        };
        self.picture.add_edge(from, to, label, kind);
        index
    }

    /// Draws everything behind the starts.
    pub(super) fn finish(mut self) -> Result<Neighbourhood, TooLarge> {
        let mut at = 0;
        let mut gathered = 0;
        while at < self.picture.nodes.len() {
            if at == gathered {
                gathered = self.picture.nodes.len();
                self.gather(at);
            }
            self.expand(at)?;
            at += 1;
        }
        cyclic_edges::mark(&mut self.picture, &self.strong);
        Ok(self.picture)
    }

    /// Prefetches the references at all nodes from this one on, which are equally far from the
    /// starts.
    fn gather(&self, from: usize) {
        let objects: Vec<NodeId> = self.picture.nodes[from..]
            .iter()
            .filter(|node| node.depth < self.options.max_depth)
            .flat_map(|node| node.subject.objects())
            .copied()
            .collect();
        self.direction.gather(self.snapshot, &objects);
    }

    /// Draws what is one reference away from a node.
    fn expand(&mut self, at: usize) -> Result<(), TooLarge> {
        let node = &self.picture.nodes[at];
        let depth = node.depth + 1;
        let objects = match &node.subject {
            Subject::Object(object) if !self.options.stops(self.snapshot.node(*object)) => {
                vec![*object]
            }
            Subject::Stack(objects) if !self.options.stops(self.snapshot.node(objects[0])) => {
                objects.clone()
            }
            _ => return Ok(()),
        };
        let is_last = depth > self.options.max_depth;
        if is_last && self.part.is_none() {
            return Ok(());
        }
        let mut edges: Vec<Edge<'s>> = Vec::new();
        let mut early_count = 0;
        for &object in &objects {
            let shown = |edge: &Edge<'_>| {
                let is_drawn_early = self.drawn_early.contains_key(&edge.number());
                early_count += usize::from(is_drawn_early);
                !is_drawn_early
                    && (!is_last || self.drawn.contains_key(&self.direction.far(edge)))
                    && self.options.shows_edge(edge)
                    && self
                        .options
                        .shows(self.snapshot.node(self.direction.far(edge)))
            };
            edges.extend(self.direction.edges(self.snapshot, object).filter(shown));
        }
        if objects.len() > 1 {
            // Edges then come in the order of the paths, not of the objects.
            order::sort_by_key(&mut edges, Edge::path_id);
        }
        let (stack_of, mut stacks) = match self.options.fold_over {
            Some(over) => {
                // What similar objects refer to is similar too, even if it is little.
                let over = if objects.len() > 1 { 1 } else { over };
                let reached = edges.iter().map(|edge| {
                    let by = (edge.path_id(), edge.reference_kind());
                    (self.direction.far(edge), Some(by))
                });
                self.fold_rules(depth).stacks(reached, over)
            }
            None => (HashMap::new(), Vec::new()),
        };
        let mut budget = self.options.too_many.saturating_sub(early_count);
        let mut skipped = 0;
        // The references that each new edge represents.
        let first_edge = self.picture.edges.len();
        let mut merged: Vec<Vec<Edge<'s>>> = Vec::new();
        for edge in edges {
            let far = self.direction.far(&edge);
            let known = self.known_edge(at, &edge);
            if known.is_none() && !self.has_room(far, budget) {
                skipped += 1;
                continue;
            }
            let edge_index = match known {
                Some(edge_index) => edge_index,
                None => {
                    budget = budget.saturating_sub(1);
                    let to = self.object(far, depth, false, &stack_of, &mut stacks);
                    merged.push(Vec::new());
                    self.add_edge(at, to, &edge)
                }
            };
            merged[edge_index - first_edge].push(edge);
            if edge.is_strong() {
                self.strong.push((edge_index, edge.source(), edge.target()));
            }
            self.check()?;
        }
        for (edge_index, edges) in (first_edge..).zip(merged) {
            if edges.len() > 1 {
                self.label_merged(edge_index, &edges);
            }
        }
        match self.direction {
            Direction::Refs => {
                // Where a part is drawn, all objects that are not drawn are counted together.
                if self.part.is_some() {
                    skipped = 0;
                }
                let part = self.part.as_ref();
                if part
                    .is_none_or(|part| !is_last && part.shows_opaque_values_of.contains(objects[0]))
                {
                    skipped += self.picture.add_opaque_values(
                        self.snapshot,
                        at,
                        budget,
                        self.options.fold_over,
                    );
                }
                if skipped > 0 {
                    let subject = Subject::MoreReferences(skipped);
                    let more = self.picture.add_node(subject, depth, false);
                    self.picture
                        .add_edge(at, more, String::new(), EdgeKind::Hint);
                }
            }
            Direction::Backrefs => {
                let references: i64 = objects
                    .iter()
                    .filter_map(|&object| self.snapshot.external(object))
                    .map(|references| references.max(0))
                    .sum();
                let references = references.unsigned_abs();
                for subject in external_subjects(self.snapshot, &objects, references) {
                    let external = self.picture.add_node(subject, depth, false);
                    self.picture
                        .add_edge(external, at, String::new(), EdgeKind::Hint);
                }
                if skipped > 0 {
                    let subject = Subject::MoreBackreferences(skipped);
                    let more = self.picture.add_node(subject, depth, false);
                    self.picture
                        .add_edge(more, at, String::new(), EdgeKind::Hint);
                }
            }
        }
        Ok(())
    }

    /// Returns whether one more reference, to this object, may be drawn. In a partial picture,
    /// references to what is drawn already always may, so that it appears connected.
    fn has_room(&self, node: NodeId, budget: usize) -> bool {
        match &self.part {
            None => budget > 0,
            Some(part) => {
                self.drawn.contains_key(&node) || (budget > 0 && self.objects < part.max_objects)
            }
        }
    }

    fn fold_rules(&self, depth: usize) -> FoldRules<'_, '_> {
        FoldRules {
            snapshot: self.snapshot,
            options: self.options,
            direction: self.direction,
            drawn: &self.drawn,
            is_expanded: depth < self.options.max_depth,
        }
    }

    /// Returns the node of an object; draws the object, or its stack, if it is not drawn yet.
    fn object(
        &mut self,
        node: NodeId,
        depth: usize,
        is_start: bool,
        stack_of: &HashMap<NodeId, usize>,
        stacks: &mut [Vec<NodeId>],
    ) -> usize {
        if let Some(&at) = self.drawn.get(&node) {
            return at;
        }
        let subject = match stack_of.get(&node) {
            Some(&stack) => Subject::Stack(std::mem::take(&mut stacks[stack])),
            None => Subject::Object(node),
        };
        let at = self.picture.nodes.len();
        self.drawn
            .extend(subject.objects().iter().map(|&object| (object, at)));
        self.objects += 1;
        self.picture.add_node(subject, depth, is_start)
    }

    fn is_stack(&self, at: usize) -> bool {
        matches!(self.picture.nodes[at].subject, Subject::Stack(_))
    }

    /// Returns the edge that already represents a reference from or to a stack.
    fn known_edge(&self, at: usize, edge: &Edge<'_>) -> Option<usize> {
        let far = *self.drawn.get(&self.direction.far(edge))?;
        let key = (at, far, edge.path_id(), edge.reference_kind());
        self.stack_edges.get(&key).copied()
    }

    fn add_edge(&mut self, at: usize, far: usize, edge: &Edge<'_>) -> usize {
        let (from, to) = match self.direction {
            Direction::Refs => (at, far),
            Direction::Backrefs => (far, at),
        };
        let kind = match edge.reference_kind() {
            ReferenceKind::Strong => EdgeKind::Strong,
            ReferenceKind::Weak => EdgeKind::Weak,
            _ => EdgeKind::Inferred,
        };
        let many = self.is_stack(at) || self.is_stack(far);
        let label = match self.is_stack(from) {
            true => self.snapshot.parts().paths.show_field(edge.path_id()),
            false => edge.path(),
        };
        let edge_index = self.picture.edges.len();
        if many {
            let key = (at, far, edge.path_id(), edge.reference_kind());
            self.stack_edges.insert(key, edge_index);
        }
        self.picture.add_edge(from, to, label, kind);
        edge_index
    }

    /// Labels an edge that represents several references: with the range of elements that hold
    /// them, if it has no gaps, and with their number, if it differs from that of the objects.
    fn label_merged(&mut self, edge_index: usize, edges: &[Edge<'_>]) {
        let (from, to) = (
            self.picture.edges[edge_index].from,
            self.picture.edges[edge_index].to,
        );
        let len = |at: usize| self.picture.nodes[at].subject.objects().len();
        let mut label = self.snapshot.parts().paths.show_field(edges[0].path_id());
        if !self.is_stack(from) {
            let elements: Vec<u32> = edges.iter().filter_map(Edge::element).collect();
            if elements.len() == edges.len() {
                label = path_of_elements(&label, elements);
            }
        }
        if edges.len() != len(from).max(len(to)) {
            label.push_str(&format!(" ×{}", edges.len()));
        }
        self.picture.edges[edge_index].label = label;
        self.picture.edges[edge_index].references = edges.len();
    }

    fn check(&self) -> Result<(), TooLarge> {
        let max_nodes = self.options.max_nodes;
        if self.picture.nodes.len() <= max_nodes
            && self.picture.edges.len() <= max_nodes.saturating_mul(MAX_EDGES_PER_NODE)
        {
            return Ok(());
        }
        Err(TooLarge {
            objects: self.within_reach(),
            max_nodes,
        })
    }

    /// Returns the number of objects that a picture of all references would show.
    fn within_reach(&self) -> usize {
        if let Some(part) = &self.part {
            return part.objects;
        }
        let mut reached = NodeSet::new(self.snapshot.len());
        let mut layer: Vec<NodeId> = self.starts.to_vec();
        layer.retain(|&start| reached.insert(start));
        let mut depth = 0;
        while depth < self.options.max_depth && !layer.is_empty() {
            depth += 1;
            let mut next = Vec::new();
            for &node in &layer {
                if self.options.stops(self.snapshot.node(node)) {
                    continue;
                }
                for edge in self.direction.edges(self.snapshot, node) {
                    let far = self.direction.far(&edge);
                    if !reached.contains(far)
                        && self.options.shows_edge(&edge)
                        && self.options.shows(self.snapshot.node(far))
                    {
                        reached.insert(far);
                        next.push(far);
                    }
                }
            }
            layer = next;
        }
        reached.len()
    }
}

/// Returns the subjects that represent external references: one for each site and thread of their
/// handles, as far as these are known, most references first, and one for the rest.
fn external_subjects(snapshot: &Snapshot, objects: &[NodeId], references: u64) -> Vec<Subject> {
    let name = |thread: u32| snapshot.parts().threads.get(thread as usize);
    let mut at: SortedMap<(u32, Option<&String>), (u64, u32)> = SortedMap::new();
    for row in objects.iter().flat_map(|&node| snapshot.handles_to(node)) {
        if row.strong && (row.held.is_none() || row.is_inferred) {
            let made = (row.site, name(row.thread));
            at.get_or_insert_with(made, || (0, row.thread)).0 += 1;
        }
    }
    let mut at = at.into_rows();
    order::sort_by_key(&mut at, |&(made, (references, _))| {
        (u64::MAX - references, made)
    });
    let mut left = references;
    let mut subjects = Vec::new();
    for ((site, _), (references, thread)) in at {
        let references = references.min(left);
        if references > 0 && subjects.len() < MAX_EXTERNAL_SITES {
            left -= references;
            subjects.push(Subject::ExternalAt {
                site,
                thread,
                references,
            });
        }
    }
    if left > 0 {
        subjects.push(Subject::External(left));
    }
    subjects
}

/// Maximum number of creation sites that are distinguished among the external handles of one node.
const MAX_EXTERNAL_SITES: usize = 8;
