//! The kinds of leaks in a report: what leaked, which cycle keeps it alive, and what to change.

use std::fmt::{self, Write as _};

use objgraph_core::{Edge, NodeId, Snapshot, shown_name};

use super::cycles::write_ring;
use super::sites::write_sites;
use crate::analysis::{FieldPath, Fix, LeakKind, LeakKinds, Leaks, OpaqueValue, field};
use crate::words::{Names, ago, bytes, count, fitted, objects, on_threads, wrapped};

/// Maximum number of kinds that are described.
const KINDS: usize = LeakKinds::MAX_REPORTED;
/// Maximum number of types and sites listed for one kind.
const SITES: usize = 5;
/// Number of kinds that are described in full.
const IN_FULL: usize = LeakKinds::MAX_IN_FULL;

/// Maximum number of opaque values that are named as holders of one kind.
const HOLDERS: usize = 3;

/// Maximum number of alternatives to the first fix of a kind.
const OTHER_FIXES: usize = 3;
/// Maximum number of types and sites of what would lose its last owner by a fix.
const LOSSES: usize = 3;

pub(super) struct KindsReport<'l> {
    leaks: &'l Leaks,
    names: &'l Names<'l>,
    kinds: &'l LeakKinds,
    /// The objects of the kinds, and of no kind.
    nodes: &'l [NodeId],
    /// The opaque values that likely hold the objects; empty if they have leaked for certain.
    holders: Vec<OpaqueValue>,
    is_likely: bool,
}

impl<'l> KindsReport<'l> {
    pub(super) fn leaked(leaks: &'l Leaks, names: &'l Names) -> Self {
        Self {
            leaks,
            names,
            kinds: leaks.kinds(),
            nodes: leaks.nodes(),
            holders: Vec::new(),
            is_likely: false,
        }
    }

    pub(super) fn likely(leaks: &'l Leaks, names: &'l Names) -> Self {
        Self {
            leaks,
            names,
            kinds: leaks.likely_kinds(),
            nodes: leaks.likely_nodes(),
            holders: leaks.likely_holders(),
            is_likely: true,
        }
    }

