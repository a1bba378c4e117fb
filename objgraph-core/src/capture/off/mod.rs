//! Tracking is not compiled in.

mod instance;
mod scopes;

pub mod pointers;

pub use instance::{Instance, instance_id};
pub(crate) use scopes::{Inside, ScopeHandle};

use std::any::TypeId;
use std::panic::Location;

use crate::capture::{Alike, HandleListed, Kind, KindCount, Listed, Looked};
use crate::follow::LastDrop;
use crate::object::Strong;
use crate::object_id::ObjectId;
use crate::tracked::Value;

/// Whether tracking is compiled in: where debug assertions are on, or with the feature `always`.
pub const ENABLED: bool = false;

/// Drops its tokens, since tracking is not compiled in.
#[doc(hidden)]
#[macro_export]
macro_rules! __on {
    ($($tokens:tt)*) => {};
}

/// Keeps its tokens, since tracking is not compiled in.
#[doc(hidden)]
#[macro_export]
macro_rules! __off {
    ($($tokens:tt)*) => { $($tokens)* };
}

/// Does nothing, since tracking is not compiled in.
#[doc(hidden)]
#[macro_export]
macro_rules! __submit {
    ($register:expr) => {};
}

/// Does nothing, since tracking is not compiled in.
#[doc(hidden)]
#[macro_export]
macro_rules! __submit_root {
    ($($root:tt)*) => {};
}

/// Does nothing, since tracking is not compiled in.
#[doc(hidden)]
#[macro_export]
macro_rules! __submit_generic {
    ($($generic:tt)*) => {};
}

pub use crate::{
    __off as off, __on as on, __submit as submit, __submit_generic as submit_generic,
    __submit_root as submit_root,
};

pub(crate) fn counts() -> Vec<KindCount> {
    Vec::new()
}

pub(crate) fn kinds() -> Vec<Kind> {
    Vec::new()
}

pub(crate) fn kind(_: u32) -> Option<Kind> {
    None
}

pub(crate) fn identify_rc<T: ?Sized>(_: &std::rc::Rc<T>) -> Option<ObjectId> {
    None
}

pub(crate) fn identify_arc<T: ?Sized>(_: &std::sync::Arc<T>) -> Option<ObjectId> {
    None
}

pub(crate) fn upgrade<T: 'static>(_: ObjectId, _: &'static Location<'static>) -> Option<Strong<T>> {
    None
}

pub(crate) fn list() -> Vec<Listed> {
    Vec::new()
}

pub(crate) fn list_each(_: &mut dyn FnMut(&Listed)) {}

pub(crate) fn list_alike(_: &mut dyn FnMut(&Alike<'_>)) {}

pub(crate) fn lives(_: ObjectId) -> bool {
    false
}

pub(crate) fn addresses(_: &[ObjectId], _: &mut Vec<usize>) {}

pub(crate) fn watch_rc<T>(_: &std::rc::Rc<T>, _: &'static Location<'static>) -> Option<ObjectId> {
    None
}

pub(crate) fn watch_arc<T>(
    _: &std::sync::Arc<T>,
    _: &'static Location<'static>,
) -> Option<ObjectId> {
    None
}

pub(crate) fn watched() -> Vec<(usize, ObjectId)> {
    Vec::new()
}

pub(crate) fn handles() -> Vec<HandleListed> {
    Vec::new()
}

pub(crate) fn handles_of(_: impl Iterator<Item = u64>) -> Vec<HandleListed> {
    Vec::new()
}

pub(crate) fn still_there(_: &HandleListed) -> bool {
    false
}

pub(crate) fn follow(_: TypeId) {}

pub(crate) fn last_drop(_: ObjectId) -> Option<LastDrop> {
    None
}

pub(crate) fn own_values() -> Vec<Listed> {
    Vec::new()
}

pub(crate) fn describe(_: ObjectId) -> Option<Listed> {
    None
}

pub(crate) fn look(_: ObjectId, _: impl FnMut(Value<'_>, usize, usize)) -> Looked {
    Looked::Gone
}

pub(crate) fn thread_names<'r>(_: impl Iterator<Item = &'r mut u32>) -> Vec<String> {
    Vec::new()
}
