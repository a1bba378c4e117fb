//! Paths: which field, element, … of an object holds a reference.
//!
//! Objects of one type hold their references in the same few places, so a path is stored once,
//! as a line in a tree that starts at the type: `Node` → `children` → `[_]` → `1`. An edge
//! names the last line and the number of the element.

use std::fmt::Write as _;

/// A path without element numbers: `Node.children[_].1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PathId(u32);

impl PathId {
    /// The number of the path in its [`PathTable`], from 0.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// One step of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Segment {
    /// The start: a value of this type (an index into the types of the snapshot).
    Type(u32),
    /// A field: `name`, `0`, `Variant.name`.
    Field(&'static str),
    /// A field marked `#[tracked(back)]`.
    BackField(&'static str),
    /// An element of a container that counts its elements.
    Element,
    /// An element of a container without an order, or a place that has no number.
    Entry,
    /// Many steps, in a value that owns others like itself so deeply that the path would be of
    /// no use.
    Deep,
}

#[derive(Clone, Copy, Debug)]
struct Line {
    parent: u32,
    segment: Segment,
    /// How many segments [`Segment::Element`] there are from the start.
    elements: u32,
    /// How many steps there are from the start.
    depth: u32,
}

/// The paths of a snapshot.
#[derive(Clone, Debug, Default)]
pub struct PathTable {
    lines: Vec<Line>,
    /// The lines that follow a line; a handful each, so a search is as good as a map.
    children: Vec<Vec<u32>>,
    /// The element numbers of edges whose path runs through more than one container.
    many: Vec<Box<[u32]>>,
}

impl PathTable {
    /// The path that starts at a value of this type.
    pub fn start(&mut self, type_index: u32) -> PathId {
        self.add(u32::MAX, Segment::Type(type_index))
    }

    /// The path that goes one step on from `path`.
    pub fn step(&mut self, path: PathId, segment: Segment) -> PathId {
        let children = &self.children[path.index()];
        let known = children
            .iter()
            .copied()
            .find(|&line| self.lines[line as usize].segment == segment);
        match known {
            Some(line) => PathId(line),
            None => self.add(path.0, segment),
        }
    }

    /// The number to store in an edge for these element numbers, which belong to the segments
    /// [`Segment::Element`] of the path.
    pub fn index_of(&mut self, elements: &[u32]) -> u32 {
        match elements {
            [] => 0,
            [one] => *one,
            many => {
                self.many.push(many.into());
                (self.many.len() - 1) as u32
            }
        }
    }

    fn add(&mut self, parent: u32, segment: Segment) -> PathId {
        let before = self.lines.get(parent as usize);
        let elements =
            before.map_or(0, |line| line.elements) + u32::from(segment == Segment::Element);
        let depth = before.map_or(0, |line| line.depth + 1);
        let line = self.lines.len() as u32;
        self.lines.push(Line {
            parent,
            segment,
            elements,
            depth,
        });
        self.children.push(Vec::new());
        if let Some(siblings) = self.children.get_mut(parent as usize) {
            siblings.push(line);
        }
        PathId(line)
    }

    /// How many steps the path has after its type.
    #[must_use]
    pub fn depth(&self, path: PathId) -> u32 {
        self.lines[path.index()].depth
    }

    /// Gives the types other numbers: type `n` becomes `new[n]`.
    pub(crate) fn renumber_types(&mut self, new: &[u32]) {
        for line in &mut self.lines {
            if let Segment::Type(index) = &mut line.segment {
                *index = new[*index as usize];
            }
        }
    }

    /// Whether this table gave out the path.
    #[must_use]
    pub fn contains(&self, path: PathId) -> bool {
        path.index() < self.lines.len()
    }

    /// The path one step shorter; `None` at the start.
    #[must_use]
    pub fn parent(&self, path: PathId) -> Option<PathId> {
        let parent = self.lines[path.index()].parent;
        (parent != u32::MAX).then_some(PathId(parent))
    }

    /// The last step of the path.
    #[must_use]
    pub fn segment(&self, path: PathId) -> Segment {
        self.lines[path.index()].segment
    }

    /// The type the path starts at: an index into the types of the snapshot.
    #[must_use]
    pub fn type_index(&self, mut path: PathId) -> u32 {
        loop {
            match (self.segment(path), self.parent(path)) {
                (Segment::Type(index), _) => return index,
                (_, Some(parent)) => path = parent,
                (_, None) => unreachable!("a path starts with its type"),
            }
        }
    }

    /// Whether the path runs through a field marked `#[tracked(back)]`.
    #[must_use]
    pub fn is_back(&self, path: PathId) -> bool {
        let mut next = Some(path);
        while let Some(path) = next {
            if matches!(self.segment(path), Segment::BackField(_)) {
                return true;
            }
            next = self.parent(path);
        }
        false
    }

    /// The element's number, for a path through exactly one container that counts.
    #[must_use]
    pub fn element(&self, path: PathId, index: u32) -> Option<u32> {
        (self.lines[path.index()].elements == 1).then_some(index)
    }

    /// The element numbers of a path.
    pub(crate) fn elements(&self, path: PathId, index: u32) -> Vec<u32> {
        match self.lines[path.index()].elements {
            0 => Vec::new(),
            1 => vec![index],
            _ => self
                .many
                .get(index as usize)
                .map_or(Vec::new(), |many| many.to_vec()),
        }
    }

    /// The text of a path with its element numbers: `children[3].1`; empty for the value itself.
    #[must_use]
    pub fn show(&self, path: PathId, index: u32) -> String {
        let elements = self.elements(path, index);
        let mut elements = elements.iter();
        self.text(path, |out| match elements.next() {
            Some(number) => {
                let _ = write!(out, "[{number}]");
            }
            None => out.push_str("[_]"),
        })
    }

    /// The text of a path without element numbers: `children[_].1`.
    #[must_use]
    pub fn show_field(&self, path: PathId) -> String {
        self.text(path, |out| out.push_str("[_]"))
    }

    fn text(&self, path: PathId, mut element: impl FnMut(&mut String)) -> String {
        let mut steps = Vec::new();
        let mut next = Some(path);
        while let Some(path) = next {
            steps.push(self.segment(path));
            next = self.parent(path);
        }
        let mut out = String::new();
        for step in steps.into_iter().rev() {
            match step {
                Segment::Type(_) => {}
                Segment::Field(name) | Segment::BackField(name) => {
                    if !out.is_empty() {
                        out.push('.');
                    }
                    out.push_str(name);
                }
                Segment::Element => element(&mut out),
                Segment::Entry => out.push_str("[*]"),
                Segment::Deep => out.push('…'),
            }
        }
        out
    }
}
