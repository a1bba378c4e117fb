//! The names of types in reports, pictures and tables. A type has the same name in all of them.

use std::borrow::Cow;
use std::collections::BTreeSet;

use objgraph_core::{
    ConcreteType, PathId, PlaceKind, Segment, Snapshot, public_name, shown_name, steps_text,
};

use super::escape::in_line;
use super::joined;
use crate::analysis::{
    ConcreteValues, FieldPath, OpaqueValue, ShownNames, TypeCycles, declaring, field,
};

/// Returns the name of a type with its modules, as files show it; cut if it is very long.
pub(crate) fn name_in_full(full: &str) -> String {
    shown_name(&public_name(full)).into_owned()
}

/// Returns a concrete type: `` `app::Window::open::{{closure}}` (src/window.rs:40) ``.
fn concrete_name(concrete: &ConcreteType) -> String {
    let name = in_line(&name_in_full(&concrete.name)).into_owned();
    match &concrete.site {
        Some(site) => format!("`{name}` ({site})"),
        None => format!("`{name}`"),
    }
}

/// Returns a few of the concrete types of opaque values, to follow their declared type:
/// `` , `app::main::{{closure}}` (src/main.rs:7)``; nothing if none is known.
pub(crate) fn concrete_names(values: &ConcreteValues) -> String {
    /// Maximum number of types listed.
    const TYPES: usize = 2;
    let (types, are_all) = values.first(TYPES);
    let such_as = if are_all { "" } else { "such as " };
    let names: Vec<String> = types.into_iter().map(concrete_name).collect();
    match names.is_empty() {
        true => String::new(),
        false => format!(", {such_as}{}", names.join(" and ")),
    }
}

/// The names of the types of a snapshot.
pub(crate) struct Names<'s> {
    snapshot: &'s Snapshot,
    shown: ShownNames,
    names: Vec<String>,
}

impl<'s> Names<'s> {
    /// Returns short names, with as few modules as distinguish them. O(types).
    pub(crate) fn of(snapshot: &'s Snapshot) -> Self {
        let shown = ShownNames::of(snapshot);
        let types = snapshot.types().iter();
        Self {
            names: types
                .map(|info| shown.get(&info.name).into_owned())
                .collect(),
            snapshot,
            shown,
        }
    }

    /// Returns names with all their modules. O(types).
    pub(crate) fn in_full(snapshot: &'s Snapshot) -> Self {
        let types = snapshot.types().iter();
        Self {
            names: types.map(|info| name_in_full(&info.name)).collect(),
            snapshot,
            shown: ShownNames::default(),
        }
    }

    pub(crate) fn get(&self, type_index: usize) -> &str {
        self.names.get(type_index).map_or("?", String::as_str)
    }

    /// Returns the name of the type that declares the fields of this one: the type in its cells and
    /// locks.
    pub(crate) fn declaring(&self, type_index: usize) -> &str {
        declaring(self.get(type_index))
    }

    /// Returns the name of a field: `Node.parent`, `Value::Closure.env`.
    pub(crate) fn field(&self, field: &FieldPath) -> String {
        let text = field.with_type(&self.declared(&field.type_name));
        in_line(&text).into_owned()
    }

    /// Returns the name of the declared field in which a path ends: `Node.parent`,
    /// `Value::Closure.env`.
    pub(crate) fn declared_field(&self, path: PathId) -> String {
        self.field(&field(self.snapshot, path))
    }

