//! The guides show what programs do and what objgraph prints.

use std::fs;
use std::path::Path;

use pages::{assert_prints, assert_runs, blocks, printed, texts};

mod pages;

/// The pages whose programs are parts of the example `guide`, or of tests.
const PAGES: [&str; 5] = [
    "closures.md",
    "guide.md",
    "service.md",
    "tokio.md",
    "verdict.md",
];

#[test]
fn every_program_of_the_guides_is_one_that_runs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut programs = String::new();
    texts(&root.join("examples/guide"), ".rs", &mut programs);
    texts(
        &root.join("tests/fixtures/leaky_tests"),
        ".rs",
        &mut programs,
    );
    // Its own test runs them.
    texts(
        &root.join("objgraph-axum/recipes/src"),
        ".rs",
        &mut programs,
    );
    for page in PAGES {
        let text = fs::read_to_string(root.join("docs").join(page)).expect("it is text");
        assert_runs(page, &text, &programs);
    }
}

#[test]
fn texts_are_what_the_programs_print() {
    if !objgraph::ENABLED {
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let guide = printed("guide", "");
    for page in PAGES {
        let text = fs::read_to_string(root.join("docs").join(page)).expect("it is text");
        for block in blocks(&text, "text") {
            assert_prints(page, &guide, &block);
        }
    }
}

#[test]
fn every_picture_of_the_guide_is_shown() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let pages = ["guide.md", "verdict.md"];
    let pages = pages.map(|page| fs::read_to_string(docs.join(page)).expect("it is text"));
    let pages = pages.concat();
    let mut pictures = 0;
    for entry in fs::read_dir(docs.join("guide")).expect("the folder is there") {
        let name = entry.expect("it can be listed").file_name();
        let name = name.to_string_lossy();
        assert!(
            pages.contains(&format!("][{name}]\n")),
            "no page shows {name}"
        );
        assert!(
            pages.contains(&format!("\n[{name}]: guide/{name}\n")),
            "{name} has no file"
        );
        pictures += 1;
    }
    assert_eq!(pages.matches("]: guide/").count(), pictures);
}

/// A page is a file on GitHub and a module on docs.rs. Links between pages are by reference, so
/// that `src/guide/links.md` can lead them to modules.
#[test]
fn every_page_is_on_docs_rs_and_its_links_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let modules = fs::read_to_string(root.join("src/guide.rs")).expect("it is text");
    let links = fs::read_to_string(root.join("src/guide/links.md")).expect("it is text");
    for entry in fs::read_dir(root.join("docs")).expect("the folder is there") {
        let path = entry.expect("it can be listed").path();
        let name = path.file_name().expect("it has a name").to_string_lossy();
        // The order of the book, and what stands before the modules.
        if !name.ends_with(".md") || ["SUMMARY.md", "README.md"].contains(&&*name) {
            continue;
        }
        assert!(
            modules.contains(&format!("\"{name}\"")),
            "{name} is no module"
        );
        assert!(
            links.contains(&format!("[{name}]: crate::guide::")),
            "{name} has no link"
        );
        let text = fs::read_to_string(&path).expect("it is text");
        assert!(
            !text.contains(".md)"),
            "{name} has a link that is not by reference"
        );
        for used in prose(&text)
            .split("][")
            .skip(1)
            .filter_map(|rest| rest.split(']').next())
        {
            let is_there = root.join("docs").join(used).exists() || used.ends_with(".svg");
            assert!(is_there, "{name} links to {used}");
            assert!(
                text.contains(&format!("\n[{used}]: ")),
                "{name} defines no {used}"
            );
        }
    }
}

/// Returns the text without blocks and code.
fn prose(text: &str) -> String {
    let outside = text.split("```").step_by(2);
    outside
        .flat_map(|part| part.split('`').step_by(2))
        .collect()
}

/// A path that a document for contributors names exists. `NAME` stands for what is to be added.
#[test]
fn paths_in_documents_for_contributors_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = 0;
    for document in ["ARCHITECTURE.md", "CONTRIBUTING.md"] {
        let Ok(text) = fs::read_to_string(root.join(document)) else {
            continue;
        };
        let quoted = text.split('`').skip(1).step_by(2);
        let is_path = |quoted: &&str| {
            let bytes = quoted.bytes();
            let folder = quoted.split('/').next().unwrap_or_default();
            // What is in the target folder depends on what ran before.
            quoted.contains('/')
                && folder != "target"
                && root.join(folder).is_dir()
                && bytes
                    .into_iter()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte))
        };
        for path in quoted.filter(is_path) {
            paths += 1;
            let path = path.replace("/NAME.rs", "");
            assert!(root.join(&path).exists(), "{document} names {path}");
        }
    }
    assert!(paths > 10, "{paths} paths");
}

/// Joins the lines of string literals that a backslash continues.
fn joined(source: &str) -> String {
    let mut parts = source.split("\\\n");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(part.trim_start());
    }
    out.replace("\\\"", "\"")
}

/// The page begins with links to its entries, by the codes of the compiler and by messages.
#[test]
fn every_entry_of_troubleshooting_is_in_its_index() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/troubleshooting.md")).expect("it is text");
    let (index, entries) = page.split_once("\n## ").expect("the entries are there");
    for line in entries.lines() {
        if let Some(entry) = line.strip_prefix("### ") {
            assert!(
                index.contains(&format!("[{entry}](#")),
                "no link to: {entry}"
            );
        }
        if let Some((code, _)) = line
            .strip_prefix("error[")
            .and_then(|rest| rest.split_once(']'))
        {
            assert!(index.contains(&format!("| {code} |")), "no row for {code}");
        }
    }
}

/// Those of the compiler are checked by `tests/compiler_errors.rs`.
#[test]
fn every_message_in_troubleshooting_is_one_of_objgraph() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/troubleshooting.md")).expect("it is text");
    let (_, page) = page
        .split_once("\n## Errors of objgraph")
        .expect("the part is there");
    let mut sources = String::new();
    for folder in [
        "src",
        "objgraph-analysis/src",
        "objgraph-core/src",
        "objgraph-derive/src",
    ] {
        texts(&root.join(folder), ".rs", &mut sources);
    }
    let mut known = joined(&sources);
    texts(&root.join("tests/ui"), ".stderr", &mut known);
    let blocks = blocks(page, "text");
    assert!(blocks.len() > 12, "{} blocks", blocks.len());
    for line in blocks.iter().flat_map(|block| block.lines()) {
        // `…` stands for what differs.
        for part in line.split('…').map(str::trim).filter(|part| part.len() > 3) {
            assert!(
                known.contains(part),
                "objgraph does not print `{part}`, of: {line}"
            );
        }
    }
}
