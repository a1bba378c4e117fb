//! The programs of `docs/guide.md`, one after the other. They write their pictures to
//! `target/objgraph/guide`.

#![allow(clippy::print_stdout, reason = "a program talks")]

mod closures;
mod finalisers;
mod forgotten;
mod leak;
mod options;
mod quick_start;
mod quoting;
mod searches;
mod service;
mod sizes;
mod tasks;
mod verdict;

use std::error::Error;
use std::path::{Path, PathBuf};

/// The result of a chapter.
type Outcome = Result<(), Box<dyn Error>>;

fn main() -> Outcome {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or("target".into(), PathBuf::from);
    let pictures = target.join("objgraph/guide");
    std::fs::create_dir_all(&pictures)?;
    if !objgraph::ENABLED {
        println!("Tracking is off: the guide has nothing to show.");
        return Ok(());
    }
    let chapters: [(&str, fn(&Path) -> Outcome); 12] = [
        ("Quick start", quick_start::run),
        ("A leak", leak::run),
        ("Forgotten references", forgotten::run),
        ("Options of pictures", options::run),
        ("Searches", searches::run),
        ("Quoting", quoting::run),
        ("Bytes", sizes::run),
        ("A service", service::run),
        ("Closures", closures::run),
        ("Tasks", tasks::run),
        ("The verdict", verdict::run),
        ("Finalisers", finalisers::run),
    ];
    for (name, run) in chapters {
        println!("== {name}");
        run(&pictures)?;
        println!();
    }
    Ok(())
}
