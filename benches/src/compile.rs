//! Builds generated crates, to measure what a dependency and a derive cost.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use std::{env, fs};

use crate::process::{MeasureError, cargo, folder, output, own_target};

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
    /// This number of structs with `derive(Tracked)`, each created once; their dependencies are
    /// already built.
    Tracked { on: bool, structs: usize },
    /// The same structs with `derive(Serialize)`, each created and serialized once.
    Serialize { structs: usize },
    /// The same structs with `derive(Clone, Debug)`, debug assertions off.
    CloneDebug { structs: usize },
}

impl Build {
    /// Whether dependencies are built too.
    fn is_from_scratch(self) -> bool {
        match self {
            Self::CleanOurs | Self::CleanSerde | Self::ReleaseOurs | Self::ReleaseSerde => true,
            Self::Tracked { .. } | Self::Serialize { .. } | Self::CloneDebug { .. } => false,
        }
    }

    fn is_release(self) -> bool {
        matches!(self, Self::ReleaseOurs | Self::ReleaseSerde)
    }
}

/// Returns the wall time and the processor time, in seconds, of a build.
pub(crate) fn seconds(build: Build) -> Result<(f64, f64), MeasureError> {
    let built = CrateToBuild::new(build)?;
    if build.is_from_scratch() {
        let _ = fs::remove_dir_all(built.target());
    } else {
        built.write("fn main() {}\n")?;
        built.cargo_build()?;
    }
    built.write(&source(build))?;
    let (begun, before) = (Instant::now(), processors_of_children());
    built.cargo_build()?;
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
    is_release: bool,
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
            Build::Tracked { on: true, .. } => ("tracked", ours),
            Build::Tracked { on: false, .. } => ("tracked_off", ours),
            Build::Serialize { .. } => ("serialize", format!("{serde}\n{json}")),
            Build::CloneDebug { .. } => ("clone_debug", String::new()),
        };
        let new = Self {
            folder: root.join(name),
            debug_assertions: !matches!(
                build,
                Build::Tracked { on: false, .. } | Build::CloneDebug { .. }
            ),
            is_release: build.is_release(),
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
        new.write("fn main() {}\n")?;
        output(new.cargo().arg("fetch"))?;
        Ok(new)
    }

    fn write(&self, source: &str) -> Result<(), MeasureError> {
        Ok(fs::write(self.folder.join("src/main.rs"), source)?)
    }

    fn target(&self) -> PathBuf {
        self.folder.join("target")
    }

    fn cargo_build(&self) -> Result<(), MeasureError> {
        let release = self.is_release.then_some("--release");
        output(self.cargo().args(["build", "--offline"]).args(release)).map(drop)
    }

    /// Returns cargo, without environment variables that would change the profile.
    fn cargo(&self) -> Command {
        let mut cargo = cargo();
        for (name, _) in env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("CARGO_PROFILE_") || name.contains("RUSTFLAGS") {
                cargo.env_remove(&*name);
            }
        }
        cargo
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", self.target())
            .env("CARGO_INCREMENTAL", "0")
            .env_remove("CARGO_BUILD_TARGET")
            .env(
                "CARGO_PROFILE_DEV_DEBUG_ASSERTIONS",
                self.debug_assertions.to_string(),
            );
        cargo
    }
}

/// Returns the source of the program that is built: it creates one value of each type, and drops
/// it. Without a `main` that calls it, the compiler would compile nothing of what is generated for
/// a type.
fn source(build: Build) -> String {
    let (structs, derive, uses) = match build {
        Build::CleanOurs | Build::CleanSerde | Build::ReleaseOurs | Build::ReleaseSerde => {
            return "fn main() {}\n".to_owned();
        }
        Build::Tracked { structs, .. } => {
            (structs, "Tracked", "use objgraph::{Tracked, rc::Rc};\n")
        }
        Build::Serialize { structs } => (structs, "serde::Serialize", "use std::rc::Rc;\n"),
        Build::CloneDebug { structs } => (structs, "Clone, Debug", "use std::rc::Rc;\n"),
    };
    let length = match build {
        Build::Serialize { .. } => "serde_json::to_string(&value).unwrap().len()",
        _ => "std::hint::black_box(&value).list.len()",
    };
    let mut source = format!(
        "#![allow(dead_code)]\nuse std::collections::HashMap;\n{uses}\
         #[derive({derive})]\npub struct S0;\n"
    );
    let mut calls = String::new();
    for number in 1..=structs {
        let integer = ["u8", "u16", "u32", "u64"][number % 4];
        let other = number / 2;
        // Writing to a string never fails.
        let _ = writeln!(
            source,
            "#[derive({derive})]\npub struct S{number} {{\n    number: u64,\n    name: String,\n    \
             nick: Option<String>,\n    list: Vec<u32>,\n    \
             map: HashMap<String, {integer}>,\n    other: Option<Rc<S{other}>>,\n}}\n\
             fn s{number}() -> usize {{\n    let value = S{number} {{\n        \
             number: {number}, name: String::new(), nick: None, list: Vec::new(),\n        \
             map: HashMap::new(), other: None,\n    }};\n    {length}\n}}"
        );
        let _ = writeln!(calls, "    length += s{number}();");
    }
    let main = match build {
        Build::Tracked { .. } => "objgraph::show_growth();",
        _ => "",
    };
    let _ = writeln!(
        source,
        "fn main() {{\n    let mut length = 0;\n{calls}    println!(\"{{length}}\");\n    {main}\n}}"
    );
    source
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
