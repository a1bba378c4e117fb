//! The changed files are written all or not at all.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::Error;

use super::adoption::Change;

/// Writes the changed texts: each beside its file first, then in its place. If one fails, those that
/// were replaced get their old texts back.
///
/// # Errors
///
/// If a file cannot be written, or if its text is no longer the old one.
pub(crate) fn write(changes: &BTreeMap<PathBuf, Change>) -> Result<(), Error> {
    let mut replacements = Vec::new();
    let prepared = changes.iter().try_for_each(|(path, change)| {
        // A link leads to the file; it stays a link.
        let path = fs::canonicalize(path).map_err(|error| Error::io(path, error))?;
        let new = prepare(&path, change)?;
        replacements.push((path, new, change));
        Ok(())
    });
    let replaced = prepared.and_then(|()| replace(&replacements));
    for (_, new, _) in &replacements {
        if new.exists() {
            let _ = fs::remove_file(new);
        }
    }
    replaced
}

/// Writes a new text beside its file, with the same permissions.
fn prepare(path: &Path, change: &Change) -> Result<PathBuf, Error> {
    let failed = |error| Error::io(path, error);
    let old = fs::read(path).map_err(failed)?;
    if old != change.old.as_bytes() {
        return Err(Error::Other(format!(
            "{} has changed meanwhile; nothing was written",
            path.display()
        )));
    }
    let new = beside(path);
    let written = fs::write(&new, &change.new).and_then(|()| {
        let permissions = fs::metadata(path)?.permissions();
        fs::set_permissions(&new, permissions)
    });
    if let Err(error) = written {
        let _ = fs::remove_file(&new);
        return Err(failed(error));
    }
    Ok(new)
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".objgraph-new");
    name.into()
}

fn replace(replacements: &[(PathBuf, PathBuf, &Change)]) -> Result<(), Error> {
    for (at, (path, new, _)) in replacements.iter().enumerate() {
        if let Err(error) = fs::rename(new, path) {
            let restored: io::Result<()> = replacements[..at]
                .iter()
                .try_for_each(|(path, _, change)| fs::write(path, &change.old));
            return Err(match restored {
                Ok(()) => Error::io(path, error),
                Err(second) => Error::Other(format!(
                    "{}: {error}; then some files could not get their old texts back: {second}",
                    path.display()
                )),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(old: &str, new: &str) -> Change {
        Change {
            old: old.to_owned(),
            new: new.to_owned(),
        }
    }

    /// Returns the texts of the files of a folder.
    fn texts(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut texts: Vec<String> = entries
            .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
            .collect();
        texts.sort();
        texts
    }

    #[test]
    fn all_files_are_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a"), "a").unwrap();
        fs::write(path("b"), "b").unwrap();
        let changes =
            BTreeMap::from([(path("a"), change("a", "A")), (path("b"), change("b", "B"))]);
        write(&changes).unwrap();
        assert_eq!(texts(folder.path()), ["A", "B"]);
    }

    #[test]
    fn if_a_file_has_changed_meanwhile_none_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a"), "a").unwrap();
        fs::write(path("b"), "other").unwrap();
        let changes =
            BTreeMap::from([(path("a"), change("a", "A")), (path("b"), change("b", "B"))]);
        let error = write(&changes).unwrap_err().to_string();
        assert!(error.contains("has changed meanwhile"), "{error}");
        assert_eq!(texts(folder.path()), ["a", "other"]);
    }

    #[test]
    fn if_a_file_cannot_be_replaced_the_others_get_their_texts_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a"), "A").unwrap();
        fs::write(path("a.objgraph-new"), "new").unwrap();
        let change = change("a", "A");
        let missing = path("b.objgraph-new");
        let replacements = [
            (path("a"), path("a.objgraph-new"), &change),
            (path("b"), missing, &change),
        ];
        assert!(replace(&replacements).is_err());
        assert_eq!(texts(folder.path()), ["a"]);
    }
}
