//! The messages of large tables: columns, with differences in place of numbers that grow.
//!
//! A number that may be unknown is one larger in a file, and 0 if it is unknown.

use super::LoadError;
use super::codes::Code;
use super::message::message;
use super::numbers::Numbers;
use crate::object_id::ObjectId;
use crate::pointer_kind::PointerKind;
use crate::snapshot::{
    EdgeRow, HandlePlace, HandleRow, LengthRow, NodeId, NodeRow, PathId, Place, PlaceKind, State,
};

/// The numbers of the last row, from which the next ones differ.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Last(u32);

impl Last {
    /// Returns the difference from the last number, which this one becomes.
    fn difference(&mut self, number: u32) -> i64 {
        i64::from(number) - i64::from(std::mem::replace(&mut self.0, number))
    }

    /// Returns the number with this difference from the last one, which it becomes.
    fn number(&mut self, difference: i64) -> Result<u32, LoadError> {
        let number = i64::from(self.0).checked_add(difference);
        let number = number.and_then(|number| u32::try_from(number).ok());
        self.0 = number.ok_or(OUT_OF_RANGE)?;
        Ok(self.0)
    }

    fn node(&mut self, difference: i64) -> Result<NodeId, LoadError> {
        node(self.number(difference)?)
    }
}

const OUT_OF_RANGE: LoadError = LoadError::Damaged("it has a number that is too large");

/// The columns of a message differ in length.
const UNEVEN: LoadError = LoadError::Damaged("its columns differ in length");

fn node(number: u32) -> Result<NodeId, LoadError> {
    match number {
        u32::MAX => Err(OUT_OF_RANGE),
        number => Ok(NodeId::new(number as usize)),
    }
}

fn path(line: u32) -> Result<PathId, LoadError> {
    match line >> 24 {
        0 => Ok(PathId::new(line)),
        _ => Err(OUT_OF_RANGE),
    }
}

const fn shifted(number: u32) -> u32 {
    number.wrapping_add(1)
}

const fn unshifted(number: u32) -> u32 {
    number.wrapping_sub(1)
}

