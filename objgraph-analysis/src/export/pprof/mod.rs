//! A snapshot as a profile of pprof, which Go's tool, speedscope, Grafana and others read.
//!
//! A sample has a stack and four values: the objects and bytes that are alive, and those of them
//! that have leaked. There are two profiles, which divide the objects by different stacks:
//!
//! - by creation site: the type, called from the site;
//! - by retaining chain: the type, called from the fields of the shortest path that keeps the object
//!   alive, from a root, from external references, or from a kind of leak.
//!
//! There is no time in it, and equal snapshots give equal bytes.

mod chains;
mod profile;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;
use objgraph_core::{NodeId, NodeRow, Site, Snapshot};
use prost::Message as _;

use self::chains::Chains;
use self::profile::{Function, Label, Line, Location, Profile, Sample, ValueType};
use super::strings::Strings;
use crate::analysis::{Leaks, bytes_of, find_leaks};
use crate::words::name_in_full;

/// Returns a whole snapshot as a gzipped profile of pprof, by type and creation site: the content of
/// a `.pb.gz`.
///
/// The types of samples are `inuse_objects`, `inuse_space`, `leaked_objects` and `leaked_space`, the
/// labels `type`, `thread` and `scope`. `docs/devtools.md` says how to read it.
///
/// O(objects · log samples) time, O(samples) memory, beside the search for leaks.
///
/// ```
/// use std::sync::Arc;
/// # use objgraph_analysis::export::pprof as pprof_in;
///
/// let kept = objgraph::rc::Rc::new("text".to_owned());
/// let profile = pprof_in(&Arc::new(objgraph::snapshot()));
/// assert!(profile.starts_with(&[0x1f, 0x8b]), "it is gzipped");
/// ```
#[must_use]
pub fn pprof(snapshot: &Arc<Snapshot>) -> Vec<u8> {
    pprof_with(&find_leaks(snapshot))
}

/// Returns the profile of the snapshot of these leaks, and of what they say has leaked; see
/// [`pprof`](fn@pprof).
#[must_use]
pub fn pprof_with(leaks: &Leaks) -> Vec<u8> {
    let strings = Strings::default();
    let sites = |node: NodeId| leaks.snapshot().parts().nodes[node.index()].site;
    profile(leaks, strings, &sites, &|profiler, site| {
        let frame = match site {
            NodeRow::UNKNOWN => Frame::Named(profiler.strings.number("(no creation site)")),
            site => Frame::Site(site),
        };
        vec![profiler.location(frame)]
    })
}

/// Returns a whole snapshot as a gzipped profile of pprof, by type and retaining chain; for the rest
/// see [`pprof`](fn@pprof).
///
/// A chain is the shortest path of strong references to the object. A field that occurs more than
/// once in it is one frame, and so is the path through a list of any length; at most 64 frames are
/// kept.
///
/// O(objects · log samples + references) time, O(objects) memory, beside the search for leaks.
#[must_use]
pub fn pprof_by_chain(snapshot: &Arc<Snapshot>) -> Vec<u8> {
    pprof_by_chain_with(&find_leaks(snapshot))
}

/// Returns the profile of the snapshot of these leaks, by retaining chain; see [`pprof_by_chain`].
#[must_use]
pub fn pprof_by_chain_with(leaks: &Leaks) -> Vec<u8> {
    let mut strings = Strings::default();
    // Of a profile, the first string is empty.
    strings.number("");
    let chains = Chains::of(leaks, &mut strings);
    profile(
        leaks,
        strings,
        &|node| chains.stack(node),
        &|profiler, stack| {
            let names = chains.names(stack);
            names
                .map(|name| profiler.location(Frame::Named(name)))
                .collect()
        },
    )
}

/// Writes the profile in which objects with equal stacks are together. `frames` returns the
/// locations of a stack, below the type of the object.
fn profile<'l>(
    leaks: &'l Leaks,
    mut strings: Strings,
    stack_of: &dyn Fn(NodeId) -> u32,
    frames: &dyn Fn(&mut Profiler<'l>, u32) -> Vec<u64>,
) -> Vec<u8> {
    strings.number("");
    let mut profiler = Profiler {
        leaks,
        strings,
        profile: Profile::default(),
        locations: BTreeMap::new(),
    };
    for (key, totals) in samples(leaks, stack_of) {
        let kind = profiler.name_of_type(key.type_index, key.concrete);
        let mut location_id = vec![profiler.location(kind)];
        location_id.append(&mut frames(&mut profiler, key.stack));
        let label = profiler.labels(kind, &key);
        profiler.profile.sample.push(Sample {
            location_id,
            value: totals.iter().map(|&total| number(total)).collect(),
            label,
        });
    }
    profiler.finish()
}

/// What the objects of a sample have in common.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    type_index: u32,
    /// The object whose concrete type is that of all; [`NodeRow::UNKNOWN`] if there is none.
    concrete: u32,
    stack: u32,
    thread: u32,
    scope: u32,
}

