//! The guides show what programs do and what objgraph prints.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Returns the fenced blocks of a language.
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

/// Returns the text without differences of indentation and line breaks.
fn squeezed(text: &str) -> String {
    let mut out: String = text.split_whitespace().collect();
    for end in [")", "]", "}"] {
        out = out.replace(&format!(",{end}"), end);
    }
    out
}

/// The pages whose programs are parts of the example `guide`, or of tests.
const PAGES: [&str; 4] = ["closures.md", "guide.md", "service.md", "tokio.md"];

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
    let programs = squeezed(&programs);
    for page in PAGES {
        let text = fs::read_to_string(root.join("docs").join(page)).expect("it is text");
        let blocks = blocks(&text, "rust");
        assert!(blocks.len() > 4, "{page} has {} blocks", blocks.len());
        for block in blocks {
            assert!(
                programs.contains(&squeezed(&block)),
                "no program has this, of {page}:\n{block}"
            );
        }
    }
}

#[test]
fn texts_are_what_the_programs_print() {
    if !objgraph::ENABLED {
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let guide = printed("guide");
    for page in PAGES {
        let text = fs::read_to_string(root.join("docs").join(page)).expect("it is text");
        for block in blocks(&text, "text") {
            assert_prints(page, &guide, &block);
        }
    }
}

/// Asserts that the program prints the lines of the block, one after the other. A line that is only
/// `…` stands for lines left out.
fn assert_prints(page: &str, printed: &str, block: &str) {
    let parts = block.split('\n').collect::<Vec<_>>();
    let mut from = 0;
    for part in parts.split(|line| line.trim() == "…") {
        let part = part.join("\n");
        let found = printed[from..].find(&part);
        let at = found.unwrap_or_else(|| panic!("{page} shows\n{part}\nbut printed is\n{printed}"));
        from += at + part.len();
    }
}

/// What an example prints.
fn printed(example: &str) -> String {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["run", "--quiet", "--example", example])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{example}: {errors}");
    String::from_utf8(output.stdout).expect("it prints text")
}

#[test]
fn every_picture_of_the_guide_is_shown() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let guide = fs::read_to_string(docs.join("guide.md")).expect("it is text");
    let mut pictures = 0;
    for entry in fs::read_dir(docs.join("guide")).expect("the folder is there") {
        let name = entry.expect("it can be listed").file_name();
        let name = name.to_string_lossy();
        assert!(
            guide.contains(&format!("][{name}]\n")),
            "the guide does not show {name}"
        );
        assert!(
            guide.contains(&format!("\n[{name}]: guide/{name}\n")),
            "{name} has no file"
        );
        pictures += 1;
    }
    assert_eq!(guide.matches("]: guide/").count(), pictures);
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
        if !name.ends_with(".md") {
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
        for used in text
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

/// The text of every file below the folder whose name ends so.
fn texts(folder: &Path, end: &str, out: &mut String) {
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("it can be listed").path();
        if path.is_dir() {
            texts(&path, end, out);
        } else if path.to_string_lossy().ends_with(end) {
            out.push_str(&fs::read_to_string(&path).expect("it is text"));
        }
    }
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
