//! Characters that must not be written as they are.

use std::borrow::Cow;
use std::path::Path;

/// Returns whether a character is invisible but changes how the text looks: controls, separators of
/// lines, changes of the direction of writing, spaces without width, and noncharacters. Joiners of
/// letters or pictographs are text.
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

/// Returns a name for a line of text, with all such characters and line breaks escaped, so that the
/// name of a thread or a root cannot imitate the text of a report.
#[doc(hidden)]
pub fn in_line(name: &str) -> Cow<'_, str> {
    match name.contains(is_unprintable) {
        true => Cow::Owned(visible(name).replace('\n', "\\n")),
        false => Cow::Borrowed(name),
    }
}

/// Returns a path for a line of text, escaped like a name.
#[doc(hidden)]
pub fn path_in_line(path: &Path) -> String {
    in_line(&path.display().to_string()).into_owned()
}

/// Returns the text with every such character escaped as in Rust, `\u{202e}`, except line breaks.
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
