//! Dependencies outside of the workspace, which are instrumented if they are named.

use std::fs;

use crate::project::Project;

const INDEX: &str = "https://registry.invalid/index";

const SHARED: &str = "use std::cell::RefCell;
use std::rc::Rc;

pub struct Node {
    next: RefCell<Option<Rc<Node>>>,
}

pub fn ring() {
    let one = Rc::new(Node { next: RefCell::new(None) });
    let two = Rc::new(Node { next: RefCell::new(Some(one.clone())) });
    *one.next.borrow_mut() = Some(two);
}
";

/// A program with a crate from a registry, which is a folder here, as `cargo vendor` makes it.
fn program() -> Project {
    let project = Project::program("fn main() {\n    shared::ring();\n}\n");
    let manifest = "[package]\nname = \"shop\"\nedition = \"2024\"\n[dependencies]\n\
                    shared = { version = \"1\", registry = \"other\" }\n";
    project.write("Cargo.toml", manifest);
    let vendor = fs::canonicalize(project.outside()).unwrap().join("vendor");
    let config = format!(
        "[registries.other]\nindex = \"{INDEX}\"\n\
         [source.other]\nregistry = \"{INDEX}\"\nreplace-with = \"folder\"\n\
         [source.folder]\ndirectory = '{}'\n",
        vendor.display()
    );
    project.write(".cargo/config.toml", &config);
    let shared = vendor.join("shared");
    fs::create_dir_all(shared.join("src")).unwrap();
    let manifest = "[package]\nname = \"shared\"\nversion = \"1.2.3\"\nedition = \"2021\"\n";
    fs::write(shared.join("Cargo.toml"), manifest).unwrap();
    fs::write(shared.join("src/lib.rs"), SHARED).unwrap();
    fs::write(shared.join(".cargo-checksum.json"), "{\"files\":{}}").unwrap();
    project
}

#[test]
fn crates_of_a_registry_are_instrumented_if_they_are_named() {
    let project = program();
    let ran = project.run(&["run"]);
    ran.exits_with(0).does_not_print("objects leaked");
    for args in [&["run", "--deps", "shared"][..], &["run", "--all-deps"]] {
        let ran = project.run(args);
        ran.exits_with(1)
            .prints("2 objects leaked")
            .prints("fix: make `Node.next` Weak")
            .prints("Instrumented 1 of 1 types");
    }
    let ran = project.run(&["run", "--deps", "objgraph-core"]);
    ran.exits_with(0).prints("objgraph depends on it");
}
