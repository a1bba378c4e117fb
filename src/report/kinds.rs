//! Kinds of leaks in reports: what leaked, which cycle keeps it alive, and what to change.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use objgraph_core::{NodeId, Snapshot};

use super::cycles::write_ring;
use super::sites::write_sites;
use super::words::{Names, bytes, count, objects, wrapped};
use crate::analysis::{Fix, LeakKind, LeakKinds, Leaks};

/// At most so many kinds are told.
const KINDS: usize = 6;
/// At most so many types and sites of one kind are told.
const SITES: usize = 5;
/// Of so many kinds all is told; of the others, less.
const WHOLE: usize = 3;

pub(super) struct KindsReport<'l> {
    leaks: &'l Leaks,
    names: &'l Names<'l>,
}

impl<'l> KindsReport<'l> {
    pub(super) fn new(leaks: &'l Leaks, names: &'l Names<'l>) -> Self {
        Self { leaks, names }
    }

    fn snapshot(&self) -> &'l Snapshot {
        self.leaks.snapshot()
    }

    /// `378 objects leaked, 1.2 MiB: 27 leaks of 1 kind`, and the kinds.
    pub(super) fn write(&self, out: &mut String) -> fmt::Result {
        let kinds = self.leaks.kinds();
        let all: u64 = kinds.all().iter().map(|kind| kind.retained).sum();
        writeln!(
            out,
            "{} leaked, {}: {} of {}\n",
            objects(self.leaks.len()),
            bytes(all + kinds.shared_bytes()),
            count(kinds.groups(), "leak", "leaks"),
            count(kinds.all().len(), "kind", "kinds")
        )?;
        let members = Members::of(self.leaks, kinds);
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
            writeln!(
                out,
                "{} more ({}) held by leaks of several kinds\n",
                match kinds.shared() {
                    1 => "1 object is".to_owned(),
                    number => format!("{number} objects are"),
                },
                bytes(kinds.shared_bytes())
            )?;
        }
        Ok(())
    }

    fn kind(
        &self,
        out: &mut String,
        number: usize,
        kind: &LeakKind,
        members: &Members,
    ) -> fmt::Result {
        let groups = kind.groups.len();
        let each = kind.groups[0].objects.len();
        let are_alike = kind.objects == groups * each;
        let what = match groups {
            1 => format!("{} kept alive by a cycle", objects(kind.objects)),
            _ if are_alike => format!("{groups} leaks of {} each", objects(each)),
            _ => format!("{groups} leaks of {} in all", objects(kind.objects)),
        };
        let head = format!("{}. {what}, {}", number + 1, bytes(kind.retained));
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
        if number < WHOLE {
            self.births(out, &members.of_kind[number])?;
            self.example(out, kind)?;
        }
        self.fixes(out, kind, number)?;
        writeln!(out)
    }

    /// `   born in epoch 0, on thread main`.
    fn births(&self, out: &mut String, members: &[NodeId]) -> fmt::Result {
        let parts = self.snapshot().parts();
        let rows = members.iter().map(|node| &parts.nodes[node.index()]);
        let epochs = rows.clone().map(|row| row.epoch);
        let (Some(first), Some(last)) = (epochs.clone().min(), epochs.max()) else {
            return Ok(());
        };
        let mut threads: BTreeMap<&str, usize> = BTreeMap::new();
        for row in rows {
            if let Some(name) = parts.threads.get(row.thread as usize) {
                *threads.entry(name).or_default() += 1;
            }
        }
        let when = match first == last {
            true => format!("epoch {first}"),
            false => format!("epochs {first} to {last}"),
        };
        let mut words = vec![format!("born in {when}")];
        let (shown, rest) = (3, threads.len().saturating_sub(3));
        words.extend(
            threads
                .keys()
                .take(shown)
                .map(|name| format!("on thread {name}")),
        );
        if rest > 0 {
            words.push(format!("and on {rest} others"));
        }
        wrapped(out, "   ", words.iter().map(String::as_str), ", ")
    }

    /// What the first objects of the ring say of themselves.
    fn example(&self, out: &mut String, kind: &LeakKind) -> fmt::Result {
        let steps = kind.rings.first().into_iter().flatten();
        let words: Vec<String> = steps
            .take(3)
            .filter_map(|step| {
                let node = self.snapshot().node(step.node);
                let label = self.leaks.label_of(node)?;
                Some(format!(
                    "{} {} {label}",
                    self.names.get(node.type_index()),
                    node.id()
                ))
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
            return if number < LeakKinds::FIXED {
                writeln!(
                    out,
                    "   fix: no field frees it when made Weak without freeing what is in use;\n   \
                     clear a field of the cycle before the last handle is dropped"
                )
            } else {
                Ok(())
            };
        };
        let marked = if first.is_marked() {
            " (marked #[tracked(back)])"
        } else {
            ""
        };
        writeln!(out, "   fix: make {} Weak{marked}", self.fields(first))?;
        let other = first.frees - kind.objects;
        let also = match other {
            0 => String::new(),
            other => format!(" and {} of other kinds", objects(other)),
        };
        let freed = match kind.groups.len() {
            1 => format!("{}{also}", objects(kind.objects)),
            groups if kind.objects == groups * kind.groups[0].objects.len() => {
                format!("{groups} × {}{also}", objects(kind.groups[0].objects.len()))
            }
            _ => format!("{}{also}", objects(kind.objects)),
        };
        let words = [
            format!("frees {freed}"),
            format!("{};", bytes(first.bytes)),
            match self.leaks.is_part() {
                true => "nothing else that was looked at would lose its last owner".to_owned(),
                false => "nothing else would lose its last owner".to_owned(),
            },
        ];
        let text = format!("{}, {} {}", words[0], words[1], words[2]);
        wrapped(out, "     ", text.split(' '), " ")?;
        let others: Vec<String> = others.iter().map(|fix| self.alternative(fix)).collect();
        if !others.is_empty() && number < WHOLE {
            wrapped(
                out,
                "   or: ",
                others.iter().take(3).map(String::as_str),
                ", or ",
            )?;
        }
        Ok(())
    }

    fn alternative(&self, fix: &Fix) -> String {
        match fix.heads {
            0 | 1 => self.fields(fix),
            heads => format!(
                "{} (leaves {heads} of one leak without an owner)",
                self.fields(fix)
            ),
        }
    }

    /// `` `Node.parent` and `Node.prev` ``.
    fn fields(&self, fix: &Fix) -> String {
        let names: Vec<String> = fix
            .fields
            .iter()
            .map(|field| format!("`{}`", self.names.field(field)))
            .collect();
        names.join(" and ")
    }
}

/// The objects of each kind that is told.
struct Members {
    of_kind: Vec<Vec<NodeId>>,
}

impl Members {
    fn of(leaks: &Leaks, kinds: &LeakKinds) -> Self {
        let mut of_kind = vec![Vec::new(); kinds.all().len().min(KINDS)];
        for (&node, kind) in leaks.nodes().iter().zip(kinds.of_each()) {
            if let Some(members) = kind.and_then(|kind| of_kind.get_mut(kind)) {
                members.push(node);
            }
        }
        Self { of_kind }
    }
}
