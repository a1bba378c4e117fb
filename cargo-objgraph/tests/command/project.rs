//! A program in a temporary folder.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A program, alone with the shared target folder of the copies.
pub(crate) struct Project {
    root: TempDir,
    folder: PathBuf,
    _alone: File,
}

/// Waits until no other test has a project, in this process or in another one: the target folder is
/// shared, and so are the paths of programs in it.
fn alone() -> File {
    let folder = shared("");
    fs::create_dir_all(&folder).unwrap();
    let file = File::create(folder.join("one-project-at-a-time")).unwrap();
    file.lock().unwrap();
    file
}

/// What the command printed and exited with.
pub(crate) struct Ran {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: Option<i32>,
}

impl Project {
    /// Writes the files of a program into a folder with a space in its name.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let alone = alone();
        let root = tempfile::tempdir().unwrap();
        let folder = fs::canonicalize(root.path()).unwrap().join("a program");
        fs::create_dir(&folder).unwrap();
        let project = Self {
            root,
            folder,
            _alone: alone,
        };
        for (name, text) in files {
            project.write(name, text);
        }
        project
    }

    /// A package of edition 2024 with `src/main.rs`.
    pub(crate) fn program(main: &str) -> Self {
        let manifest = "[package]\nname = \"shop\"\nedition = \"2024\"\n";
        Self::new(&[("Cargo.toml", manifest), ("src/main.rs", main)])
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn outside(&self) -> &Path {
        self.root.path()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Returns the command, to be run in a folder of the program.
    pub(crate) fn command(&self, folder: &str, args: &[&str]) -> Command {
        self.share_target();
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-objgraph"));
        command
            .arg("objgraph")
            .args(args)
            .arg("--offline")
            .current_dir(self.folder.join(folder));
        without_own_variables(&mut command);
        command
    }

    /// Lets the copies be built in folders that all tests share.
    fn share_target(&self) {
        let home = self.folder.join("target/objgraph");
        if home.join("build").is_symlink() || self.folder.join("target").is_file() {
            return;
        }
        fs::create_dir_all(home.join("adopt")).unwrap();
        for (build, name) in [("build", "instrumented"), ("adopt/build", "adopted")] {
            let shared = shared(name);
            fs::create_dir_all(&shared).unwrap();
            #[cfg(unix)]
            std::os::unix::fs::symlink(&shared, home.join(build)).unwrap();
        }
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.run_in("", args)
    }

    /// Runs a command that builds nothing.
    pub(crate) fn ask(&self, args: &[&str]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-objgraph"));
        command.arg("objgraph").args(args).current_dir(&self.folder);
        Ran::of(command.output().unwrap())
    }

    pub(crate) fn run_in(&self, folder: &str, args: &[&str]) -> Ran {
        Ran::of(self.command(folder, args).output().unwrap())
    }

    /// Returns every file outside of the target folder, with its text.
    pub(crate) fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        list(&self.folder, &self.folder.join("target"), &mut files);
        files
    }
}

/// Returns a folder for builds that all tests share.
pub(crate) fn shared(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// What the tests themselves run under is not for the program.
pub(crate) fn without_own_variables(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let is_of_cargo = text.starts_with("CARGO_") && text != "CARGO_HOME";
        if is_of_cargo
            || text.starts_with("OBJGRAPH_")
            || text.starts_with("GITHUB_")
            || text.starts_with("RUST") && !is_toolchain(&text)
        {
            command.env_remove(&name);
        }
    }
}

fn is_toolchain(name: &str) -> bool {
    matches!(name, "RUSTUP_HOME" | "RUSTUP_TOOLCHAIN")
}

fn list(folder: &Path, without: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path == without {
            continue;
        }
        match path.is_dir() {
            true => list(&path, without, files),
            false => {
                files.insert(path.clone(), fs::read(&path).unwrap());
            }
        }
    }
}

impl Ran {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            code: output.status.code(),
        }
    }

    #[track_caller]
    pub(crate) fn exits_with(&self, code: i32) -> &Self {
        assert_eq!(self.code, Some(code), "{}\n{}", self.stderr, self.stdout);
        self
    }

    #[track_caller]
    pub(crate) fn prints(&self, text: &str) -> &Self {
        assert!(
            self.stdout.contains(text) || self.stderr.contains(text),
            "{text:?} is not in\n{}\n{}",
            self.stderr,
            self.stdout
        );
        self
    }

    #[track_caller]
    pub(crate) fn does_not_print(&self, text: &str) -> &Self {
        assert!(
            !self.stdout.contains(text) && !self.stderr.contains(text),
            "{text:?} is in\n{}\n{}",
            self.stderr,
            self.stdout
        );
        self
    }
}
