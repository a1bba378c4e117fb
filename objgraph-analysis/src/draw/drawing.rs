//! A picture as plain data: what every format is written from.

mod legend;

use std::fmt;

use objgraph_core::{Node, NodeId, ObjectId, PlaceKind, Snapshot, State};

use crate::analysis::{EdgeKind, Neighbourhood, PictureEdge, PictureNode, Subject};
use crate::words::Names;
use crate::words::count;
use crate::words::named_thread;

/// What to write below an object's own text, if anything.
pub type ExtraInfo<'f> = dyn Fn(Node<'_>) -> Option<String> + 'f;

/// Attributes of Graphviz for an object's node, by name and value.
pub type NodeAttrs<'f> = dyn Fn(Node<'_>) -> Vec<(String, String)> + 'f;

/// How many characters of an object's own text are drawn.
const WIDTH: usize = 40;

/// A picture as plain data: nodes with their texts, the arrows between them, and what each is.
///
/// Every format is written from this and nothing else.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Drawing {
    /// The nodes, in the order in which they were met, the starts first.
    pub nodes: Vec<DrawnNode>,
    /// The arrows, in the order in which they were met.
    pub edges: Vec<DrawnEdge>,
    /// The sets of nodes that own each other in cycles: indices into `nodes`, sorted.
    pub cycles: Vec<Vec<usize>>,
    /// Whether it goes from the starts to what refers to them, not to what they refer to.
    pub is_backwards: bool,
    /// What the marks in this picture mean, a line each; empty if no legend is drawn.
    pub legend: Vec<String>,
}

/// A node of a drawing.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct DrawnNode {
    /// What it stands for.
    pub role: Role,
    /// The objects it stands for: one, several if it is a stack, none if it is a hint.
    pub objects: Vec<ObjectId>,
    /// The full name of their type; empty where there is none.
    pub type_name: String,
    /// What is written in it: lines, joined by `\n`.
    pub label: String,
    /// How many references it is from the start.
    pub depth: usize,
    /// How bright it is, from 1 at the start to 0.3 at the greatest depth that was asked for.
    pub brightness: f64,
    /// Whether the picture starts here.
    pub is_start: bool,
    /// Whether it was asked to stand out.
    pub is_highlighted: bool,
    /// Whether the type implements `Drop`.
    pub implements_drop: bool,
    /// Whether the trace could not look into it.
    pub is_opaque: bool,
    /// Attributes of Graphviz that were asked for, by name and value.
    pub attributes: Vec<(String, String)>,
}

impl DrawnNode {
    /// Returns a node without objects, at the start.
    #[must_use]
    pub fn new(role: Role, label: impl Into<String>) -> Self {
        Self {
            role,
            objects: Vec::new(),
            type_name: String::new(),
            label: label.into(),
            depth: 0,
            brightness: 1.0,
            is_start: false,
            is_highlighted: false,
            implements_drop: false,
            is_opaque: false,
            attributes: Vec::new(),
        }
    }
}

/// What a node of a drawing stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Role {
    /// An object.
    Object,
    /// A root: a static, a thread-local or a scoped value that the user named.
    Root,
    /// Several objects of one type that are alike.
    Stack,
    /// So many references that are held by nothing the trace saw.
    Outside(u64),
    /// A value inside an object that the trace could not look into.
    Hidden,
    /// So many references from one object that are not drawn.
    MoreReferences(usize),
    /// So many references to one object that are not drawn.
    MoreBackreferences(usize),
    /// So many objects that are not drawn.
    MoreObjects(usize),
}

impl Role {
    /// Whether it tells that something is not drawn.
    #[must_use]
    pub const fn is_more(self) -> bool {
        matches!(
            self,
            Self::MoreReferences(_) | Self::MoreBackreferences(_) | Self::MoreObjects(_)
        )
    }
}

/// An arrow of a drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DrawnEdge {
    /// Where it begins: an index into [`Drawing::nodes`].
    pub from: usize,
    /// Where it ends: an index into [`Drawing::nodes`].
    pub to: usize,
    /// The path that holds the reference; empty where there is none.
    pub label: String,
    /// What it stands for.
    pub kind: EdgeKind,
    /// How many references it stands for; more than one from and to stacks.
    pub references: usize,
}

impl DrawnEdge {
    /// Returns an arrow for one reference.
    #[must_use]
    pub fn new(from: usize, to: usize, label: impl Into<String>, kind: EdgeKind) -> Self {
        Self {
            from,
            to,
            label: label.into(),
            kind,
            references: 1,
        }
    }
}

/// What is written and how it looks.
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
    /// Tells what the marks mean.
    pub legend: bool,
    /// Draws the objects for which this holds in blue.
    pub highlight: Option<&'f dyn Fn(Node<'_>) -> bool>,
    /// Gives an object's short text, where the snapshot holds none.
    pub label: Option<&'f ExtraInfo<'f>>,
    /// Writes this text below the object's own.
    pub extra_info: Option<&'f ExtraInfo<'f>>,
    /// Gives the object's node these attributes of Graphviz, by name and value.
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
    /// Writes texts to what a picture shows.
    pub fn new(snapshot: &Snapshot, picture: &Neighbourhood, options: &DrawingOptions<'_>) -> Self {
        let writer = Writer {
            snapshot,
            max_depth: picture.max_depth,
            names: match options.shortnames {
                true => Names::of(snapshot),
                false => Names::in_full(snapshot),
            },
            options,
        };
        let edge = |edge: &PictureEdge| DrawnEdge {
            references: edge.references,
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
        };
        if options.legend {
            drawing.legend = legend::of(&drawing);
        }
        drawing
    }

    /// How many objects it stands for, those in stacks included.
    #[must_use]
    pub fn objects(&self) -> usize {
        self.nodes.iter().map(|node| node.objects.len()).sum()
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
            Subject::OpaqueValue { type_index, kind } => {
                let name = self.names.get(*type_index as usize);
                let label = match kind {
                    PlaceKind::Busy => format!("{name}\nbusy"),
                    PlaceKind::TooDeep => "nested too deeply".to_owned(),
                    PlaceKind::Poisoned => format!("{name}\npoisoned"),
                    _ => name.to_owned(),
                };
                let mut node = self.plain(drawn, Role::Hidden, label);
                let info = self.snapshot.types().get(*type_index as usize);
                node.type_name = info.map_or_else(String::new, |info| info.name.clone());
                return node;
            }
        };
        self.plain(drawn, role, label)
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
        attributes.sort();
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
        if self.options.refcounts
            && let Some(strong) = node.strong()
        {
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
        match node.state() {
            State::OtherThread => line("of another thread"),
            State::Lent => line("lent as &mut"),
            State::Panicked => line("its visit panicked"),
            _ => {}
        }
        if self.options.sites
            && let Some(site) = node.site()
        {
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
