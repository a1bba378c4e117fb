//! What the environment chooses, in processes of their own.

use std::process::Command;

use objgraph::rc::Rc;
use objgraph::{ENABLED, count_of, tracking};

struct Kept;
struct Dropped;

/// The part of the test below that runs in processes of their own.
#[allow(clippy::print_stdout, reason = "the test below reads it")]
#[test]
fn in_a_child() {
    if std::env::var_os("OBJGRAPH_TEST_CHILD").is_none() {
        return;
    }
    let counts = || {
        let made = (Rc::new(Kept), Rc::new(Dropped), Rc::new(1_i64));
        let counts = (count_of::<Kept>(), count_of::<Dropped>(), count_of::<i64>());
        drop(made);
        counts
    };
    println!("\n{:?}", counts());
    tracking::except([] as [&str; 0]).unwrap();
    println!("{:?}", counts());
    tracking::all();
    println!("{:?}", counts());
}

/// Returns what the child prints: numbers of objects, and errors.
fn child(variables: &[(&str, &str)]) -> (Vec<String>, String) {
    let child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "environment::in_a_child",
            "--nocapture",
            "--test-threads=1",
        ])
        .env("OBJGRAPH_TEST_CHILD", "1")
        .env_remove("OBJGRAPH_ONLY")
        .env_remove("OBJGRAPH_EXCEPT")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    assert!(child.status.success());
    let out = String::from_utf8(child.stdout).unwrap();
    let lines = out.lines().filter(|line| line.starts_with('('));
    let errors = String::from_utf8(child.stderr).unwrap();
    (lines.map(str::to_owned).collect(), errors)
}

#[test]
fn the_environment_chooses_until_the_program_does() {
    if !ENABLED {
        return;
    }
    let (own, out) = ("*::environment::*", "environment::Dropped");
    let (counts, _) = child(&[("OBJGRAPH_ONLY", own), ("OBJGRAPH_EXCEPT", out)]);
    assert_eq!(counts, ["(1, 0, 0)", "(1, 1, 0)", "(1, 1, 1)"]);
    let (counts, errors) = child(&[("OBJGRAPH_ONLY", "app:*"), ("OBJGRAPH_EXCEPT", " ")]);
    assert_eq!(counts, ["(1, 1, 1)"; 3]);
    assert!(
        errors.contains("objgraph: OBJGRAPH_ONLY is ignored: `app:*` can match no type"),
        "{errors}"
    );
    assert_eq!(child(&[]).0, ["(1, 1, 1)"; 3]);
}
