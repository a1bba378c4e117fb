//! Builds and measures the programs of `benches/alone`, which need a build of their own: with
//! tracking off, with another allocator, or with another feature of a peer.

use std::path::PathBuf;
use std::process::Command;

use crate::process::{MeasureError, cargo, folder, output, own_target};

/// Builds a program of that package with these features, and returns its path.
pub(crate) fn build(name: &str, features: &str) -> Result<PathBuf, MeasureError> {
    build_in("release", name, features)
}

/// Builds a program in a profile, `dev` or `release`, and returns its path.
pub(crate) fn build_in(profile: &str, name: &str, features: &str) -> Result<PathBuf, MeasureError> {
    let target = own_target()?;
    let manifest = folder().join("alone/Cargo.toml");
    output(
        cargo()
            .args(["build", "--profile", profile, "--bin", name])
            .args(["--features", features])
            .arg("--manifest-path")
            .arg(manifest)
            .arg("--target-dir")
            .arg(&target)
            .env_remove("CARGO_BUILD_TARGET"),
    )?;
    let program = target
        .join(if profile == "dev" { "debug" } else { profile })
        .join(name);
    Ok(program.with_extension(std::env::consts::EXE_EXTENSION))
}

/// Returns the number of instructions that one round of a program takes, by callgrind: the
/// difference of two runs, divided by the difference of their rounds.
pub(crate) fn instructions(name: &str) -> Result<f64, MeasureError> {
    const FEW: u64 = 1_000;
    const MANY: u64 = 11_000;
    if Command::new("valgrind").arg("--version").output().is_err() {
        return Err(MeasureError::Missing("valgrind"));
    }
    let program = build(name, "")?;
    let collected = |rounds: u64| {
        let output = output(
            Command::new("valgrind")
                .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
                .arg(&program)
                .arg(rounds.to_string()),
        )?;
        let text = String::from_utf8_lossy(&output.stderr);
        let number = text.split_once("Collected : ");
        let number = number.and_then(|(_, rest)| rest.lines().next()?.trim().parse::<f64>().ok());
        number.ok_or_else(MeasureError::no_number)
    };
    Ok((collected(MANY)? - collected(FEW)?) / (MANY - FEW) as f64)
}
