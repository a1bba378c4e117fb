//! Pictures as trees for a terminal.
//!
//! Each object is printed once with what is behind it, at the place nearest to the start; every other
//! line that leads to it names it by a number. So the length of the text is that of the picture,
//! however many paths lead to an object.

mod columns;
mod style;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::io::{self, Write};

pub use style::TextStyle;

use self::columns::{fit, printable, width};
use self::style::{Colour, Glyphs};
use super::drawing::{Drawing, DrawnEdge, DrawnNode, Role};
use crate::analysis::EdgeKind;

impl Drawing {
    /// Returns the drawing as a tree for a terminal: plain text of 80 columns.
    ///
    /// `→` owns, `⇒` owns in a cycle, `⇢` is weak, `⇝` is inferred; the arrows point left if the picture shows what
    /// refers to the start. An object that occurs again is named by its number: `#1 Node (cycle)` is
    /// one of the objects that lead to the line, `(above)` and `(below)` say where any other is.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut out = Vec::new();
        // Writing to a vector does not fail.
        let _ = self.write_text(&mut out, &TextStyle::default());
        String::from_utf8(out).unwrap_or_default()
    }

    /// Writes the drawing as a tree; see [`to_text`](Self::to_text).
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn write_text(&self, out: &mut dyn Write, style: &TextStyle) -> io::Result<()> {
        if !crate::HAS_OBJECTS {
            crate::nothing::<()>();
            return Ok(());
        }
        let tree = Tree::of(self);
        Printer {
            tree: &tree,
            drawing: self,
            style,
            glyphs: style.glyphs(),
            numbers: vec![0; self.nodes.len()],
            last_number: 0,
            is_printed: vec![false; self.nodes.len()],
            is_open: vec![false; self.nodes.len()],
        }
        .print(out)
    }
}

/// Which node of the drawing is printed below which.
struct Tree {
    tops: Vec<usize>,
    /// The edges of the drawing that lead on from each node, with their far ends.
    below: Vec<Vec<(usize, usize)>>,
    /// The edge that leads to each node where it is printed; none at the top.
    placed_by: Vec<Option<usize>>,
    /// Whether other edges lead to a node too.
    is_repeated: Vec<bool>,
}

impl Tree {
    /// Searches breadth first, so that each node is placed as near to a start as possible.
    fn of(drawing: &Drawing) -> Self {
        let nodes = drawing.nodes.len();
        let is_hint = |at: usize| {
            let role = drawing.nodes[at].role;
            !matches!(role, Role::Object | Role::Root | Role::Stack)
        };
        let mut tree = Self {
            tops: Vec::new(),
            below: vec![Vec::new(); nodes],
            placed_by: vec![None; nodes],
            is_repeated: vec![false; nodes],
        };
        for (number, edge) in drawing.edges.iter().enumerate() {
            if edge.from >= nodes || edge.to >= nodes {
                continue;
            }
            // A hint belongs below the object that it is about.
            let is_backwards = if is_hint(edge.from) != is_hint(edge.to) {
                is_hint(edge.from)
            } else {
                drawing.is_backwards
            };
            let (near, far) = match is_backwards {
                true => (edge.to, edge.from),
                false => (edge.from, edge.to),
            };
            tree.below[near].push((number, far));
        }
        let mut is_met = vec![false; nodes];
        let mut queue = VecDeque::new();
        // One start after the other, since the second may be behind the first.
        let starts = (0..nodes).filter(|&node| drawing.nodes[node].is_start);
        let mut tops = starts.chain(0..nodes);
        loop {
            let Some(node) = queue.pop_front() else {
                let Some(top) = tops.find(|&node| !is_met[node]) else {
                    return tree;
                };
                is_met[top] = true;
                tree.tops.push(top);
                queue.push_back(top);
                continue;
            };
            for &(edge, far) in &tree.below[node] {
                if is_met[far] {
                    tree.is_repeated[far] = true;
                } else {
                    is_met[far] = true;
                    tree.placed_by[far] = Some(edge);
                    queue.push_back(far);
                }
            }
        }
    }
}

struct Printer<'d> {
    tree: &'d Tree,
    drawing: &'d Drawing,
    style: &'d TextStyle,
    glyphs: &'static Glyphs,
    /// The number that names a node; 0 if it has none yet.
    numbers: Vec<usize>,
    last_number: usize,
    is_printed: Vec<bool>,
    /// Whether a node leads to the line that is printed.
    is_open: Vec<bool>,
}