    pub(super) fn kinds(&self) -> &'l LeakKinds {
        self.kinds
    }

    pub(super) fn nodes(&self) -> &'l [NodeId] {
        self.nodes
    }

    fn snapshot(&self) -> &'l Snapshot {
        self.leaks.snapshot()
    }

    /// Writes `378 objects leaked, 1.2 MiB: 27 leaks of 1 kind`, and the kinds.
    pub(super) fn write(&self, out: &mut String) -> fmt::Result {
        let kinds = self.kinds;
        let all: u64 = kinds.all().iter().map(|kind| kind.retained).sum();
        let likely = if self.is_likely { "likely " } else { "" };
        write!(
            out,
            "{} {likely}leaked, {}",
            objects(self.nodes.len()),
            bytes(all + kinds.shared_bytes()),
        )?;
        let groups = count(kinds.groups(), "leak", "leaks");
        match kinds.all().len() {
            0 => writeln!(out)?,
            all => writeln!(out, ": {groups} of {}", count(all, "kind", "kinds"))?,
        }
        if self.is_likely {
            let they = match self.nodes.len() {
                1 => "It has",
                _ => "They have",
            };
            let text = format!(
                "{they} leaked if the words found in closures, futures and other opaque \
                 values are the references they look like."
            );
            wrapped(out, "  ", text.split(' '), " ")?;
        }
        writeln!(out)?;
        let members = Members::of(self.nodes, kinds, KINDS);
        for (number, kind) in kinds.all().iter().enumerate().take(KINDS) {
            self.kind(out, number, kind, &members)?;
        }
        if let Some(rest) = kinds.all().get(KINDS..).filter(|rest| !rest.is_empty()) {
            let number: usize = rest.iter().map(|kind| kind.objects).sum();
            writeln!(
                out,
                "… and {}, with {}\n",
                count(rest.len(), "more kind", "more kinds"),
                objects(number)
            )?;
        }
        if kinds.shared() > 0 {
            self.shared(out)?;
        }
        Ok(())
    }

    /// Returns the text of each kind, `limit` of them at most.
    pub(super) fn texts(&self, limit: usize) -> Vec<String> {
        let members = Members::of(self.nodes, self.kinds, limit);
        let kinds = self.kinds.all().iter().enumerate().take(limit);
        kinds
            .map(|(number, kind)| {
                let mut text = String::new();
                // Writing to a string does not fail.
                let _ = self.kind(&mut text, number, kind, &members);
                fitted(&text)
            })
            .collect()
    }

    /// Writes the number of objects that belong to no kind.
    fn shared(&self, out: &mut String) -> fmt::Result {
        let kinds = self.kinds;
        let (objects, are) = match kinds.shared() {
            1 => ("object", "is"),
            _ => ("objects", "are"),
        };
        let more = match kinds.all().is_empty() {
            true => "",
            false => "more ",
        };
        let (number, size) = (kinds.shared(), bytes(kinds.shared_bytes()));
        let head = format!("{number} {more}{objects} ({size}) {are} held by");
        if !self.is_likely {
            return writeln!(out, "{head} leaks of several kinds\n");
        }
        writeln!(out, "{head} leaked objects or by leaks of several kinds")?;
        let of_each = self.nodes.iter().zip(self.kinds.kind_of_each());
        let of_no_kind = of_each.filter(|(_, kind)| kind.is_none());
        let nodes: Vec<NodeId> = of_no_kind.map(|(&node, _)| node).collect();
        write_sites(
            out,
            "  ",
            self.snapshot(),
            self.names,
            nodes.iter().copied(),
            SITES,
        )?;
        self.held_by(out, "  ", |edge| nodes.contains(&edge.target()))?;
        writeln!(out)
    }

    /// Writes ``likely leaked: held by 3 × `Bus.handlers[]`, `Box<dyn Fn()>` ``: the opaque values with
    /// inferred references that `is_wanted` accepts.
    fn held_by(
        &self,
        out: &mut String,
        margin: &str,
        is_wanted: impl Fn(&Edge<'_>) -> bool,
    ) -> fmt::Result {
        let as_if = self.leaks.as_if();
        let sources = self.holders.iter().map(|holder| holder.node);
        let mut sources: Vec<NodeId> = sources.collect();
        sources.dedup();
        let edges = sources.into_iter().flat_map(|node| as_if.edges(node));
        let edges = edges.filter(|edge| edge.is_inferred() && edge.is_strong() && is_wanted(edge));
        let mut places: Vec<(String, usize)> = Vec::new();
        let mut values: Vec<OpaqueValue> = edges
            .map(|edge| OpaqueValue::holding(as_if, &edge))
            .collect();
        values.dedup();
        for value in values {
            let name = self.names.holder(&value);
            match places.iter_mut().find(|place| place.0 == name) {
                Some(place) => place.1 += 1,
                None => places.push((name, 1)),
            }
        }
        if places.is_empty() {
            return Ok(());
        }
        let more = places.len().saturating_sub(HOLDERS);
        let shown = places.into_iter().take(HOLDERS);
        let mut names: Vec<String> = shown
            .map(|(name, number)| match number {
                1 => name,
                _ => format!("{number} × {name}"),
            })
            .collect();
        if more > 0 {
            names.push(format!("and {more} more"));
        }
        let head = format!("{margin}likely leaked: held by ");
        wrapped(out, &head, names.join("; ").split(' '), " ")
    }

    fn kind(
        &self,
        out: &mut String,
        number: usize,
        kind: &LeakKind,
        members: &Members,
    ) -> fmt::Result {
        let head = format!("{}. {}, {}", number + 1, what(kind), bytes(kind.retained));
        writeln!(out, "{head:<57} {}", kind.fingerprint)?;
        let nodes = members.of_kind[number].iter().copied();
        write_sites(out, "   ", self.snapshot(), self.names, nodes, SITES)?;
        let hanging = kind.objects - kind.on_cycles;
        if hanging > 0 {
            let are = if hanging == 1 { "hangs" } else { "hang" };
            writeln!(out, "   ({hanging} of them {are} on the cycle)")?;
        }
        for ring in &kind.rings {
            write_ring(out, "   ", self.snapshot(), self.names, ring)?;
        }
        if self.is_likely {
            let members = &members.of_kind[number];
            self.held_by(out, "   ", |edge| members.contains(&edge.target()))?;
        }
        if number < IN_FULL {
            self.births(out, &members.of_kind[number])?;
            self.examples(out, kind)?;
        }
        self.fixes(out, kind, number)?;
        writeln!(out)
    }

    /// Writes `   born in epoch 0, on thread main`.
    fn births(&self, out: &mut String, members: &[NodeId]) -> fmt::Result {
        let parts = self.snapshot().parts();
        let rows = members.iter().map(|node| &parts.nodes[node.index()]);
        let epochs = rows.clone().map(|row| row.epoch);
        let (Some(first), Some(last)) = (epochs.clone().min(), epochs.max()) else {
            return Ok(());
        };
        let threads = rows.filter_map(|row| parts.threads.get(row.thread as usize));
        let when = match first == last {
            true => format!("epoch {first}"),
            false => format!("epochs {first} to {last}"),
        };
        let mut words = vec![format!("born in {when}")];
        words.extend(ago(members
            .iter()
            .map(|&node| self.snapshot().node(node).age())));
        words.extend(on_threads(threads.map(String::as_str)));
        wrapped(out, "   ", words.iter().map(String::as_str), ", ")
    }

    /// Writes the labels of a few objects, if they were taken.
    fn examples(&self, out: &mut String, kind: &LeakKind) -> fmt::Result {
        let words: Vec<String> = kind
            .examples()
            .filter_map(|node| {
                let label = self.leaks.label_of(node)?;
                let node = self.snapshot().node(node);
                // The text of a derived `Debug` begins with the type.
                let short = &node.type_info().short_name;
                let name = shown_name(short);
                Some(match label.strip_prefix(short.as_str()) {
                    Some(rest) => format!("{name} {}{rest}", node.id()),
                    None => format!("{name} {} {label}", node.id()),
                })
            })
            .collect();
        if words.is_empty() {
            return Ok(());
        }
        wrapped(
            out,
            "   for example: ",
            words.iter().map(String::as_str),
            "; ",
        )
    }

    fn fixes(&self, out: &mut String, kind: &LeakKind, number: usize) -> fmt::Result {
        let Some((first, others)) = kind.fixes.split_first() else {
            return Ok(());
        };
        let marked = if first.is_marked() {
            " (marked #[tracked(back)])"
        } else {
            ""
        };
        let text = format!("{}{marked}", self.change(first));
        wrapped(out, "   fix: ", text.split(' '), " ")?;
        self.frees(out, kind, first)?;
        self.losses(out, kind, first)?;
        if !orphans(kind, first).is_empty() || !first.lost.is_empty() {
            let fields = self.fields(first);
            let text =
                format!("or clear {fields} in these objects before the last handle is dropped");
            wrapped(out, "     ", text.split(' '), " ")?;
        }
        if number >= IN_FULL {
            return Ok(());
        }
        for fix in others.iter().take(OTHER_FIXES) {
            let nothing = match orphans(kind, fix).is_empty() && fix.lost.is_empty() {
                true => format!("; {}", self.nothing_else()),
                false => String::new(),
            };
            let text = match fix.inferred.is_empty() {
                true => format!("{}{nothing}", self.fields(fix)),
                false => format!("{}{nothing}", self.change(fix)),
            };
            wrapped(out, "   or: ", text.split(' '), " ")?;
            self.losses(out, kind, fix)?;
        }
        Ok(())
    }

    /// Writes `     frees 3 objects, 248 B; nothing else would lose its last owner`.
    pub(super) fn frees(&self, out: &mut String, kind: &LeakKind, fix: &Fix) -> fmt::Result {
        let also = match fix.freed_objects.saturating_sub(kind.objects) {
            0 => String::new(),
            other => format!(" and {} of other kinds", objects(other)),
        };
        let each = kind.groups[0].objects.len();
        let freed = match kind.groups.len() {
            1 => objects(kind.objects),
            groups if kind.objects == groups * each => format!("{groups} × {}", objects(each)),
            _ => objects(kind.objects),
        };
        let rest = match (fix.lost.is_empty(), orphans(kind, fix).is_empty()) {
            (true, true) => format!("; {}", self.nothing_else()),
            (true, false) => ", and nothing that is in use now".to_owned(),
            (false, _) => String::new(),
        };
        let text = format!("frees {freed}{also}, {}{rest}", bytes(fix.freed_bytes));
        wrapped(out, "     ", text.split(' '), " ")
    }

    fn nothing_else(&self) -> &'static str {
        match self.leaks.is_part() {
            true => "nothing else that was traced would lose its last owner",
            false => "nothing else would lose its last owner",
        }
    }

    /// Writes what would lose its last owner by a fix, and where that was created.
    pub(super) fn losses(&self, out: &mut String, kind: &LeakKind, fix: &Fix) -> fmt::Result {
        let their = |number: usize| if number == 1 { "its" } else { "their" };
        let lost = fix.lost.len();
        if lost > 0 {
            let text = format!(
                "{} in use now would lose {} last owner, and be dropped:",
                objects(lost),
                their(lost)
            );
            wrapped(out, "     ", text.split(' '), " ")?;
            self.created(out, &fix.lost)?;
        }
        let orphans = orphans(kind, fix);
        if !orphans.is_empty() {
            let them = if orphans.len() == 1 { "it" } else { "them" };
            let text = format!(
                "{} of these would lose {} last owner, unless the program holds {them}:",
                orphans.len(),
                their(orphans.len())
            );
            wrapped(out, "     ", text.split(' '), " ")?;
            self.created(out, orphans)?;
        }
        Ok(())
    }

    fn created(&self, out: &mut String, nodes: &[NodeId]) -> fmt::Result {
        let nodes = nodes.iter().copied();
        write_sites(out, "       ", self.snapshot(), self.names, nodes, LOSSES)
    }

    /// Returns what to change: `` make `Node.parent` Weak ``.
    pub(super) fn change(&self, fix: &Fix) -> String {
        let fields = fix.fields.iter();
        let declared = fields.filter(|field| !fix.inferred.contains(field));
        let declared: Vec<String> = declared
            .map(|field| format!("`{}`", self.names.field(field)))
            .collect();
        let mut changes = Vec::new();
        if !declared.is_empty() {
            changes.push(format!("make {} Weak", declared.join(" and ")));
        }
        for inferred in &fix.inferred {
            let holds_it = |holder: &&OpaqueValue| {
                holder.place.is_some_and(|(path, _)| {
                    let FieldPath {
                        type_name, path, ..
                    } = field(self.snapshot(), path);
                    (type_name, path) == (inferred.type_name.clone(), inferred.path.clone())
                })
            };
            let holder = self.holders.iter().find(holds_it);
            let value = holder.map_or("value", |holder| self.names.kind_of_value(holder));
            let name = self.names.field(inferred);
            changes.push(match inferred.path.is_empty() {
                true => format!("hold a `Weak` in `{name}`, which could not be traced"),
                false => format!("capture a `Weak` in the {value} at `{name}`"),
            });
        }
        changes.join(", and ")
    }

    /// Returns the fields of a fix: `` `Node.parent` and `Node.prev` ``.
    fn fields(&self, fix: &Fix) -> String {
        let names: Vec<String> = fix
            .fields
            .iter()
            .map(|field| format!("`{}`", self.names.field(field)))
            .collect();
        names.join(" and ")
    }
}

