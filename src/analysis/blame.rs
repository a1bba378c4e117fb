//! Whose leaks are whose, where several parts of a program leak side by side.

#[cfg(test)]
mod tests;

use objgraph_core::{Node, NodeId};

use super::{Leaks, NodeSet, reach, reach_backwards, strong_components_within};

/// Who made an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Maker {
    /// The part that is asked about.
    Own,
    /// It is not known.
    Unknown,
    /// Another part.
    Other,
}

impl Leaks {
    /// Only those of the leaks that one part of the program is to blame for.
    ///
    /// It is to blame for a cycle if it made one of its objects; if nobody is known to have made
    /// any, then if it made something that hangs on it. All that hangs on the cycle is told with
    /// it. Takes time in proportion to the nodes and edges.
    pub(crate) fn blamed_on(self, maker: impl Fn(Node<'_>) -> Maker) -> Self {
        let snapshot = self.snapshot();
        let made_by = |node: NodeId| maker(snapshot.node(node));
        let mut leaked = NodeSet::new(snapshot.len());
        for &node in self.nodes() {
            leaked.insert(node);
        }
        let components = strong_components_within(snapshot, &leaked);
        let is_cycle = |component: usize| {
            let members = components.members(component);
            members.len() > 1
                || members.iter().any(|&node| {
                    let mut edges = snapshot.edges(node);
                    edges.any(|edge| edge.is_strong() && edge.target() == node)
                })
        };
        let mut blamed = Vec::new();
        let mut nobodys = NodeSet::new(snapshot.len());
        for component in (0..components.len()).filter(|&component| is_cycle(component)) {
            let members = components.members(component);
            let makers = members.iter().map(|&node| made_by(node));
            if makers.clone().any(|maker| maker == Maker::Own) {
                blamed.push(members[0]);
            } else if makers.clone().all(|maker| maker == Maker::Unknown) {
                nobodys.insert(members[0]);
            }
        }
        let told = reach(snapshot, blamed.iter().copied());
        let hanging = self.nodes().iter().copied();
        let hanging = hanging.filter(|&node| !told.contains(node) && made_by(node) == Maker::Own);
        let above = reach_backwards(snapshot, hanging, &leaked);
        blamed.extend(nobodys.iter().filter(|&node| above.contains(node)));
        let told = reach(snapshot, blamed);
        self.only(
            |node| told.contains(node),
            |node| made_by(node) == Maker::Own,
        )
    }
}
