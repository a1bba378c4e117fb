//! A change of a text, and the text with its changes applied.

use std::ops::Range;

/// One change of a source file. Each can be left out without the others.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Edit {
    /// The bytes of the source that it replaces; empty for an insertion.
    pub range: Range<usize>,
    /// What replaces them.
    pub text: String,
    /// What it is for.
    pub kind: EditKind,
    /// The bytes of the item that it changes, with the item's attributes: the type, the test, the
    /// `main`. An error of the compiler that lies in it may be caused by this edit.
    pub subject: Range<usize>,
    /// Whether it lies in a macro.
    pub place: Place,
    /// The line of `range.start` in the source, from 1.
    pub line: usize,
}

impl Edit {
    /// Returns an edit that replaces bytes of a source by what the compiler asks for.
    ///
    /// ```
    /// use objgraph_edits::{Edit, apply};
    ///
    /// let edit = Edit::repair(3..4, "x + 'static".to_owned());
    /// assert_eq!(apply("T: x;", [&edit]).text, "T: x + 'static;");
    /// ```
    pub fn repair(range: Range<usize>, text: String) -> Self {
        Self {
            subject: range.clone(),
            range,
            text,
            kind: EditKind::Repair,
            place: Place::Code,
            line: 0,
        }
    }

    pub(crate) fn insertion(at: usize, text: String, kind: EditKind, place: &Place) -> Self {
        Self {
            range: at..at,
            text,
            kind,
            subject: at..at,
            place: place.clone(),
            line: 0,
        }
    }

    pub(crate) fn of(self, subject: Range<usize>) -> Self {
        Self { subject, ..self }
    }
}

/// What an edit is for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EditKind {
    /// Derives `Tracked` for a struct or enum.
    Derive {
        /// The name of the type; `$name` in the definition of a macro.
        type_name: String,
    },
    /// Checks a test for leaks.
    Test {
        /// The name of the function; `$name` in the definition of a macro.
        name: String,
    },
    /// Reports when `main` ends.
    Guard,
    /// Declares the facade in a root of edition 2015.
    ExternCrate,
    /// Lets a path lead to std's pointers instead of objgraph's.
    Path,
    /// Does what the compiler asks for.
    Repair,
    /// Lets a `use` or a path lead to objgraph's pointers, for good.
    Import,
}

/// Whether an edit lies in a macro.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// It lies outside of all macros.
    Code,
    /// It lies in what `macro_rules!` expands to. An error of it is reported where the macro is used.
    MacroRules {
        /// The name of the macro.
        name: String,
        /// Whether the macro has `#[macro_export]`, so that other crates may expand it.
        is_exported: bool,
    },
    /// It lies in the arguments of a macro.
    Arguments {
        /// The name of the macro.
        name: String,
    },
}

/// A source with its edits applied.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Edited {
    /// The new text.
    pub text: String,
    /// From the new text to the source.
    pub map: Map,
}

/// Applies edits, in any order, to the source that they were made for. Insertions at one place keep
/// their order.
///
/// # Panics
///
/// If an edit lies outside of `source`, begins or ends inside of a character, or overlaps another.
///
/// ```
/// use objgraph_edits::{Context, apply, instrument};
///
/// let source = "struct Node;\n";
/// let edits = instrument(source, &Context::default()).unwrap().edits;
/// let copy = apply(source, &edits);
/// assert!(copy.text.ends_with(" struct Node;\n"));
/// let name = copy.text.find("Node").unwrap();
/// assert_eq!(copy.map.origin(name).offset, 7);
/// assert_eq!(copy.map.origin(3).edit, Some(0));
/// ```
pub fn apply<'a>(source: &str, edits: impl IntoIterator<Item = &'a Edit>) -> Edited {
    let mut edits: Vec<(usize, &Edit)> = edits.into_iter().enumerate().collect();
    edits.sort_by_key(|(_, edit)| (edit.range.start, edit.range.end));
    let mut text =
        String::with_capacity(source.len() + edits.iter().map(|e| e.1.text.len()).sum::<usize>());
    let mut pieces = Vec::with_capacity(edits.len());
    let mut copied = 0;
    for (index, edit) in edits {
        assert!(
            copied <= edit.range.start,
            "two edits change the same bytes"
        );
        text.push_str(&source[copied..edit.range.start]);
        let start = text.len();
        text.push_str(&edit.text);
        copied = edit.range.end;
        pieces.push(Piece {
            copy: start..text.len(),
            original: edit.range.clone(),
            edit: index,
        });
    }
    text.push_str(&source[copied..]);
    Edited {
        text,
        map: Map { pieces },
    }
}

/// The way from each byte of an edited text back to the source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Map {
    /// In the order of the text.
    pieces: Vec<Piece>,
}

/// The text of one edit.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    copy: Range<usize>,
    original: Range<usize>,
    edit: usize,
}

/// Where a byte of an edited text comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Origin {
    /// The byte of the source; for text of an edit, where the edit is.
    pub offset: usize,
    /// The position, in the list given to [`apply`], of the edit that wrote the byte.
    pub edit: Option<usize>,
}

impl Map {
    /// Returns where a byte of the edited text comes from. The end of a text is the byte after it.
    pub fn origin(&self, offset: usize) -> Origin {
        let before = self
            .pieces
            .partition_point(|piece| piece.copy.start <= offset);
        // Of several edits at one place, an empty text has no byte.
        match self.pieces[..before].last() {
            None => Origin { offset, edit: None },
            Some(piece) if offset < piece.copy.end => Origin {
                offset: piece.original.start,
                edit: Some(piece.edit),
            },
            Some(piece) => Origin {
                offset: piece.original.end + (offset - piece.copy.end),
                edit: None,
            },
        }
    }

    /// Returns the edits, by their positions in the list given to [`apply`], whose text lies in this
    /// part of the edited text or touches it.
    pub fn edits_in(&self, range: Range<usize>) -> impl Iterator<Item = usize> {
        let first = self
            .pieces
            .partition_point(|piece| piece.copy.end < range.start);
        let rest = self.pieces[first..].iter();
        rest.take_while(move |piece| piece.copy.start <= range.end)
            .map(|piece| piece.edit)
    }

    /// Returns the bytes of the source for a part of the edited text.
    pub fn original(&self, range: Range<usize>) -> Range<usize> {
        let start = self.origin(range.start).offset;
        let end = self.origin(range.end).offset;
        start..end.max(start)
    }

    /// Returns where a byte of the source is in the edited text: behind all that is inserted there.
    /// A byte that an edit replaces is at the start of the edit's text.
    pub fn edited(&self, offset: usize) -> usize {
        let before = self
            .pieces
            .partition_point(|piece| piece.original.start <= offset);
        match self.pieces[..before].last() {
            None => offset,
            Some(piece) if offset < piece.original.end => piece.copy.start,
            Some(piece) => piece.copy.end + (offset - piece.original.end),
        }
    }
}