    /// Returns the name of a type that declares fields.
    fn declared(&self, full: &str) -> Cow<'_, str> {
        self.shown.get(full)
    }

    /// Returns the field that holds a reference, named by the type that declares it and, if the value
    /// of that type is only a part of the object, its place there: `Stream.circuit in
    /// Circuit.nodes[3]`.
    pub(crate) fn place(&self, path: PathId, index: u32) -> String {
        self.place_of(path, &self.snapshot.parts().paths.steps(path, index))
    }

    fn place_of(&self, path: PathId, steps: &[(Segment, Option<u32>)]) -> String {
        let paths = &self.snapshot.parts().paths;
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
        // The steps between the two are omitted: they can be many.
        let outer = match declared[0] {
            (0 | 1, _) if declared.len() == 1 => return field,
            (first, _) if declared.len() == 1 => text(0, first, holder),
            (0 | 1, type_name) => text(declared[0].0, declared[1].0, &self.declared(type_name)),
            (_, _) => text(0, declared[1].0, holder),
        };
        format!("{field} in {outer}")
    }

    /// Returns the place of an opaque value, without the numbers of elements, and its type:
    /// `` `Button.handlers[]`, `Box<dyn Fn()>` ``, or its concrete type if that is known:
    /// `` `Button.handlers[]`, closure `app::main::{{closure}}` (src/main.rs:7) ``.
    pub(crate) fn holder(&self, value: &OpaqueValue) -> String {
        let declared = self.get(value.type_index as usize);
        let concrete = self.concrete(value);
        match value.place {
            Some((path, index)) => {
                let steps = self.snapshot.parts().paths.steps(path, index);
                let steps: Vec<_> = steps.into_iter().map(|(step, _)| (step, None)).collect();
                let place = self.place_of(path, &steps).replace("[_]", "[]");
                let what = concrete.unwrap_or_else(|| format!("`{declared}`"));
                format!("`{place}`, {what}")
            }
            None => {
                concrete.unwrap_or_else(|| format!("{} `{declared}`", self.kind_of_value(value)))
            }
        }
    }

    /// Returns the concrete type of an opaque value, if it is known: `` closure
    /// `app::main::{{closure}}` (src/main.rs:7) ``.
    pub(crate) fn concrete(&self, value: &OpaqueValue) -> Option<String> {
        let concrete = value.concrete_type(self.snapshot)?;
        let kind = self.kind_of_value(value);
        Some(format!("{kind} {}", concrete_name(concrete)))
    }

    /// Returns what kind of opaque value it is: `closure`, `future` or `value`.
    pub(crate) fn kind_of_value(&self, value: &OpaqueValue) -> &'static str {
        let info = self.snapshot.types().get(value.type_index as usize);
        let name = info.map_or("", |info| &info.name);
        let is_one = |marks: &[&str]| marks.iter().any(|mark| name.contains(mark));
        // A future that an `async` block makes is a closure by name.
        if is_one(&["Future", "{async", "{{async"]) {
            "future"
        } else if is_one(&[
            "{{closure}}",
            "{closure",
            "dyn Fn",
            "dyn core::ops::function::Fn",
        ]) {
            "closure"
        } else {
            "value"
        }
    }

    /// Returns a value that could not be traced: `Button.on_click of #3: Box<dyn Fn()>`.
    pub(crate) fn suspect(&self, suspect: &OpaqueValue) -> String {
        let node = self.snapshot.node(suspect.node);
        let id = node.id();
        let Some((path, index)) = suspect.place else {
            let concrete = self.concrete(suspect);
            let concrete = concrete.map_or_else(String::new, |name| format!(": {name}"));
            return format!("{} {id}{concrete}", self.get(node.type_index()));
        };
        let place = self.place(path, index);
        let declared = || self.get(suspect.type_index as usize).to_owned();
        let value = self.concrete(suspect).unwrap_or_else(declared);
        match suspect.kind {
            PlaceKind::TooDeep => format!("{place} of {id}: nested too deeply"),
            PlaceKind::Busy => format!("{place} of {id}: {value}, busy"),
            PlaceKind::LeftOut => format!("{place} of {id}: {value}, left out"),
            _ => format!("{place} of {id}: {value}"),
        }
    }
}

impl TypeCycles {
    /// Returns the names of the types.
    pub(crate) fn names(&self) -> Vec<String> {
        let types = self.types.iter().map(String::as_str);
        let shown = ShownNames::of_types(types.clone(), BTreeSet::new());
        types.map(|name| shown.get(name).into_owned()).collect()
    }
}
