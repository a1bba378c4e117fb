//! Labels: a short text of a value, for pictures.

use std::fmt::{self, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

use super::take::caught;
use crate::capture;
use crate::object_id::ObjectId;
use crate::sight::{Seen, registry};

/// How many characters a label has at most.
const WIDTH: usize = 40;

static WANTED: AtomicBool = AtomicBool::new(true);

/// Whether pictures show values, beside their types. On to begin with; `labels(false)` keeps
/// what values hold out of every file, whatever their types say; what their visits panic with, too.
///
/// ```
/// objgraph_core::labels(false);
/// # objgraph_core::labels(true);
/// ```
pub fn labels(wanted: bool) {
    WANTED.store(wanted, Ordering::Relaxed);
}

pub(super) fn are_wanted() -> bool {
    WANTED.load(Ordering::Relaxed)
}

/// The label of an object: its `Debug` text, if it has one, cut at 40 characters.
///
/// `None` if there is no such object any more, if it belongs to another thread or is lent, or if
/// its type has no text or keeps it secret. A panic of the user's code becomes the label.
#[must_use]
pub fn label_of(id: ObjectId) -> Option<String> {
    let mut text = None;
    // The program may let go of the value meanwhile, whose own drop may panic.
    let _ = caught(|| {
        capture::look(id, |value, _, _| {
            let registry = registry();
            let seen = registry
                .get(value.type_id())
                .and_then(|entry| value.seen(entry.see));
            text = seen.and_then(of_value);
        })
    });
    text
}

pub(super) fn of_value(seen: Seen<'_>) -> Option<String> {
    let mut text = String::new();
    write_cut(&mut text, |out| write!(out, "{}", seen.label()));
    (!text.is_empty()).then_some(text)
}

/// Writes a label, cut.
pub(super) fn cut(label: crate::tracked::Label<'_>) -> String {
    let mut text = String::new();
    write_cut(&mut text, |out| write!(out, "{label}"));
    text
}

fn write_cut(text: &mut String, write: impl FnOnce(&mut Cut<'_>) -> fmt::Result) {
    if !are_wanted() {
        return;
    }
    let mut cut = Cut { text, left: WIDTH };
    // An error is the sign that the text is cut, or of a `Debug` that fails: what was written
    // until then is the label.
    let result = caught(|| write(&mut cut));
    if let Err(panic) = result {
        text.clear();
        let _ = write!(Cut { text, left: WIDTH }, "(its Debug panicked: {panic})");
    }
}

/// A writer that stops the formatter when the text is long enough, so that the `Debug` of a
/// cyclic structure ends.
struct Cut<'t> {
    text: &'t mut String,
    left: usize,
}

impl fmt::Write for Cut<'_> {
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
