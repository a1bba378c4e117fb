//! Pictures and tables are equal to those of Python's objgraph.
//!
//! `graphs.py` builds object graphs and has the real objgraph draw and count them; here the same
//! graphs are built in Rust, and the texts compared: tables byte for byte, pictures as graphs, with
//! every attribute of every node and arrow. `differences.rs` lists all intended differences.

#[path = "../nested_cargo/mod.rs"]
mod nested_cargo;

mod differences;
mod dot;
mod graphs;
mod leaking_objects;
mod pictures;
mod tables;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

use nested_cargo::has_tool;

/// Lets one test run at a time, since each counts all objects of the process.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Returns what Python's objgraph wrote, by case; `None` if it is not installed.
fn python() -> Option<BTreeMap<String, String>> {
    let import = "import objgraph; assert objgraph.__version__.split('.')[:2] >= ['3', '7']";
    if !has_tool("Python's objgraph 3.7", "python3", &["-c", import]) {
        return None;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/graphs.py");
    let output = Command::new("python3")
        .arg(script)
        .output()
        .expect("python3 runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let text = String::from_utf8(output.stdout).expect("it writes UTF-8");
    let cases = text.split("# case ").skip(1);
    let pair = |case: &str| {
        let (name, text) = case.split_once('\n').expect("a case has a name");
        (name.to_owned(), text.to_owned())
    };
    Some(cases.map(pair).collect())
}

#[test]
fn pictures_are_the_same() {
    let _alone = ONE_AT_A_TIME.lock();
    if !objgraph::ENABLED {
        return;
    }
    let Some(python) = python() else { return };
    let count = pictures::compare(&python);
    assert!(count >= 30, "{count} pictures");
}

#[test]
fn tables_are_the_same() {
    let _alone = ONE_AT_A_TIME.lock();
    if !objgraph::ENABLED {
        return;
    }
    let Some(python) = python() else { return };
    tables::compare(&python);
}

#[test]
fn leaking_objects_are_the_same() {
    let _alone = ONE_AT_A_TIME.lock();
    if !objgraph::ENABLED {
        return;
    }
    let Some(python) = python() else { return };
    leaking_objects::compare(&python);
}
