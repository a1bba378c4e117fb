//! Rounds of `cargo check` in a copy, until the adopted program compiles, in debug and in release.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::CompilerMessage;
use cargo_metadata::diagnostic::Diagnostic;
use objgraph_edits::Edit;

use crate::build;
use crate::cargo::{Built, program, say};
use crate::cli::Adopt;
use crate::dependencies;
use crate::error::Error;
use crate::manifest;
use crate::project::Project;
use crate::report::plural;
use crate::tree::Tree;

use super::adoption::{Adoption, Function};
use super::remedy::{Finder, Remedy};

/// Number of rounds after which packages with errors are left as they are.
const ROUNDS: u32 = 60;

/// The copy in which the adopted program is compiled.
#[derive(Debug)]
pub(crate) struct Rounds<'a> {
    options: &'a Adopt,
    tree: Tree,
    target: PathBuf,
    manifest: PathBuf,
}

/// An error of the compiler in a package.
#[derive(Debug)]
struct Refusal<'m> {
    package: String,
    diagnostic: &'m Diagnostic,
    reason: String,
}

impl<'a> Rounds<'a> {
    pub(crate) fn new(project: &Project, options: &'a Adopt) -> Self {
        let home = project.target.join("objgraph/adopt");
        let tree = Tree::of(project, home.join("tree"));
        Self {
            options,
            manifest: tree.copy.join("Cargo.toml"),
            tree,
            target: home.join("build"),
        }
    }

    /// Compiles the adopted program, and repairs it until it compiles.
    ///
    /// # Errors
    ///
    /// If it does not compile although everything is left as it was.
    pub(crate) fn run(&self, adoption: &mut Adoption) -> Result<(), Error> {
        self.write(adoption)?;
        adoption.ecosystem = dependencies::direct_ecosystem(&self.manifest, self.options)?;
        let mut rounds = 0;
        let mut profiles = ["debug", "release"].iter().peekable();
        while let Some(profile) = profiles.peek() {
            self.write(adoption)?;
            say("Checking", &format!("the adopted program, in {profile}"));
            let built = Built::of(self.check(**profile == "release"), "Checking")?;
            if built.has_succeeded {
                match self.tidy(adoption, &built.unused_imports) {
                    true => profiles = ["debug", "release"].iter().peekable(),
                    false => drop(profiles.next()),
                }
                continue;
            }
            rounds += 1;
            let refusals = self.refusals(&built.errors, adoption);
            if !self.repair(adoption, &refusals, rounds > ROUNDS) {
                build::show(&built);
                return Err(Error::Build);
            }
            say("Repairing", &plural(refusals.len(), "error", "errors"));
            profiles = ["debug", "release"].iter().peekable();
        }
        Ok(())
    }

    fn check(&self, is_release: bool) -> Command {
        let mut command = Command::new(program());
        command
            .args(["check", "--workspace", "--all-targets", "--manifest-path"])
            .arg(&self.manifest)
            .args(self.options.cargo_options())
            .args(is_release.then_some("--release"))
            .env("CARGO_TARGET_DIR", &self.target);
        command
    }

    fn write(&self, adoption: &Adoption) -> Result<(), Error> {
        let files = adoption.files.values().filter(|file| file.is_changed());
        let mut changed: BTreeMap<PathBuf, String> = files
            .map(|file| (file.path.clone(), file.text().to_owned()))
            .collect();
        let root = &self.tree.original;
        let moved = |path: &Path| (!path.starts_with(root)).then(|| path.to_owned());
        for (path, text) in adoption.manifests()? {
            let dir = path.parent().unwrap_or(root);
            let change = manifest::Change {
                dir,
                moved: &moved,
                facades: None,
                is_root: dir == root,
                patches: &[],
                own_packages: &[],
            };
            let text = manifest::edit(&text, &change)
                .map_err(|error| Error::Manifest(path.clone(), error.to_string()))?;
            changed.insert(path, text);
        }
        changed.retain(|path, _| path.starts_with(root));
        self.tree.update(&changed)?;
        self.tree.copy_lock()
    }

