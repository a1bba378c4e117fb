//! What `run` and `test` share: the project, its copy, and the build.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::build::{self, Build};
use crate::cargo::{Cargo, Compiler, say, warn};
use crate::cli::Instrumented;
use crate::copy::Copy;
use crate::dependencies;
use crate::error::Error;
use crate::facades::Facades;
use crate::project::Project;
use crate::repairs::Repairs;

/// A copy of the project that is ready to be built.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) copy: Copy,
    pub(crate) cargo: Cargo,
    repairs: PathBuf,
    /// Held until the command ends: two commands would write the same copy.
    _lock: File,
}

impl Session {
    /// Reads the project, and makes its copy.
    pub(crate) fn new(options: &Instrumented) -> Result<Self, Error> {
        let manifest = options.cargo_option("--manifest-path");
        let target = options.cargo_option("--target-dir");
        let project = Project::read(manifest.as_deref(), target.as_deref())?;
        let home = project.target.join("objgraph");
        let lock = lock(&home)?;
        let compiler = Compiler::of(&project.root)?;
        let is_unstable = !options.stable;
        let made_by = format!(
            "{} {:?} {} {} {} {:?} {}",
            env!("CARGO_PKG_VERSION"),
            compiler,
            is_unstable,
            options.owners,
            options.symbols,
            options.deps,
            options.all_deps
        );
        let repairs = home.join("repairs.json");
        let known = Repairs::load(&repairs, &made_by);
        let mut copy = Copy::new(&project, Facades::new(options), known);
        let manifest = copy.copied(&project.manifest).ok_or_else(|| {
            Error::Other(format!(
                "{} is not in the folder of its workspace, {}",
                project.manifest.display(),
                project.root.display()
            ))
        })?;
        let cargo = Cargo {
            manifest,
            target: copy.target(),
            options: options.cargo_for_copy(),
            is_unstable,
            is_stable_compiler: compiler == Compiler::Stable,
        };
        if cargo.is_unstable && cargo.is_stable_compiler {
            say(
                "Using",
                "unstable features of the compiler in this build; --stable avoids them",
            );
        }
        let times = copy.manifest_times();
        copy.write()?;
        dependencies::choose(&mut copy, &cargo, options)?;
        copy.write()?;
        times.restore()?;
        Ok(Self {
            copy,
            cargo,
            repairs,
            _lock: lock,
        })
    }

    /// Builds the copy.
    pub(crate) fn build(&mut self, subcommand: &[&str]) -> Result<Build, Error> {
        let path = self.repairs.clone();
        let save = move |copy: &Copy| copy.repairs.save(&path);
        let built = build::build(&mut self.copy, &self.cargo, subcommand, &save)?;
        if self.copy.derives().next().is_none() {
            warn("no type was instrumented; --explain lists why");
        }
        Ok(built)
    }

    /// Returns an empty folder for what the program writes about itself.
    pub(crate) fn findings(&self) -> Result<PathBuf, Error> {
        let folder = self.copy.home.join("findings");
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(|error| Error::io(&folder, error))?;
        }
        fs::create_dir_all(&folder).map_err(|error| Error::io(&folder, error))?;
        Ok(folder)
    }
}

/// Creates the folder of the command under the target folder, and waits until no other command uses it.
pub(crate) fn lock(home: &Path) -> Result<File, Error> {
    fs::create_dir_all(home).map_err(|error| unwritable(home, &error))?;
    // A program that does not ignore its target folder is as clean after this as before.
    let ignored = home.join(".gitignore");
    fs::write(&ignored, "*\n").map_err(|error| unwritable(&ignored, &error))?;
    let path = home.join("lock");
    let file = File::create(&path).map_err(|error| unwritable(&path, &error))?;
    if file.try_lock().is_err() {
        say(
            "Blocking",
            "waiting for another cargo objgraph of this project",
        );
        file.lock().map_err(|error| Error::io(&path, error))?;
    }
    Ok(file)
}

fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    Error::Other(format!(
        "cannot write {}: {error}; CARGO_TARGET_DIR chooses another target folder",
        path.display()
    ))
}
