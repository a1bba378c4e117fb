//! The tables of bytes: by type, and by what retains them.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt::{self, Write as _};

use objgraph_core::{NodeId, Site};

use super::coverage::off;
use crate::analysis::{Dominator, RetainedSizes, TypeSize, TypeSizes};
use crate::words::in_line;
use crate::words::{Names, bytes, count, fitted, grouped, objects};

/// Maximum number of lines in a table.
const LINES: usize = 10;

/// Maximum number of objects of one type and site that are listed.
const PER_SITE: usize = 3;

impl fmt::Display for TypeSizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !crate::HAS_OBJECTS {
            return f.write_str(off());
        }
        if !self.is_enabled {
            return f.write_str(off());
        }
        if self.rows().is_empty() {
            return f.write_str("No object is alive.");
        }
        let mut out = String::new();
        writeln!(
            out,
            "{:>11} {:>11} {:>11} {:>11}  Type",
            "Bytes", "values", "their heap", "objects"
        )?;
        let line = |out: &mut String, row: &TypeSize, name: &str| {
            writeln!(
                out,
                "{:>11} {:>11} {:>11} {:>11}  {name}",
                bytes(row.bytes()),
                bytes(row.shallow_bytes),
                bytes(row.heap_bytes),
                grouped(row.count as u64)
            )
        };
        for row in self.rows().iter().take(LINES) {
            line(&mut out, row, &self.names.get(&row.type_name))?;
        }
        let all = count(self.rows().len(), "type", "types");
        line(&mut out, &self.total(), &format!("(all, of {all})"))?;
        f.write_str(&fitted(&out))
    }
}

impl fmt::Display for RetainedSizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !crate::HAS_OBJECTS {
            return f.write_str(off());
        }
        let snapshot = self.snapshot();
        if !snapshot.parts().enabled {
            return f.write_str(off());
        }
        if snapshot.is_empty() {
            return f.write_str("No object is alive.");
        }
        let names = Names::of(snapshot);
        let mut out = String::new();
        let total = bytes(self.total_bytes());
        writeln!(out, "{}, {total}.\n", objects(snapshot.len()))?;
        let head = |out: &mut String, last: &str| {
            writeln!(
                out,
                "{:>11} {:>7} {:>11}  {last}",
                "Retained", "of all", "objects"
            )
        };
        let line = |out: &mut String, retained: u64, objects: usize| {
            let part = retained as f64 * 100.0 / self.total_bytes().max(1) as f64;
            let objects = grouped(objects as u64);
            write!(out, "{:>11} {part:>6.1}% {objects:>11}  ", bytes(retained))
        };
        head(&mut out, "by")?;
        let mut listed: HashMap<(usize, Option<&Site>), usize> = HashMap::new();
        let mut is_listed = |dominator: &Dominator| match dominator {
            Dominator::Object(node) => {
                let node = snapshot.node(*node);
                let listed = listed.entry((node.type_index(), node.site())).or_default();
                *listed += 1;
                *listed <= PER_SITE
            }
            Dominator::Cycle(_) => true,
        };
        let dominators = self
            .top(usize::MAX)
            .into_iter()
            .filter(|dominator| is_listed(dominator));
        for dominator in dominators.take(LINES) {
            let (retained, objects) = self.retained_by(dominator);
            line(&mut out, retained, objects)?;
            let name = |node: NodeId| {
                let node = snapshot.node(node);
                let name = node.root().unwrap_or_else(|| names.get(node.type_index()));
                let name = in_line(name);
                match node.site() {
                    Some(site) => format!("{name}, made at {site}"),
                    None => name.into_owned(),
                }
            };
            match dominator {
                Dominator::Object(node) => writeln!(out, "{}", name(node))?,
                Dominator::Cycle(cycle) => {
                    let members = &self.cycles()[cycle];
                    let first = members
                        .first()
                        .map_or("?", |&node| names.get(snapshot.node(node).type_index()));
                    let size = self::objects(members.len());
                    writeln!(out, "a leaked cycle of {size}, {first} …")?;
                }
            }
        }
        writeln!(out)?;
        head(&mut out, "by all of a type")?;
        for row in self.by_type().iter().take(LINES) {
            line(&mut out, row.bytes, row.objects)?;
            let number = grouped(row.count as u64);
            writeln!(out, "{number} × {}", names.get(row.type_index))?;
        }
        f.write_str(&fitted(&out))
    }
}
