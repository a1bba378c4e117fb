//! The texts of a drawing: turns the objects and references that a picture shows into labels.

use std::fmt;

use objgraph_core::{ConcreteType, Node, NodeId, PlaceKind, Snapshot, State};

use super::drawing::{Drawing, DrawnEdge, DrawnNode, Role};
use super::legend;
use crate::analysis::{EdgeKind, Fix, Neighbourhood, PictureEdge, PictureNode, Subject};
use crate::order;
use crate::words::{Names, count, name_in_full, named_thread};

/// Returns the text to write below an object's own, if any.
pub type ExtraInfo<'f> = dyn Fn(Node<'_>) -> Option<String> + 'f;

/// Returns attributes of Graphviz for an object's node, by name and value.
pub type NodeAttrs<'f> = dyn Fn(Node<'_>) -> Vec<(String, String)> + 'f;

/// Maximum number of characters of an object's own text.
const WIDTH: usize = 40;

/// What a drawing says of its objects, and how they look.
#[derive(Clone, Copy)]
pub struct DrawingOptions<'f> {
    /// Writes the number of strong references after the type's name: `Node [2]`.
    pub refcounts: bool,
    /// Writes types without their modules.
    pub shortnames: bool,
    /// Writes where each object was made.
    pub sites: bool,
    /// Marks objects whose type implements `Drop`.
    pub drops: bool,
    /// Explains the marks.
    pub legend: bool,
    /// Draws the objects for which this holds in blue.
    pub highlight: Option<&'f dyn Fn(Node<'_>) -> bool>,
    /// Returns an object's short text, where the snapshot has none.
    pub label: Option<&'f ExtraInfo<'f>>,
    /// Writes this text below the object's own.
    pub extra_info: Option<&'f ExtraInfo<'f>>,
    /// Returns attributes of Graphviz for the object's node, by name and value.
    pub node_attrs: Option<&'f NodeAttrs<'f>>,
}

impl Default for DrawingOptions<'_> {
    fn default() -> Self {
        Self {
            refcounts: false,
            shortnames: true,
            sites: false,
            drops: true,
            legend: false,
            highlight: None,
            label: None,
            extra_info: None,
            node_attrs: None,
        }
    }
}

impl fmt::Debug for DrawingOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DrawingOptions")
            .field("refcounts", &self.refcounts)
            .field("shortnames", &self.shortnames)
            .field("sites", &self.sites)
            .field("drops", &self.drops)
            .field("legend", &self.legend)
            .finish_non_exhaustive()
    }
}

impl Drawing {
    /// Draws what a picture shows.
    pub fn new(snapshot: &Snapshot, picture: &Neighbourhood, options: &DrawingOptions<'_>) -> Self {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let writer = Writer {
            snapshot,
            max_depth: picture.max_depth,
            names: if options.shortnames {
                Names::of(snapshot)
            } else {
                Names::in_full(snapshot)
            },
            options,
        };
        let edge = |edge: &PictureEdge| DrawnEdge {
            references: edge.references,
            advice: match edge.kind {
                _ if !edge.is_fix => String::new(),
                EdgeKind::Inferred => "capture a Weak".to_owned(),
                _ => "make Weak".to_owned(),
            },
            ..DrawnEdge::new(edge.from, edge.to, edge.label.clone(), edge.kind)
        };
        let mut drawing = Self {
            nodes: picture
                .nodes
                .iter()
                .map(|drawn| writer.node(drawn))
                .collect(),
            edges: picture.edges.iter().map(edge).collect(),
            cycles: picture.cycles.clone(),
            is_backwards: picture.is_backwards,
            legend: Vec::new(),
            is_of_leaks: picture.is_of_leaks,
        };
        if options.legend {
            let fixes = picture.fixes.iter().map(|fix| writer.fix(fix));
            drawing.legend = legend::of(&drawing, fixes);
        }
        drawing
    }
}

/// Returns a concrete type on a line, and its site on another.
fn concrete_lines(concrete: &ConcreteType) -> String {
    let name = name_in_full(&concrete.name);
    match &concrete.site {
        Some(site) => format!("{name}\n{site}"),
        None => name,
    }
}

struct Writer<'p> {
    snapshot: &'p Snapshot,
    max_depth: usize,
    names: Names<'p>,
    options: &'p DrawingOptions<'p>,
}

