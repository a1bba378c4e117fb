//! A picture and its options.

mod ends;
#[cfg(feature = "html")]
mod page;

use std::fmt;
use std::sync::Arc;

use objgraph_core::{Edge, Node, NodeId, ObjectId, Snapshot};

use super::selection::Selection;
use crate::analysis::{Chain, Direction, Leaks, NodeSet, PictureOptions};
use crate::draw::{ExtraInfo, NodeAttrs};

/// Default for the number of similar siblings that are still drawn separately.
const FOLD_OVER: usize = 8;

/// A picture of a snapshot. [`refs`](crate::refs), [`backrefs`](crate::backrefs) and their like
/// return it, options narrow it, and [`save`](Self::save), [`write`](Self::write),
/// [`to_dot`](Self::to_dot), [`to_svg`](Self::to_svg), [`show`](Self::show) or
/// [`drawing`](Self::drawing) draws it.
///
/// Types are named as [`count`](crate::count) names them: `Node`, or in full `app::dom::Node`.
/// Predicates get nodes of the snapshot; `objgraph::at(node.id())?.upgrade::<Node>()` returns the
/// live object.
#[must_use = "a picture is drawn by `save`, `show`, `to_dot` or `to_svg`"]
pub struct Picture<'f> {
    snapshot: Arc<Snapshot>,
    /// Whether the snapshot was just taken, so that further looks can refute what it shows.
    is_live: bool,
    subject: Subject,
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
    labels: bool,
    highlight: Option<Box<dyn Fn(Node<'_>) -> bool + 'f>>,
    extra_info: Option<Box<ExtraInfo<'f>>>,
    node_attrs: Option<Box<NodeAttrs<'f>>>,
}

/// The subject of a picture.
#[derive(Debug)]
enum Subject {
    Around(Vec<NodeId>, Direction),
    Leaks(Box<Leaks>),
}

