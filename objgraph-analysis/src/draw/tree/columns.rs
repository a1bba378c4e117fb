//! The width of a text in a terminal, and what of it is safe to write there.

use crate::words::is_unprintable;

/// Returns the text without what would move the cursor, change colours or turn the direction of
/// writing; with `ascii`, in ASCII alone.
pub(super) fn printable(text: &str, ascii: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '×' if ascii => out.push('x'),
            '…' if ascii => out.push_str("..."),
            c if is_unprintable(c) || (ascii && !c.is_ascii()) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

/// Returns the number of columns that the text takes.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// Returns the text, or as much of its beginning as leaves room for `cut` behind it.
pub(super) fn fit(text: &str, room: usize, cut: &str) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let Some(room) = room.checked_sub(width(cut)) else {
        return String::new();
    };
    let mut taken = 0;
    let mut out: String = text
        .chars()
        .take_while(|&c| {
            taken += columns(c);
            taken <= room
        })
        .collect();
    out.push_str(cut);
    out
}

/// Returns the number of columns of a character, by the blocks of Unicode on which terminals agree;
/// everything else is one column wide.
fn columns(c: char) -> usize {
    match u32::from(c) {
        // Combining marks and variation selectors.
        0x300..=0x36f | 0x20d0..=0x20ff | 0xfe00..=0xfe0f => 0,
        // East Asian scripts and forms, then pictographs.
        0x1100..=0x115f
        | 0x2e80..=0x303e
        | 0x3041..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1f64f
        | 0x1f900..=0x1f9ff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}