impl Writer<'_> {
    fn node(&self, drawn: &PictureNode) -> DrawnNode {
        let (role, label) = match &drawn.subject {
            Subject::Object(node) => return self.object(drawn, *node),
            Subject::Stack(nodes) => return self.stack(drawn, nodes),
            Subject::MoreReferences(more) => (
                Role::MoreReferences(*more),
                count(*more, "more reference", "more references"),
            ),
            Subject::MoreBackreferences(more) => (
                Role::MoreBackreferences(*more),
                count(*more, "more backreference", "more backreferences"),
            ),
            Subject::MoreObjects(more) => (
                Role::MoreObjects(*more),
                count(*more, "more object", "more objects"),
            ),
            Subject::MoreLeaks { leaks, objects } => {
                let leaks = count(*leaks, "more leak like this", "more leaks like this");
                let objects_text = count(*objects, "more object", "more objects");
                (
                    Role::MoreObjects(*objects),
                    format!("{leaks}\n{objects_text}"),
                )
            }
            Subject::ExternalAt {
                site,
                thread,
                references,
            } => {
                let parts = self.snapshot.parts();
                let site = &parts.sites[*site as usize];
                let times = match references {
                    1 => String::new(),
                    _ => format!(" ×{references}"),
                };
                let thread = parts.threads.get(*thread as usize);
                let on = match thread.and_then(|name| named_thread(name)) {
                    Some(name) => format!("\n({})", name.chars().take(WIDTH).collect::<String>()),
                    None => String::new(),
                };
                (
                    Role::Outside(*references),
                    format!("outside{times}\n{site}{on}"),
                )
            }
            Subject::External(1) => (Role::Outside(1), "outside".to_owned()),
            Subject::External(references) => {
                (Role::Outside(*references), format!("outside ×{references}"))
            }
            Subject::OpaqueValue {
                values,
                type_index,
                kind,
                concrete,
            } => {
                let name = self.names.get(*type_index as usize);
                let name = match values {
                    1 => name.to_owned(),
                    _ => format!("{values} × {name}"),
                };
                let label = match kind {
                    PlaceKind::Busy => format!("{name}\nbusy"),
                    PlaceKind::TooDeep => "nested too deeply".to_owned(),
                    PlaceKind::Poisoned => format!("{name}\npoisoned"),
                    PlaceKind::LeftOut => format!("{name}\nleft out"),
                    _ => name,
                };
                let all = &self.snapshot.parts().concrete_types;
                let concrete = concrete.and_then(|number| all.get(number));
                let label = match concrete {
                    Some(concrete) => format!("{label}\n{}", concrete_lines(concrete)),
                    None => label,
                };
                let mut node = self.plain(drawn, Role::Hidden, label);
                let info = self.snapshot.types().get(*type_index as usize);
                node.type_name = info.map_or_else(String::new, |info| info.name.clone());
                return node;
            }
        };
        self.plain(drawn, role, label)
    }

    /// Returns the fields of a fix: `Node.parent and Node.prev`.
    fn fix(&self, fix: &Fix) -> String {
        fix.change(&|field| self.names.field(field))
    }

    fn plain(&self, drawn: &PictureNode, role: Role, label: String) -> DrawnNode {
        DrawnNode {
            depth: drawn.depth,
            brightness: self.brightness(drawn.depth),
            is_start: drawn.is_start,
            ..DrawnNode::new(role, label)
        }
    }

    fn object(&self, drawn: &PictureNode, node: NodeId) -> DrawnNode {
        let node = self.snapshot.node(node);
        let role = if node.root().is_some() {
            Role::Root
        } else {
            Role::Object
        };
        let mut attributes = self.options.node_attrs.map_or_else(Vec::new, |of| of(node));
        order::sort(&mut attributes);
        let highlight = self.options.highlight;
        DrawnNode {
            objects: vec![node.id()],
            type_name: node.type_info().name.clone(),
            is_highlighted: highlight.is_some_and(|highlight| highlight(node)),
            implements_drop: self.options.drops && node.type_info().implements_drop,
            is_opaque: node.state() == State::Opaque,
            attributes,
            ..self.plain(drawn, role, self.label(node))
        }
    }

    fn stack(&self, drawn: &PictureNode, nodes: &[NodeId]) -> DrawnNode {
        let of_node = |&node: &NodeId| self.snapshot.node(node);
        let mut all = self.plain(drawn, Role::Stack, String::new());
        all.objects = nodes.iter().map(|node| of_node(node).id()).collect();
        if let Some(first) = nodes.first().map(of_node) {
            let name = self.names.get(first.type_index());
            all.label = format!("{} × {name}", nodes.len());
            all.type_name = first.type_info().name.clone();
            all.implements_drop = self.options.drops && first.type_info().implements_drop;
        }
        all.is_opaque = nodes
            .iter()
            .any(|node| of_node(node).state() == State::Opaque);
        all
    }

    fn label(&self, node: Node<'_>) -> String {
        let mut label = self.names.get(node.type_index()).to_owned();
        if let Some(root) = node.root() {
            label = format!("{root}\n{label}");
        }
        if let Some(strong) = node.strong().filter(|_| self.options.refcounts) {
            label.push_str(&format!(" [{strong}]"));
        }
        let mut line = |text: &str| {
            if !text.is_empty() {
                label.push('\n');
                label.push_str(text);
            }
        };
        let own = node.label().map(str::to_owned);
        if let Some(text) = own.or_else(|| self.options.label?(node)) {
            line(&text.chars().take(WIDTH).collect::<String>());
        }
        if let Some(concrete) = node.concrete_type() {
            line(&concrete_lines(concrete));
        }
        match node.state() {
            State::OtherThread => line("of another thread"),
            State::Lent => line("lent as &mut"),
            State::Panicked => line("its visit panicked"),
            _ => {}
        }
        if let Some(site) = node.site().filter(|_| self.options.sites) {
            line(&site.to_string());
        }
        if let Some(info) = self.options.extra_info.and_then(|of| of(node)) {
            line(&info);
        }
        label
    }

    fn brightness(&self, depth: usize) -> f64 {
        if self.max_depth == 0 {
            return 1.0;
        }
        let part = (depth as f64 / self.max_depth as f64).min(1.0);
        1.0 - part * 0.7
    }
}
