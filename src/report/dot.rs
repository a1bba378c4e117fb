//! Pictures as text in the DOT language of Graphviz, in the manner of Python's objgraph.

#[cfg(test)]
mod tests;

use std::fmt;
use std::io::{self, Write};

use objgraph_core::{Node, NodeId, PlaceKind, Snapshot, State};

use crate::analysis::{Link, LinkKind, Neighbourhood, Shape};

/// What to write below an object's own text, if anything.
pub type ExtraInfo<'f> = dyn Fn(Node<'_>) -> Option<String> + 'f;

/// Attributes of Graphviz for an object's node, by name and value.
pub type NodeAttrs<'f> = dyn Fn(Node<'_>) -> Vec<(String, String)> + 'f;

/// How a picture is drawn.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct DotOptions<'f> {
    /// Writes the number of strong references after the type's name: `Node [2]`.
    pub refcounts: bool,
    /// Writes types without their modules; the default.
    pub shortnames: bool,
    /// Writes where each object was made.
    pub sites: bool,
    /// Marks objects whose type implements `Drop`; the default.
    pub drops: bool,
    /// Draws the objects for which this holds in blue.
    pub highlight: Option<&'f dyn Fn(Node<'_>) -> bool>,
    /// Gives an object's short text, where the snapshot holds none.
    pub label: Option<&'f ExtraInfo<'f>>,
    /// Writes this text below the object's own.
    pub extra_info: Option<&'f ExtraInfo<'f>>,
    /// Gives the object's node these attributes of Graphviz, by name and value.
    pub node_attrs: Option<&'f NodeAttrs<'f>>,
}

impl Default for DotOptions<'_> {
    fn default() -> Self {
        Self {
            refcounts: false,
            shortnames: true,
            sites: false,
            drops: true,
            highlight: None,
            label: None,
            extra_info: None,
            node_attrs: None,
        }
    }
}

impl fmt::Debug for DotOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DotOptions")
            .field("refcounts", &self.refcounts)
            .field("shortnames", &self.shortnames)
            .field("sites", &self.sites)
            .field("drops", &self.drops)
            .field("highlight", &self.highlight.is_some())
            .field("label", &self.label.is_some())
            .field("extra_info", &self.extra_info.is_some())
            .field("node_attrs", &self.node_attrs.is_some())
            .finish()
    }
}

/// The picture as DOT text.
#[must_use]
pub fn to_dot(snapshot: &Snapshot, picture: &Neighbourhood, options: &DotOptions<'_>) -> String {
    let mut out = Vec::new();
    // A vector takes all that is written.
    let _ = write_dot(&mut out, snapshot, picture, options);
    String::from_utf8(out).unwrap_or_default()
}

/// Writes the picture as DOT text.
///
/// # Errors
///
/// Those of the writer.
///
/// # Panics
///
/// If the picture is of another snapshot.
pub fn write_dot(
    out: &mut dyn Write,
    snapshot: &Snapshot,
    picture: &Neighbourhood,
    options: &DotOptions<'_>,
) -> io::Result<()> {
    let page = Page {
        snapshot,
        picture,
        options,
    };
    writeln!(out, "digraph ObjectGraph {{")?;
    writeln!(out, "  node[shape=box, style=filled, fillcolor=white];")?;
    for (number, _) in picture
        .nodes
        .iter()
        .enumerate()
        .filter(|(_, drawn)| drawn.is_start)
    {
        writeln!(out, "  o{}[fontcolor=red];", number + 1)?;
    }
    // The arrows that were met at a node follow it.
    let mut links = picture.links.iter().peekable();
    for (at, drawn) in picture.nodes.iter().enumerate() {
        match drawn.shape {
            Shape::Object(node) => page.object(out, at, node)?,
            shape => page.hint(out, at, shape)?,
        }
        while let Some(link) = links.next_if(|link| link.met_at <= at) {
            page.link(out, link)?;
        }
    }
    for link in links {
        page.link(out, link)?;
    }
    writeln!(out, "}}")
}

struct Page<'p> {
    snapshot: &'p Snapshot,
    picture: &'p Neighbourhood,
    options: &'p DotOptions<'p>,
}

