//! Breadth first from the starts, forwards or backwards.

use std::collections::{BTreeMap, HashMap, HashSet};

use objgraph_core::{Edge, NodeId, PathId, Snapshot};

use super::fold::FoldRules;
use super::{EdgeKind, Neighbourhood, PictureOptions, Subject, TooLarge, cyclic_edges};
use crate::analysis::{Direction, NodeSet};
use crate::order;

/// More starts than this are folded, where folding is asked for: who names a few objects wants to
/// see each.
const STARTS: usize = 40;

/// So many arrows for each node that a picture may have.
const LINKS: usize = 20;

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

/// The picture so far.
pub(super) struct PictureBuilder<'s, 'f> {
    snapshot: &'s Snapshot,
    options: &'s PictureOptions<'f>,
    direction: Direction,
    starts: &'s [NodeId],
    pub(super) picture: Neighbourhood,
    /// What is drawn in part only; everything if not set.
    pub(super) part: Option<PartialPicture>,
    /// Where each object is drawn.
    drawn: HashMap<NodeId, usize>,
    /// How many nodes of the picture are objects, or stacks of them.
    objects: usize,
    /// The arrows from or to stacks, by their ends and path: such stand for many references.
    stack_arrows: HashMap<(usize, usize, PathId, bool), usize>,
    /// The strong references that are drawn, each with the index of its arrow.
    strong: Vec<(usize, NodeId, NodeId)>,
    /// The references that are drawn before the walk comes to them, by number.
    ahead: HashSet<usize>,
}

