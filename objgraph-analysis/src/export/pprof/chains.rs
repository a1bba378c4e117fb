//! Retaining chains as stacks: the fields on the shortest path that keeps an object alive.

use std::collections::BTreeMap;

use objgraph_core::{NodeId, PathId, Snapshot};

use crate::analysis::{Leaks, field, rows};
use crate::export::strings::Strings;
use crate::export::top::{TopKey, TopNode, Verdict, top};
use crate::words::name_in_full;

/// The number of a stack that has no frames.
const EMPTY: u32 = 0;

/// Maximum number of frames of a stack.
const FRAMES: u32 = 64;

/// The stack of each object, as a tree of frames.
pub(super) struct Chains {
    frames: Vec<Frame>,
    known: BTreeMap<(u32, u32), u32>,
    /// The number of the stack of each object.
    of: Vec<u32>,
}

#[derive(Clone, Copy)]
struct Frame {
    above: u32,
    /// The number of its name.
    name: u32,
    depth: u32,
}

impl Chains {
    /// Finds a shortest path to each object, in one search from everything that keeps objects alive,
    /// then in one from what has leaked. O(objects + references).
    pub(super) fn of(leaks: &Leaks, strings: &mut Strings) -> Self {
        let snapshot = leaks.snapshot();
        let mut chains = Self {
            frames: vec![Frame {
                above: EMPTY,
                name: 0,
                depth: 0,
            }],
            known: BTreeMap::new(),
            of: vec![EMPTY; snapshot.len()],
        };
        let all = top(leaks, strings);
        let stacks = chains.stacks_of_top(&all);
        let mut fields = Fields {
            snapshot,
            names: Vec::new(),
        };
        for verdict in [Verdict::Alive, Verdict::LikelyLeaked, Verdict::Leaked] {
            let starts = all.iter().zip(&stacks);
            let starts = starts.filter(|(node, _)| node.verdict == verdict);
            let mut level = Vec::new();
            for (node, &stack) in starts {
                chains.begin(snapshot, node, stack, strings, &mut level);
            }
            chains.search(snapshot, level, &mut fields, strings);
        }
        chains
    }

    /// Returns the stack of each node that is no object.
    fn stacks_of_top(&mut self, all: &[TopNode]) -> Vec<u32> {
        let mut stacks = vec![EMPTY; all.len()];
        for (at, node) in all.iter().enumerate() {
            for &below in &node.below {
                let below = below as usize;
                stacks[below] = match all[below].key {
                    // The kind is enough: leaks of one kind have cycles of different lengths.
                    TopKey::Cycle(_) => stacks[at],
                    _ => self.push(stacks[at], all[below].name),
                };
            }
        }
        stacks
    }

    /// Gives a stack to the objects below a node, unless they have one.
    fn begin(
        &mut self,
        snapshot: &Snapshot,
        node: &TopNode,
        stack: u32,
        strings: &mut Strings,
        level: &mut Vec<NodeId>,
    ) {
        for &object in &node.objects {
            if self.of[object.index()] != EMPTY {
                continue;
            }
            let root = snapshot.node(object).root().filter(|_| node.has_roots);
            self.of[object.index()] = match root {
                Some(root) => self.push(stack, strings.number(root)),
                None => stack,
            };
            level.push(object);
        }
    }

    /// Gives a stack to everything that these objects lead to, the nearest first.
    fn search(
        &mut self,
        snapshot: &Snapshot,
        mut level: Vec<NodeId>,
        fields: &mut Fields<'_>,
        strings: &mut Strings,
    ) {
        while !level.is_empty() {
            let mut next = Vec::new();
            for node in level {
                let stack = self.of[node.index()];
                for edge in rows(snapshot, node) {
                    if edge.strong && self.of[edge.target.index()] == EMPTY {
                        let name = fields.name(edge.path, strings);
                        self.of[edge.target.index()] = self.push(stack, name);
                        next.push(edge.target);
                    }
                }
            }
            level = next;
        }
    }

    /// Returns the number of the stack of an object: equal for objects that equal chains retain.
    pub(super) fn stack(&self, node: NodeId) -> u32 {
        self.of[node.index()]
    }

    /// Lists the names of the frames of a stack, the innermost first.
    pub(super) fn names(&self, stack: u32) -> impl Iterator<Item = u32> {
        let next = |&stack: &u32| Some(self.frames[stack as usize].above);
        let stacks = std::iter::successors(Some(stack), next);
        let stacks = stacks.take_while(|&stack| stack != EMPTY);
        stacks.map(|stack| self.frames[stack as usize].name)
    }

    /// Adds a frame to a stack. A name that the stack has stands for all until then, so that the
    /// stack of a list does not grow with its length.
    fn push(&mut self, stack: u32, name: u32) -> u32 {
        let mut above = stack;
        while above != EMPTY {
            let frame = self.frames[above as usize];
            if frame.name == name {
                return above;
            }
            above = frame.above;
        }
        let depth = self.frames[stack as usize].depth + 1;
        if depth > FRAMES {
            return stack;
        }
        *self.known.entry((stack, name)).or_insert_with(|| {
            self.frames.push(Frame {
                above: stack,
                name,
                depth,
            });
            self.frames.len() as u32 - 1
        })
    }
}

/// The names of the fields that hold references, by path.
struct Fields<'s> {
    snapshot: &'s Snapshot,
    names: Vec<Option<u32>>,
}

impl Fields<'_> {
    /// Returns the number of the name of a field, with the type that declares it.
    fn name(&mut self, path: PathId, strings: &mut Strings) -> u32 {
        if self.names.len() <= path.index() {
            self.names.resize(path.index() + 1, None);
        }
        *self.names[path.index()].get_or_insert_with(|| {
            let field = field(self.snapshot, path);
            strings.number(&field.with_type(&name_in_full(&field.type_name)))
        })
    }
}
