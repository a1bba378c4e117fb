//! The steps of a visit: into a field, to an element and back; and the current position, as a path
//! and the number of an element.

use super::{Cursor, Frame, PATH_DEPTH, Tracer};
use crate::emptiness::nothing;
use crate::snapshot::{FieldName, PathId, Segment};

impl Tracer {
    // What runs for every step has a fast path, which calls nothing, and a slow path.

    /// Always inline, so that only segments of one variant are compared.
    #[inline(always)]
    pub(in crate::trace) fn enter(&mut self, segment: Segment) {
        if !crate::ENABLED {
            return nothing();
        }
        let Cursor { path, base, .. } = self.cursor;
        let elements = self.elements.len();
        let known = self.paths.known_step(path, segment, PATH_DEPTH);
        let has_room =
            self.stack.len() < self.stack.capacity() && elements < self.elements.capacity();
        match known {
            Some(known) if has_room => {
                self.stack.push(Frame {
                    path,
                    base,
                    elements: elements as u32,
                });
                self.cursor.path = known;
                if matches!(segment, Segment::Element) {
                    self.elements.push(0);
                }
            }
            // The segment is built only where it is needed.
            _ => match segment {
                Segment::Field(name) => self.enter_field_slowly(name),
                Segment::Element => self.enter_element_slowly(),
                other => self.enter_slowly(other),
            },
        }
    }

    #[cold]
    #[inline(never)]
    fn enter_field_slowly(&mut self, name: FieldName) {
        self.enter_slowly(Segment::Field(name));
    }

    #[cold]
    #[inline(never)]
    fn enter_element_slowly(&mut self) {
        self.enter_slowly(Segment::Element);
    }

    #[cold]
    #[inline(never)]
    fn enter_slowly(&mut self, segment: Segment) {
        let Cursor { path, base, .. } = self.cursor;
        self.stack.reserve(1);
        self.elements.reserve(1);
        self.stack.push(Frame {
            path,
            base,
            elements: self.elements.len() as u32,
        });
        let known = self.paths.known_step(path, segment, PATH_DEPTH);
        self.cursor.path =
            known.unwrap_or_else(|| self.new_step(PathId::new(path), segment).line());
        if matches!(segment, Segment::Element) {
            self.elements.push(0);
        }
    }

    fn new_step(&mut self, path: PathId, segment: Segment) -> PathId {
        let path = if self.paths.depth(path) < PATH_DEPTH {
            path
        } else {
            self.deep_path()
        };
        self.paths.step(path, segment)
    }

    #[inline]
    pub(in crate::trace) fn leave(&mut self) {
        if let Some(frame) = self.stack.pop() {
            self.cursor.path = frame.path;
            self.cursor.base = frame.base;
            self.elements.truncate(frame.elements as usize);
        }
    }

    #[inline]
    pub(in crate::trace) fn set_element(&mut self, index: usize) {
        if let Some(last) = self.elements.last_mut() {
            *last = u32::try_from(index).unwrap_or(u32::MAX);
        }
    }

    /// Returns the path `…` of the node's type. Element numbers start again after it.
    pub(in crate::trace) fn deep_path(&mut self) -> PathId {
        if !crate::ENABLED {
            return PathId::new(0);
        }
        let type_index = self.nodes[self.cursor.node as usize].type_index;
        let start = self.types.start(type_index, &mut self.paths);
        self.cursor.base = self.elements.len() as u32;
        self.paths.step(start, Segment::Deep)
    }

    /// Returns the number to store for the current elements of the collections on the path.
    #[inline]
    pub(super) fn index(&mut self) -> u32 {
        match self.index_of_one() {
            Some(index) => index,
            None => self.index_of_many(),
        }
    }

    /// As [`index`](Self::index), if there is at most one collection.
    #[inline]
    pub(super) fn index_of_one(&self) -> Option<u32> {
        let base = self.cursor.base as usize;
        match self.elements.len().wrapping_sub(base) {
            0 => Some(0),
            1 => self.elements.get(base).copied(),
            _ => None,
        }
    }

    #[cold]
    #[inline(never)]
    fn index_of_many(&mut self) -> u32 {
        let elements = self.elements.get(self.cursor.base as usize..);
        self.paths.index_of(elements.unwrap_or_default())
    }
}
