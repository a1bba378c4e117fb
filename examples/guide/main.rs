//! The programs of `docs/guide.md`, one after the other. They leave their pictures in
//! `target/objgraph/guide`.

#![allow(clippy::print_stdout, reason = "a program talks")]

mod finalisers;
mod forgotten;
mod leak;
mod options;
mod quick_start;
mod quoting;
mod searches;
mod sizes;

use std::error::Error;
use std::path::{Path, PathBuf};

/// What a chapter gives back.
type Told = Result<(), Box<dyn Error>>;

fn main() -> Told {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or("target".into(), PathBuf::from);
    let pictures = target.join("objgraph/guide");
    std::fs::create_dir_all(&pictures)?;
    if !objgraph::ENABLED {
        println!("Tracking is off: the guide has nothing to show.");
        return Ok(());
    }
    let chapters: [(&str, fn(&Path) -> Told); 8] = [
        ("Quick start", quick_start::tell),
        ("A leak", leak::tell),
        ("Forgotten references", forgotten::tell),
        ("What a picture tells", options::tell),
        ("Searches", searches::tell),
        ("Quoting", quoting::tell),
        ("Finalisers", finalisers::tell),
        ("Bytes", sizes::tell),
    ];
    for (name, tell) in chapters {
        println!("== {name}");
        tell(&pictures)?;
        println!();
    }
    Ok(())
}
