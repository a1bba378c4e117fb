//! Builds generated crates, to measure what a dependency and a derive cost.

mod source;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use std::{env, fs};

use self::source::Files;
use crate::process::{MeasureError, cargo, folder, output, own_target};

pub(crate) use self::source::Derive;

/// Number of files of a crate of which one is edited.
const FILES: usize = 50;

/// What is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Build {
    /// `objgraph` with its default features, from scratch.
    CleanOurs,
    /// `serde` with `derive`, from scratch.
    CleanSerde,
    /// `objgraph` with its default features, from scratch in the profile `release`: tracking is off.
    ReleaseOurs,
    /// `serde` with `derive`, from scratch in the profile `release`.
    ReleaseSerde,
    /// This number of structs with a derive, each created once; their dependencies are already built.
    Derived {
        derive: Derive,
        structs: usize,
        debug_assertions: bool,
    },
    /// The same structs in 50 files, built incrementally, after one of the files was edited.
    Edited { derive: Derive, structs: usize },
    /// A program with this number of structs that knows nothing of objgraph, built and run by a
    /// command; what it depends on is already built.
    Run { command: Runner, structs: usize },
}

/// The command that builds a program and runs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Runner {
    /// `cargo objgraph run`, which instruments a copy of it.
    CargoObjgraph,
    /// `cargo run`.
    Cargo,
}

/// Returns the wall time and the processor time, in seconds, of a build.
pub(crate) fn seconds(build: Build) -> Result<(f64, f64), MeasureError> {
    let built = CrateToBuild::new(build)?;
    match build {
        Build::CleanOurs | Build::CleanSerde | Build::ReleaseOurs | Build::ReleaseSerde => {
            let _ = fs::remove_dir_all(built.target());
            built.write(&source::empty())?;
        }
        Build::Derived {
            derive, structs, ..
        } => {
            built.write(&source::empty())?;
            built.execute()?;
            built.write(&source::program(derive, structs, 0))?;
        }
        Build::Edited { derive, structs } => {
            let mut files = source::program(derive, structs, FILES);
            built.write(&files)?;
            built.execute()?;
            source::edit(&mut files[FILES / 2].1);
            built.write(&files)?;
        }
        Build::Run { structs, .. } => {
            built.write(&source::empty())?;
            built.execute()?;
            built.write(&source::program(Derive::CloneDebug, structs, 0))?;
        }
    }
    let (begun, before) = (Instant::now(), processors_of_children());
    built.execute()?;
    let wall = begun.elapsed().as_secs_f64();
    Ok((wall, processors_of_children() - before))
}

/// Returns the number of crates that a build of `objgraph` with its default features compiles,
/// itself included.
pub(crate) fn crates() -> Result<f64, MeasureError> {
    let tree = output(
        cargo()
            .args(["tree", "--package", "objgraph", "--edges", "normal,build"])
            .args(["--prefix", "none", "--format", "{p}"])
            .current_dir(workspace()),
    )?;
    let text = String::from_utf8_lossy(&tree.stdout);
    let names = text.lines().map(|line| line.trim_end_matches(" (*)"));
    Ok(names.collect::<BTreeSet<_>>().len() as f64)
}

/// A generated crate in a folder of its own.
struct CrateToBuild {
    folder: PathBuf,
    debug_assertions: bool,
    is_incremental: bool,
    action: Action,
}

/// What is done with a generated crate.
#[derive(Debug)]
enum Action {
    Build {
        profile: &'static str,
    },
    Run,
    /// Runs it by the program of `cargo objgraph` in this path.
    RunInstrumented(PathBuf),
}