/// Returns the objects and bytes that are alive, and those that have leaked, by sample.
fn samples(leaks: &Leaks, stack_of: &dyn Fn(NodeId) -> u32) -> BTreeMap<Key, [u64; 4]> {
    let snapshot = leaks.snapshot();
    let mut leaked = leaks.nodes().iter().peekable();
    let mut samples: BTreeMap<Key, [u64; 4]> = BTreeMap::new();
    let mut concrete_types: BTreeMap<&str, u32> = BTreeMap::new();
    for node in snapshot.nodes() {
        let id = node.node_id();
        let row = &snapshot.parts().nodes[id.index()];
        let number = id.index() as u32;
        let concrete = node.concrete_type().map_or(NodeRow::UNKNOWN, |concrete| {
            *concrete_types.entry(&concrete.name).or_insert(number)
        });
        let key = Key {
            type_index: row.type_index,
            concrete,
            stack: stack_of(id),
            thread: row.thread,
            scope: row.scope,
        };
        let bytes = bytes_of(snapshot, id);
        let [objects, space, leaked_objects, leaked_space] = samples.entry(key).or_default();
        *objects += 1;
        *space += bytes;
        if leaked.next_if_eq(&&id).is_some() {
            *leaked_objects += 1;
            *leaked_space += bytes;
        }
    }
    samples
}

/// A frame of a stack.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Frame {
    Type(u32),
    Site(u32),
    /// The number of its name.
    Named(u32),
}

struct Profiler<'l> {
    leaks: &'l Leaks,
    strings: Strings,
    profile: Profile,
    locations: BTreeMap<Frame, u64>,
}

impl Profiler<'_> {
    /// Returns the frame of a type: the concrete type of an object, if that is known.
    fn name_of_type(&mut self, type_index: u32, concrete: u32) -> Frame {
        let snapshot = self.leaks.snapshot();
        let object = (concrete != NodeRow::UNKNOWN).then(|| NodeId::new(concrete as usize));
        match object.and_then(|object| snapshot.node(object).concrete_type()) {
            Some(concrete) => Frame::Named(self.strings.number(&name_in_full(&concrete.name))),
            None => Frame::Type(type_index),
        }
    }

    /// Returns the id of the location of a frame, and adds it with its function if it is new.
    fn location(&mut self, frame: Frame) -> u64 {
        if let Some(&id) = self.locations.get(&frame) {
            return id;
        }
        let parts = self.leaks.snapshot().parts();
        let (name, site): (u32, Option<&Site>) = match frame {
            Frame::Named(name) => (name, None),
            Frame::Type(type_index) => {
                let info = &parts.types[type_index as usize];
                let name = self.strings.number(&name_in_full(&info.name));
                (name, info.declared.as_ref())
            }
            Frame::Site(site) => {
                let site = &parts.sites[site as usize];
                (self.strings.number(&site.to_string()), Some(site))
            }
        };
        let id = self.locations.len() as u64 + 1;
        let filename = site.map_or(0, |site| self.strings.number(&site.shown_file()));
        let line = site.map_or(0, |site| i64::from(site.line));
        self.profile.function.push(Function {
            id,
            name: i64::from(name),
            filename: i64::from(filename),
            start_line: line,
        });
        self.profile.location.push(Location {
            id,
            line: vec![Line {
                function_id: id,
                line,
                column: site.map_or(0, |site| i64::from(site.column)),
            }],
        });
        self.locations.insert(frame, id);
        id
    }

    /// Returns the labels of a sample; those that are not known are left out.
    fn labels(&mut self, kind: Frame, key: &Key) -> Vec<Label> {
        let function = self.location(kind) as usize - 1;
        let mut labels = vec![Label {
            key: self.text("type"),
            str: self.profile.function[function].name,
            num: 0,
        }];
        let threads = &self.leaks.snapshot().parts().threads;
        if let Some(thread) = threads.get(key.thread as usize) {
            labels.push(Label {
                key: self.text("thread"),
                str: self.text(thread),
                num: 0,
            });
        }
        if key.scope != 0 {
            labels.push(Label {
                key: self.text("scope"),
                str: 0,
                num: i64::from(key.scope),
            });
        }
        labels
    }

    fn text(&mut self, text: &str) -> i64 {
        i64::from(self.strings.number(text))
    }

    fn finish(mut self) -> Vec<u8> {
        for (name, unit) in [
            ("inuse_objects", "count"),
            ("inuse_space", "bytes"),
            ("leaked_objects", "count"),
            ("leaked_space", "bytes"),
        ] {
            let value = ValueType {
                r#type: self.text(name),
                unit: self.text(unit),
            };
            self.profile.sample_type.push(value);
        }
        self.profile.default_sample_type = self.text("inuse_space");
        let strings = self.strings.in_order().into_iter();
        self.profile.string_table = strings.map(str::to_owned).collect();
        gzipped(&self.profile.encode_to_vec())
    }
}

/// Returns the bytes compressed, without a time or a name.
fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    // Writing to a vector does not fail.
    let _ = gzip.write_all(bytes);
    gzip.finish().unwrap_or_default()
}

/// Returns a total as the format has it.
fn number(total: u64) -> i64 {
    i64::try_from(total).unwrap_or(i64::MAX)
}
