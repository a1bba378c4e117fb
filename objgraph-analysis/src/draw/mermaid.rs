//! Drawings in the language of Mermaid, which GitHub and GitLab render in Markdown.

#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use super::drawing::{Drawing, DrawnNode, Role};
use crate::analysis::EdgeKind;
use crate::words::is_unprintable;

impl Drawing {
    /// Returns the drawing as a flowchart in the language of [Mermaid](https://mermaid.js.org/).
    ///
    /// By default, Mermaid refuses more than 500 arrows or 50,000 characters.
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        let mut out = String::from("flowchart TD\n");
        // Writing to a string does not fail.
        let _ = self.write_mermaid(&mut out);
        out
    }

    fn write_mermaid(&self, out: &mut String) -> std::fmt::Result {
        for (at, node) in self.nodes.iter().enumerate() {
            let (open, close) = match node.role {
                Role::Outside(_) => ("([", "])"),
                Role::Stack => ("[[", "]]"),
                _ => ("[", "]"),
            };
            writeln!(out, "  n{at}{open}\"{}\"{close}", quote(&label(node)))?;
        }
        for edge in &self.edges {
            let arrow = match edge.kind {
                EdgeKind::Weak => "-.->",
                EdgeKind::Cycle => "==>",
                EdgeKind::Strong | EdgeKind::Hint => "-->",
            };
            let label = match edge.label.as_str() {
                "" => String::new(),
                text => format!("|\"{}\"|", quote(text)),
            };
            writeln!(out, "  n{} {arrow}{label} n{}", edge.from, edge.to)?;
        }
        let of_edges = |kind: EdgeKind| {
            let edges = self.edges.iter().enumerate();
            edges.filter_map(move |(at, edge)| (edge.kind == kind).then_some(at))
        };
        let styles = [
            (EdgeKind::Cycle, "stroke:red,color:red"),
            (EdgeKind::Hint, "stroke:grey,color:grey"),
        ];
        for (kind, style) in styles {
            let edges: Vec<String> = of_edges(kind).map(|at| at.to_string()).collect();
            if !edges.is_empty() {
                writeln!(out, "  linkStyle {} {style}", edges.join(","))?;
            }
        }
        let of_nodes = |is_so: fn(&DrawnNode) -> bool| {
            let nodes = self.nodes.iter().enumerate();
            nodes.filter_map(move |(at, node)| is_so(node).then_some(at))
        };
        let styles: [(fn(&DrawnNode) -> bool, &str); 5] = [
            (|node| node.role == Role::Root, "fill:lightgreen"),
            (|node| node.is_highlighted, "fill:lightblue"),
            (
                |node| node.is_opaque || matches!(node.role, Role::Hidden | Role::Outside(_)),
                "stroke-dasharray:4",
            ),
            (|node| node.role.is_more(), "stroke:red,color:red"),
            (|node| node.is_start, "color:red"),
        ];
        for (is_so, style) in styles {
            for at in of_nodes(is_so) {
                writeln!(out, "  style n{at} {style}")?;
            }
        }
        Ok(())
    }
}

fn label(node: &DrawnNode) -> String {
    match node.implements_drop {
        true => format!("{}\n(Drop)", node.label),
        false => node.label.clone(),
    }
}

/// Returns the text for use between the quotes of a Mermaid string.
///
/// Quotes are not enough: Mermaid interprets Markdown, mathematics, icons, comments, directives and
/// its own entities in strings. So every character that could begin one of these is written as an
/// entity, by its number.
fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            out.push_str("<br/>");
        }
        let mut before = None;
        // Blanks, `1.`, `-` and `+` begin lists where they begin a line.
        let mut is_beginning = true;
        let mut rest = line.chars();
        while let Some(c) = rest.next() {
            is_beginning &= before.is_none_or(|c: char| c.is_ascii_digit() || c == ' ');
            let is_word = |c: char| c.is_alphanumeric();
            let is_plain = match c {
                ' ' => before.is_some(),
                '.' | ')' | '-' | '+' => !is_beginning,
                '(' | '[' | ']' | ',' | '=' | '!' | '?' | '/' | '\'' => true,
                // `fa:fa-bug` is an icon.
                ':' => !rest.as_str().starts_with("fa"),
                '_' => before.is_some_and(is_word) && rest.as_str().starts_with(is_word),
                c => c.is_alphanumeric() || !(c.is_ascii() || is_unprintable(c)),
            };
            if (c, before) == ('$', Some('$')) {
                // Two of them begin mathematics, even as entities: a space without width parts them.
                entity(&mut out, '\u{200b}');
            }
            if is_plain {
                out.push(c);
            } else if is_unprintable(c) {
                for c in c.escape_unicode() {
                    match c {
                        'u' | '0'..='9' | 'a'..='f' => out.push(c),
                        c => entity(&mut out, c),
                    }
                }
            } else {
                entity(&mut out, c);
            }
            before = Some(c);
        }
    }
    out
}

fn entity(out: &mut String, c: char) {
    // Writing to a string does not fail.
    let _ = write!(out, "#{};", u32::from(c));
}
