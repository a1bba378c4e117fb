//! Lines and columns.

use std::fmt;

/// A line and a column as the compiler prints them: both count from 1, and columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1. A byte order mark is not counted.
    pub column: usize,
}

impl Position {
    /// Returns the position of a byte of `text`.
    ///
    /// # Panics
    ///
    /// If `offset` is beyond the text or inside of a character.
    ///
    /// ```
    /// use objgraph_edits::Position;
    ///
    /// assert_eq!(Position::of("a\né!", 4), Position { line: 2, column: 2 });
    /// ```
    pub fn of(text: &str, offset: usize) -> Self {
        let before = &text[..offset];
        let before = before.strip_prefix(MARK).unwrap_or(before);
        let line = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            line: 1 + before[..line].matches('\n').count(),
            column: 1 + before[line..].chars().count(),
        }
    }

    /// Returns the byte of `text` at this position; `None` if `text` has no such line or column.
    ///
    /// ```
    /// use objgraph_edits::Position;
    ///
    /// assert_eq!(Position { line: 2, column: 2 }.offset("a\né!"), Some(4));
    /// assert_eq!(Position { line: 3, column: 1 }.offset("a\né!"), None);
    /// ```
    pub fn offset(self, text: &str) -> Option<usize> {
        let unmarked = text.strip_prefix(MARK).unwrap_or(text);
        let (line, column) = (self.line.checked_sub(1)?, self.column.checked_sub(1)?);
        let mut lines = unmarked.split_inclusive('\n');
        let start: usize = lines.by_ref().take(line).map(str::len).sum();
        // After the last line break there is one more line, which may be empty.
        let line = match lines.next() {
            Some(line) => line,
            None if unmarked.matches('\n').count() == line => "",
            None => return None,
        };
        let ends = line.char_indices().map(|(at, _)| at).chain([line.len()]);
        let in_line = ends.into_iter().nth(column)?;
        Some(text.len() - unmarked.len() + start + in_line)
    }
}

const MARK: char = '\u{feff}';

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}
