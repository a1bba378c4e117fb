//! Refuses to change files whose present texts version control does not keep.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cli::Adopt;
use crate::error::Error;

/// The folders by which other systems are known, whose state is not asked for.
const OTHERS: [&str; 5] = [".hg", ".jj", ".pijul", ".svn", ".fslckout"];

/// Checks that the files in `changed` can be restored.
///
/// # Errors
///
/// If there is no version control, or if tracked files have changes that are not committed, or if a
/// file that is to be changed is not tracked; unless the options allow it.
pub(crate) fn check<'p>(
    root: &Path,
    options: &Adopt,
    changed: impl Iterator<Item = &'p PathBuf>,
) -> Result<(), Error> {
    let has = |name: &str| root.ancestors().any(|folder| folder.join(name).exists());
    if !has(".git") {
        if options.allow_no_vcs || OTHERS.iter().any(|name| has(name)) {
            return Ok(());
        }
        return Err(Error::Other(
            "there is no version control here that could restore the files; --allow-no-vcs writes \
             them nevertheless"
                .to_owned(),
        ));
    }
    if options.allow_dirty {
        return Ok(());
    }
    let top = git(root, &["rev-parse", "--show-toplevel"])?;
    let top = Path::new(top.trim_end());
    let status = git(
        top,
        &["status", "--porcelain=v1", "-z", "--untracked-files=all"],
    )?;
    let changed: BTreeSet<PathBuf> = changed.map(|path| real(path)).collect();
    let found = dirty(&status, &|name| changed.contains(&real(&top.join(name))));
    let staged = found.iter().filter(|file| file.is_staged);
    let refused: Vec<&Dirty<'_>> = match options.allow_staged {
        true => found.iter().filter(|file| !file.is_staged).collect(),
        false => found.iter().collect(),
    };
    if refused.is_empty() {
        return Ok(());
    }
    let option = match staged.count() == found.len() {
        true => "--allow-staged",
        false => "--allow-dirty",
    };
    let lines: String = refused
        .iter()
        .map(|file| format!("\n  {} ({})", file.path, file.state()))
        .collect();
    Err(Error::Other(format!(
        "git could not restore these files as they are now; commit them first, or let {option} write \
         nevertheless:{lines}"
    )))
}

fn real(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

fn git(folder: &Path, args: &[&str]) -> Result<String, Error> {
    let output = Command::new("git")
        .args(args)
        .current_dir(folder)
        .output()
        .map_err(|error| {
            Error::Other(format!(
                "git cannot be run, which knows whether the files are committed: {error}; \
                 --allow-dirty does not ask it"
            ))
        })?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        return Err(Error::Other(format!(
            "git {}: {}; --allow-dirty does not ask it",
            args[0],
            text.trim_end()
        )));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A file that differs from the last commit.
#[derive(Debug, PartialEq)]
struct Dirty<'s> {
    path: &'s str,
    is_staged: bool,
    is_untracked: bool,
}

impl Dirty<'_> {
    fn state(&self) -> &'static str {
        match (self.is_untracked, self.is_staged) {
            (true, _) => "untracked",
            (false, true) => "staged",
            (false, false) => "dirty",
        }
    }
}

/// Reads `git status --porcelain=v1 -z`. Of the untracked files, those that change count.
fn dirty<'s>(status: &'s str, is_changed: &dyn Fn(&str) -> bool) -> Vec<Dirty<'s>> {
    let mut entries = status.split('\0');
    let mut found = Vec::new();
    while let Some(entry) = entries.next() {
        let (Some(index), Some(tree), Some(path)) =
            (entry.get(..1), entry.get(1..2), entry.get(3..))
        else {
            continue;
        };
        // The old name follows.
        if matches!(index, "R" | "C") || matches!(tree, "R" | "C") {
            entries.next();
        }
        let is_untracked = index == "?";
        if index == "!" || is_untracked && !is_changed(path) {
            continue;
        }
        found.push(Dirty {
            path,
            is_staged: tree == " ",
            is_untracked,
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_has_its_word() {
        let status = " M a b.rs\0M  c.rs\0MM d.rs\0R  new.rs\0old.rs\0?? e.rs\0?? f.rs\0";
        let found = dirty(status, &|name| name == "f.rs");
        let states: Vec<_> = found.iter().map(|file| (file.path, file.state())).collect();
        assert_eq!(
            states,
            [
                ("a b.rs", "dirty"),
                ("c.rs", "staged"),
                ("d.rs", "dirty"),
                ("new.rs", "staged"),
                ("f.rs", "untracked")
            ]
        );
        assert_eq!(dirty("", &|_| true), []);
    }
}
