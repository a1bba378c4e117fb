//! Remedies for blind spots: the code to write, so that the trace sees into what was opaque.
//!
//! The full name of a type decides. It says where each type in it is declared: in std, in a crate
//! that objgraph has a feature for, or in a crate that can derive.

mod known_types;
#[cfg(test)]
mod tests;
mod type_name;

use std::any::type_name;
use std::task::Waker;

use objgraph_core::{Family, PathId, PlaceKind, Segment, Snapshot, TypeInfo, public_name};

use super::is_foreign_copy;

use self::known_types::{Contents, ecosystem, is_channel, is_primitive, std_contents};
use self::type_name::{TypeName, parse};

/// What makes the trace visit values of a type that it cannot visit yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// The derive, on the type with this full name.
    Derive(String),
    /// `objgraph::register!`, of this type as a program writes it.
    Register {
        written: String,
        /// The function that must contain the line, because it declares the type.
        within: Option<String>,
    },
    /// The feature of objgraph with this name.
    Feature(&'static str),
    /// `objgraph::capture!`, for this trait object: `Fn(u32) -> u32`; empty for a bare closure.
    Capture(String),
    /// `objgraph::future!`, for this trait object: `Future<Output = ()>`.
    Future(String),
    /// `Tracked` as a supertrait of the trait of this object, and a `Visit` of its boxes:
    /// `app::Node<u8> + Send`.
    Supertrait(String),
    /// A pointer of objgraph in place of std's, because it remembers the type of its value.
    OwnPointer,
    /// A bound on the type parameter of a field, because no line can name the type.
    Bound,
    /// A call with the object, which knows its type, because no line can name it.
    Call,
    /// `register` of the type of the value in a `Box<dyn Any>`.
    ValueInAny,
    /// One copy of objgraph in the program: the value is a pointer of another copy.
    OneCopy,
    /// A choice that does not leave out the type.
    Choose,
    /// `objgraph::watch` of the task that a waker owns.
    WatchTask,
    /// None, unless the field can be skipped: the value is an end of a channel, which lends none of its
    /// items.
    Channel,
    /// `#[tracked(with = …)]` on the field, because nothing is known of the type.
    With,
}

/// Returns what makes objects of a type visible, in the order in which to do it.
pub(super) fn remedies_for_type(snapshot: &Snapshot, type_index: usize) -> Vec<Remedy> {
    let parts = snapshot.parts();
    remedies(
        &parts.types[type_index].name,
        ValueLocation::Object,
        &parts.families,
    )
}

/// Returns what makes the values of a type at the end of a path visible, which are hidden for this
/// reason, in the order in which to do it.
pub(super) fn remedies_at(
    snapshot: &Snapshot,
    path: PathId,
    type_index: usize,
    kind: PlaceKind,
) -> Vec<Remedy> {
    if kind == PlaceKind::LeftOut {
        return vec![Remedy::Choose];
    }
    let parts = snapshot.parts();
    remedies(
        &parts.types[type_index].name,
        location(snapshot, path),
        &parts.families,
    )
}

/// Where values that cannot be visited are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ValueLocation<'s> {
    /// They are objects.
    Object,
    /// In a field of a generic type; the declared type of the field, or an empty text if it is not
    /// known.
    Generic(&'s str),
    /// In a field of a type that is not generic, whose derive registers every type that the field
    /// names.
    Concrete,
}

/// Returns what is known of the field at the end of a path.
fn location(snapshot: &Snapshot, path: PathId) -> ValueLocation<'_> {
    let parts = snapshot.parts();
    let mut at = path;
    let field = loop {
        match parts.paths.segment(at) {
            Segment::Field(field) | Segment::BackField(field) => break field,
            _ => match parts.paths.parent(at) {
                Some(parent) => at = parent,
                None => return ValueLocation::Generic(""),
            },
        }
    };
    let declares = |info: &TypeInfo| {
        let declared_by = field.declared_by();
        declared_by.is_some_and(|path| path == info.name.split('<').next().unwrap_or_default())
    };
    match parts.types.iter().find(|info| declares(info)) {
        Some(info) if info.is_derived && !info.name.contains('<') => ValueLocation::Concrete,
        Some(info) => {
            let mut fields = info.fields.iter();
            let found = fields.find(|found| found.name == field.name());
            ValueLocation::Generic(found.map_or("", |found| found.type_text))
        }
        None => ValueLocation::Generic(""),
    }
}

