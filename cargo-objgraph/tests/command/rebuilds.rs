//! A second build compiles only what changed.

use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;

use crate::project::Project;

#[test]
fn touching_one_file_rebuilds_its_crate_only() {
    let project = Project::new(&[
        (
            "Cargo.toml",
            "[workspace]\nmembers = [\"near\", \"far\"]\nresolver = \"3\"\n",
        ),
        (
            "near/Cargo.toml",
            "[package]\nname = \"near_one\"\nedition = \"2021\"\n[dependencies]\nfar_one = { path = \"../far\" }\n",
        ),
        ("near/src/lib.rs", "mod node;\npub use node::Near;\n"),
        (
            "near/src/node.rs",
            "pub struct Near(pub std::rc::Rc<far_one::Far>);\n",
        ),
        (
            "far/Cargo.toml",
            "[package]\nname = \"far_one\"\nedition = \"2021\"\n",
        ),
        // Without instructions, cargo runs it again if any file of the package seems new.
        ("far/build.rs", "fn main() {}\n"),
        ("far/src/lib.rs", "pub struct Far;\n"),
    ]);
    project.run(&["test"]).exits_with(0);
    let manifest = project.folder().join("target/objgraph/tree/Cargo.toml");
    let manifest = fs::read_to_string(manifest).unwrap();
    assert!(manifest.contains("objgraph-core@"), "it is built quickly");
    assert!(
        !manifest.contains("far_one@"),
        "the program's are as before"
    );
    let built = times(&project);
    project.run(&["test"]).exits_with(0);
    assert_eq!(times(&project), built, "nothing changed");
    project.write(
        "near/src/node.rs",
        "pub struct Near(pub std::rc::Rc<far_one::Far>, pub u8);\n",
    );
    project.run(&["test"]).exits_with(0);
    let rebuilt = times(&project);
    let changed: Vec<_> = rebuilt
        .iter()
        .filter(|file| !built.contains(file))
        .collect();
    assert!(!changed.is_empty());
    for (path, _) in changed {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(name.contains("near_one"), "{name} was built again");
    }
}

/// Returns the compiled libraries, with the times at which they were written.
fn times(project: &Project) -> Vec<(PathBuf, SystemTime)> {
    let folder = project.folder().join("target/objgraph/build/debug/deps");
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let libraries = entries.filter(|path| path.extension().is_some_and(|end| end == "rmeta"));
    let mut times: Vec<_> = libraries
        .map(|path| {
            let time = fs::metadata(&path).unwrap().modified().unwrap();
            (path, time)
        })
        .collect();
    times.sort();
    times
}