impl Page<'_> {
    fn object(&self, out: &mut dyn Write, at: usize, node: NodeId) -> io::Result<()> {
        let node = self.snapshot.node(node);
        let name = at + 1;
        let is_opaque = node.state() == State::Opaque;
        write!(out, "  o{name}[label=\"{}\"", quote(&self.label(node)))?;
        if is_opaque {
            write!(out, ",style=\"filled,dashed\",color=grey")?;
        }
        for (attribute, value) in self.options.node_attrs.map_or_else(Vec::new, |of| of(node)) {
            write!(out, ", {}=\"{}\"", identifier(&attribute), quote(&value))?;
        }
        writeln!(out, "];")?;
        let (mut hue, mut saturation) = (0.0, 0.0);
        let mut value = self.shade(self.picture.nodes[at].depth);
        if self
            .options
            .highlight
            .is_some_and(|highlight| highlight(node))
        {
            (hue, saturation) = (0.6, 0.6);
            value = 0.5 + value * 0.5;
        } else if node.root().is_some() {
            // As Python's draws modules.
            (hue, saturation) = (0.3, 1.0);
        }
        writeln!(
            out,
            "  o{name}[fillcolor=\"{}\"];",
            colour(hue, saturation, value)
        )?;
        if value < 0.5 {
            writeln!(out, "  o{name}[fontcolor=white];")?;
        }
        if self.options.drops && node.type_info().implements_drop {
            writeln!(
                out,
                "  o{name}->o{name}_has_a_drop[color=red,style=dotted,len=0.25,weight=10];"
            )?;
            writeln!(
                out,
                "  o{name}_has_a_drop[label=\"Drop\",shape=doublecircle,height=0.25,color=red,\
                 fillcolor=\"0,.5,1\",fontsize=6];"
            )?;
        }
        Ok(())
    }

    /// A node that is not an object.
    fn hint(&self, out: &mut dyn Write, at: usize, shape: Shape) -> io::Result<()> {
        let name = at + 1;
        let label = match shape {
            Shape::MoreReferences(more) => format!("{more} more references"),
            Shape::MoreBackreferences(more) => format!("{more} more backreferences"),
            Shape::MoreObjects(more) => format!("{more} more objects"),
            Shape::Outside(1) => "outside".to_owned(),
            Shape::Outside(references) => format!("outside ×{references}"),
            Shape::Hidden { type_index, kind } => {
                let types = self.snapshot.types();
                let name = types
                    .get(type_index as usize)
                    .map_or("?", |info| self.type_name(info));
                match kind {
                    PlaceKind::Busy => format!("{name}\nbusy"),
                    PlaceKind::TooDeep => format!("{name}\ntoo deep"),
                    _ => name.to_owned(),
                }
            }
            Shape::Object(_) => return Ok(()),
        };
        let label = quote(&label);
        match shape {
            Shape::Outside(_) => writeln!(
                out,
                "  o{name}[label=\"{label}\",shape=ellipse,style=\"filled,dashed\",color=grey,\
                 fillcolor=white,fontcolor=grey40];"
            ),
            Shape::Hidden { .. } => writeln!(
                out,
                "  o{name}[label=\"{label}\",height=0.25,style=\"filled,dashed\",color=grey,\
                 fillcolor=white,fontcolor=grey40,fontsize=9];"
            ),
            _ => {
                let value = self.shade(self.picture.nodes[at].depth);
                writeln!(
                    out,
                    "  o{name}[label=\"{label}\",shape=box,height=0.25,color=red,\
                     fillcolor=\"{}\",fontsize=6];",
                    colour(0.0, 1.0, value)
                )?;
                writeln!(out, "  o{name}[fontcolor=white];")
            }
        }
    }

    fn link(&self, out: &mut dyn Write, link: &Link) -> io::Result<()> {
        let mut attributes = Vec::new();
        if !link.label.is_empty() {
            attributes.push(format!("label=\"{}\"", quote(&link.label)));
        }
        let is_more = |end: usize| {
            matches!(
                self.picture.nodes[end].shape,
                Shape::MoreReferences(_) | Shape::MoreBackreferences(_)
            )
        };
        match link.kind {
            LinkKind::Strong => {}
            LinkKind::Weak => attributes.push("style=dashed".to_owned()),
            LinkKind::Cycle => {
                attributes.push("color=red,fontcolor=red,penwidth=2".to_owned());
            }
            LinkKind::Hint if is_more(link.from) || is_more(link.to) => {
                attributes.push("color=red,style=dotted,len=0.25,weight=10".to_owned());
            }
            LinkKind::Hint => attributes.push("color=grey,fontcolor=grey40".to_owned()),
        }
        write!(out, "  o{} -> o{}", link.from + 1, link.to + 1)?;
        if !attributes.is_empty() {
            write!(out, " [{}]", attributes.join(","))?;
        }
        writeln!(out, ";")
    }

    fn type_name<'i>(&self, info: &'i objgraph_core::TypeInfo) -> &'i str {
        if self.options.shortnames {
            &info.short_name
        } else {
            &info.name
        }
    }

    fn label(&self, node: Node<'_>) -> String {
        let mut label = self.type_name(node.type_info()).to_owned();
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
            line(&text.chars().take(40).collect::<String>());
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

    /// How bright a node of this depth is: from 1 at the start to 0.3 at the greatest depth.
    fn shade(&self, depth: usize) -> f64 {
        if self.picture.max_depth == 0 {
            return 1.0;
        }
        let part = (depth as f64 / self.picture.max_depth as f64).min(1.0);
        1.0 - part * 0.7
    }
}

/// A colour as Graphviz reads it: hue, saturation, value.
fn colour(hue: f64, saturation: f64, value: f64) -> String {
    let short = |number: f64| {
        let text = format!("{number:.6}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    format!("{},{},{}", short(hue), short(saturation), short(value))
}

/// The text, as it stands between the quotes of a DOT string.
fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        match c {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            '\0' => out.push_str("\\\\0"),
            '\t' => out.push(' '),
            // Graphviz reads `&lt;` in a label as `<`.
            '&' if is_entity(&text[at + 1..]) => out.push_str("&amp;"),
            // Nor valid in SVG.
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {
                out.push_str(&format!("\\\\u{{{:x}}}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out
}

/// Whether a text that follows `&` would be read as an entity: `lt;`, `#38;`.
fn is_entity(rest: &str) -> bool {
    let name = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '#');
    name.len() < rest.len() && name.starts_with(';')
}

/// The attribute's name, or what of it can stand without quotes.
fn identifier(name: &str) -> String {
    name.chars()
        .filter(|&c| c.is_ascii_alphanumeric() || c == '_')
        .collect()
}
