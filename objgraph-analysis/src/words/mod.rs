//! Numbers, names and line breaks in reports.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};
use std::time::Duration;

mod escape;
pub mod json;
mod type_names;

pub(crate) use escape::visible;
pub use escape::{in_line, is_unprintable, path_in_line};
pub(crate) use type_names::{Names, concrete_names, name_in_full};

/// Maximum width of a line that can be broken.
const COLUMNS: usize = 79;

/// Returns a type and a path in it: `Node.children[3]`.
pub fn joined(holder: &str, path: &str) -> String {
    let (holder, path) = (in_line(holder), in_line(path));
    match &*path {
        "" => holder.into_owned(),
        path if path.starts_with('[') => format!("{holder}{path}"),
        path => format!("{holder}.{path}"),
    }
}

/// Returns `1 object` or `2 objects`.
pub(crate) fn objects(number: usize) -> String {
    count(number, "object", "objects")
}

/// Returns a text, broken into lines that are not too long, and a line break.
pub fn wrapped_text(text: &str) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = wrapped(&mut out, "", text.split(' '), " ");
    out
}

/// Returns a number with the singular or the plural of a word.
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Returns a number of bytes: `168 B`, `1.2 MiB`.
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

/// Returns a change of a number of bytes: `+1.2 MiB`, `-16 B`.
pub(crate) fn signed_bytes(number: i64) -> String {
    let sign = if number < 0 { '-' } else { '+' };
    format!("{sign}{}", bytes(number.unsigned_abs()))
}

/// Returns a duration: `12 s`, `5 min`, `3 h`. The unit is the largest that fits twice.
pub fn time(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        7200..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// Returns when things happened, given the minimum and maximum of the age of each: `3 s to 12 s ago`.
/// `None` if all happened in the last second.
pub(crate) fn ago(
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

/// Returns a number with groups of digits: `9,812`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Returns the first three names of threads, each once, and the number of others: `on thread main`,
/// `and on 2 others`.
pub(crate) fn on_threads<'t>(names: impl Iterator<Item = &'t str>) -> Vec<String> {
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

/// Returns `thread main`. Threads without a name are already called `thread 7`.
pub(crate) fn thread(name: &str) -> String {
    let name = in_line(name);
    let number = name.strip_prefix("thread ");
    match number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit())) {
        true => name.into_owned(),
        false => format!("thread {name}"),
    }
}

/// Writes the words with the separator between them, and breaks lines before they grow too long.
pub(crate) fn wrapped<'w>(
    out: &mut String,
    first: &str,
    mut words: impl Iterator<Item = &'w str>,
    separator: &str,
) -> fmt::Result {
    write_wrapped(out, first, &mut words, separator)
}

fn write_wrapped(
    out: &mut String,
    first: &str,
    words: &mut dyn Iterator<Item = &str>,
    separator: &str,
) -> fmt::Result {
    let margin = first.chars().take_while(|&letter| letter == ' ').count();
    let indent = (margin + 2).max(4);
    let mut column = first.chars().count();
    write!(out, "{first}")?;
    let mut words = words.enumerate().peekable();
    while let Some((number, word)) = words.next() {
        // The separator after the last word of a line has to fit as well.
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

/// Returns whether a line is not too wide.
pub(crate) fn fits(line: &str) -> bool {
    line.chars().count() <= COLUMNS
}

/// Returns the text without blanks at its end, with lines that are too wide broken at blanks.
pub(crate) fn fitted(text: &str) -> String {
    let text = text.trim_end();
    let mut out = String::with_capacity(text.len());
    for (number, line) in text.lines().enumerate() {
        if number > 0 {
            out.push('\n');
        }
        if fits(line) {
            out.push_str(line);
            continue;
        }
        let inside = line.trim_start_matches(' ');
        let margin = line.len() - inside.len();
        let indent = margin + 4;
        let (mut column, mut blanks) = (0, margin);
        for (number, word) in inside.split(' ').enumerate() {
            let width = word.chars().count();
            blanks += usize::from(number > 0);
            if word.is_empty() {
                continue;
            }
            if number > 0 && column + blanks + width > COLUMNS {
                out.push('\n');
                (column, blanks) = (0, indent);
            }
            out.extend(std::iter::repeat_n(' ', blanks));
            out.push_str(word);
            column += blanks + width;
            blanks = 0;
        }
    }
    out
}

/// Returns the name of a thread beside a line of code; `None` for the main thread, which is not named
/// there.
pub(crate) fn named_thread(name: &str) -> Option<String> {
    (name != "main").then(|| in_line(name).into_owned())
}

#[cfg(test)]
mod tests {
    use super::fitted;

    #[test]
    fn lines_that_are_too_wide_are_broken_at_blanks() {
        let wide = "x".repeat(90);
        assert_eq!(fitted("  a  b\n\nc\n\n"), "  a  b\n\nc");
        assert_eq!(fitted(&wide), wide);
        assert_eq!(fitted(&format!("  {wide}")), format!("  {wide}"));
        assert_eq!(
            fitted(&format!("  1   {wide}    2 3\nnext")),
            format!("  1\n      {wide}\n      2 3\nnext")
        );
    }
}