/// Columns that are filled row by row, and read so.
macro_rules! columns {
    ($(#[$doc:meta])* $name:ident { $($column:ident: $type:ty),* $(,)? }) => {
        message! {
            $(#[$doc])*
            #[derive(Default)]
            struct $name {
                $($column: Numbers<$type>),*
            }
        }

        impl $name {
            /// Returns the number of rows.
            fn len(&self) -> Result<usize, LoadError> {
                let lens = [$(self.$column.len()),*];
                match lens.iter().all(|&len| len == lens[0]) {
                    true => Ok(lens[0]),
                    false => Err(UNEVEN),
                }
            }
        }
    };
}

columns! {
    /// Nodes.
    NodeColumns {
        place: i64,
        round: u32,
        type_index: u32,
        site: u32,
        thread: u32,
        scope: u32,
        epoch: u32,
        strong: u32,
        weak: u32,
        heap: u64,
        pointer_kind: u8,
        state: u8,
        edges: u32,
    }
}

impl NodeColumns {
    pub(super) fn new<'r>(
        rows: impl IntoIterator<Item = (&'r NodeRow, u32)>,
        last: &mut Last,
    ) -> Self {
        let mut columns = Self::default();
        for (row, edges) in rows {
            let raw = row.id.to_raw();
            columns.place.push(last.difference(raw as u32));
            columns.round.push((raw >> 32) as u32);
            columns.type_index.push(row.type_index);
            columns.site.push(shifted(row.site));
            columns.thread.push(shifted(row.thread));
            columns.scope.push(row.scope);
            columns.epoch.push(row.epoch);
            columns.strong.push(shifted(row.strong));
            columns.weak.push(shifted(row.weak));
            columns.heap.push(row.heap);
            columns.pointer_kind.push(row.pointer_kind.code());
            columns.state.push(row.state.code());
            columns.edges.push(edges);
        }
        columns
    }

    /// Adds the rows, and where the edges of each end.
    pub(super) fn add(
        self,
        rows: &mut Vec<NodeRow>,
        edge_ends: &mut Vec<u32>,
        last: &mut Last,
    ) -> Result<(), LoadError> {
        for at in 0..self.len()? {
            let place = last.number(self.place[at])?;
            let raw = u64::from(self.round[at]) << 32 | u64::from(place);
            rows.push(NodeRow {
                id: ObjectId::from_raw(raw),
                type_index: self.type_index[at],
                site: unshifted(self.site[at]),
                thread: unshifted(self.thread[at]),
                scope: self.scope[at],
                epoch: self.epoch[at],
                strong: unshifted(self.strong[at]),
                weak: unshifted(self.weak[at]),
                heap: self.heap[at],
                pointer_kind: PointerKind::of(self.pointer_kind[at])?,
                state: State::of(self.state[at])?,
            });
            let begin = edge_ends.last().copied().unwrap_or_default();
            edge_ends.push(begin.checked_add(self.edges[at]).ok_or(OUT_OF_RANGE)?);
        }
        Ok(())
    }
}

columns! {
    /// Edges. A target is its distance from the source, since objects are often created near those that
    /// hold them.
    EdgeColumns {
        path: u32,
        index: u32,
        target: i64,
        strong: bool,
        words: u16,
    }
}

impl EdgeColumns {
    pub(super) fn new<'r>(rows: impl IntoIterator<Item = (&'r EdgeRow, u32)>) -> Self {
        let mut columns = Self::default();
        for (row, source) in rows {
            columns.path.push(row.path.line());
            columns.index.push(row.index);
            let target = row.target.index() as i64;
            columns.target.push(target - i64::from(source));
            columns.strong.push(row.strong);
            columns.words.push(row.words);
        }
        columns
    }

    /// Adds the rows; `sources` has the source of each.
    pub(super) fn add(
        self,
        rows: &mut Vec<EdgeRow>,
        sources: &mut impl Iterator<Item = u32>,
    ) -> Result<(), LoadError> {
        for at in 0..self.len()? {
            let source = sources.next().ok_or(OUT_OF_RANGE)?;
            rows.push(EdgeRow {
                path: path(self.path[at])?,
                index: self.index[at],
                target: Last(source).node(self.target[at])?,
                strong: self.strong[at],
                words: self.words[at],
            });
        }
        Ok(())
    }
}

columns! {
    /// Places.
    PlaceColumns {
        node: i64,
        path: u32,
        index: u32,
        type_index: u32,
        kind: u8,
        concrete: u32,
    }
}

impl PlaceColumns {
    pub(super) fn new(rows: &[Place], last: &mut Last) -> Self {
        let mut columns = Self::default();
        for row in rows {
            columns.node.push(last.difference(row.node.index() as u32));
            columns.path.push(row.path.line());
            columns.index.push(row.index);
            columns.type_index.push(row.type_index);
            columns.kind.push(row.kind.code());
            columns.concrete.push(shifted(row.concrete));
        }
        columns
    }

    pub(super) fn add(self, rows: &mut Vec<Place>, last: &mut Last) -> Result<(), LoadError> {
        for at in 0..self.len()? {
            rows.push(Place {
                node: last.node(self.node[at])?,
                path: path(self.path[at])?,
                index: self.index[at],
                type_index: self.type_index[at],
                kind: PlaceKind::of(self.kind[at])?,
                concrete: unshifted(self.concrete[at]),
            });
        }
        Ok(())
    }
}

columns! {
    /// Lengths of collections, or of texts.
    LengthColumns {
        node: i64,
        path: u32,
        count: u32,
        len: u64,
    }
}

impl LengthColumns {
    pub(super) fn new(rows: &[LengthRow], last: &mut Last) -> Self {
        let mut columns = Self::default();
        for row in rows {
            columns.node.push(last.difference(row.node.index() as u32));
            columns.path.push(row.path.line());
            columns.count.push(row.count);
            columns.len.push(row.len());
        }
        columns
    }

