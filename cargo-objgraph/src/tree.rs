//! The copy of a folder: changed files are written, everything else is a link to the original.
//!
//! Cargo compares times. A file whose text has not changed is not written again, so that it keeps its
//! time; a link has the time of the original. A file that was once written stays a file, because a link
//! in its place could be older than the last build.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

use crate::error::Error;
use crate::project::Project;

/// A folder and its copy.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) original: PathBuf,
    pub(crate) copy: PathBuf,
    /// Paths of the original that the copy does not have.
    pub(crate) without: BTreeSet<PathBuf>,
    /// Names in the top folder of the copy that are left alone.
    pub(crate) own: BTreeSet<OsString>,
}

/// The lockfile of a project as it was when the copy's was made from it.
const LOCK_COPY: &str = ".objgraph-original.lock";

impl Tree {
    /// Returns the copy of a project, without its target folder and its version control.
    pub(crate) fn of(project: &Project, copy: PathBuf) -> Self {
        let mut without = BTreeSet::from([project.target.clone()]);
        for name in [".git", ".hg", ".jj", "Cargo.lock"] {
            without.insert(project.root.join(name));
        }
        Self {
            original: project.root.clone(),
            copy,
            without,
            own: BTreeSet::from([OsString::from("Cargo.lock"), OsString::from(LOCK_COPY)]),
        }
    }

    /// Starts from the lockfile of the project, again when it changes. Cargo adds what the copy needs
    /// besides.
    pub(crate) fn copy_lock(&self) -> Result<(), Error> {
        let Ok(text) = fs::read_to_string(self.original.join("Cargo.lock")) else {
            return Ok(());
        };
        let last = self.copy.join(LOCK_COPY);
        if fs::read_to_string(&last).is_ok_and(|last| last == text) {
            return Ok(());
        }
        write(&self.copy.join("Cargo.lock"), &text)?;
        write(&last, &text)
    }

    /// Returns where a path of the original is in the copy.
    pub(crate) fn copied(&self, original: &Path) -> Option<PathBuf> {
        let inside = original.strip_prefix(&self.original).ok()?;
        Some(self.copy.join(inside))
    }

    /// Returns which path of the original a path of the copy stands for.
    pub(crate) fn original(&self, copied: &Path) -> Option<PathBuf> {
        let inside = copied.strip_prefix(&self.copy).ok()?;
        Some(self.original.join(inside))
    }

    /// Makes the copy equal to the original, except for the files of `changed`, which have other
    /// texts.
    ///
    /// # Errors
    ///
    /// If something cannot be read or written.
    pub(crate) fn update(&self, changed: &BTreeMap<PathBuf, String>) -> Result<(), Error> {
        let mut folders = BTreeSet::from([self.original.as_path()]);
        for path in changed.keys() {
            let above = path.ancestors().skip(1);
            folders.extend(above.take_while(|above| above.starts_with(&self.original)));
        }
        for folder in &folders {
            self.update_folder(folder, &folders, changed)?;
        }
        Ok(())
    }

    fn update_folder(
        &self,
        folder: &Path,
        folders: &BTreeSet<&Path>,
        changed: &BTreeMap<PathBuf, String>,
    ) -> Result<(), Error> {
        let copied = self.copied(folder).expect("a folder of the original");
        if copied.is_symlink() {
            fs::remove_file(&copied).map_err(|error| Error::io(&copied, error))?;
        }
        fs::create_dir_all(&copied).map_err(|error| Error::io(&copied, error))?;
        let mut names = names(folder)?;
        names.retain(|name| !self.without.contains(&folder.join(name)));
        for name in &names {
            let original = folder.join(name);
            let copy = copied.join(name);
            match changed.get(&original) {
                Some(text) => write(&copy, text)?,
                None if folders.contains(&*original) => {}
                None => link(&original, &copy)?,
            }
        }
        let is_top = folder == self.original;
        for name in self::names(&copied)? {
            let is_own = is_top && self.own.contains(&name);
            if !names.contains(&name) && !is_own {
                remove(&copied.join(name))?;
            }
        }
        Ok(())
    }
}

