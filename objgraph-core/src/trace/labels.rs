//! Labels: short texts of values, for pictures.

mod waiting;

use std::fmt::{self, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

use super::panics::caught;
use crate::emptiness::nothing;
use crate::object_id::ObjectId;
use crate::snapshot::{PointerKind, Snapshot};
use crate::tracked::Label;
use crate::visibility::{Registry, registry};
use crate::{labelling, table};

pub use waiting::with_report;

impl Snapshot {
    /// Adds the labels of these objects as they are now, each as [`label_of`] returns it. A file then has
    /// them, and so have pictures and reports of the file. Objects that the snapshot does not have, or
    /// that have no label, are left out.
    ///
    /// Runs the `Debug` of the objects. Does nothing to a snapshot of another process.
    ///
    /// ```
    /// use objgraph_core::{rc::Rc, snapshot};
    ///
    /// # objgraph_core::register::<String>();
    /// let name = Rc::new("alice".to_owned());
    /// let id = objgraph_core::id(&name);
    /// let snapshot = snapshot().with_labels([id]);
    /// # if objgraph_core::ENABLED {
    /// let label = snapshot.node(snapshot.find(id).unwrap()).label();
    /// assert_eq!(label, Some("\"alice\""));
    /// # }
    /// ```
    #[must_use]
    pub fn with_labels(mut self, ids: impl IntoIterator<Item = ObjectId>) -> Self {
        if !self.is_of_this_process() {
            return self;
        }
        for id in ids {
            let Some(node) = self.find(id) else {
                continue;
            };
            if let Some(label) = label_of(id) {
                self.set_label(node, label);
            }
        }
        self
    }
}

/// Maximum number of characters of a label.
const WIDTH: usize = 40;

static WANTED: AtomicBool = AtomicBool::new(true);

/// Sets whether pictures show values beside their types, which they do by default. `labels(false)`
/// keeps what values hold out of every file, whatever their types say, and the messages of panics
/// too.
///
/// ```
/// objgraph_core::labels(false);
/// # objgraph_core::labels(true);
/// ```
pub fn labels(wanted: bool) {
    // Relaxed, here and below: the flag stands for itself, and a label that is written at this
    // moment may be of either choice.
    WANTED.store(wanted, Ordering::Relaxed);
}

pub(super) fn are_wanted() -> bool {
    WANTED.load(Ordering::Relaxed)
}

/// Returns the label of an object: its `Debug` text, if it has one, cut at 40 characters.
///
/// `None` if the object is not alive, if it belongs to another thread or is lent, or if its type
/// has no text or keeps it secret. If the user's code panics, the label says so.
///
/// While a label is written, our pointers follow each other only to a small depth, so that a
/// `Debug` that follows a cycle ends. std's pointers cannot do that, nor can a dereference. The
/// label of a value behind an `Arc` is written on a thread of its own. If it takes more than 2 s,
/// because it waits for a lock that the caller holds, that is announced on standard error and the
/// label is `(its Debug waits)`. Any other label that takes so long is announced too.
#[must_use]
pub fn label_of(id: ObjectId) -> Option<String> {
    if !crate::ENABLED {
        return nothing();
    }
    if !are_wanted() {
        return None;
    }
    let listed = table::describe(id)?;
    let type_name = (table::kind(listed.kind)?.name)();
    let is_shared = matches!(listed.pointer_kind, PointerKind::Arc | PointerKind::StdArc);
    // A label that another label needs is within the limits of that one.
    match is_shared && !labelling::is_on() {
        true => waiting::elsewhere(type_name, move || of_object(id)),
        false => waiting::watched(type_name, || of_object(id)),
    }
}

fn of_object(id: ObjectId) -> Option<String> {
    let mut text = None;
    // The program may drop its last handle meanwhile; then the value's own drop runs here, and may
    // panic.
    let _ = caught(|| {
        table::visit(id, |value, _, _| {
            let view = |registry: &Registry| value.view(registry.get(value.type_id())?.view);
            let found = view(&registry());
            #[cfg(feature = "nightly")]
            let found = found.or_else(|| view(&value.register_type().then(registry)?));
            text = found.map(|view| cut(view.label()));
        })
    });
    text.filter(|text| !text.is_empty())
}

/// Writes the label of a value that no id leads to.
pub(super) fn of_value(type_name: &'static str, label: Label<'_>) -> String {
    if !crate::ENABLED {
        return nothing();
    }
    match are_wanted() {
        true => waiting::watched(type_name, || cut(label)),
        false => String::new(),
    }
}

/// Writes a label, and cuts it.
fn cut(label: Label<'_>) -> String {
    let mut text = String::new();
    let mut cut = LabelWriter {
        text: &mut text,
        left: WIDTH,
    };
    // An error means that the text is cut, or that the `Debug` fails. What was written before is
    // the label.
    let result = caught(|| labelling::label(|| write!(cut, "{label}")));
    if let Err(panic) = result {
        text.clear();
        let mut cut = LabelWriter {
            text: &mut text,
            left: WIDTH,
        };
        let _ = write!(cut, "(its Debug panicked: {panic})");
    }
    text
}

/// A writer that stops the formatter when the text is long enough, so that the `Debug` of a cyclic
/// structure ends.
struct LabelWriter<'t> {
    text: &'t mut String,
    left: usize,
}

impl fmt::Write for LabelWriter<'_> {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        for c in part.chars() {
            if self.left == 0 {
                self.text.pop();
                self.text.push('…');
                return Err(fmt::Error);
            }
            self.text.push(c);
            self.left -= 1;
        }
        Ok(())
    }
}
