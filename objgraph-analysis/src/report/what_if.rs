//! The report on what a change would free.

#[cfg(test)]
mod tests;

use std::fmt::{self, Write as _};

use objgraph_core::NodeId;

use super::sites::write_sites;
use crate::analysis::{Change, Owner, SnapshotObject, WhatIf};
use crate::words::{Names, bytes, count, fitted, objects, wrapped};

/// Maximum number of lines of each kind.
const LINES: usize = 5;

/// Lists what would be freed, what would leak, and what would stay and who keeps it.
impl fmt::Display for WhatIf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !crate::HAS_OBJECTS {
            return f.write_str(super::off());
        }
        let mut text = String::new();
        let names = Names::of(self.snapshot());
        WhatIfReport {
            what_if: self,
            names,
        }
        .write(&mut text)?;
        f.write_str(&fitted(&text))
    }
}

struct WhatIfReport<'w> {
    what_if: &'w WhatIf,
    names: Names<'w>,
}

impl<'w> WhatIfReport<'w> {
    fn write(&self, out: &mut String) -> fmt::Result {
        self.change(out)?;
        self.freed(out)?;
        self.leaked(out)?;
        self.survivors(out)?;
        let coverage = self.what_if.coverage();
        let hides = match self.what_if.change() {
            Change::Weak(_) => "more may be freed or lost",
            _ => "more may be freed",
        };
        coverage.write_below(out, hides)
    }

    fn object(&self, node: NodeId) -> String {
        let node = self.what_if.snapshot().node(node);
        format!("{} {}", self.names.get(node.type_index()), node.id())
    }

    fn change(&self, out: &mut String) -> fmt::Result {
        match self.what_if.change() {
            Change::Dropped { node, external } => {
                let object = self.object(*node);
                match external {
                    None => writeln!(
                        out,
                        "if {object} were dropped: its owners are not known, so nothing is certain"
                    ),
                    Some(0) => writeln!(out, "if {object} were dropped: nothing outside holds it"),
                    Some(external) => {
                        let references = count(*external as usize, "reference", "references");
                        writeln!(
                            out,
                            "if the {references} to {object} from outside were dropped:"
                        )
                    }
                }
            }
            Change::Weak(fields) => {
                let names: Vec<String> = fields
                    .iter()
                    .map(|field| format!("`{}`", self.names.field(field)))
                    .collect();
                let text = format!("if {} were Weak:", names.join(" and "));
                wrapped(out, "", text.split(' '), " ")
            }
        }
    }

    fn freed(&self, out: &mut String) -> fmt::Result {
        let freed = self.what_if.freed();
        if freed.len() == 0 {
            return writeln!(out, "  nothing would be freed");
        }
        let size = bytes(self.what_if.freed_bytes());
        writeln!(out, "  {} would be freed, {size}", objects(freed.len()))?;
        self.sites(out, freed)?;
        if matches!(self.what_if.change(), Change::Weak(_)) {
            let lost = self.what_if.lost();
            if lost.len() == 0 {
                writeln!(out, "  nothing in use would lose its last owner")?;
            } else {
                let (are, their) = if lost.len() == 1 {
                    ("is", "its")
                } else {
                    ("are", "their")
                };
                writeln!(
                    out,
                    "  {} of these {are} in use now, and would lose {their} last owner",
                    lost.len()
                )?;
                self.sites(out, lost)?;
            }
        }
        Ok(())
    }

    fn leaked(&self, out: &mut String) -> fmt::Result {
        let leaked = self.what_if.leaked();
        if leaked.len() == 0 {
            return Ok(());
        }
        writeln!(
            out,
            "  {} would leak, because they keep each other alive",
            objects(leaked.len())
        )?;
        self.sites(out, leaked)
    }

    fn sites<'o>(
        &self,
        out: &mut String,
        objects: impl Iterator<Item = SnapshotObject<'o>>,
    ) -> fmt::Result {
        let nodes = objects.map(|object| object.node_id());
        write_sites(
            out,
            "    ",
            self.what_if.snapshot(),
            &self.names,
            nodes,
            LINES,
        )
    }

    fn survivors(&self, out: &mut String) -> fmt::Result {
        let survivors = self.what_if.survivors();
        for one in survivors.iter().take(LINES) {
            let owner = match one.owner {
                Owner::Object { node, path, index } => {
                    let place = self.names.place(path, index);
                    let id = self.what_if.snapshot().node(node).id();
                    format!("{place} of {id}")
                }
                Owner::External(references) => format!(
                    "{} from outside",
                    count(references as usize, "reference", "references")
                ),
                Owner::Unknown => "references that could not be counted".to_owned(),
            };
            let others = match one.other_owners {
                0 => String::new(),
                others => format!(" and {}", count(others, "other", "others")),
            };
            let text = format!("{} stays: held by {owner}{others}", self.object(one.node));
            wrapped(out, "  ", text.split(' '), " ")?;
        }
        let more = survivors.len().saturating_sub(LINES);
        if more > 0 {
            let stay = count(more, "more stays", "more stay");
            writeln!(out, "  … and {stay}, held by others")?;
        }
        let retained = self.what_if.retained_by_survivors();
        if retained > 0 {
            let stay = if retained == 1 { "stays" } else { "stay" };
            writeln!(out, "  and {} that they own {stay} too", objects(retained))?;
        }
        Ok(())
    }
}
