//! Words and names in reports.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

use objgraph_core::{FieldName, PathId, Segment, Snapshot, TypeInfo, short_name, steps_text};

use super::escape::in_line;
use crate::analysis::{FieldPath, declaring, field};

/// Lines are broken after this many columns, where there is a place to.
const COLUMNS: usize = 80;

/// The names of types as they are told: short, or full where two types share the short one.
pub(super) struct Names<'s> {
    snapshot: &'s Snapshot,
    shared: HashSet<&'s str>,
    /// The short names, without generic arguments, that several types which declare fields share.
    ambiguous: HashSet<String>,
}

impl<'s> Names<'s> {
    pub(super) fn of(snapshot: &'s Snapshot) -> Self {
        let mut seen = HashSet::new();
        let names = snapshot.types().iter().map(|info| info.short_name.as_str());
        let shared: HashSet<&str> = names.filter(|name| !seen.insert(*name)).collect();
        let table = &snapshot.parts().paths;
        let mut ambiguous = ambiguous(table.field_names().filter_map(FieldName::declared_by));
        ambiguous.extend(shared.iter().map(|&name| name.to_owned()));
        Self {
            snapshot,
            shared,
            ambiguous,
        }
    }

    pub(super) fn get(&self, type_index: usize) -> &'s str {
        let name = |info: &'s Arc<TypeInfo>| -> &'s str {
            if self.shared.contains(info.short_name.as_str()) {
                &info.name
            } else {
                &info.short_name
            }
        };
        self.snapshot.types().get(type_index).map_or("?", name)
    }

    /// The name of the type that declares the fields of this one: what is inside of cells and
    /// locks.
    pub(super) fn declaring(&self, type_index: usize) -> &'s str {
        declaring(self.get(type_index))
    }

    /// `Node.parent`, `Value::Closure.env`.
    pub(super) fn field(&self, field: &FieldPath) -> String {
        let text = field.with_type(&self.declared(&field.type_name));
        in_line(&text).into_owned()
    }

    /// The declared field that a path ends in: `Node.parent`, `Value::Closure.env`.
    pub(super) fn declared_field(&self, path: PathId) -> String {
        self.field(&field(self.snapshot, path))
    }

    /// The name of a type that declares fields: short, or full where two share the short one.
    fn declared<'n>(&self, full: &'n str) -> Cow<'n, str> {
        let short = short_name(full);
        match self.ambiguous.contains(&short) {
            true => Cow::Borrowed(full),
            false => Cow::Owned(short),
        }
    }

    /// The field that holds a reference, by the type that declares it, and where in the object the
    /// value of that type is, if it is not the object itself: `Stream.circuit in
    /// Circuit.nodes[3]`.
    pub(super) fn place(&self, path: PathId, index: u32) -> String {
        let paths = &self.snapshot.parts().paths;
        let steps = paths.steps(path, index);
        let holder = self.declaring(paths.type_index(path) as usize);
        let declared: Vec<(usize, &str)> = steps
            .iter()
            .enumerate()
            .filter_map(|(at, step)| match step.0 {
                Segment::Field(name) | Segment::BackField(name) => Some((at, name.declared_by()?)),
                _ => None,
            })
            .collect();
        let text = |from: usize, to: usize, type_name: &str| {
            let text = steps_text(steps[from..to].iter().copied());
            let is_in_variant = matches!(
                steps[from].0,
                Segment::Field(name) | Segment::BackField(name) if name.name().contains('.')
            );
            match is_in_variant {
                true => in_line(&format!("{type_name}::{text}")).into_owned(),
                false => joined(type_name, &text),
            }
        };
        let Some(&(last, type_name)) = declared.last() else {
            return text(0, steps.len(), holder);
        };
        let field = text(last, steps.len(), &self.declared(type_name));
        // What is between the two is left out: the line would not end.
        let outer = match declared[0] {
            (0 | 1, _) if declared.len() == 1 => return field,
            (first, _) if declared.len() == 1 => text(0, first, holder),
            (0 | 1, type_name) => text(declared[0].0, declared[1].0, &self.declared(type_name)),
            (_, _) => text(0, declared[1].0, holder),
        };
        format!("{field} in {outer}")
    }
}

/// The short names that several of these full names have.
fn ambiguous<'n>(names: impl Iterator<Item = &'n str>) -> HashSet<String> {
    let mut full_names: HashMap<String, &str> = HashMap::new();
    let mut ambiguous = HashSet::new();
    for full in names {
        let short = short_name(full);
        match full_names.get(&short) {
            Some(&other) if other != full => drop(ambiguous.insert(short)),
            _ => drop(full_names.insert(short, full)),
        }
    }
    ambiguous
}

