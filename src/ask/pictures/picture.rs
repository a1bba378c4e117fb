//! A picture that is being asked for, and its options.

mod ends;

use std::fmt;
use std::sync::Arc;

use objgraph_core::{Edge, Node, NodeId, ObjectId, Snapshot};

use super::selection::Selection;
use crate::analysis::{Chain, Direction, Leaks, NodeSet, PictureOptions};
use crate::draw::{ExtraInfo, NodeAttrs};

/// How many alike siblings are drawn each by itself, where nothing else is said.
const FOLD_OVER: usize = 8;

/// A picture of a snapshot: made by [`refs`](crate::refs), [`backrefs`](crate::backrefs) and
/// their like, narrowed by options, and ended by [`save`](Self::save), [`write`](Self::write),
/// [`to_dot`](Self::to_dot), [`to_svg`](Self::to_svg), [`show`](Self::show) or
/// [`drawing`](Self::drawing).
///
/// Types are named as [`count`](crate::count) names them: `Node`, or in full `app::dom::Node`.
/// Predicates are asked about nodes of the snapshot; the object itself, if one is needed, is
/// `objgraph::at(node.id())?.upgrade::<Node>()`.
#[must_use = "a picture is drawn by `save`, `show`, `to_dot` or `to_svg`"]
pub struct Picture<'f> {
    snapshot: Arc<Snapshot>,
    of: Of,
    max_depth: usize,
    too_many: usize,
    max_objects: usize,
    max_nodes: usize,
    fold_over: Option<usize>,
    selection: Selection<'f>,
    refcounts: bool,
    shortnames: bool,
    sites: bool,
    drops: bool,
    legend: bool,
    highlight: Option<Box<dyn Fn(Node<'_>) -> bool + 'f>>,
    extra_info: Option<Box<ExtraInfo<'f>>>,
    node_attrs: Option<Box<NodeAttrs<'f>>>,
}

/// What a picture is of.
#[derive(Debug)]
enum Of {
    Around(Vec<NodeId>, Direction),
    Leaks(Box<Leaks>),
}

impl<'f> Picture<'f> {
    fn new(snapshot: Arc<Snapshot>, of: Of) -> Self {
        let PictureOptions {
            max_depth,
            too_many,
            max_objects,
            max_nodes,
            ..
        } = PictureOptions::default();
        Self {
            snapshot,
            of,
            max_depth,
            too_many,
            max_objects,
            max_nodes,
            fold_over: Some(FOLD_OVER),
            selection: Selection::default(),
            refcounts: false,
            shortnames: true,
            sites: false,
            drops: true,
            legend: false,
            highlight: None,
            extra_info: None,
            node_attrs: None,
        }
    }

    pub(super) fn around(
        snapshot: Arc<Snapshot>,
        starts: Vec<NodeId>,
        direction: Direction,
    ) -> Self {
        Self::new(snapshot, Of::Around(starts, direction))
    }

    pub(super) fn leaks(leaks: &Leaks) -> Self {
        let picture = Self::new(
            Arc::clone(leaks.snapshot()),
            Of::Leaks(Box::new(leaks.clone())),
        );
        picture.drops(false)
    }

    /// The objects of the chains, and their ends to start at.
    pub(super) fn chains(chains: Vec<&Chain>, direction: Direction) -> Self {
        let Some(snapshot) = chains.last().map(|last| Arc::clone(last.snapshot())) else {
            return Self::around(Arc::new(Snapshot::empty()), Vec::new(), direction);
        };
        let mut within = NodeSet::new(snapshot.len());
        let mut starts = Vec::new();
        for chain in &chains {
            let is_here = Arc::ptr_eq(chain.snapshot(), &snapshot);
            let here = |&node: &NodeId| match is_here {
                true => Some(node),
                false => snapshot.find(chain.snapshot().node(node).id()),
            };
            for node in chain.nodes().iter().filter_map(here) {
                within.insert(node);
            }
            starts.extend(match direction {
                Direction::Refs => chain.nodes().first().and_then(here),
                Direction::Backrefs => chain.nodes().last().and_then(here),
            });
        }
        let longest = chains.iter().map(|chain| chain.len()).max().unwrap_or(1);
        Self::around(snapshot, starts, direction)
            .max_depth(longest - 1)
            .fold(false)
            .filter(move |node| within.contains(node.node_id()))
    }

    /// How many references to go from the start; 3 if not set. Nodes grow darker up to there. A
    /// picture of leaks starts at the cycles.
    pub fn max_depth(mut self, references: usize) -> Self {
        self.max_depth = references;
        self
    }

    /// How many references of one object to draw; 10 if not set. The rest is told by its number.
    pub fn too_many(mut self, references: usize) -> Self {
        self.too_many = references;
        self
    }

    /// A picture with more nodes is refused, since nobody can read it; 1,000 if not set.
    pub fn max_nodes(mut self, nodes: usize) -> Self {
        self.max_nodes = nodes;
        self
    }

    /// How many objects to draw in a picture of leaks, or stacks of them; 40 if not set.
    pub fn max_objects(mut self, objects: usize) -> Self {
        self.max_objects = objects;
        self
    }

