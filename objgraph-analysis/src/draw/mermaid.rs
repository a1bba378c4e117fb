//! Drawings in the language of Mermaid, which GitHub and GitLab render in Markdown.

#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use super::drawing::{Drawing, DrawnNode, Role};
use super::style::{self, Dash};
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
        if !crate::HAS_OBJECTS {
            return Ok(());
        }
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
                EdgeKind::Weak | EdgeKind::Inferred => "-.->",
                EdgeKind::Cycle => "==>",
                EdgeKind::Strong | EdgeKind::Hint => "-->",
            };
            let lines = [edge.label.as_str(), edge.advice.as_str()].into_iter();
            let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
            let label = match lines.is_empty() {
                true => String::new(),
                false => format!("|\"{}\"|", quote(&lines.join("\n"))),
            };
            writeln!(out, "  n{} {arrow}{label} n{}", edge.from, edge.to)?;
        }
        match self.is_of_leaks {
            true => self.write_looks(out),
            false => self.write_marks(out),
        }
    }

    /// Writes the marks of nodes and edges; anything else is left to Mermaid's themes.
    fn write_marks(&self, out: &mut String) -> std::fmt::Result {
        let styles = [
            (EdgeKind::Cycle, "stroke:red,color:red"),
            (EdgeKind::Inferred, DOTS),
            (EdgeKind::Hint, "stroke:grey,color:grey"),
        ];
        for (kind, style) in styles {
            let edges = self.edges.iter().enumerate();
            let edges = edges.filter(|(_, edge)| edge.kind == kind);
            let edges: Vec<String> = edges.map(|(at, _)| at.to_string()).collect();
            if !edges.is_empty() {
                writeln!(out, "  linkStyle {} {style}", edges.join(","))?;
            }
        }
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
        for (is_marked, style) in styles {
            let nodes = self.nodes.iter().enumerate();
            for (at, _) in nodes.filter(|(_, node)| is_marked(node)) {
                writeln!(out, "  style n{at} {style}")?;
            }
        }
        Ok(())
    }

    /// Writes the look of each node and edge, which themes do not know.
    fn write_looks(&self, out: &mut String) -> std::fmt::Result {
        for (at, style) in style::nodes(self).enumerate() {
            let dash = match style.dash() {
                Dash::Solid => "",
                Dash::Dashed | Dash::Dotted => ",stroke-dasharray:4",
            };
            writeln!(
                out,
                "  style n{at} fill:{},stroke:{},color:{}{dash}",
                style.fill().for_browsers(),
                style.line().for_browsers(),
                style.text().for_browsers()
            )?;
        }
        for (at, (edge, style)) in style::edges(self).enumerate() {
            let line = style.line();
            let text = style.text();
            let dash = match edge.kind {
                EdgeKind::Inferred => format!(",{DOTS}"),
                _ => String::new(),
            };
            writeln!(
                out,
                "  linkStyle {at} stroke:{},color:{}{dash}",
                line.for_browsers(),
                text.for_browsers()
            )?;
        }
        Ok(())
    }
}

/// The style of a line of dots, which Mermaid has no arrow for.
const DOTS: &str = "stroke-dasharray:1 4";

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