/// The bounds of a picture of a part of something.
pub(super) struct PartialPicture {
    /// How many objects to draw, or stacks of them.
    pub(super) max_objects: usize,
    /// Of these, what could not be looked into is drawn.
    pub(super) looked_into: NodeSet,
    /// How many objects there are in all.
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
            stack_arrows: HashMap::new(),
            strong: Vec::new(),
            ahead: HashSet::new(),
        }
    }

    fn draw_starts(&mut self, starts: &'s [NodeId]) -> Result<(), TooLarge> {
        self.starts = starts;
        let (stack_of, mut stacks) = match self.options.fold_over {
            Some(over) => self
                .fold_rules(0)
                .stacks(starts.iter().map(|&start| (start, None)), over.max(STARTS)),
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

    /// Draws one start, which is not folded.
    pub(super) fn draw_start(&mut self, node: NodeId) -> usize {
        self.object(node, 0, true, &HashMap::new(), &mut [])
    }

    /// How many nodes of the picture are objects, or stacks of them.
    pub(super) fn objects(&self) -> usize {
        self.objects
    }

    /// Draws the arrow of a strong reference before the walk comes to it: from an object, or what
    /// stands for it, to another.
    pub(super) fn draw_ahead(
        &mut self,
        (from, to): (usize, usize),
        edge: usize,
        ends: (NodeId, NodeId),
    ) {
        // Several rings may run along it.
        if !self.ahead.insert(edge) {
            return;
        }
        let row = &self.snapshot.parts().edges[edge];
        let label = self.snapshot.parts().paths.show(row.path, row.index);
        self.strong.push((self.picture.edges.len(), ends.0, ends.1));
        self.picture.add_edge(from, to, label, EdgeKind::Strong);
    }

    /// Draws all that is to be drawn behind the starts.
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

    /// Looks for the references at all nodes from this one on, which are as far from the starts.
    fn gather(&self, from: usize) {
        let nodes = self.picture.nodes[from..].iter();
        let nodes = nodes.filter(|node| node.depth < self.options.max_depth);
        let objects = nodes.flat_map(|node| node.subject.objects()).copied();
        self.direction
            .gather(self.snapshot, &objects.collect::<Vec<_>>());
    }

    /// Draws what is one reference from a node.
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
        let mut drawn_ahead = 0;
        for &object in &objects {
            let shown = |edge: &Edge<'_>| {
                let is_ahead = self.ahead.contains(&edge.number());
                drawn_ahead += usize::from(is_ahead);
                !is_ahead
                    && (!is_last || self.drawn.contains_key(&self.direction.far(edge)))
                    && self.options.shows_edge(edge)
                    && self
                        .options
                        .shows(self.snapshot.node(self.direction.far(edge)))
            };
            edges.extend(self.direction.edges(self.snapshot, object).filter(shown));
        }
        if objects.len() > 1 {
            // So that the order of the arrows is that of the paths, not of the objects.
            edges.sort_by_key(Edge::path_id);
        }
        let (stack_of, mut stacks) = match self.options.fold_over {
            Some(over) => {
                // What alike objects refer to is alike too, however few it is.
                let over = if objects.len() > 1 { 1 } else { over };
                let met = edges.iter().map(|edge| {
                    let by = (edge.path_id(), edge.is_strong());
                    (self.direction.far(edge), Some(by))
                });
                self.fold_rules(depth).stacks(met, over)
            }
            None => (HashMap::new(), Vec::new()),
        };
        let mut budget = self.options.too_many.saturating_sub(drawn_ahead);
        let mut skipped = 0;
        // The references that each new arrow stands for.
        let first_arrow = self.picture.edges.len();
        let mut merged: Vec<Vec<Edge<'s>>> = Vec::new();
        for edge in edges {
            let far = self.direction.far(&edge);
            let known = self.known_arrow(at, &edge);
            if known.is_none() && !self.has_room(far, budget) {
                skipped += 1;
                continue;
            }
            let arrow = match known {
                Some(arrow) => arrow,
                None => {
                    budget = budget.saturating_sub(1);
                    let to = self.object(far, depth, false, &stack_of, &mut stacks);
                    merged.push(Vec::new());
                    self.add_edge(at, to, &edge)
                }
            };
            merged[arrow - first_arrow].push(edge);
            if edge.is_strong() {
                self.strong.push((arrow, edge.source(), edge.target()));
            }
            self.check()?;
        }
        for (arrow, edges) in (first_arrow..).zip(merged) {
            if edges.len() > 1 {
                self.label_merged(arrow, &edges);
            }
        }
        match self.direction {
            Direction::Refs => {
                let part = self.part.as_ref();
                if part.is_none_or(|part| !is_last && part.looked_into.contains(objects[0])) {
                    skipped += self.picture.add_opaque_values(self.snapshot, at, budget);
                }
                if skipped > 0 {
                    let subject = Subject::MoreReferences(skipped);
                    let more = self.picture.add_node(subject, depth, false);
                    self.picture
                        .add_edge(at, more, String::new(), EdgeKind::Hint);
                }
            }
            Direction::Backrefs => {
                let outside = objects
                    .iter()
                    .filter_map(|&object| self.snapshot.external(object));
                let outside: i64 = outside.map(|references| references.max(0)).sum();
                for subject in outside_subjects(self.snapshot, &objects, outside.unsigned_abs()) {
                    let outside = self.picture.add_node(subject, depth, false);
                    self.picture
                        .add_edge(outside, at, String::new(), EdgeKind::Hint);
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

    /// Whether there is room for one more reference, to this object. In a picture of a part, what
    /// is drawn already is shown to be connected.
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

    /// The index of an object in the picture; it is drawn, or the stack that it belongs to, if it
    /// was not before.
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

    /// The arrow that stands for a reference already: one of several from or to a stack.
    fn known_arrow(&self, at: usize, edge: &Edge<'_>) -> Option<usize> {
        let far = *self.drawn.get(&self.direction.far(edge))?;
        let key = (at, far, edge.path_id(), edge.is_strong());
        self.stack_arrows.get(&key).copied()
    }

    fn add_edge(&mut self, at: usize, far: usize, edge: &Edge<'_>) -> usize {
        let (from, to) = match self.direction {
            Direction::Refs => (at, far),
            Direction::Backrefs => (far, at),
        };
        let kind = if edge.is_strong() {
            EdgeKind::Strong
        } else {
            EdgeKind::Weak
        };
        let many = self.is_stack(at) || self.is_stack(far);
        let label = match self.is_stack(from) {
            true => self.snapshot.parts().paths.show_field(edge.path_id()),
            false => edge.path(),
        };
        let arrow = self.picture.edges.len();
        if many {
            let key = (at, far, edge.path_id(), edge.is_strong());
            self.stack_arrows.insert(key, arrow);
        }
        self.picture.add_edge(from, to, label, kind);
        arrow
    }

    /// Names an arrow that stands for many references: by the range of the elements that hold
    /// them, where it is one, and by their number, where it is not that of the objects.
    fn label_merged(&mut self, arrow: usize, edges: &[Edge<'_>]) {
        let (from, to) = (self.picture.edges[arrow].from, self.picture.edges[arrow].to);
        let len = |at: usize| self.picture.nodes[at].subject.objects().len();
        let mut label = self.snapshot.parts().paths.show_field(edges[0].path_id());
        if !self.is_stack(from) {
            let mut elements: Vec<u32> = edges.iter().filter_map(Edge::element).collect();
            elements.sort_unstable();
            if let (Some(&first), Some(&last)) = (elements.first(), elements.last())
                && elements.len() == edges.len()
                && elements
                    .iter()
                    .zip(first..)
                    .all(|(&element, wanted)| element == wanted)
            {
                label = label.replacen("[_]", &format!("[{first}..={last}]"), 1);
            }
        }
        if edges.len() != len(from).max(len(to)) {
            label.push_str(&format!(" ×{}", edges.len()));
        }
        self.picture.edges[arrow].label = label;
        self.picture.edges[arrow].references = edges.len();
    }

    fn check(&self) -> Result<(), TooLarge> {
        let max_nodes = self.options.max_nodes;
        if self.picture.nodes.len() <= max_nodes
            && self.picture.edges.len() <= max_nodes.saturating_mul(LINKS)
        {
            return Ok(());
        }
        Err(TooLarge {
            objects: self.within_reach(),
            max_nodes,
        })
    }

    /// How many objects a picture could show that draws all references.
    fn within_reach(&self) -> usize {
        if let Some(part) = &self.part {
            return part.objects;
        }
        let mut met = NodeSet::new(self.snapshot.len());
        let mut layer: Vec<NodeId> = self.starts.to_vec();
        layer.retain(|&start| met.insert(start));
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
                    if !met.contains(far)
                        && self.options.shows_edge(&edge)
                        && self.options.shows(self.snapshot.node(far))
                    {
                        met.insert(far);
                        next.push(far);
                    }
                }
            }
            layer = next;
        }
        met.len()
    }
}

/// What stands for references from outside: one for each place and thread that their handles were
/// made at, as far as it is known, most first, and one for the rest.
fn outside_subjects(snapshot: &Snapshot, objects: &[NodeId], references: u64) -> Vec<Subject> {
    let name = |thread: u32| snapshot.parts().threads.get(thread as usize);
    let mut at: BTreeMap<(u32, Option<&String>), (u64, u32)> = BTreeMap::new();
    for row in objects.iter().flat_map(|&node| snapshot.handles_to(node)) {
        if row.strong && row.held.is_none() {
            let made = at.entry((row.site, name(row.thread)));
            made.or_insert((0, row.thread)).0 += 1;
        }
    }
    let mut at: Vec<_> = at.into_iter().collect();
    order::sort_by_key(&mut at, |&(made, (references, _))| {
        (u64::MAX - references, made)
    });
    let mut left = references;
    let mut subjects = Vec::new();
    for ((site, _), (references, thread)) in at {
        let references = references.min(left);
        if references > 0 && subjects.len() < OUTSIDE {
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

/// At most so many places are told apart that handles of one node from outside were made at.
const OUTSIDE: usize = 8;
