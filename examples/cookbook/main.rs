//! The recipes of `docs/cookbook.md`, one after the other:
//! `cargo run --example cookbook --features owners,save`.

#![allow(clippy::print_stdout, reason = "a program talks")]

mod alive;
mod checks;
mod files;
mod growth;
mod leaks;
mod pictures;

use std::error::Error;
use std::path::{Path, PathBuf};

/// The result of a recipe.
type Outcome = Result<(), Box<dyn Error>>;

fn main() -> Outcome {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or("target".into(), PathBuf::from);
    let folder = target.join("objgraph/cookbook");
    std::fs::create_dir_all(&folder)?;
    if !objgraph::ENABLED {
        println!("Tracking is off: the cookbook has nothing to show.");
        return Ok(());
    }
    let chapters: [fn(&Path) -> Outcome; 6] = [
        leaks::run,
        alive::run,
        growth::run,
        checks::run,
        pictures::run,
        files::run,
    ];
    for run in chapters {
        run(&folder)?;
    }
    Ok(())
}
