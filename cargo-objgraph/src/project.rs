//! The program that is to be instrumented, as cargo describes it.

use std::path::{Path, PathBuf};

use cargo_metadata::{Edition, Metadata, MetadataCommand, TargetKind};

use crate::error::Error;

/// A workspace, or a package without one.
#[derive(Debug)]
pub(crate) struct Project {
    /// The folder of the workspace.
    pub(crate) root: PathBuf,
    /// The manifest that cargo was asked for: of the package in whose folder the command was run, or
    /// of the workspace.
    pub(crate) manifest: PathBuf,
    /// The target folder of the project.
    pub(crate) target: PathBuf,
    pub(crate) packages: Vec<Package>,
}

/// A package that may be instrumented.
#[derive(Clone, Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    /// The folder of its manifest.
    pub(crate) dir: PathBuf,
    pub(crate) roots: Vec<Root>,
    /// The names of the packages that it depends on, of every kind.
    pub(crate) dependencies: Vec<String>,
}

/// The root file of a build target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Root {
    pub(crate) path: PathBuf,
    pub(crate) edition: Edition,
    /// Whether it has a function `main` that is to be guarded.
    pub(crate) is_program: bool,
}

impl Project {
    /// Asks cargo for the workspace of a manifest, or of the current folder. Writes nothing, not even
    /// a lockfile.
    pub(crate) fn read(manifest: Option<&str>, target: Option<&str>) -> Result<Self, Error> {
        let mut command = MetadataCommand::new();
        command.no_deps();
        if let Some(manifest) = manifest {
            command.manifest_path(manifest);
        }
        let metadata = command.exec().map_err(Error::metadata)?;
        let target = match target {
            Some(target) => {
                std::path::absolute(target).map_err(|error| Error::io(target, error))?
            }
            None => metadata.target_directory.clone().into_std_path_buf(),
        };
        Ok(Self {
            manifest: asked_manifest(manifest, &metadata)?,
            root: metadata.workspace_root.clone().into_std_path_buf(),
            target,
            packages: metadata.packages.iter().filter_map(Package::new).collect(),
        })
    }
}

/// Returns the manifest that `--manifest-path` names, or the one that cargo finds from the current
/// folder upwards.
fn asked_manifest(manifest: Option<&str>, metadata: &Metadata) -> Result<PathBuf, Error> {
    if let Some(manifest) = manifest {
        return std::fs::canonicalize(manifest).map_err(|error| Error::io(manifest, error));
    }
    let here = std::env::current_dir().map_err(|error| Error::io(".", error))?;
    let found = here
        .ancestors()
        .map(|folder| folder.join("Cargo.toml"))
        .find(|manifest| manifest.is_file());
    Ok(found.unwrap_or_else(|| metadata.workspace_root.join("Cargo.toml").into()))
}

impl Package {
    /// Returns the package, or `None` for one that only has macros or a build script.
    pub(crate) fn new(package: &cargo_metadata::Package) -> Option<Self> {
        let dir = package.manifest_path.parent()?.as_std_path().to_owned();
        let roots: Vec<Root> = package.targets.iter().filter_map(Root::new).collect();
        (!roots.is_empty()).then(|| Self {
            name: package.name.to_string(),
            dir,
            roots,
            dependencies: package
                .dependencies
                .iter()
                .map(|dependency| dependency.name.clone())
                .collect(),
        })
    }

    /// Returns the path of the module that a file is, as other crates name it, if the files are where
    /// cargo expects them.
    pub(crate) fn module_of(&self, path: &Path) -> String {
        let inside = path.strip_prefix(self.dir.join("src")).unwrap_or(path);
        let names = inside.iter().map(|name| name.to_string_lossy());
        let modules = names
            .map(|name| name.trim_end_matches(".rs").to_owned())
            .filter(|name| !matches!(&**name, "lib" | "main" | "mod"));
        let crate_name = self.name.replace('-', "_");
        let path: Vec<String> = std::iter::once(crate_name).chain(modules).collect();
        path.join("::")
    }

    /// Returns whether a file belongs to the package.
    pub(crate) fn has(&self, path: &Path) -> bool {
        path.starts_with(&self.dir)
    }
}

impl Root {
    /// Returns the root file, or `None` for macros and build scripts, which run in the compiler and
    /// in cargo.
    fn new(target: &cargo_metadata::Target) -> Option<Self> {
        let is = |kind: TargetKind| target.kind.contains(&kind);
        if is(TargetKind::ProcMacro) || is(TargetKind::CustomBuild) {
            return None;
        }
        Some(Self {
            path: target.src_path.clone().into_std_path_buf(),
            edition: target.edition,
            is_program: is(TargetKind::Bin) || is(TargetKind::Example),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_named_from_the_crate() {
        let package = Package {
            name: "my-shop".to_owned(),
            dir: "/shop".into(),
            roots: Vec::new(),
            dependencies: Vec::new(),
        };
        for (path, module) in [
            ("/shop/src/lib.rs", "my_shop"),
            ("/shop/src/ui/mod.rs", "my_shop::ui"),
            ("/shop/src/ui/window.rs", "my_shop::ui::window"),
        ] {
            assert_eq!(package.module_of(Path::new(path)), module);
        }
    }
}
