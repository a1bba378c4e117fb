//! The blocks of pages, compared with the programs that they show.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Returns the fenced blocks of a language.
pub(crate) fn blocks(text: &str, language: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(fence) = line.strip_prefix("```") else {
            continue;
        };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        if fence == language {
            blocks.push(block.join("\n"));
        }
    }
    blocks
}

/// Returns the text without differences of indentation and line breaks.
fn squeezed(text: &str) -> String {
    let mut out: String = text.split_whitespace().collect();
    for end in [")", "]", "}"] {
        out = out.replace(&format!(",{end}"), end);
    }
    out
}

/// Asserts that each Rust block of a page is a part of the programs.
pub(crate) fn assert_runs(page: &str, text: &str, programs: &str) {
    let programs = squeezed(programs);
    let blocks = blocks(text, "rust");
    assert!(blocks.len() > 1, "{page} has {} blocks", blocks.len());
    for block in blocks {
        assert!(
            programs.contains(&squeezed(&block)),
            "no program has this, of {page}:\n{block}"
        );
    }
}

/// Asserts that the program prints the lines of the block, one after the other. A line that is only
/// `…` stands for lines left out.
pub(crate) fn assert_prints(page: &str, printed: &str, block: &str) {
    let parts = block.split('\n').collect::<Vec<_>>();
    let mut from = 0;
    for part in parts.split(|line| line.trim() == "…") {
        let part = part.join("\n");
        let found = printed[from..].find(&part);
        let at = found.unwrap_or_else(|| panic!("{page} shows\n{part}\nbut printed is\n{printed}"));
        from += at + part.len();
    }
}

/// Returns what an example with these features prints.
pub(crate) fn printed(example: &str, features: &str) -> String {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args([
            "run",
            "--quiet",
            "--example",
            example,
            "--features",
            features,
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{example}: {errors}");
    String::from_utf8(output.stdout).expect("it prints text")
}

/// Appends the text of every file below the folder whose name ends so.
pub(crate) fn texts(folder: &Path, end: &str, out: &mut String) {
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("it can be listed").path();
        if path.is_dir() {
            texts(&path, end, out);
        } else if path.to_string_lossy().ends_with(end) {
            out.push_str(&fs::read_to_string(&path).expect("it is text"));
        }
    }
}