impl CrateToBuild {
    /// Writes its manifest, with the versions in this workspace's lock file.
    fn new(build: Build) -> Result<Self, MeasureError> {
        let root = own_target()?.join("builds");
        let ours = format!("objgraph = {{ path = {:?} }}", workspace());
        let serde = "serde = { version = \"1\", features = [\"derive\", \"rc\"] }";
        let with_derive = "serde = { version = \"1\", features = [\"derive\"] }";
        let json = "serde_json = \"1\"";
        let (name, dependencies) = match build {
            Build::CleanOurs => ("clean_ours", ours),
            Build::CleanSerde => ("clean_serde", with_derive.to_owned()),
            Build::ReleaseOurs => ("release_ours", ours),
            Build::ReleaseSerde => ("release_serde", with_derive.to_owned()),
            Build::Derived {
                derive: Derive::Tracked,
                debug_assertions,
                ..
            } => match debug_assertions {
                true => ("tracked", ours),
                false => ("tracked_off", ours),
            },
            Build::Edited {
                derive: Derive::Tracked,
                ..
            } => ("tracked_edited", ours),
            Build::Derived {
                derive: Derive::Serialize,
                ..
            } => ("serialize", format!("{serde}\n{json}")),
            Build::Edited {
                derive: Derive::Serialize,
                ..
            } => ("serialize_edited", format!("{serde}\n{json}")),
            Build::Derived {
                derive: Derive::CloneDebug,
                ..
            } => ("clone_debug", String::new()),
            Build::Edited {
                derive: Derive::CloneDebug,
                ..
            } => ("clone_debug_edited", String::new()),
            Build::Run {
                command: Runner::CargoObjgraph,
                ..
            } => ("run_instrumented", String::new()),
            Build::Run {
                command: Runner::Cargo,
                ..
            } => ("run_plain", String::new()),
        };
        let new = Self {
            folder: root.join(name),
            debug_assertions: match build {
                Build::Derived {
                    debug_assertions, ..
                } => debug_assertions,
                _ => true,
            },
            is_incremental: matches!(build, Build::Edited { .. }),
            action: match build {
                Build::ReleaseOurs | Build::ReleaseSerde => Action::Build { profile: "release" },
                Build::Run {
                    command: Runner::CargoObjgraph,
                    ..
                } => Action::RunInstrumented(own_command()?),
                Build::Run {
                    command: Runner::Cargo,
                    ..
                } => Action::Run,
                _ => Action::Build { profile: "dev" },
            },
        };
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [workspace]\n\n[dependencies]\n{dependencies}\n"
        );
        fs::create_dir_all(new.folder.join("src"))?;
        fs::write(new.folder.join("Cargo.toml"), manifest)?;
        fs::copy(
            workspace().join("Cargo.lock"),
            new.folder.join("Cargo.lock"),
        )?;
        new.write(&source::empty())?;
        output(new.alone(cargo()).arg("fetch"))?;
        Ok(new)
    }

    /// Writes the files that have changed, so that the others keep their times.
    fn write(&self, files: &Files) -> Result<(), MeasureError> {
        for (name, text) in files {
            let path = self.folder.join("src").join(name);
            if fs::read_to_string(&path).ok().as_ref() != Some(text) {
                fs::write(path, text)?;
            }
        }
        Ok(())
    }

    fn target(&self) -> PathBuf {
        self.folder.join("target")
    }

    fn execute(&self) -> Result<(), MeasureError> {
        let (program, arguments): (_, &[&str]) = match &self.action {
            Action::Build { profile } => (cargo(), &["build", "--profile", profile]),
            Action::Run => (cargo(), &["run"]),
            Action::RunInstrumented(program) => (Command::new(program), &["objgraph", "run"]),
        };
        let mut command = self.alone(program);
        command.args(arguments).env("CARGO_NET_OFFLINE", "true");
        output(&mut command).map(drop)
    }

    /// Returns the command in the folder of the crate, without environment variables that would change
    /// the profile.
    fn alone(&self, mut command: Command) -> Command {
        for (name, _) in env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("CARGO_PROFILE_") || name.contains("RUSTFLAGS") {
                command.env_remove(&*name);
            }
        }
        command
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", self.target())
            .env(
                "CARGO_INCREMENTAL",
                u8::from(self.is_incremental).to_string(),
            )
            .env_remove("CARGO_BUILD_TARGET")
            .env(
                "CARGO_PROFILE_DEV_DEBUG_ASSERTIONS",
                self.debug_assertions.to_string(),
            );
        command
    }
}

/// Builds `cargo objgraph` as it is installed, and returns the path of its program.
fn own_command() -> Result<PathBuf, MeasureError> {
    let target = own_target()?;
    output(
        cargo()
            .args(["build", "--release", "--package", "cargo-objgraph"])
            .arg("--target-dir")
            .arg(&target)
            .current_dir(workspace())
            .env_remove("CARGO_BUILD_TARGET"),
    )?;
    let program = target.join("release/cargo-objgraph");
    Ok(program.with_extension(env::consts::EXE_EXTENSION))
}

/// Returns the processor time, in seconds, of child processes that have ended.
fn processors_of_children() -> f64 {
    const TICKS_A_SECOND: f64 = 100.0;
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The fields after the name, which is in parentheses.
    let fields = stat.rsplit_once(") ").map_or("", |(_, fields)| fields);
    let ticks = fields.split(' ').skip(13).take(2);
    let ticks: f64 = ticks.filter_map(|field| field.parse::<f64>().ok()).sum();
    ticks / TICKS_A_SECOND
}

fn workspace() -> &'static Path {
    folder().parent().unwrap_or(folder())
}
