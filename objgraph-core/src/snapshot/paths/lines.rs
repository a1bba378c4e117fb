//! The table of paths as lines, and back.

use super::{Line, MOST, NONE, PathTable, Segment};

impl PathTable {
    /// Returns the number of lines.
    pub(in crate::snapshot) fn len(&self) -> usize {
        self.lines.len()
    }

    /// Lists the lines: each with the number of the line one step shorter, if there is one, and its last
    /// step.
    pub(in crate::snapshot) fn lines(&self) -> impl Iterator<Item = (Option<u32>, Segment)> {
        let lines = self.lines.iter();
        lines.map(|line| ((line.parent != NONE).then_some(line.parent), line.segment))
    }

    /// Returns the element numbers of edges whose path has more than one element.
    pub(in crate::snapshot) fn element_lists(&self) -> &[u32] {
        &self.many
    }

    /// Makes the table of these lines. O(lines).
    ///
    /// # Errors
    ///
    /// If a line comes before the one that is one step shorter, or a path has no type at its start, or
    /// another type further on.
    pub(in crate::snapshot) fn from_lines(
        lines: Vec<(Option<u32>, Segment)>,
        many: Vec<u32>,
    ) -> Result<Self, &'static str> {
        if lines.len() > MOST {
            return Err("it has more paths than any program");
        }
        let mut table = Self {
            lines: Vec::with_capacity(lines.len()),
            many,
        };
        // The last child of each line, so that hanging the next one behind it takes no search.
        let mut last_child = vec![NONE; lines.len()];
        for (at, (parent, segment)) in (0..).zip(lines) {
            if parent.is_some() == matches!(segment, Segment::Type(_)) {
                return Err("a path does not start with its type");
            }
            let Some(parent) = parent else {
                table.lines.push(Line::new(NONE, None, segment));
                continue;
            };
            let Some(before) = table.lines.get_mut(parent as usize) else {
                return Err("a path comes before its beginning");
            };
            let line = Line::new(parent, Some(before), segment);
            match std::mem::replace(&mut last_child[parent as usize], at) {
                NONE => before.child = at,
                last => table.lines[last as usize].sibling = at,
            }
            table.lines.push(line);
        }
        Ok(table)
    }
}
