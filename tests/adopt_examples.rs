//! The programs of `examples/adopt` print what their README says.
// recount: no, it builds and runs the examples.

use std::path::Path;
use std::process::Command;

#[test]
fn the_programs_print_what_the_readme_says() {
    if !objgraph::ENABLED {
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/adopt");
    let readme = std::fs::read_to_string(folder.join("README.md")).expect("there is a README");
    let mut blocks = readme.split("<!-- adopt_").skip(1).peekable();
    assert!(blocks.peek().is_some());
    for block in blocks {
        let (name, rest) = block.split_once(" -->").expect("a comment has an end");
        let text = rest.split("```").nth(1).expect("a block follows");
        let printed = run(&format!("adopt_{name}"));
        let mut lines = printed.lines();
        for expected in text.trim_start_matches("text\n").lines() {
            assert!(
                lines.any(|line| line == expected),
                "adopt_{name} does not print, or not there: {expected}\nbut:\n{printed}"
            );
        }
    }
}

fn run(example: &str) -> String {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["run", "--quiet", "--example", example])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{example}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("it prints text")
}