/// A type and a path in it: `Node.children[3]`.
pub(super) fn joined(holder: &str, path: &str) -> String {
    let (holder, path) = (in_line(holder), in_line(path));
    match &*path {
        "" => holder.into_owned(),
        path if path.starts_with('[') => format!("{holder}{path}"),
        path => format!("{holder}.{path}"),
    }
}

/// `1 object`, `2 objects`.
pub(super) fn objects(number: usize) -> String {
    count(number, "object", "objects")
}

/// A number and the word that goes with it.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// `168 B`, `1.2 MiB`.
pub(crate) fn bytes(number: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    let mut tenths = u128::from(number) * 10;
    let mut unit = "B";
    for next in UNITS {
        if tenths < 10_240 {
            break;
        }
        tenths = (tenths + 512) / 1024;
        unit = next;
    }
    match unit {
        "B" => format!("{number} B"),
        _ => format!("{}.{} {unit}", tenths / 10, tenths % 10),
    }
}

/// `+1.2 MiB`, `-16 B`.
pub(super) fn signed_bytes(number: i64) -> String {
    let sign = if number < 0 { '-' } else { '+' };
    format!("{sign}{}", bytes(number.unsigned_abs()))
}

/// `12 s`, `5 min`, `3 h`: whole units, the largest that fits twice.
pub(super) fn time(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        7200..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// `3 s to 12 s ago`; nothing where all happened within a second. Each age is a least and a most.
pub(super) fn ago(
    ages: impl Iterator<Item = (Duration, Option<Duration>)> + Clone,
) -> Option<String> {
    let youngest = ages.clone().map(|age| age.0).min()?;
    let oldest = ages
        .map(|age| age.1)
        .max_by_key(|age| age.unwrap_or(Duration::MAX))?;
    match oldest {
        Some(oldest) if oldest.as_secs() == 0 => None,
        Some(oldest) if youngest.as_secs() == 0 => Some(format!("up to {} ago", time(oldest))),
        Some(oldest) if time(youngest) == time(oldest) => Some(format!("{} ago", time(oldest))),
        Some(oldest) => Some(format!("{} to {} ago", time(youngest), time(oldest))),
        None if youngest.as_secs() == 0 => None,
        None => Some(format!("more than {} ago", time(youngest))),
    }
}

/// `9,812`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `on thread main`, `and on 2 others`: the names of threads, each once, the first three of them.
pub(super) fn on_threads<'t>(names: impl Iterator<Item = &'t str>) -> Vec<String> {
    const SHOWN: usize = 3;
    let names: BTreeSet<&str> = names.collect();
    let mut words: Vec<String> = names
        .iter()
        .take(SHOWN)
        .map(|name| format!("on {}", thread(name)))
        .collect();
    match names.len().saturating_sub(SHOWN) {
        0 => {}
        1 => words.push("and on 1 other".to_owned()),
        rest => words.push(format!("and on {rest} others")),
    }
    words
}

/// `thread main`; threads without a name are called `thread 7` already.
pub(super) fn thread(name: &str) -> String {
    let name = in_line(name);
    let number = name.strip_prefix("thread ");
    match number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit())) {
        true => name.into_owned(),
        false => format!("thread {name}"),
    }
}

/// Writes the words with the separator between them, and breaks lines before they grow too long.
pub(super) fn wrapped<'w>(
    out: &mut String,
    first: &str,
    words: impl Iterator<Item = &'w str>,
    separator: &str,
) -> fmt::Result {
    let margin = first.chars().take_while(|&letter| letter == ' ').count();
    let indent = (margin + 2).max(4);
    let mut column = first.chars().count();
    write!(out, "{first}")?;
    let mut words = words.enumerate().peekable();
    while let Some((number, word)) = words.next() {
        // What follows the last word of a line has to fit as well.
        let after = match words.peek() {
            Some(_) => separator.trim_end().chars().count(),
            None => 0,
        };
        let mut piece = if number == 0 {
            String::new()
        } else {
            separator.to_owned()
        };
        let width = piece.chars().count() + word.chars().count();
        if number > 0 && column + width + after > COLUMNS {
            write!(out, "{}\n{:indent$}", separator.trim_end(), "")?;
            column = indent;
            piece.clear();
        }
        column += piece.chars().count() + word.chars().count();
        write!(out, "{piece}{word}")?;
    }
    writeln!(out)
}
