//! What changes in a workspace that adopts objgraph.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use objgraph_edits::{
    DependencyList, DependencySource, ManifestError, add_dependency, has_workspace_dependencies,
};

use crate::copy::edition_of;
use crate::error::Error;
use crate::facades;
use crate::modules;
use crate::project::{Package, Project};
use crate::tree;

use super::file::File;

/// The feature of objgraph for every program that looks for leaks.
const SCAN: &str = "scan";

/// A workspace, with the texts that it gets.
#[derive(Debug)]
pub(crate) struct Adoption {
    pub(crate) root: PathBuf,
    /// All packages of the workspace.
    pub(crate) packages: Vec<Package>,
    /// The source files of the packages that adopt objgraph, by their paths.
    pub(crate) files: BTreeMap<PathBuf, File>,
    /// Packages that are left as they are, with the reason.
    pub(crate) left: BTreeMap<String, String>,
    /// The methods that became associated functions, by their names.
    pub(crate) functions: BTreeMap<String, Function>,
    /// The features of objgraph for other crates that the packages depend on.
    pub(crate) ecosystem: BTreeSet<String>,
    manifests: BTreeMap<PathBuf, String>,
}

impl Adoption {
    /// Finds the edits of the packages with these names; of all, if there are none.
    pub(crate) fn new(project: &Project, names: &[String]) -> Result<Self, Error> {
        let unknown = names.iter().find(|name| {
            let mut packages = project.packages.iter();
            packages.all(|package| package.name != **name)
        });
        if let Some(name) = unknown {
            return Err(Error::Other(format!(
                "the workspace has no package {name} that could adopt objgraph"
            )));
        }
        let mut adoption = Self {
            root: project.root.clone(),
            packages: project.packages.clone(),
            files: BTreeMap::new(),
            left: BTreeMap::new(),
            functions: BTreeMap::new(),
            ecosystem: BTreeSet::new(),
            manifests: BTreeMap::new(),
        };
        for package in &project.packages {
            if names.is_empty() || names.contains(&package.name) {
                adoption.add(package)?;
            }
            adoption.read_manifest(&package.dir)?;
        }
        adoption.read_manifest(&project.root)?;
        Ok(adoption)
    }

    fn add(&mut self, package: &Package) -> Result<(), Error> {
        if let Some(reason) = refusal(package) {
            self.left.insert(package.name.clone(), reason.to_owned());
            return Ok(());
        }
        let read = |path: &Path| fs::read_to_string(path).ok();
        for (path, (_, edition)) in modules::files(&package.roots, &read) {
            if !path.starts_with(&self.root) {
                continue;
            }
            if !self.files.contains_key(&path) {
                let source = fs::read_to_string(&path).map_err(|error| Error::io(&path, error))?;
                let file = File::new(path.clone(), source, edition_of(edition));
                self.files.insert(path.clone(), file);
            }
            let file = self.files.get_mut(&path).expect("it was inserted");
            file.packages.insert(package.name.clone());
        }
        Ok(())
    }

    fn read_manifest(&mut self, dir: &Path) -> Result<(), Error> {
        let path = dir.join("Cargo.toml");
        let text = fs::read_to_string(&path).map_err(|error| Error::io(&path, error))?;
        self.manifests.insert(path, text);
        Ok(())
    }

    /// Returns the texts of files and manifests that change, with those before, by their paths.
    pub(crate) fn changes(&self) -> Result<BTreeMap<PathBuf, Change>, Error> {
        let files = self.files.values().map(|file| {
            let change = Change {
                old: file.source.clone(),
                new: file.text().to_owned(),
            };
            (file.path.clone(), change)
        });
        let manifests = self.manifests()?.into_iter().map(|(path, new)| {
            let old = self.manifests[&path].clone();
            (path, Change { old, new })
        });
        let all = files.chain(manifests);
        Ok(all.filter(|(_, change)| change.old != change.new).collect())
    }

    /// Returns the texts of all manifests, with the dependency where a file changes.
    pub(crate) fn manifests(&self) -> Result<BTreeMap<PathBuf, String>, Error> {
        let mut manifests = self.manifests.clone();
        let changed: BTreeSet<&str> = self
            .files
            .values()
            .filter(|file| file.is_changed())
            .flat_map(|file| file.packages.iter().map(String::as_str))
            .collect();
        let root = self.root.join("Cargo.toml");
        let inherits = has_workspace_dependencies(&manifests[&root]).map_err(failed(&root))?;
        let mut is_inherited = false;
        let ecosystem = self.ecosystem.iter().map(String::as_str);
        let features: BTreeSet<&str> = ecosystem.chain([SCAN]).collect();
        let features: Vec<&str> = features.into_iter().collect();
        let packages = self.packages.iter();
        for package in packages.filter(|package| changed.contains(&*package.name)) {
            let path = package.dir.join("Cargo.toml");
            let (source, features) = match inherits {
                true => (DependencySource::Workspace, &[][..]),
                false => (self.source(&package.dir), &features[..]),
            };
            let old = &manifests[&path];
            let new = add_dependency(old, DependencyList::Package, &source, features)
                .map_err(failed(&path))?;
            is_inherited |= inherits && new != *old;
            manifests.insert(path, new);
        }
        if is_inherited {
            let list = DependencyList::Workspace;
            let new = add_dependency(&manifests[&root], list, &self.source(&self.root), &features)
                .map_err(failed(&root))?;
            manifests.insert(root, new);
        }
        Ok(manifests)
    }