    pub(super) fn add(self, rows: &mut Vec<LengthRow>, last: &mut Last) -> Result<(), LoadError> {
        for at in 0..self.len()? {
            let node = last.node(self.node[at])?;
            let path = path(self.path[at])?;
            rows.push(LengthRow::many(node, path, self.count[at], self.len[at]));
        }
        Ok(())
    }
}

columns! {
    /// Handles. A place that holds one has the number of its node plus 1; 0 stands for no place.
    HandleColumns {
        object: u64,
        target: u32,
        type_index: u32,
        strong: bool,
        site: u32,
        thread: u32,
        scope: u32,
        epoch: u32,
        number: u64,
        holder: u32,
        path: u32,
        index: u32,
        is_inferred: bool,
    }
}

impl HandleColumns {
    pub(super) fn new(rows: &[HandleRow]) -> Self {
        let shifted_node = |node: NodeId| shifted(node.index() as u32);
        let mut columns = Self::default();
        for row in rows {
            columns.object.push(row.object.to_raw());
            columns.target.push(row.target.map_or(0, shifted_node));
            columns.type_index.push(row.type_index);
            columns.strong.push(row.strong);
            columns.site.push(row.site);
            columns.thread.push(shifted(row.thread));
            columns.scope.push(row.scope);
            columns.epoch.push(row.epoch);
            columns.number.push(row.number);
            columns
                .holder
                .push(row.held.map_or(0, |held| shifted_node(held.node)));
            columns
                .path
                .push(row.held.map_or(0, |held| held.path.line()));
            columns.index.push(row.held.map_or(0, |held| held.index));
            columns.is_inferred.push(row.is_inferred);
        }
        columns
    }

    pub(super) fn add(self, rows: &mut Vec<HandleRow>) -> Result<(), LoadError> {
        let optional_node = |number: u32| number.checked_sub(1).map(node).transpose();
        for at in 0..self.len()? {
            let held = match optional_node(self.holder[at])? {
                None => None,
                Some(node) => Some(HandlePlace {
                    node,
                    path: path(self.path[at])?,
                    index: self.index[at],
                }),
            };
            rows.push(HandleRow {
                object: ObjectId::from_raw(self.object[at]),
                target: optional_node(self.target[at])?,
                type_index: self.type_index[at],
                strong: self.strong[at],
                site: self.site[at],
                thread: unshifted(self.thread[at]),
                scope: self.scope[at],
                epoch: self.epoch[at],
                number: self.number[at],
                held,
                is_inferred: self.is_inferred[at],
            });
        }
        Ok(())
    }
}

columns! {
    /// Nodes with a number each: captured handles, or concrete types.
    NumberColumns {
        node: i64,
        number: u32,
    }
}

impl NumberColumns {
    pub(super) fn new(rows: &[(NodeId, u32)], last: &mut Last) -> Self {
        let mut columns = Self::default();
        for &(node, number) in rows {
            columns.node.push(last.difference(node.index() as u32));
            columns.number.push(number);
        }
        columns
    }

    pub(super) fn add(
        self,
        rows: &mut Vec<(NodeId, u32)>,
        last: &mut Last,
    ) -> Result<(), LoadError> {
        for at in 0..self.len()? {
            rows.push((last.node(self.node[at])?, self.number[at]));
        }
        Ok(())
    }
}

columns! {
    /// Nodes alone: what ended threads left behind, and what visits reported repeatedly.
    NodeList {
        node: i64,
    }
}

impl NodeList {
    pub(super) fn new(rows: &[NodeId], last: &mut Last) -> Self {
        Self {
            node: rows
                .iter()
                .map(|node| last.difference(node.index() as u32))
                .collect(),
        }
    }

    pub(super) fn add(self, rows: &mut Vec<NodeId>, last: &mut Last) -> Result<(), LoadError> {
        for at in 0..self.len()? {
            rows.push(last.node(self.node[at])?);
        }
        Ok(())
    }
}