    /// Whether many objects that are alike are drawn as one stack, `398 × Node`; so if not set.
    ///
    /// Alike are objects of one type that are held by one path of one object, and hold in turn
    /// the same paths to the same types. Starts (up to 40), roots and what is highlighted stand
    /// by themselves. A stack shows its type and its number, and no texts of its objects.
    pub fn fold(mut self, fold: bool) -> Self {
        self.fold_over = fold.then_some(FOLD_OVER);
        self
    }

    /// So many alike objects are still drawn each by itself; 8 if not set.
    pub fn fold_over(mut self, objects: usize) -> Self {
        self.fold_over = Some(objects.max(1));
        self
    }

    /// Draws only objects for which this holds; starts are drawn in any case.
    pub fn filter(mut self, filter: impl Fn(Node<'_>) -> bool + 'f) -> Self {
        self.selection.filters.push(Box::new(filter));
        self
    }

    /// Leaves these objects out.
    pub fn ignore<I: std::borrow::Borrow<ObjectId>>(
        mut self,
        ids: impl IntoIterator<Item = I>,
    ) -> Self {
        let ids = ids.into_iter().map(|id| *id.borrow());
        self.selection.ignored.extend(ids);
        self
    }

    /// Draws only objects of these types.
    pub fn only_types<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        let names = names.into_iter().map(Into::into);
        self.selection
            .only_types
            .get_or_insert_default()
            .extend(names);
        self
    }

    /// Leaves objects of these types out.
    pub fn without_types<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        let names = names.into_iter().map(Into::into);
        self.selection.without_types.extend(names);
        self
    }

    /// Draws only references held by these paths: `children` means `children[3].1` too, and
    /// `Node.children` those of the type `Node`.
    pub fn only_paths<N: Into<String>>(mut self, paths: impl IntoIterator<Item = N>) -> Self {
        let paths = paths.into_iter().map(Into::into);
        self.selection
            .only_paths
            .get_or_insert_default()
            .extend(paths);
        self
    }

    /// Leaves references held by these paths out; see [`only_paths`](Self::only_paths).
    pub fn without_paths<N: Into<String>>(mut self, paths: impl IntoIterator<Item = N>) -> Self {
        let paths = paths.into_iter().map(Into::into);
        self.selection.without_paths.extend(paths);
        self
    }

    /// Draws only references for which this holds.
    pub fn filter_edges(mut self, filter: impl Fn(&Edge<'_>) -> bool + 'f) -> Self {
        self.selection.edge_filters.push(Box::new(filter));
        self
    }

    /// Whether weak references are drawn, dashed; so if not set.
    pub fn weak(mut self, weak: bool) -> Self {
        self.selection.without_weak = !weak;
        self
    }

    /// Draws objects of this type, but not what is behind them.
    pub fn collapse(mut self, type_name: impl Into<String>) -> Self {
        self.selection.collapsed.push(type_name.into());
        self
    }

    /// Draws objects for which this holds, but not what is behind them.
    pub fn stop_at(mut self, stop: impl Fn(Node<'_>) -> bool + 'f) -> Self {
        self.selection.stops.push(Box::new(stop));
        self
    }

    /// Draws objects for which this holds in blue.
    pub fn highlight(mut self, highlight: impl Fn(Node<'_>) -> bool + 'f) -> Self {
        self.highlight = Some(Box::new(highlight));
        self
    }

    /// Writes this text, a `String` or an `Option<String>`, below the object's own.
    pub fn extra_info<T: Into<Option<String>>>(
        mut self,
        info: impl Fn(Node<'_>) -> T + 'f,
    ) -> Self {
        self.extra_info = Some(Box::new(move |node: Node<'_>| info(node).into()));
        self
    }

    /// Gives the object's node these [attributes of Graphviz](https://graphviz.org/doc/info/attrs.html),
    /// by name and value.
    pub fn node_attrs<K: Into<String>, V: Into<String>, I: IntoIterator<Item = (K, V)>>(
        mut self,
        attrs: impl Fn(Node<'_>) -> I + 'f,
    ) -> Self {
        self.node_attrs = Some(Box::new(move |node: Node<'_>| {
            let attrs = attrs(node).into_iter();
            attrs
                .map(|(name, value)| (name.into(), value.into()))
                .collect()
        }));
        self
    }

    /// Whether to write the number of strong references after the type: `Node [2]`; not if not
    /// set.
    pub fn refcounts(mut self, refcounts: bool) -> Self {
        self.refcounts = refcounts;
        self
    }

    /// Whether to write types without their modules; so if not set. Types that share a short
    /// name are told apart by their modules in any case.
    pub fn shortnames(mut self, shortnames: bool) -> Self {
        self.shortnames = shortnames;
        self
    }

    /// Whether to write where each object was made; not if not set.
    pub fn sites(mut self, sites: bool) -> Self {
        self.sites = sites;
        self
    }

    /// Whether to mark objects whose type implements `Drop`; so if not set, but for leaks.
    pub fn drops(mut self, drops: bool) -> Self {
        self.drops = drops;
        self
    }

    /// Whether to tell what the marks in the picture mean; not if not set.
    pub fn legend(mut self, legend: bool) -> Self {
        self.legend = legend;
        self
    }

    /// The snapshot that it shows.
    #[must_use]
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }
}

impl fmt::Debug for Picture<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Picture")
            .field("of", &self.of)
            .field("max_depth", &self.max_depth)
            .field("too_many", &self.too_many)
            .field("max_nodes", &self.max_nodes)
            .field("fold_over", &self.fold_over)
            .finish_non_exhaustive()
    }
}