fn names(folder: &Path) -> Result<BTreeSet<OsString>, Error> {
    let failed = |error| Error::io(folder, error);
    let entries = fs::read_dir(folder).map_err(failed)?;
    entries
        .map(|entry| entry.map(|entry| entry.file_name()).map_err(failed))
        .collect()
}

/// Writes a file, whole or not at all, unless it has this text.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), Error> {
    if !path.is_symlink() && fs::read(path).is_ok_and(|old| old == text.as_bytes()) {
        return Ok(());
    }
    if path.is_dir() && !path.is_symlink() {
        remove(path)?;
    }
    let mut new = path.as_os_str().to_owned();
    new.push(".objgraph-new");
    let new = PathBuf::from(new);
    fs::write(&new, text)
        .and_then(|()| fs::rename(&new, path))
        .map_err(|error| Error::io(path, error))
}

/// Files with their texts and times.
#[derive(Debug)]
pub(crate) struct Times {
    files: BTreeMap<PathBuf, (Vec<u8>, SystemTime)>,
}

impl Times {
    /// Reads files; those that do not exist are left out.
    pub(crate) fn of(paths: impl Iterator<Item = PathBuf>) -> Self {
        let files = paths.filter_map(|path| {
            let text = fs::read(&path).ok()?;
            let time = fs::metadata(&path).and_then(|file| file.modified()).ok()?;
            (!path.is_symlink()).then_some((path, (text, time)))
        });
        Self {
            files: files.collect(),
        }
    }

    /// Gives each file that was written since, with the same text in the end, its time back.
    pub(crate) fn restore(&self) -> Result<(), Error> {
        for (path, (text, time)) in &self.files {
            if fs::read(path).is_ok_and(|now| now == *text) {
                let file = fs::File::options().append(true).open(path);
                file.and_then(|file| file.set_modified(*time))
                    .map_err(|error| Error::io(path, error))?;
            }
        }
        Ok(())
    }
}

/// Makes `copy` a link to `original`, or leaves a file there that has the same text.
fn link(original: &Path, copy: &Path) -> Result<(), Error> {
    if fs::read_link(copy).is_ok_and(|target| target == original) {
        return Ok(());
    }
    let is_file = fs::symlink_metadata(copy).is_ok_and(|copy| copy.is_file());
    if is_file
        && original.is_file()
        && let Ok(text) = fs::read_to_string(original)
    {
        return write(copy, &text);
    }
    if fs::symlink_metadata(copy).is_ok() {
        remove(copy)?;
    }
    make_link(original, copy).map_err(|error| Error::io(copy, error))
}

#[cfg(unix)]
fn make_link(original: &Path, copy: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(original, copy)
}

/// Copies, because a link needs a privilege here.
#[cfg(not(unix))]
fn make_link(original: &Path, copy: &Path) -> std::io::Result<()> {
    if !original.is_dir() {
        return fs::copy(original, copy).map(drop);
    }
    fs::create_dir_all(copy)?;
    for entry in fs::read_dir(original)? {
        let name = entry?.file_name();
        make_link(&original.join(&name), &copy.join(&name))?;
    }
    Ok(())
}

/// Returns the path without `.` and `..`.
pub(crate) fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                normal.pop();
            }
            Component::CurDir => {}
            part => normal.push(part),
        }
    }
    normal
}

