//! The instrumented copy of a project.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use objgraph_edits::{Context, Edit, EditKind, Edited, Skipped};

use crate::error::Error;
use crate::facades::Facades;
use crate::manifest::{self, Change, Patch};
use crate::modules::{self, Role};
use crate::pointee;
use crate::project::{Package, Project};
use crate::repairs::{FileRepairs, Repairs};
use crate::tree::{self, Times, Tree};

/// The copy of a project, and what differs from the original.
#[derive(Debug)]
pub(crate) struct Copy {
    /// The folder of the command under the target folder.
    pub(crate) home: PathBuf,
    /// The copy of the workspace, then those of dependencies.
    pub(crate) trees: Vec<Tree>,
    pub(crate) packages: Vec<Package>,
    pub(crate) facades: Facades,
    pub(crate) patches: Vec<Patch>,
    /// The packages that only objgraph needs, as `name@version`.
    pub(crate) own_packages: Vec<String>,
    pub(crate) repairs: Repairs,
    /// The source files, by their paths in the copy.
    pub(crate) files: BTreeMap<PathBuf, Copied>,
}

/// A source file of the copy.
#[derive(Debug)]
pub(crate) struct Copied {
    pub(crate) package: String,
    pub(crate) original: PathBuf,
    pub(crate) source: String,
    pub(crate) edits: Vec<Edit>,
    /// The items that are not instrumented.
    pub(crate) skipped: Vec<Skipped>,
    /// Why the file cannot be read, if so; then it is as it was.
    pub(crate) unparsed: Option<String>,
    pub(crate) edited: Edited,
}

impl Copy {
    /// Returns the copy of a project, which [`write`](Self::write) makes.
    pub(crate) fn new(project: &Project, facades: Facades, repairs: Repairs) -> Self {
        let home = project.target.join("objgraph");
        let tree = Tree::of(project, home.join("tree"));
        Self {
            trees: vec![tree],
            packages: project.packages.clone(),
            patches: Vec::new(),
            own_packages: Vec::new(),
            files: BTreeMap::new(),
            facades,
            repairs,
            home,
        }
    }

    /// The target folder of the copy.
    pub(crate) fn target(&self) -> PathBuf {
        self.home.join("build")
    }

    /// Returns where a path of the original is in the copy.
    pub(crate) fn copied(&self, original: &Path) -> Option<PathBuf> {
        self.trees.iter().find_map(|tree| tree.copied(original))
    }

    /// Returns the file of the copy that the compiler names, from the folder of a workspace or of a
    /// package, one of whose files is `neighbour`.
    pub(crate) fn find(&self, name: &Path, neighbour: &Path) -> Option<&Copied> {
        if let Some(file) = self.files.get(name) {
            return Some(file);
        }
        let above = neighbour.ancestors().skip(1);
        let tops = self.trees.iter().map(|tree| &*tree.copy);
        tops.chain(above)
            .find_map(|folder| self.files.get(&tree::normal(&folder.join(name))))
    }

    /// Returns the package that a file of the copy belongs to.
    pub(crate) fn package_of(&self, copied: &Path) -> Option<&str> {
        let original = self.trees.iter().find_map(|tree| tree.original(copied))?;
        let around = self
            .packages
            .iter()
            .filter(|package| package.has(&original));
        let nearest = around.max_by_key(|package| package.dir.as_os_str().len())?;
        Some(&nearest.name)
    }

    /// Writes the copy as it should be now.
    pub(crate) fn write(&mut self) -> Result<(), Error> {
        self.files.clear();
        let mut changed = BTreeMap::new();
        for package in self.packages.clone() {
            if !self.repairs.plain.contains_key(&package.name) {
                self.instrument(&package)?;
            }
        }
        for file in self.files.values() {
            if file.edited.text != file.source {
                changed.insert(file.original.clone(), file.edited.text.clone());
            }
        }
        self.change_manifests(&mut changed)?;
        for tree in &self.trees {
            let of_tree = changed
                .iter()
                .filter(|(path, _)| path.starts_with(&tree.original));
            tree.update(
                &of_tree
                    .map(|(path, text)| (path.clone(), text.clone()))
                    .collect(),
            )?;
        }
        self.trees[0].copy_lock()
    }

    /// Returns the manifests of the copy as they are now. They are written before cargo can say what
    /// they should be, and the program would be built again if they seemed new.
    pub(crate) fn manifest_times(&self) -> Times {
        let root = &self.trees[0].original;
        let folders = self.packages.iter().map(|package| &package.dir);
        let manifests = folders.chain([root]).map(|dir| dir.join("Cargo.toml"));
        Times::of(manifests.filter_map(|path| self.copied(&path)))
    }

