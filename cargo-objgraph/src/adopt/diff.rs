//! The changes as a unified diff, which `git apply` and `patch -p1` understand.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anstyle::{AnsiColor, Style};
use similar::TextDiff;

use super::adoption::Change;
use super::shown;

/// Prints the changes on standard output.
pub(crate) fn show(root: &Path, changes: &BTreeMap<PathBuf, Change>) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    for (path, change) in changes {
        let text = unified(&shown(root, path), &change.old, &change.new);
        for line in text.split_inclusive('\n') {
            let style = style(line);
            let line = line.trim_end_matches('\n');
            writeln!(out, "{style}{line}{style:#}")?;
        }
    }
    out.flush()
}

/// Returns the diff of a file.
fn unified(name: &str, old: &str, new: &str) -> String {
    let diff = TextDiff::from_lines(old, new);
    diff.unified_diff()
        .context_radius(3)
        .header(&format!("a/{name}"), &format!("b/{name}"))
        .to_string()
}

fn style(line: &str) -> Style {
    match line.as_bytes() {
        [b'-', b'-', b'-', ..] | [b'+', b'+', b'+', ..] => Style::new().bold(),
        [b'-', ..] => AnsiColor::Red.on_default(),
        [b'+', ..] => AnsiColor::Green.on_default(),
        [b'@', ..] => AnsiColor::Cyan.on_default(),
        _ => Style::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_diff_is_a_patch() {
        assert_eq!(
            unified("src/a.rs", "one\ntwo\nthree\n", "one\n2\nthree\n"),
            "--- a/src/a.rs\n+++ b/src/a.rs\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n"
        );
        assert!(unified("a", "one", "two").contains("\\ No newline at end of file"));
    }
}
