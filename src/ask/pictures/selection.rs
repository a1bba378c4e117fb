//! The objects and references that a picture shows.

use std::collections::HashSet;

use objgraph_core::{Edge, Node, ObjectId, PathId, Snapshot};

type NodePredicate<'f> = Box<dyn Fn(Node<'_>) -> bool + 'f>;
type EdgePredicate<'f> = Box<dyn Fn(&Edge<'_>) -> bool + 'f>;

/// The options that select objects and references; each narrows the selection further.
#[derive(Default)]
pub(super) struct Selection<'f> {
    pub(super) filters: Vec<NodePredicate<'f>>,
    pub(super) edge_filters: Vec<EdgePredicate<'f>>,
    pub(super) stops: Vec<NodePredicate<'f>>,
    pub(super) ignored: HashSet<ObjectId>,
    pub(super) only_types: Option<Vec<String>>,
    pub(super) without_types: Vec<String>,
    pub(super) collapsed: Vec<String>,
    pub(super) only_paths: Option<Vec<String>>,
    pub(super) without_paths: Vec<String>,
    pub(super) without_weak: bool,
}

/// A selection for one snapshot, whose names are compared with each type and path once.
pub(super) struct ResolvedSelection<'s, 'f> {
    selection: &'s Selection<'f>,
    /// Whether each type is shown, and whether it is expanded.
    types: Vec<(bool, bool)>,
    /// Whether the names show each path, by its number; `None` for paths of no edge.
    paths: Vec<Option<bool>>,
}

impl<'f> Selection<'f> {
    pub(super) fn of<'s>(&'s self, snapshot: &Snapshot) -> ResolvedSelection<'s, 'f> {
        let types = snapshot.types().iter().map(|info| {
            let is_one = |names: &[String]| names.iter().any(|name| info.matches(name));
            let shown = self.only_types.as_ref().is_none_or(|names| is_one(names))
                && !is_one(&self.without_types);
            (shown, !is_one(&self.collapsed))
        });
        let mut selected = ResolvedSelection {
            selection: self,
            types: types.collect(),
            paths: Vec::new(),
        };
        if self.only_paths.is_some() || !self.without_paths.is_empty() {
            for edge in &snapshot.parts().edges {
                let path = edge.path;
                if selected.paths.len() <= path.index() {
                    selected.paths.resize(path.index() + 1, None);
                }
                let shown = &mut selected.paths[path.index()];
                if shown.is_none() {
                    *shown = Some(self.shows_path(snapshot, path));
                }
            }
        }
        selected
    }

    fn shows_path(&self, snapshot: &Snapshot, path: PathId) -> bool {
        let paths = &snapshot.parts().paths;
        let text = paths.show_field(path);
        let info = snapshot.types().get(paths.type_index(path) as usize);
        let is_one = |names: &[String]| {
            names.iter().any(|name| {
                let of_type = name
                    .rsplit_once("::")
                    .map_or(0, |(module, _)| module.len() + 2);
                let field = name[of_type..].find('.').map(|dot| of_type + dot);
                begins_with(&text, name)
                    || field.is_some_and(|dot| {
                        info.is_some_and(|info| info.matches(&name[..dot]))
                            && begins_with(&text, &name[dot + 1..])
                    })
            })
        };
        self.only_paths.as_ref().is_none_or(|names| is_one(names)) && !is_one(&self.without_paths)
    }
}

/// Returns whether a path is `name`, or continues it: `children[_].1` continues `children`.
fn begins_with(path: &str, name: &str) -> bool {
    path.strip_prefix(name)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

impl ResolvedSelection<'_, '_> {
    pub(super) fn shows(&self, node: Node<'_>) -> bool {
        self.types
            .get(node.type_index())
            .is_none_or(|shown| shown.0)
            && !self.selection.ignored.contains(&node.id())
            && self.selection.filters.iter().all(|filter| filter(node))
    }

    pub(super) fn stops(&self, node: Node<'_>) -> bool {
        self.types
            .get(node.type_index())
            .is_some_and(|shown| !shown.1)
            || self.selection.stops.iter().any(|stop| stop(node))
    }

    pub(super) fn shows_edge(&self, edge: &Edge<'_>) -> bool {
        !(edge.is_weak() && self.selection.without_weak)
            && self
                .paths
                .get(edge.path_id().index())
                .is_none_or(|shown| shown.unwrap_or(true))
            && self
                .selection
                .edge_filters
                .iter()
                .all(|filter| filter(edge))
    }
}
