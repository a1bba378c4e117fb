//! Chains as text.

use std::fmt;

use objgraph_core::{NodeId, Snapshot};

use crate::analysis::{Chain, OpaqueValue};
use crate::words::{Names, fitted, joined, wrapped};

/// Maximum number of objects shown at each end of a chain.
const ENDS: usize = 20;

/// Shows `static CACHE[0] → Session.user → User`, 80 columns wide where names allow. An inferred
/// reference is marked.
impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !crate::HAS_OBJECTS {
            return f.write_str(super::off());
        }
        let snapshot: &Snapshot = self.snapshot();
        let names = Names::of(snapshot);
        let name = |node: NodeId| {
            let node = snapshot.node(node);
            node.root().unwrap_or_else(|| names.get(node.type_index()))
        };
        let paths = self.edges().map(|edge| match edge.is_inferred() {
            true => {
                let value = OpaqueValue::holding(snapshot, &edge);
                let of = names.concrete(&value);
                let of = of.map_or_else(String::new, |name| format!(" from {name}"));
                format!("{} (inferred{of})", edge.path())
            }
            false => edge.path(),
        });
        let paths = paths.chain([String::new()]);
        let mut words = Vec::new();
        let omitted = self.len().saturating_sub(2 * ENDS);
        for (at, (&node, path)) in self.nodes().iter().zip(paths).enumerate() {
            if omitted == 0 || at < ENDS || at >= ENDS + omitted {
                words.push(joined(name(node), &path));
            } else if at == ENDS {
                words.push(format!("… {omitted} more …"));
            }
        }
        let mut text = String::new();
        wrapped(&mut text, "", words.iter().map(String::as_str), " → ")?;
        f.write_str(&fitted(&text))
    }
}
