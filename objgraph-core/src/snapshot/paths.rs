//! Paths: which field, element, … of an object holds a reference.
//!
//! Objects of one type hold their references in the same few places, so a path is stored once, as a
//! line in a tree that starts at the type: `Node` → `children` → `[_]` → `1`. An edge has the last
//! line and the number of the element.

#[cfg(feature = "save")]
mod lines;

use std::cmp::Ordering;
use std::fmt::{self, Write as _};

use super::field_name::FieldName;

/// A path without element numbers: `Node.children[_].1`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PathId([u8; 3]); // Three bytes, so that an edge is 12.

impl PathId {
    /// Makes the path at a line of the table.
    #[inline]
    pub(crate) const fn new(line: u32) -> Self {
        let [a, b, c, _] = line.to_le_bytes();
        Self([a, b, c])
    }

    /// Returns its line in the table.
    #[inline]
    pub(crate) const fn line(self) -> u32 {
        let [a, b, c] = self.0;
        u32::from_le_bytes([a, b, c, 0])
    }

    /// Returns the number of the path in its [`PathTable`], from 0.
    #[must_use]
    pub const fn index(self) -> usize {
        self.line() as usize
    }
}

impl Ord for PathId {
    fn cmp(&self, other: &Self) -> Ordering {
        self.line().cmp(&other.line())
    }
}

impl PartialOrd for PathId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for PathId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PathId({})", self.line())
    }
}

/// One step of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Segment {
    /// The start: a value of this type (an index into the types of the snapshot).
    Type(u32),
    /// A field.
    Field(FieldName),
    /// A field marked `#[tracked(back)]`.
    BackField(FieldName),
    /// An element of a container that counts its elements.
    Element,
    /// An element of a container without an order, or a place without a number.
    Entry,
    /// Many steps, in a value that owns others like itself so deeply that the whole path would not
    /// help.
    Deep,
}

#[derive(Clone, Copy, Debug)]
struct Line {
    parent: u32,
    segment: Segment,
    /// Number of segments [`Segment::Element`] from the start.
    elements: u32,
    /// Number of steps from the start.
    depth: u32,
    /// The lines one step further: the first child, and from each the next. There are only a few,
    /// so a search is as fast as a map.
    child: u32,
    sibling: u32,
}

impl Line {
    /// Makes a line one step further than the line `before`, which has the number `parent`.
    fn new(parent: u32, before: Option<&Self>, segment: Segment) -> Self {
        let elements = before.map_or(0, |line| line.elements);
        Self {
            parent,
            segment,
            elements: elements + u32::from(segment == Segment::Element),
            depth: before.map_or(0, |line| line.depth + 1),
            child: NONE,
            sibling: NONE,
        }
    }
}

/// In place of a line: none.
const NONE: u32 = u32::MAX;

/// Maximum number of lines: more than the fields of any program.
const MOST: usize = 1 << 24;

/// Whether two segments are equal, as far as the addresses of their names show.
#[inline]
fn is_same(one: Segment, other: Segment) -> bool {
    match (one, other) {
        (Segment::Field(a), Segment::Field(b)) | (Segment::BackField(a), Segment::BackField(b)) => {
            a.is_same_text(b)
        }
        _ => one == other,
    }
}

/// The paths of a snapshot.
#[derive(Clone, Debug, Default)]
pub struct PathTable {
    lines: Vec<Line>,
    /// The element numbers of edges whose path has more than one element, one list after another.
    many: Vec<u32>,
}

impl PathTable {
    /// Returns the path that starts at a value of this type.
    pub fn start(&mut self, type_index: u32) -> PathId {
        self.add(NONE, Segment::Type(type_index))
    }

    /// Returns the path one step further than `path`.
    pub fn step(&mut self, path: PathId, segment: Segment) -> PathId {
        let known = self.child(&self.lines[path.index()], |other| other == segment);
        known.map_or_else(|| self.add(path.line(), segment), PathId::new)
    }

    /// Returns the line one step further than `line`, if it is known and its name is the same text
    /// at the same address, as it nearly always is. `None` too if that path already has `limit`
    /// steps.
    #[inline]
    pub(crate) fn known_step(&self, line: u32, segment: Segment, limit: u32) -> Option<u32> {
        let from = self.lines.get(line as usize)?;
        if from.depth >= limit {
            return None;
        }
        self.child(from, |other| is_same(other, segment))
    }

    /// Returns the line one step further whose segment satisfies `is_it`.
    #[inline]
    fn child(&self, from: &Line, is_it: impl Fn(Segment) -> bool) -> Option<u32> {
        let mut next = from.child;
        while let Some(line) = self.lines.get(next as usize) {
            if is_it(line.segment) {
                return Some(next);
            }
            next = line.sibling;
        }
        None
    }

    /// Returns the number that an edge stores for these element numbers, which belong to the
    /// segments [`Segment::Element`] of the path.
    pub fn index_of(&mut self, elements: &[u32]) -> u32 {
        match elements {
            [] => 0,
            [one] => *one,
            many => {
                let start = self.many.len() as u32;
                self.many.extend_from_slice(many);
                start
            }
        }
    }

