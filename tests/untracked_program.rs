//! A program that derives, but tracks no object, gets advice.

#![allow(clippy::print_stdout, reason = "the child prints")]

use std::process::Command;

use objgraph::Tracked;

#[derive(Tracked)]
#[allow(dead_code, reason = "it is only there")]
struct Session {
    peer: Option<std::rc::Rc<Session>>,
}

/// The part of the test below that runs in a process of its own.
#[test]
fn in_a_child() {
    if std::env::var_os("OBJGRAPH_TEST_CHILD").is_none() {
        return;
    }
    println!();
    objgraph::show_growth();
    objgraph::show_most_common_types();
    objgraph::growth::show_new_ids();
    objgraph::show_leaks(env!("CARGO_TARGET_TMPDIR").to_owned() + "/nothing.dot").unwrap();
}

#[test]
fn every_table_says_that_nothing_is_tracked_and_what_to_change() {
    let me = std::env::current_exe().unwrap();
    let child = Command::new(me)
        .args(["--exact", "in_a_child", "--nocapture", "--test-threads=1"])
        .env("OBJGRAPH_TEST_CHILD", "1")
        .output()
        .unwrap();
    let text = String::from_utf8(child.stdout).unwrap();
    if objgraph::ENABLED {
        assert_eq!(text.matches("use objgraph::rc::Rc").count(), 4, "{text}");
        assert!(text.contains("1 type derives `Tracked`"), "{text}");
    } else {
        assert_eq!(text.matches("tracking is off").count(), 1, "{text}");
    }
    let mut own = text.lines().filter(|line| !line.starts_with("test "));
    assert!(own.all(|line| line.chars().count() <= 80), "{text}");
}