fn remove(path: &Path) -> Result<(), Error> {
    let is_folder = fs::symlink_metadata(path).is_ok_and(|file| file.is_dir());
    let removed = match is_folder {
        true => fs::remove_dir_all(path),
        false => fs::remove_file(path),
    };
    removed.map_err(|error| Error::io(path, error))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    struct Folders {
        _root: tempfile::TempDir,
        tree: Tree,
    }

    impl Folders {
        fn new(files: &[&str]) -> Self {
            let root = tempfile::tempdir().unwrap();
            let original = root.path().join("original");
            for file in files {
                let path = original.join(file);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, *file).unwrap();
            }
            let tree = Tree {
                copy: root.path().join("copy"),
                without: BTreeSet::from([original.join("target")]),
                own: BTreeSet::from([OsString::from("Cargo.lock")]),
                original,
            };
            Self { _root: root, tree }
        }

        fn update(&self, changed: &[(&str, &str)]) {
            let changed = changed
                .iter()
                .map(|(name, text)| (self.tree.original.join(name), (*text).to_owned()));
            self.tree.update(&changed.collect()).unwrap();
        }

        /// Returns the paths of the copy, with what each link and text is.
        fn copy(&self) -> Vec<String> {
            let mut found = Vec::new();
            self.list(&self.tree.copy, &mut found);
            found.sort();
            found
        }

        fn list(&self, folder: &Path, found: &mut Vec<String>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.strip_prefix(&self.tree.copy).unwrap().display();
                if let Ok(target) = fs::read_link(&path) {
                    let target = target.strip_prefix(&self.tree.original).unwrap().display();
                    found.push(format!("{name} -> {target}"));
                } else if path.is_dir() {
                    self.list(&path, found);
                } else {
                    found.push(format!("{name} = {}", fs::read_to_string(&path).unwrap()));
                }
            }
        }
    }

    #[test]
    fn only_what_changes_is_written() {
        let folders = Folders::new(&["Cargo.toml", "src/a.rs", "src/b.rs", "data/x", "target/y"]);
        folders.update(&[("src/a.rs", "new")]);
        assert_eq!(
            folders.copy(),
            [
                "Cargo.toml -> Cargo.toml",
                "data -> data",
                "src/a.rs = new",
                "src/b.rs -> src/b.rs"
            ]
        );
    }

    #[test]
    fn what_is_gone_from_the_original_is_removed_from_the_copy() {
        let folders = Folders::new(&["src/a.rs", "src/deep/b.rs", "data/x"]);
        folders.update(&[("src/a.rs", "new"), ("src/deep/b.rs", "new")]);
        fs::write(folders.tree.copy.join("Cargo.lock"), "own").unwrap();
        fs::remove_dir_all(folders.tree.original.join("src/deep")).unwrap();
        fs::remove_dir_all(folders.tree.original.join("data")).unwrap();
        folders.update(&[("src/a.rs", "new")]);
        assert_eq!(folders.copy(), ["Cargo.lock = own", "src/a.rs = new"]);
    }

    #[test]
    fn a_file_that_was_written_stays_a_file() {
        let folders = Folders::new(&["src/a.rs", "src/b.rs"]);
        folders.update(&[("src/a.rs", "new"), ("src/b.rs", "new")]);
        folders.update(&[("src/b.rs", "new")]);
        assert_eq!(folders.copy(), ["src/a.rs = src/a.rs", "src/b.rs = new"]);
    }

    #[test]
    fn an_equal_text_keeps_its_time() {
        let folders = Folders::new(&["a.rs"]);
        let time = || {
            fs::metadata(folders.tree.copy.join("a.rs"))
                .unwrap()
                .modified()
                .unwrap()
        };
        folders.update(&[("a.rs", "new")]);
        let old = SystemTime::UNIX_EPOCH;
        let file = fs::File::options()
            .write(true)
            .open(folders.tree.copy.join("a.rs"))
            .unwrap();
        file.set_modified(old).unwrap();
        folders.update(&[("a.rs", "new")]);
        assert_eq!(time(), old);
        folders.update(&[("a.rs", "newer")]);
        assert_ne!(time(), old);
    }

    #[test]
    fn a_linked_folder_is_opened_when_a_file_in_it_changes() {
        let folders = Folders::new(&["src/a.rs", "src/b.rs"]);
        folders.update(&[]);
        assert_eq!(folders.copy(), ["src -> src"]);
        folders.update(&[("src/a.rs", "new")]);
        assert_eq!(folders.copy(), ["src/a.rs = new", "src/b.rs -> src/b.rs"]);
        let original = fs::read_to_string(folders.tree.original.join("src/a.rs")).unwrap();
        assert_eq!(original, "src/a.rs");
    }
}