    fn add(&mut self, parent: u32, segment: Segment) -> PathId {
        if self.lines.len() >= MOST {
            // The path is shown as part of a shorter one.
            return PathId::new(if parent == NONE { 0 } else { parent });
        }
        let before = self.lines.get(parent as usize);
        let line = self.lines.len() as u32;
        self.lines.push(Line::new(parent, before, segment));
        self.hang(parent, line);
        PathId::new(line)
    }

    /// Makes `line` the last child of `parent`.
    fn hang(&mut self, parent: u32, line: u32) {
        let Some(of) = self.lines.get_mut(parent as usize) else {
            return;
        };
        if of.child == NONE {
            of.child = line;
            return;
        }
        let mut last = of.child as usize;
        while self.lines[last].sibling != NONE {
            last = self.lines[last].sibling as usize;
        }
        self.lines[last].sibling = line;
    }

    /// Returns the number of steps after the type.
    #[must_use]
    pub fn depth(&self, path: PathId) -> u32 {
        self.lines[path.index()].depth
    }

    /// Renumbers the types: type `n` becomes `new[n]`.
    pub(crate) fn renumber_types(&mut self, new: &[u32]) {
        for line in &mut self.lines {
            if let Segment::Type(index) = &mut line.segment {
                *index = new[*index as usize];
            }
        }
    }

    /// Whether the path is in this table.
    #[must_use]
    pub fn contains(&self, path: PathId) -> bool {
        path.index() < self.lines.len()
    }

    /// Lists the types at the starts of the paths.
    pub(super) fn type_indexes(&self) -> impl Iterator<Item = u32> + '_ {
        self.lines.iter().filter_map(|line| match line.segment {
            Segment::Type(index) => Some(index),
            _ => None,
        })
    }

    /// Lists the names of all fields in the paths.
    pub fn field_names(&self) -> impl Iterator<Item = FieldName> + '_ {
        self.lines.iter().filter_map(|line| match line.segment {
            Segment::Field(name) | Segment::BackField(name) => Some(name),
            _ => None,
        })
    }

    /// Returns the path one step shorter; `None` at the start.
    #[must_use]
    pub fn parent(&self, path: PathId) -> Option<PathId> {
        let parent = self.lines[path.index()].parent;
        (parent != NONE).then_some(PathId::new(parent))
    }

    /// Returns the last step of the path.
    #[must_use]
    pub fn segment(&self, path: PathId) -> Segment {
        self.lines[path.index()].segment
    }

    /// Returns the type at the start of the path: an index into the types of the snapshot.
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

    /// Whether the path has a field marked `#[tracked(back)]`.
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

    /// Returns the element's number, for a path with exactly one element.
    #[must_use]
    pub fn element(&self, path: PathId, index: u32) -> Option<u32> {
        (self.lines[path.index()].elements == 1).then_some(index)
    }

    /// Returns the element numbers of a path.
    pub(crate) fn elements(&self, path: PathId, index: u32) -> Vec<u32> {
        match self.lines[path.index()].elements {
            0 => Vec::new(),
            1 => vec![index],
            count => {
                let start = index as usize;
                let numbers = self.many.get(start..start + count as usize);
                numbers.map_or(Vec::new(), <[u32]>::to_vec)
            }
        }
    }

    /// Lists the steps of a path from its start, elements with their numbers.
    #[must_use]
    pub fn steps(&self, path: PathId, index: u32) -> Vec<(Segment, Option<u32>)> {
        let mut elements = self.elements(path, index).into_iter();
        self.segments(path)
            .into_iter()
            .map(|segment| match segment {
                Segment::Element => (segment, elements.next()),
                _ => (segment, None),
            })
            .collect()
    }

    /// Returns the text of a path with its element numbers: `children[3].1`; empty for the value
    /// itself.
    #[must_use]
    pub fn show(&self, path: PathId, index: u32) -> String {
        steps_text(self.steps(path, index))
    }

    /// Returns the text of a path without element numbers: `children[_].1`.
    #[must_use]
    pub fn show_field(&self, path: PathId) -> String {
        steps_text(
            self.segments(path)
                .into_iter()
                .map(|segment| (segment, None)),
        )
    }

    /// Lists the segments of a path from its start.
    fn segments(&self, path: PathId) -> Vec<Segment> {
        let mut segments = Vec::new();
        let mut next = Some(path);
        while let Some(path) = next {
            segments.push(self.segment(path));
            next = self.parent(path);
        }
        segments.reverse();
        segments
    }
}

/// Returns the text of some steps of a path: `children[3].1`.
#[must_use]
pub fn steps_text(steps: impl IntoIterator<Item = (Segment, Option<u32>)>) -> String {
    let mut out = String::new();
    for step in steps {
        match step {
            (Segment::Type(_), _) => {}
            (Segment::Field(name) | Segment::BackField(name), _) => {
                if !out.is_empty() {
                    out.push('.');
                }
                out.push_str(name.name());
            }
            (Segment::Element, Some(number)) => {
                let _ = write!(out, "[{number}]");
            }
            (Segment::Element, None) => out.push_str("[_]"),
            (Segment::Entry, _) => out.push_str("[*]"),
            (Segment::Deep, _) => out.push('…'),
        }
    }
    out
}