/// Returns what makes values of the type with this full name visible.
///
fn remedies(full_name: &str, location: ValueLocation<'_>, families: &[Family]) -> Vec<Remedy> {
    if location != ValueLocation::Object && is_foreign_copy(full_name) {
        return vec![Remedy::OneCopy];
    }
    if full_name == type_name::<Waker>() {
        return vec![Remedy::WatchTask];
    }
    let name = parse(full_name);
    let mut finder = RemedyFinder {
        families,
        found: Vec::new(),
        is_nameable: true,
    };
    finder.whole(&name);
    let RemedyFinder {
        mut found,
        is_nameable,
        ..
    } = finder;
    if let (TypeName::Object(..), ValueLocation::Object) = (&name, location) {
        return vec![Remedy::OwnPointer];
    }
    if !is_nameable {
        if !found
            .iter()
            .any(|remedy| matches!(remedy, Remedy::Capture(_)))
        {
            found.push(match location {
                ValueLocation::Object => Remedy::Call,
                _ => Remedy::Bound,
            });
        }
    } else if found.is_empty() || needs_name(&name, location, &found) {
        found.push(register(&name, families));
    }
    found
}

/// Returns whether a value of the type can own no counted reference: it consists only of std's
/// types that hold nothing.
pub(crate) fn is_plain(full_name: &str) -> bool {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    fn holds_nothing(name: &TypeName<'_>) -> bool {
        match name {
            TypeName::Path { path, .. } if is_primitive(path) => true,
            TypeName::Path {
                path,
                arguments,
                rest: "",
            } => match std_contents(path) {
                Some(Contents::Nothing) => true,
                Some(Contents::Arguments) => arguments.iter().all(holds_nothing),
                Some(Contents::References) | None => false,
            },
            TypeName::Tuple(parts) => parts.iter().all(holds_nothing),
            TypeName::List(item, _) => holds_nothing(item),
            // A borrow owns nothing.
            TypeName::Reference(..) => true,
            TypeName::Other(text) => !text.is_empty(),
            TypeName::Path { .. } | TypeName::Object(..) => false,
        }
    }
    holds_nothing(&parse(full_name))
}

/// Returns whether the type must also be registered by name, besides what was found.
fn needs_name(name: &TypeName<'_>, location: ValueLocation<'_>, found: &[Remedy]) -> bool {
    let works_by_name = |remedy: &Remedy| matches!(remedy, Remedy::Derive(_) | Remedy::Feature(_));
    if !found.iter().all(works_by_name) {
        return false;
    }
    let TypeName::Path {
        path, arguments, ..
    } = name
    else {
        return location == ValueLocation::Object;
    };
    if arguments.is_empty() {
        return false;
    }
    let last = path.rsplit("::").next().unwrap_or(path);
    match location {
        // A field that names the type registers it.
        ValueLocation::Concrete => false,
        ValueLocation::Generic(text) => !text
            .split(|c: char| !(c.is_alphanumeric() || c == '_'))
            .any(|word| word == last),
        // The derive of a type that is not generic also registers it in cells and locks.
        ValueLocation::Object => {
            !(is_cell(path)
                && matches!(&arguments[..], [TypeName::Path { arguments, .. }] if arguments.is_empty()))
        }
    }
}

fn is_cell(path: &str) -> bool {
    let cells = [
        "std::cell::RefCell",
        "std::sync::Mutex",
        "std::sync::RwLock",
    ];
    cells.contains(&&*public_name(path))
}