    /// Returns the dependency on objgraph for a manifest: the checkout of this command, if it is there,
    /// else the version of this command.
    fn source(&self, dir: &Path) -> DependencySource {
        let Some(command) = facades::checkout() else {
            return DependencySource::Version(env!("CARGO_PKG_VERSION").to_owned());
        };
        let checkout = tree::normal(&command.join(".."));
        let path = match checkout.starts_with(&self.root) {
            true => relative(dir, &checkout),
            false => checkout,
        };
        DependencySource::Path(path.to_string_lossy().into_owned())
    }

    /// Returns the package that a file of the workspace belongs to.
    pub(crate) fn package_of(&self, path: &Path) -> Option<&Package> {
        let around = self.packages.iter().filter(|package| package.has(path));
        around.max_by_key(|package| package.dir.as_os_str().len())
    }

    /// Leaves a package as it is, or those that it depends on if it is already. Returns whether
    /// anything changed.
    pub(crate) fn leave(&mut self, name: &str, reason: &str) -> bool {
        if self.leave_files(name, reason) {
            self.left.insert(name.to_owned(), reason.to_owned());
            return true;
        }
        let Some(package) = self.packages.iter().find(|package| package.name == name) else {
            return false;
        };
        let reason = format!("{name}, which uses it, does not compile with it: {reason}");
        let dependencies = package.dependencies.clone();
        let names = self.packages.iter().map(|package| package.name.clone());
        let direct: Vec<String> = names.filter(|name| dependencies.contains(name)).collect();
        let mut has_changed = false;
        for dependency in direct {
            if dependency != name && self.leave_files(&dependency, &reason) {
                self.left.insert(dependency, reason.clone());
                has_changed = true;
            }
        }
        has_changed
    }

    fn leave_files(&mut self, package: &str, reason: &str) -> bool {
        let mut has_changed = false;
        for file in self.files.values_mut() {
            if file.packages.contains(package) {
                has_changed |= file.leave_all(reason);
            }
        }
        has_changed
    }
}

/// A method of `Rc<Self>` that became an associated function.
#[derive(Clone, Debug)]
pub(crate) struct Function {
    /// Whether it takes a reference to the pointer.
    pub(crate) is_reference: bool,
    /// The file that defines it.
    pub(crate) file: PathBuf,
}

/// The text of a file before and after.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) old: String,
    pub(crate) new: String,
}

fn failed(path: &Path) -> impl Fn(ManifestError) -> Error {
    move |error| Error::Manifest(path.to_owned(), error.to_string())
}

/// Returns why a package cannot adopt objgraph without another change, which a person should decide.
fn refusal(package: &Package) -> Option<&'static str> {
    let editions = package.roots.iter().map(|root| edition_of(root.edition));
    if editions.min() == Some(objgraph_edits::Edition::E2015) {
        return Some("it has edition 2015; `cargo fix --edition` moves it to 2018");
    }
    let is_no_std = package.roots.iter().any(|root| {
        let text = fs::read_to_string(&root.path).unwrap_or_default();
        let mut lines = text.lines().map(str::trim_start);
        lines.any(|line| line.starts_with("#![") && line.contains("no_std"))
    });
    is_no_std.then_some("it is `no_std`, and objgraph needs std")
}

/// Returns the path from a folder to another one; both are absolute.
fn relative(from: &Path, to: &Path) -> PathBuf {
    let shared = from
        .components()
        .zip(to.components())
        .take_while(|(from, to)| from == to)
        .count();
    let up = from.components().skip(shared).map(|_| "..");
    let down = to.components().skip(shared);
    up.collect::<PathBuf>().join(down.collect::<PathBuf>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_from_one_folder_to_the_other() {
        let path = |from: &str, to: &str| relative(Path::new(from), Path::new(to));
        assert_eq!(path("/a/b/c", "/a/d/e"), Path::new("../../d/e"));
        assert_eq!(path("/a", "/a/d"), Path::new("d"));
    }
}
