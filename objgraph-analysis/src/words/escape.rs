//! What of a text cannot be written as it is.

use std::borrow::Cow;
use std::path::Path;

/// Whether a character is not seen but changes what is: controls, separators of lines, turns of
/// the direction of writing, spaces without width, and what Unicode says is no character. Those
/// that join letters or pictographs are text.
#[doc(hidden)]
pub fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{200e}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{fffe}'
                | '\u{ffff}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// A name in a line of text: all such characters are written out, those that end the line too, so
/// that what somebody called a thread or a root cannot be taken for what a report says.
#[doc(hidden)]
pub fn in_line(name: &str) -> Cow<'_, str> {
    match name.contains(is_unprintable) {
        true => Cow::Owned(visible(name).replace('\n', "\\n")),
        false => Cow::Borrowed(name),
    }
}

/// A path in a line of text, in the same way.
#[doc(hidden)]
pub fn path_in_line(path: &Path) -> String {
    in_line(&path.display().to_string()).into_owned()
}

/// The text with every such character written as Rust writes it: `\u{202e}`.
pub(crate) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unprintable(c) && c != '\n' {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}
