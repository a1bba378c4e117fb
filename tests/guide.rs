//! The guide shows what its programs do.

use std::fs;
use std::path::Path;

/// The fenced blocks of a language.
fn blocks(text: &str, language: &str) -> Vec<String> {
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

/// The text without what differs by where it stands and how it is broken into lines.
fn squeezed(text: &str) -> String {
    let mut out: String = text.split_whitespace().collect();
    for end in [")", "]", "}"] {
        out = out.replace(&format!(",{end}"), end);
    }
    out
}

#[test]
fn every_program_of_the_guide_is_one_that_runs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut programs = Vec::new();
    for entry in fs::read_dir(root.join("examples/guide")).expect("the folder is there") {
        let path = entry.expect("it can be listed").path();
        programs.push(squeezed(&fs::read_to_string(path).expect("it is text")));
    }
    let guide = fs::read_to_string(root.join("docs/guide.md")).expect("it is text");
    let blocks = blocks(&guide, "rust");
    assert!(blocks.len() > 15, "{} blocks", blocks.len());
    for block in blocks {
        let text = squeezed(&block);
        assert!(
            programs.iter().any(|program| program.contains(&text)),
            "no program in examples/guide has this:\n{block}"
        );
    }
}

#[test]
fn every_picture_of_the_guide_is_shown() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let guide = fs::read_to_string(docs.join("guide.md")).expect("it is text");
    let mut pictures = 0;
    for entry in fs::read_dir(docs.join("guide")).expect("the folder is there") {
        let name = entry.expect("it can be listed").file_name();
        let link = format!("](guide/{})", name.to_string_lossy());
        assert!(guide.contains(&link), "the guide does not show {name:?}");
        pictures += 1;
    }
    assert_eq!(guide.matches("](guide/").count(), pictures);
}
