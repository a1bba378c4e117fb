//! Builds and measures the programs of `benches/alone`, which need a build of their own: with
//! tracking off, without optimisation, with another allocator, or with another feature of a peer.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{MeasureError, cargo, folder, output, own_target};

/// What is optimised in the profile `dev`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum DevBuild {
    /// Nothing.
    Plain,
    /// Dependencies, as the guides advise.
    WithLines,
}

/// Builds a program of that package with these features, and returns its path.
pub(crate) fn build(name: &str, features: &str) -> Result<PathBuf, MeasureError> {
    build_in("release", name, features)
}

/// Builds a program in a profile, `dev` or `release`, and returns its path.
pub(crate) fn build_in(profile: &str, name: &str, features: &str) -> Result<PathBuf, MeasureError> {
    build_with(&own_target()?, profile, name, &["--features", features])
}

/// Builds a program of that package in the profile `dev`, and returns its path.
pub(crate) fn build_dev(name: &str, how: DevBuild) -> Result<PathBuf, MeasureError> {
    let target = own_target()?;
    match how {
        DevBuild::Plain => build_with(&target, "dev", name, &[]),
        DevBuild::WithLines => {
            // Members of a workspace are no dependencies for `"*"`, so they are named.
            let packages = ["objgraph", "objgraph-core", "objgraph-analysis", "\"*\""];
            let lines =
                packages.map(|package| format!("profile.dev.package.{package}.opt-level=3"));
            let options: Vec<&str> = lines.iter().flat_map(|line| ["--config", line]).collect();
            // In a folder of its own, so that neither build replaces the program of the other.
            build_with(&target.join("with_lines"), "dev", name, &options)
        }
    }
}

fn build_with(
    target: &Path,
    profile: &str,
    name: &str,
    options: &[&str],
) -> Result<PathBuf, MeasureError> {
    let manifest = folder().join("alone/Cargo.toml");
    output(
        cargo()
            .args(["build", "--profile", profile, "--bin", name])
            .args(options)
            .arg("--manifest-path")
            .arg(manifest)
            .arg("--target-dir")
            .arg(target)
            .env_remove("CARGO_BUILD_TARGET"),
    )?;
    let program = target
        .join(if profile == "dev" { "debug" } else { profile })
        .join(name);
    Ok(program.with_extension(std::env::consts::EXE_EXTENSION))
}

/// Returns the number of instructions that one round of a program takes, by callgrind: the
/// difference of two runs, divided by the difference of their rounds, which follow the arguments.
pub(crate) fn instructions(program: &Path, arguments: &[&str]) -> Result<f64, MeasureError> {
    const FEW: u64 = 1_000;
    const MANY: u64 = 11_000;
    let collected = |rounds: u64| {
        let output = output(
            Command::new("valgrind")
                .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
                .arg(program)
                .args(arguments)
                .arg(rounds.to_string()),
        )?;
        let text = String::from_utf8_lossy(&output.stderr);
        let number = text.split_once("Collected : ");
        let number = number.and_then(|(_, rest)| rest.lines().next()?.trim().parse::<f64>().ok());
        number.ok_or_else(MeasureError::no_number)
    };
    Ok((collected(MANY)? - collected(FEW)?) / (MANY - FEW) as f64)
}

/// Returns an error where callgrind is missing, before anything is built for it.
pub(crate) fn require_callgrind() -> Result<(), MeasureError> {
    match Command::new("valgrind").arg("--version").output() {
        Ok(_) => Ok(()),
        Err(_) => Err(MeasureError::Missing("valgrind")),
    }
}
