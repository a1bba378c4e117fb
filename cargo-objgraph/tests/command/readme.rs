//! The README of the workspace shows what the command prints.

use std::fs;
use std::path::Path;

use crate::project::Project;

#[test]
fn the_readme_shows_what_run_prints_for_the_example() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    if !root.join("ARCHITECTURE.md").exists() {
        // A published package is without its workspace.
        return;
    }
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap();
    let project = Project::new(&[
        ("Cargo.toml", &read("examples/plain/Cargo.toml")),
        ("src/main.rs", &read("examples/plain/src/main.rs")),
    ]);
    let ran = project.run(&["run"]);
    ran.exits_with(1);
    let readme = read("README.md");
    let (_, block) = readme
        .split_once("<!-- command-output -->\n```console\n$ cargo objgraph run\n")
        .expect("the README shows the command");
    let (block, _) = block.split_once("```").expect("the block ends");
    let parts = block.split("…\n").filter(|part| !part.is_empty());
    let mut from = 0;
    for part in parts {
        let found = ran.stdout[from..].find(part);
        from += found.unwrap_or_else(|| panic!("{part}\nis not printed in\n{}", ran.stdout));
        from += part.len();
    }
    assert!(from > 0, "the block shows nothing");
}