    fn instrument(&mut self, package: &Package) -> Result<(), Error> {
        let read = |path: &Path| fs::read_to_string(path).ok();
        for (path, (role, edition)) in modules::files(&package.roots, &read) {
            let Some(copied) = self.copied(&path) else {
                continue;
            };
            let source = fs::read_to_string(&path).map_err(|error| Error::io(&path, error))?;
            let repairs = self.repairs.of(&path, &source);
            let pointees = self.repairs.pointees.get(&package.name);
            let pointees = pointees.into_iter().flat_map(|pointees| pointees.keys());
            let mut context = context(role, edition);
            context.std_pointees = pointees
                .flat_map(|path| pointee::local_names(&source, path))
                .collect();
            let file = Copied::new(package, path.clone(), source, context, repairs);
            self.files.insert(copied, file);
        }
        Ok(())
    }

    fn change_manifests(&self, changed: &mut BTreeMap<PathBuf, String>) -> Result<(), Error> {
        let root = &self.trees[0].original;
        let mut folders: BTreeMap<&Path, Option<&str>> = BTreeMap::from([(root.as_path(), None)]);
        for package in &self.packages {
            folders.insert(&package.dir, Some(&package.name));
        }
        let mut packages = self.packages.iter();
        let has_facades = packages.any(|package| !self.repairs.plain.contains_key(&package.name));
        let own_packages: &[String] = match has_facades {
            true => &self.own_packages,
            false => &[],
        };
        let moved = |path: &Path| {
            let inside = path.starts_with(root);
            (!inside).then(|| self.copied(path).unwrap_or_else(|| path.to_owned()))
        };
        for (dir, package) in folders {
            let path = dir.join("Cargo.toml");
            let text = fs::read_to_string(&path).map_err(|error| Error::io(&path, error))?;
            let is_instrumented =
                package.is_some_and(|package| !self.repairs.plain.contains_key(package));
            let change = Change {
                dir,
                moved: &moved,
                facades: is_instrumented.then_some(&self.facades),
                is_root: dir == root,
                patches: &self.patches,
                own_packages,
            };
            let text = manifest::edit(&text, &change)
                .map_err(|error| Error::Manifest(path.clone(), error.to_string()))?;
            changed.insert(path, text);
        }
        Ok(())
    }

    /// Returns the derives of the copy, with their files.
    pub(crate) fn derives(&self) -> impl Iterator<Item = (&Copied, &Edit)> {
        self.files.values().flat_map(|file| {
            let edits = file.edits.iter();
            let derives = edits.filter(|edit| matches!(edit.kind, EditKind::Derive { .. }));
            derives.map(move |edit| (file, edit))
        })
    }
}

impl Copied {
    fn new(
        package: &Package,
        original: PathBuf,
        source: String,
        mut context: Context,
        repairs: Option<&FileRepairs>,
    ) -> Self {
        context.has_std_pointers = repairs.is_some_and(|repairs| repairs.uses_std.is_some());
        let (mut edits, skipped, unparsed) = match objgraph_edits::instrument(&source, &context) {
            Ok(plan) => (plan.edits, plan.skipped, None),
            Err(error) => (Vec::new(), Vec::new(), Some(error.to_string())),
        };
        if let Some(repairs) = repairs {
            edits.retain(|edit| !repairs.left_out.contains_key(&edit.range.start));
            for replacement in &repairs.replaced {
                let is_free = edits.iter().all(|edit| {
                    edit.range.end <= replacement.start || replacement.end <= edit.range.start
                });
                if is_free {
                    edits.push(Edit::repair(replacement.range(), replacement.text.clone()));
                }
            }
        }
        edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
        let edited = objgraph_edits::apply(&source, &edits);
        Self {
            package: package.name.clone(),
            original,
            source,
            edits,
            skipped,
            unparsed,
            edited,
        }
    }
}

fn context(role: Role, edition: cargo_metadata::Edition) -> Context {
    let role = match role {
        Role::Library => objgraph_edits::Role::Library,
        Role::Program => objgraph_edits::Role::Program,
        Role::Module | Role::Included => objgraph_edits::Role::Module,
    };
    Context {
        edition: edition_of(edition),
        role,
        ..Context::default()
    }
}

/// Returns the edition as the edits know it.
pub(crate) fn edition_of(edition: cargo_metadata::Edition) -> objgraph_edits::Edition {
    use cargo_metadata::Edition as Cargo;
    use objgraph_edits::Edition;
    match edition {
        Cargo::E2015 => Edition::E2015,
        Cargo::E2018 => Edition::E2018,
        Cargo::E2021 => Edition::E2021,
        _ => Edition::E2024,
    }
}