struct RemedyFinder<'f> {
    families: &'f [Family],
    found: Vec<Remedy>,
    /// Whether a program can write the type; a closure has no name.
    is_nameable: bool,
}

impl RemedyFinder<'_> {
    fn push(&mut self, remedy: Remedy) {
        if !self.found.contains(&remedy) {
            self.found.push(remedy);
        }
    }

    /// Inspects the type as a whole.
    fn whole(&mut self, name: &TypeName<'_>) {
        match name {
            TypeName::Path { path, rest, .. } if is_closure(path, rest) => {
                self.is_nameable = false;
                self.push(Remedy::Capture(String::new()));
            }
            _ => self.part(name),
        }
    }

    /// Inspects a type that values of the whole own.
    fn part(&mut self, name: &TypeName<'_>) {
        match name {
            TypeName::Path { path, rest, .. } if is_closure(path, rest) => self.is_nameable = false,
            TypeName::Path {
                path, arguments, ..
            } => self.path(path, arguments),
            TypeName::Tuple(parts) => parts.iter().for_each(|part| self.part(part)),
            TypeName::List(item, _) => self.part(item),
            TypeName::Reference(_, referent) => self.part(referent),
            TypeName::Object(text, first) => {
                let remedy = self.object(text, first);
                self.push(remedy);
            }
            TypeName::Other(_) => {}
        }
    }

    fn path(&mut self, path: &str, arguments: &[TypeName<'_>]) {
        if is_primitive(path) {
            return;
        }
        if is_channel(path) {
            return self.push(Remedy::Channel);
        }
        match (std_contents(path), ecosystem(path)) {
            (Some(Contents::Arguments), _) => arguments.iter().for_each(|part| self.part(part)),
            (Some(_), _) => self.names(arguments),
            (None, Some(ecosystem)) => {
                if !ecosystem.is_on() {
                    self.push(Remedy::Feature(ecosystem.feature));
                }
                // A raw lock, or a kind of pointer, that a crate passes to its own type is not a
                // value.
                for argument in arguments {
                    match argument {
                        TypeName::Path { path, .. } if is_raw(path) => {}
                        _ => self.part(argument),
                    }
                }
            }
            // The arguments of a type that derives `Tracked` may be any types.
            (None, None) if self.is_family(path) => self.names(arguments),
            (None, None) if is_std(path) => self.push(Remedy::With),
            (None, None) => {
                self.push(Remedy::Derive(path.to_owned()));
                self.names(arguments);
            }
        }
    }

    /// Inspects types that only need to have a name.
    fn names(&mut self, arguments: &[TypeName<'_>]) {
        for argument in arguments {
            match argument {
                TypeName::Path { path, rest, .. } if is_closure(path, rest) => {
                    self.is_nameable = false
                }
                TypeName::Path { arguments, .. } | TypeName::Tuple(arguments) => {
                    self.names(arguments)
                }
                TypeName::List(item, _) | TypeName::Reference(_, item) => {
                    self.names(std::slice::from_ref(item));
                }
                TypeName::Object(..) | TypeName::Other(_) => {}
            }
        }
    }

    fn object(&self, text: &str, first: &str) -> Remedy {
        let (root, last) = (
            first.split("::").next().unwrap_or(first),
            first.rsplit("::").next().unwrap_or(first),
        );
        match (root, last) {
            ("core" | "alloc" | "std", "Fn" | "FnMut" | "FnOnce") => {
                Remedy::Capture(written_object(text))
            }
            ("core" | "alloc" | "std", "Future") => Remedy::Future(written_object(text)),
            ("core", "Any") => Remedy::ValueInAny,
            ("core" | "alloc" | "std", _) => Remedy::With,
            _ => Remedy::Supertrait(written_object(text)),
        }
    }

    fn is_family(&self, path: &str) -> bool {
        family(self.families, path).is_some()
    }
}

/// Returns whether this is a type that crates pass to their own types, and programs never name.
fn is_raw(path: &str) -> bool {
    [
        "parking_lot::raw",
        "parking_lot::remutex",
        "archery::",
        "arc_swap::",
    ]
    .iter()
    .any(|start| path.starts_with(start))
}

fn family<'f>(families: &'f [Family], path: &str) -> Option<&'f Family> {
    families.iter().find(|family| family.path == path)
}

