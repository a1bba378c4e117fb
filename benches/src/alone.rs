//! Programs of `benches/alone`, which need a build of their own: one with tracking off, one with
//! another allocator, one with another feature of a peer.

use std::path::PathBuf;
use std::process::Command;

use crate::program::{Trouble, cargo, folder, output, own_target};

/// Builds a program of that package with these features, and gives its path.
pub(crate) fn build(name: &str, features: &str) -> Result<PathBuf, Trouble> {
    let target = own_target()?;
    let manifest = folder().join("alone/Cargo.toml");
    output(
        cargo()
            .args(["build", "--release", "--bin", name, "--features", features])
            .arg("--manifest-path")
            .arg(manifest)
            .arg("--target-dir")
            .arg(&target)
            .env_remove("CARGO_BUILD_TARGET"),
    )?;
    let program = target.join("release").join(name);
    Ok(program.with_extension(std::env::consts::EXE_EXTENSION))
}

/// How many instructions a round of a program takes, by callgrind: two runs, of which one goes
/// so many rounds more.
pub(crate) fn instructions(name: &str) -> Result<f64, Trouble> {
    const FEW: u64 = 1_000;
    const MANY: u64 = 11_000;
    if Command::new("valgrind").arg("--version").output().is_err() {
        return Err(Trouble::Missing("valgrind"));
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
        number.ok_or_else(Trouble::no_number)
    };
    Ok((collected(MANY)? - collected(FEW)?) / (MANY - FEW) as f64)
}