    fn refusals<'m>(
        &self,
        messages: &'m [CompilerMessage],
        adoption: &Adoption,
    ) -> Vec<Refusal<'m>> {
        let finder = Finder::new(adoption, &self.tree);
        let refusals = messages.iter().filter_map(|message| {
            let diagnostic = &message.message;
            if diagnostic.spans.is_empty() && diagnostic.message.starts_with("aborting due to") {
                return None;
            }
            let root = message.target.src_path.as_std_path();
            let original = self.tree.original(root);
            let package = original.and_then(|path| adoption.package_of(&path));
            Some(Refusal {
                package: package.map_or_else(
                    || message.target.name.clone(),
                    |package| package.name.clone(),
                ),
                diagnostic,
                reason: finder.reason(diagnostic),
            })
        });
        refusals.collect()
    }

    /// Removes imports of objgraph that have no use, because every pointer of the file is written as
    /// std's. Returns whether anything changed.
    fn tidy(&self, adoption: &mut Adoption, warnings: &[CompilerMessage]) -> bool {
        let finder = Finder::new(adoption, &self.tree);
        // The library and its tests give the same warning.
        let mut found: BTreeMap<PathBuf, Vec<Vec<Edit>>> = BTreeMap::new();
        for warning in warnings {
            if let Some((path, edits)) = finder.unused_import(&warning.message) {
                found.entry(path).or_default().push(edits);
            }
        }
        let mut has_changed = false;
        for (path, edits) in found {
            if let Some(file) = adoption.files.get_mut(&path) {
                has_changed |= file.repair(&edits);
            }
        }
        has_changed
    }

    /// Changes what the errors ask for; in each package only the smallest changes, because one error
    /// causes others. Returns whether anything changed.
    fn repair(&self, adoption: &mut Adoption, refusals: &[Refusal<'_>], is_late: bool) -> bool {
        let mut by_package: BTreeMap<&str, Vec<&Refusal<'_>>> = BTreeMap::new();
        for refusal in refusals {
            by_package
                .entry(&refusal.package)
                .or_default()
                .push(refusal);
        }
        let mut has_changed = false;
        for (package, refusals) in by_package {
            has_changed |= !is_late && self.repair_package(adoption, &refusals)
                || adoption.leave(package, refusals.first().map_or("", |first| &first.reason));
        }
        has_changed
    }

    fn repair_package(&self, adoption: &mut Adoption, refusals: &[&Refusal<'_>]) -> bool {
        let mut edits: BTreeMap<PathBuf, Vec<Vec<Edit>>> = BTreeMap::new();
        let mut left_out: BTreeMap<(PathBuf, usize), &str> = BTreeMap::new();
        let mut functions = Vec::new();
        let finder = Finder::new(adoption, &self.tree);
        for refusal in refusals {
            match finder.remedy(refusal.diagnostic) {
                Some(Remedy::Change { file, edits: new }) => {
                    edits.entry(file).or_default().push(new);
                }
                Some(Remedy::Function { file, receiver }) => {
                    let function = Function {
                        is_reference: receiver.is_reference,
                        file: file.clone(),
                    };
                    functions.push((receiver.function, function));
                    edits.entry(file).or_default().push(receiver.edits);
                }
                Some(Remedy::LeaveOut { file, edit }) => {
                    left_out.insert((file, edit), &refusal.reason);
                }
                None => {}
            }
        }
        let files: Vec<_> = refusals
            .iter()
            .map(|refusal| (finder.files(refusal.diagnostic), &refusal.reason))
            .collect();
        adoption.functions.extend(functions);
        // From the last one on, so that the numbers of the others hold. Their texts start anew, and the
        // other repairs with them.
        for ((file, edit), reason) in left_out.iter().rev() {
            if let Some(file) = adoption.files.get_mut(file) {
                file.leave_out(*edit, reason);
            }
        }
        if !left_out.is_empty() {
            return true;
        }
        let mut has_changed = false;
        for (file, mut groups) in edits {
            // The inner ones of nested calls first.
            groups.sort_by_key(|group| group.iter().map(|edit| edit.range.len()).max());
            if let Some(file) = adoption.files.get_mut(&file) {
                has_changed |= file.repair(&groups);
            }
        }
        if has_changed {
            return true;
        }
        // One file at a time, because the errors of others may come from it.
        files.into_iter().any(|(files, reason)| {
            files.iter().any(|path| {
                let file = adoption.files.get_mut(path);
                file.is_some_and(|file| file.keep_std(reason))
            })
        })
    }
}
