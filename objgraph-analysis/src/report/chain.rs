//! Chains as text.

use std::fmt;

use objgraph_core::{NodeId, Snapshot};

use crate::analysis::Chain;
use crate::words::{Names, fitted, joined, wrapped};

/// Of a longer chain, so many objects at each end are told.
const ENDS: usize = 20;

/// `static CACHE[0] → Session.user → User`, in lines of 80 columns where names allow.
impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let snapshot: &Snapshot = self.snapshot();
        let names = Names::of(snapshot);
        let name = |node: NodeId| {
            let node = snapshot.node(node);
            node.root().unwrap_or_else(|| names.get(node.type_index()))
        };
        let paths = self.edges().map(|edge| edge.path());
        let paths = paths.chain([String::new()]);
        let mut words = Vec::new();
        let left_out = self.len().saturating_sub(2 * ENDS);
        for (at, (&node, path)) in self.nodes().iter().zip(paths).enumerate() {
            if left_out == 0 || at < ENDS || at >= ENDS + left_out {
                words.push(joined(name(node), &path));
            } else if at == ENDS {
                words.push(format!("… {left_out} more …"));
            }
        }
        let mut text = String::new();
        wrapped(&mut text, "", words.iter().map(String::as_str), " → ")?;
        f.write_str(&fitted(&text))
    }
}