/// The parts of a line.
struct Line {
    branch: String,
    path: String,
    arrow: &'static str,
    arrow_colour: Colour,
    number: String,
    text: String,
    text_colour: Colour,
    marks: String,
}

impl Printer<'_> {
    fn print(mut self, out: &mut dyn Write) -> io::Result<()> {
        let tree = self.tree;
        for &top in &tree.tops {
            let line = self.definition(top, None, String::new());
            self.write(out, line)?;
            // The nodes that lead to a line, each with the number of lines printed below it.
            let mut path = vec![(top, 0)];
            self.is_open[top] = true;
            while let Some((node, next)) = path.last_mut() {
                let node = *node;
                let Some(&(edge, far)) = tree.below[node].get(*next) else {
                    self.is_open[node] = false;
                    path.pop();
                    continue;
                };
                *next += 1;
                let branch = self.branch(&path);
                if tree.placed_by[far] == Some(edge) {
                    let line = self.definition(far, Some(edge), branch);
                    self.write(out, line)?;
                    self.is_open[far] = true;
                    path.push((far, 0));
                } else {
                    let line = self.mention(far, edge, branch);
                    self.write(out, line)?;
                }
            }
        }
        self.legend(out)
    }

    /// Returns the branches before a line: of the nodes that lead to it, those that more lines follow.
    fn branch(&self, path: &[(usize, usize)]) -> String {
        let cell = self.glyphs.pass.chars().count();
        // Half the line at most: the nearest branches of a deep place.
        let most = (self.style.width / 2 / cell).max(1);
        let left_out = path.len().saturating_sub(most);
        let mut branch = String::new();
        if left_out > 0 {
            branch.push_str(self.glyphs.cut);
        }
        for (at, &(node, next)) in path.iter().enumerate().skip(left_out) {
            let is_last = next == self.tree.below[node].len();
            branch.push_str(match (at + 1 == path.len(), is_last) {
                (true, false) => self.glyphs.branch,
                (true, true) => self.glyphs.end,
                (false, false) => self.glyphs.pass,
                (false, true) => self.glyphs.blank,
            });
        }
        branch
    }

    /// Returns the line at which a node is printed with what is behind it.
    fn definition(&mut self, at: usize, edge: Option<usize>, branch: String) -> Line {
        let node = &self.drawing.nodes[at];
        self.is_printed[at] = true;
        let number = match self.tree.is_repeated[at] {
            true => self.number(at),
            false => String::new(),
        };
        let advice = edge.map_or("", |edge| &self.drawing.edges[edge].advice);
        let marks = marks(&[
            if node.implements_drop { "Drop" } else { "" },
            match node.is_opaque || node.role == Role::Hidden {
                true => "not traced",
                false => "",
            },
            if node.is_highlighted {
                "highlighted"
            } else {
                ""
            },
            advice,
        ]);
        let lines: Vec<&str> = node.label.lines().collect();
        self.line(edge, branch, number, node, &lines, marks)
    }

    /// Returns a line for a node that is printed elsewhere.
    fn mention(&mut self, at: usize, edge: usize, branch: String) -> Line {
        let node = &self.drawing.nodes[at];
        let DrawnEdge { kind, advice, .. } = &self.drawing.edges[edge];
        let place = match (self.is_open[at], self.is_printed[at]) {
            (true, _) if *kind == EdgeKind::Cycle => "cycle",
            (_, true) => "above",
            (_, false) => "below",
        };
        let marks = marks(&[place, advice]);
        let number = self.number(at);
        let lines: Vec<&str> = node.label.lines().take(2).collect();
        self.line(Some(edge), branch, number, node, &lines, marks)
    }

    fn line(
        &self,
        edge: Option<usize>,
        branch: String,
        number: String,
        node: &DrawnNode,
        lines: &[&str],
        marks: String,
    ) -> Line {
        let edge = edge.map(|edge| &self.drawing.edges[edge]);
        let arrows = match self.drawing.is_backwards {
            true => &self.glyphs.left,
            false => &self.glyphs.right,
        };
        let (arrow, arrow_colour) = match edge.map(|edge| edge.kind) {
            None => ("", Colour::None),
            Some(EdgeKind::Strong) => (arrows.strong, Colour::None),
            Some(EdgeKind::Cycle) => (arrows.cycle, Colour::Red),
            Some(EdgeKind::Weak) => (arrows.weak, Colour::Dim),
            Some(EdgeKind::Inferred) => (arrows.inferred, Colour::None),
            Some(EdgeKind::Hint) if edge.is_some_and(|edge| edge.label.is_empty()) => {
                ("", Colour::None)
            }
            Some(EdgeKind::Hint) => (arrows.hint, Colour::Dim),
        };
        let text_colour = match node.role {
            _ if node.is_start => Colour::Red,
            _ if node.is_highlighted => Colour::Blue,
            Role::Root => Colour::Green,
            Role::Object | Role::Stack => Colour::None,
            role if role.is_more() => Colour::Red,
            _ => Colour::Dim,
        };
        let escape = |text: &str| printable(text, self.style.ascii);
        let lines: Vec<String> = lines.iter().map(|line| escape(line)).collect();
        Line {
            branch,
            path: escape(edge.map_or("", |edge| &edge.label)),
            arrow,
            arrow_colour,
            number,
            text: lines.join(self.glyphs.between),
            text_colour,
            marks,
        }
    }

    fn number(&mut self, at: usize) -> String {
        if self.numbers[at] == 0 {
            self.last_number += 1;
            self.numbers[at] = self.last_number;
        }
        format!("#{} ", self.numbers[at])
    }

    /// Writes a line, and cuts the path and the text where both do not fit.
    fn write(&self, out: &mut dyn Write, line: Line) -> io::Result<()> {
        let gap = |text: &str| usize::from(!text.is_empty());
        let fixed = width(&line.branch)
            + gap(&line.path)
            + width(line.arrow)
            + gap(line.arrow)
            + width(&line.number)
            + width(&line.marks);
        let room = self.style.width.saturating_sub(fixed);
        let for_path = (room / 2).max(room.saturating_sub(width(&line.text)));
        let path = fit(&line.path, for_path, self.glyphs.cut);
        let text = fit(
            &line.text,
            room.saturating_sub(width(&path)),
            self.glyphs.cut,
        );
        let mut whole = self.style.paint(Colour::Dim, &line.branch);
        for (part, colour) in [(&*path, Colour::None), (line.arrow, line.arrow_colour)] {
            if !part.is_empty() {
                whole.push_str(&self.style.paint(colour, part));
                whole.push(' ');
            }
        }
        whole.push_str(&line.number);
        whole.push_str(&self.style.paint(line.text_colour, &text));
        whole.push_str(&self.style.paint(Colour::Dim, &line.marks));
        writeln!(out, "{}", whole.trim_end())
    }

    /// Explains the arrows, for a drawing with a legend.
    fn legend(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.drawing.legend.is_empty() {
            return Ok(());
        }
        let arrows = match self.drawing.is_backwards {
            true => &self.glyphs.left,
            false => &self.glyphs.right,
        };
        let meanings = match self.drawing.is_backwards {
            true => [
                "is owned by",
                "is owned by, in a cycle",
                "is weakly held by",
                "may be owned by (inferred)",
            ],
            false => ["owns", "owns, in a cycle", "weak", "may own (inferred)"],
        };
        let kinds = [
            EdgeKind::Strong,
            EdgeKind::Cycle,
            EdgeKind::Weak,
            EdgeKind::Inferred,
        ];
        let arrows = [arrows.strong, arrows.cycle, arrows.weak, arrows.inferred];
        writeln!(out)?;
        for ((kind, arrow), meaning) in kinds.into_iter().zip(arrows).zip(meanings) {
            if self.drawing.edges.iter().any(|edge| edge.kind == kind) {
                writeln!(out, "{arrow} {meaning}")?;
            }
        }
        if self.last_number > 0 {
            writeln!(out, "#1 an object that occurs at several places")?;
        }
        Ok(())
    }
}

/// Returns what follows a text, without empty marks: ` (Drop, highlighted)`.
fn marks(marks: &[&str]) -> String {
    let marks: Vec<&str> = marks
        .iter()
        .copied()
        .filter(|mark| !mark.is_empty())
        .collect();
    match marks.is_empty() {
        true => String::new(),
        false => format!(" ({})", marks.join(", ")),
    }
}