/// Returns `3 objects kept alive by a cycle` or `27 leaks of 14 objects each`.
pub(super) fn what(kind: &LeakKind) -> String {
    let groups = kind.groups.len();
    let each = kind.groups[0].objects.len();
    let are_alike = kind.objects == groups * each;
    match groups {
        1 if kind.objects == 1 => "1 object that holds itself".to_owned(),
        1 if kind.rings.len() > 1 => format!("{} kept alive by cycles", objects(kind.objects)),
        1 => format!("{} kept alive by a cycle", objects(kind.objects)),
        _ if are_alike => format!("{groups} leaks of {} each", objects(each)),
        _ => format!("{groups} leaks of {} in all", objects(kind.objects)),
    }
}

/// Returns the leaked objects that would lose their last owner by a fix; none if each object of the
/// kind only holds itself, since the fix is to remove that owner.
fn orphans<'f>(kind: &LeakKind, fix: &'f Fix) -> &'f [NodeId] {
    match kind.objects == kind.groups.len() {
        true => &[],
        false => &fix.orphans,
    }
}

/// The objects of each kind that is described.
pub(super) struct Members {
    pub(super) of_kind: Vec<Vec<NodeId>>,
}

impl Members {
    /// Returns the objects of the first kinds, `limit` of them at most.
    pub(super) fn of(nodes: &[NodeId], kinds: &LeakKinds, limit: usize) -> Self {
        let mut of_kind = vec![Vec::new(); kinds.all().len().min(limit)];
        for (&node, kind) in nodes.iter().zip(kinds.kind_of_each()) {
            if let Some(members) = kind.and_then(|kind| of_kind.get_mut(kind)) {
                members.push(node);
            }
        }
        Self { of_kind }
    }
}
