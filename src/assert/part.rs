//! The part of a process that an assertion is about.

use objgraph_core::{Holder, Node, Object, Scope};

use crate::analysis::Maker;

/// The part of a process that an assertion is about.
#[derive(Clone, Debug)]
pub(super) enum Part {
    /// All of it.
    Whole,
    /// What was made in a scope.
    Scope(Scope),
    /// What was made in a scope, or in none since this epoch: nothing else runs.
    Since(Scope, u32),
    /// All but what was made in these scopes.
    Outside(Vec<Scope>),
}

impl Part {
    pub(super) fn made(&self, object: &Object) -> bool {
        self.maker(object.scope(), object.epoch()) == Maker::Own
    }

    pub(super) fn maker_of(&self, node: Node<'_>) -> Maker {
        match (self, node.holder()) {
            // Values that were met on the way are of no scope and no time.
            (
                Self::Scope(_) | Self::Since(..) | Self::Outside(_),
                Holder::StdRc | Holder::StdArc,
            ) if node.site().is_none() => Maker::Unknown,
            _ => self.maker(node.scope(), node.epoch()),
        }
    }

    fn maker(&self, scope: u32, epoch: u32) -> Maker {
        match self {
            Self::Whole => Maker::Own,
            Self::Scope(own) | Self::Since(own, _) if own.contains(scope) => Maker::Own,
            Self::Since(_, since) if scope == 0 && epoch >= *since => Maker::Own,
            Self::Outside(scopes) => match scopes.iter().any(|other| other.contains(scope)) {
                true => Maker::Other,
                false => Maker::Own,
            },
            _ if scope == 0 => Maker::Unknown,
            _ => Maker::Other,
        }
    }
}
