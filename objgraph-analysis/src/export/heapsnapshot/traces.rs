//! Where objects were created, as the allocation stacks of the format.
//!
//! A site names no function, so the type of the objects takes its place: each type has a frame for
//! each of its sites, below the root.

use std::collections::BTreeMap;
use std::io::{self, Write};

use objgraph_core::{NodeRow, Snapshot};

use super::numbers::Numbers;
use crate::analysis::bytes_of;
use crate::export::strings::Strings;

/// The types with their sites, and what was created there.
pub(super) struct Traces<'s> {
    snapshot: &'s Snapshot,
    frames: BTreeMap<(u32, u32), Frame>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Frame {
    /// The number in the tree, from 1, which is that of the root.
    number: u32,
    objects: u64,
    bytes: u64,
}

const ROOT: u32 = 1;

impl<'s> Traces<'s> {
    /// Collects the types and sites. O(objects · log sites) time, O(types + sites) memory.
    pub(super) fn of(snapshot: &'s Snapshot) -> Self {
        let mut frames: BTreeMap<(u32, u32), Frame> = BTreeMap::new();
        for node in snapshot.nodes() {
            let row = &snapshot.parts().nodes[node.node_id().index()];
            if row.site == NodeRow::UNKNOWN {
                continue;
            }
            let frame = frames.entry((row.type_index, row.site)).or_default();
            frame.objects += 1;
            frame.bytes += bytes_of(snapshot, node.node_id());
        }
        for (number, frame) in (ROOT + 1..).zip(frames.values_mut()) {
            frame.number = number;
        }
        Self { snapshot, frames }
    }

    /// Returns the number of frames, and that of the root.
    pub(super) fn count(&self) -> usize {
        self.frames.len() + 1
    }

    /// Returns the number of the frame that created an object; 0 if that is not known.
    pub(super) fn number(&self, row: &NodeRow) -> u32 {
        let frame = self.frames.get(&(row.type_index, row.site));
        frame.map_or(0, |frame| frame.number)
    }

    /// Writes `trace_function_infos`: function_id, name, script_name, script_id, line, column.
    pub(super) fn write_functions(
        &self,
        class_names: &[u32],
        strings: &mut Strings,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let sites = &self.snapshot.parts().sites;
        // From 1: a reader shows no source for the script 0.
        let mut scripts: BTreeMap<String, u32> = BTreeMap::new();
        let mut infos = Numbers::begin(out, "trace_function_infos")?;
        infos.row([0, strings.number("(root)"), strings.number(""), 0, 0, 0])?;
        for (&(type_index, site), frame) in &self.frames {
            let site = &sites[site as usize];
            let file = site.shown_file();
            let next = scripts.len() as u32 + 1;
            let script = *scripts.entry(file.to_string()).or_insert(next);
            infos.row([
                frame.number - ROOT,
                class_names[type_index as usize],
                strings.number(&file),
                script,
                site.line,
                site.column,
            ])?;
        }
        infos.end()
    }

    /// Writes `trace_tree`: id, function_info_index, count, size, children. These numbers may have
    /// more than 32 bits. The root itself created nothing.
    pub(super) fn write_tree(&self, out: &mut dyn Write) -> io::Result<()> {
        write!(out, ",\n\"trace_tree\":[{ROOT},0,0,0,[")?;
        for (at, frame) in self.frames.values().enumerate() {
            let comma = if at > 0 { ",\n" } else { "" };
            let Frame {
                number,
                objects,
                bytes,
            } = frame;
            write!(
                out,
                "{comma}{number},{},{objects},{bytes},[]",
                number - ROOT
            )?;
        }
        write!(out, "]]")
    }
}