impl<'f> Picture<'f> {
    fn new(snapshot: Arc<Snapshot>, subject: Subject) -> Self {
        let PictureOptions {
            max_depth,
            too_many,
            max_objects,
            max_nodes,
            ..
        } = PictureOptions::default();
        Self {
            snapshot,
            is_live: false,
            subject,
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
            labels: true,
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
        Self::new(snapshot, Subject::Around(starts, direction))
    }

    /// Marks the snapshot as just taken.
    pub(super) fn of_live_objects(mut self) -> Self {
        self.is_live = true;
        self
    }

    pub(super) fn leaks(leaks: &Leaks) -> Self {
        let picture = Self::new(
            Arc::clone(leaks.snapshot()),
            Subject::Leaks(Box::new(leaks.clone())),
        );
        picture.drops(false).legend(true).fold_over(1)
    }

    /// Returns a picture of the objects of the chains that starts at their ends.
    pub(super) fn chains(chains: Vec<&Chain>, direction: Direction) -> Self {
        if !crate::HAS_OBJECTS {
            return Self::around(Arc::new(Snapshot::empty()), Vec::new(), direction);
        }
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

    /// Sets the maximum distance from the start, in references; 3 by default. Nodes grow darker with
    /// the distance. A picture of leaks starts at the cycles.
    pub fn max_depth(mut self, references: usize) -> Self {
        self.max_depth = references;
        self
    }

    /// Sets the maximum number of references of one object to draw; 10 by default. Of the rest the
    /// picture shows the number.
    pub fn too_many(mut self, references: usize) -> Self {
        self.too_many = references;
        self
    }

    /// Sets the maximum number of nodes; 1,000 by default. A larger picture is an error, since
    /// nobody can read it.
    pub fn max_nodes(mut self, nodes: usize) -> Self {
        self.max_nodes = nodes;
        self
    }

    /// Sets the maximum number of objects, or stacks of them, in a picture of leaks; 40 by default.
    pub fn max_objects(mut self, objects: usize) -> Self {
        self.max_objects = objects;
        self
    }

    /// Sets whether many similar objects are drawn as one stack, `398 × Node`; `true` by default.
    ///
    /// Objects are similar if they have one type, one path of one object holds them, and they hold
    /// the same types by the same paths. Starts (up to 40), roots and highlighted objects are always
    /// drawn separately. A stack shows its type and its number, but no labels of its objects.
    ///
    /// So are many values of one list that could not be traced, such as closures: `200 × Box<dyn Fn()>`.
    /// Closures that are named in the picture are similar if they have one name.
    pub fn fold(mut self, fold: bool) -> Self {
        self.fold_over = fold.then_some(FOLD_OVER);
        self
    }

    /// Sets the number of similar objects that are still drawn separately; 8 by default, 1 in a
    /// picture of leaks.
    pub fn fold_over(mut self, objects: usize) -> Self {
        self.fold_over = Some(objects.max(1));
        self
    }

    /// Draws only objects for which `filter` returns `true`; starts are always drawn.
    pub fn filter(mut self, filter: impl Fn(Node<'_>) -> bool + 'f) -> Self {
        self.selection.filters.push(Box::new(filter));
        self
    }

    /// Omits these objects.
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

    /// Omits objects of these types.
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

    /// Omits references held by these paths; see [`only_paths`](Self::only_paths).
    pub fn without_paths<N: Into<String>>(mut self, paths: impl IntoIterator<Item = N>) -> Self {
        let paths = paths.into_iter().map(Into::into);
        self.selection.without_paths.extend(paths);
        self
    }

    /// Draws only references for which `filter` returns `true`.
    pub fn filter_edges(mut self, filter: impl Fn(&Edge<'_>) -> bool + 'f) -> Self {
        self.selection.edge_filters.push(Box::new(filter));
        self
    }

    /// Sets whether weak references are drawn, dashed; `true` by default.
    pub fn weak(mut self, weak: bool) -> Self {
        self.selection.without_weak = !weak;
        self
    }

    /// Draws objects of this type, but not what is behind them.
    pub fn collapse(mut self, type_name: impl Into<String>) -> Self {
        self.selection.collapsed.push(type_name.into());
        self
    }

    /// Draws objects for which `stop` returns `true`, but not what is behind them.
    pub fn stop_at(mut self, stop: impl Fn(Node<'_>) -> bool + 'f) -> Self {
        self.selection.stops.push(Box::new(stop));
        self
    }

    /// Draws objects for which `highlight` returns `true` in blue.
    pub fn highlight(mut self, highlight: impl Fn(Node<'_>) -> bool + 'f) -> Self {
        self.highlight = Some(Box::new(highlight));
        self
    }

    /// Writes a text, a `String` or an `Option<String>`, below the object's label.
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

    /// Sets whether the number of strong references follows the type: `Node [2]`; `false` by
    /// default.
    pub fn refcounts(mut self, refcounts: bool) -> Self {
        self.refcounts = refcounts;
        self
    }

    /// Sets whether types are written without their modules; `true` by default. Types that share a
    /// short name always have the modules that distinguish them.
    pub fn shortnames(mut self, shortnames: bool) -> Self {
        self.shortnames = shortnames;
        self
    }

    /// Sets whether each object shows where it was made; `false` by default.
    pub fn sites(mut self, sites: bool) -> Self {
        self.sites = sites;
        self
    }

    /// Sets whether objects whose type implements `Drop` are marked; `true` by default, `false` in a
    /// picture of leaks.
    pub fn drops(mut self, drops: bool) -> Self {
        self.drops = drops;
        self
    }

    /// Sets whether a legend explains the marks in the picture; by default, in a picture of leaks only.
    pub fn legend(mut self, legend: bool) -> Self {
        self.legend = legend;
        self
    }

    /// Sets whether objects show the text of their `Debug`, which runs code of the program and may
    /// wait for a lock; `true` by default.
    pub fn labels(mut self, labels: bool) -> Self {
        self.labels = labels;
        self
    }

    /// Returns the snapshot that it shows.
    #[must_use]
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }
}

impl fmt::Debug for Picture<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Picture")
            .field("subject", &self.subject)
            .field("max_depth", &self.max_depth)
            .field("too_many", &self.too_many)
            .field("max_nodes", &self.max_nodes)
            .field("fold_over", &self.fold_over)
            .finish_non_exhaustive()
    }
}