fn is_closure(path: &str, rest: &str) -> bool {
    path.ends_with("}}") || rest.ends_with("}}")
}

fn is_std(path: &str) -> bool {
    matches!(path.split("::").next(), Some("core" | "alloc" | "std"))
}

/// Returns the bounds of a trait object as a program writes them.
fn written_object(text: &str) -> String {
    const PUBLIC: [(&str, &str); 4] = [
        ("core::ops::function::", ""),
        ("core::marker::", ""),
        ("core::future::future::", "std::future::"),
        ("core::any::", "std::any::"),
    ];
    PUBLIC
        .iter()
        .fold(text.to_owned(), |text, (private, public)| {
            text.replace(private, public)
        })
}

/// Returns the line that registers a type.
fn register(name: &TypeName<'_>, families: &[Family]) -> Remedy {
    let mut writer = TypeWriter {
        families,
        out: String::new(),
        within: None,
    };
    writer.write(name);
    Remedy::Register {
        written: writer.out,
        within: writer.within,
    }
}

/// Writes types as a program would.
struct TypeWriter<'f> {
    families: &'f [Family],
    out: String,
    within: Option<String>,
}

impl TypeWriter<'_> {
    fn write(&mut self, name: &TypeName<'_>) {
        match name {
            TypeName::Path {
                path, arguments, ..
            } => self.path(path, arguments),
            TypeName::Tuple(parts) => {
                self.out.push('(');
                self.list(parts);
                if parts.len() == 1 {
                    self.out.push(',');
                }
                self.out.push(')');
            }
            TypeName::List(item, length) => {
                self.out.push('[');
                self.write(item);
                if let Some(length) = length {
                    self.out.push_str("; ");
                    self.out.push_str(length);
                }
                self.out.push(']');
            }
            TypeName::Reference(mark, referent) => {
                self.out.push_str("&'static ");
                self.out.push_str(mark.trim_start_matches('&'));
                self.write(referent);
            }
            TypeName::Object(text, _) => {
                self.out.push_str("dyn ");
                self.out.push_str(&written_object(text));
            }
            TypeName::Other(text) => self.out.push_str(text),
        }
    }

    fn list(&mut self, names: &[TypeName<'_>]) {
        for (index, name) in names.iter().enumerate() {
            if index > 0 {
                self.out.push_str(", ");
            }
            self.write(name);
        }
    }

    fn path(&mut self, path: &str, arguments: &[TypeName<'_>]) {
        let arguments = match (std_contents(path), ecosystem(path)) {
            (Some(_), _) => {
                self.out.push_str(&public_name(path));
                arguments
            }
            (None, Some(ecosystem)) => {
                self.out.push_str(&ecosystem.written(path));
                // The crate's own aliases fill in the raw locks.
                match arguments {
                    [TypeName::Path { path: raw, .. }, rest @ ..]
                        if raw.starts_with("parking_lot::") =>
                    {
                        rest
                    }
                    all => all,
                }
            }
            (None, None) => {
                let local = family(self.families, path).and_then(|family| {
                    let function = path.rsplit_once("::")?.0;
                    (function != family.module).then_some(function)
                });
                match local {
                    Some(function) => {
                        self.within = Some(function.to_owned());
                        self.out.push_str(path.rsplit("::").next().unwrap_or(path));
                    }
                    None => self.out.push_str(path),
                }
                arguments
            }
        };
        if !arguments.is_empty() {
            self.out.push('<');
            self.list(arguments);
            self.out.push('>');
        }
    }
}
