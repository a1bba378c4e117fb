//! Programs that know nothing of objgraph, and leak.

use crate::project::{Project, Ran};

const NODE: &str = "use std::cell::RefCell;
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

#[test]
fn run_reports_a_leak_by_the_lines_of_the_original_and_changes_nothing() {
    let main = format!("{NODE}\nfn main() {{\n    ring();\n    println!(\"done\");\n}}\n");
    let project = Project::program(&main);
    let before = project.files();
    let ran = project.run(&["run"]);
    ran.exits_with(1)
        .prints("done")
        .prints("2 objects leaked")
        .prints("src/main.rs:9:")
        .prints("fix: make `Node.next` Weak")
        .prints("Instrumented 1 of 1 types");
    assert_eq!(project.files(), before);
    let ignored = project.folder().join("target/objgraph/.gitignore");
    assert_eq!(std::fs::read_to_string(ignored).unwrap(), "*\n");
    project.run(&["run", "--fail-on", "none"]).exits_with(0);
    let mut command = project.command("", &["run"]);
    Ran::of(command.env("GITHUB_ACTIONS", "true").output().unwrap())
        .exits_with(1)
        .prints("\n::error file=src/main.rs,line=9,")
        .prints("title=leak in shop::2 objects leaked (leak-")
        .prints("): make Node.next Weak\n");
    let ran = project.run(&["run", "--json"]);
    let json = ran
        .exits_with(1)
        .stdout
        .split_once('{')
        .map(|(_, json)| format!("{{{json}"));
    let json: serde_json::Value = serde_json::from_str(&json.unwrap()).unwrap();
    assert_eq!(json["programs"][0]["leaks"]["kinds"][0]["objects"], 2);
    let snapshot = json["programs"][0]["snapshot"].as_str().unwrap();
    let asked = project.ask(&["leaks", snapshot]);
    asked
        .exits_with(1)
        .prints("2 objects leaked")
        .prints("src/main.rs:9:");
}

#[test]
fn a_program_without_leaks_is_clean_however_it_ends() {
    let project = Project::program(
        "fn main() {\n    let code = std::env::args().nth(1).map_or(0, |n| n.parse().unwrap());\n    \
         if code > 0 { std::process::exit(code) }\n}\n",
    );
    project.run(&["run"]).exits_with(0).prints("Nothing leaked");
    let ran = project.run(&["run", "--", "7"]);
    ran.exits_with(7).prints("Nothing leaked");
}

#[test]
fn a_leak_behind_a_closure_a_generic_type_and_dyn_is_found() {
    let project = Project::program(
        "use std::cell::RefCell;
use std::rc::Rc;

trait Widget {
    fn share(self: Rc<Self>) -> Rc<dyn Widget>;
}

struct Window<T> {
    on_close: RefCell<Vec<Box<dyn Fn()>>>,
    title: T,
}

impl<T: std::fmt::Display + 'static> Widget for Window<T> {
    fn share(self: Rc<Self>) -> Rc<dyn Widget> {
        self
    }
}

fn main() {
    let window = Rc::new(Window { on_close: RefCell::default(), title: \"main\" });
    let captured = window.clone();
    window.on_close.borrow_mut().push(Box::new(move || println!(\"{}\", captured.title)));
    let shared: Rc<dyn Widget> = window.share();
    drop(shared);
}
",
    );
    project
        .run(&["run"])
        .exits_with(1)
        .prints("likely leaked")
        .prints("Window.on_close");
}

/// An error that may be the program's own is followed by a build without instruments.
#[test]
fn a_lifetime_that_is_too_short_for_a_pointer_costs_its_file_alone() {
    let main = r#"mod page;

use std::rc::Rc;

struct Line<'a>(&'a str);

fn first_line(text: &str) -> Rc<Line<'_>> {
    Rc::new(Line(text.lines().next().unwrap_or_default()))
}

fn main() {
    page::leak();
    println!("{}", first_line("title\n").0);
}
"#;
    let page = "use std::cell::RefCell;
use std::rc::Rc;

#[derive(Default)]
struct Page {
    next: RefCell<Option<Rc<Page>>>,
}

pub fn leak() {
    let page = Rc::new(Page::default());
    page.next.replace(Some(page.clone()));
}
";
    let project = Project::program(main);
    project.write("src/page.rs", page);
    let ran = project.run(&["run"]);
    ran.exits_with(1)
        .prints("title")
        .prints("1 object leaked")
        .prints("fix: make `Page.next` Weak");
}

#[test]
fn with_owners_each_handle_in_a_closure_counts() {
    let project = Project::program(
        "use std::cell::RefCell;
use std::rc::Rc;

struct Window {
    on_close: RefCell<Vec<Box<dyn Fn()>>>,
    title: &'static str,
}

fn main() {
    let window = Rc::new(Window { on_close: RefCell::default(), title: \"main\" });
    let (one, two) = (window.clone(), window.clone());
    window.on_close.borrow_mut().push(Box::new(move || println!(\"{} {}\", one.title, two.title)));
}
",
    );
    let ran = project.run(&["run"]);
    ran.exits_with(0)
        .prints("No leak found for certain")
        .prints("run with `--owners`")
        .does_not_print("objgraph::");
    let ran = project.run(&["run", "--owners", "--symbols"]);
    ran.exits_with(1)
        .prints("likely leaked")
        .prints("shop::main::{{closure}}")
        .does_not_print("--owners");
}

#[test]
fn tests_pass_as_they_do_without_and_their_leaks_are_in_the_table() {
    let tests = "
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaks() {
        ring();
    }

    #[test]
    fn is_clean() {
        let _node = Rc::new(Node { next: RefCell::new(None) });
    }

    #[test]
    #[should_panic(expected = \"on purpose\")]
    fn panics() {
        panic!(\"on purpose\");
    }

    #[test]
    fn returns_a_result() -> Result<(), String> {
        Ok(())
    }
}
";
    let manifest = "[package]\nname = \"shop\"\nedition = \"2021\"\n";
    let lib = format!("{NODE}{tests}");
    let project = Project::new(&[("Cargo.toml", manifest), ("src/lib.rs", &lib)]);
    let before = project.files();
    let ran = project.run(&["test"]);
    ran.exits_with(1)
        .prints("test tests::leaks ... ok")
        .prints("4 passed; 0 failed")
        .prints("4 tests: 1 leaks, 3 are clean")
        .prints("tests::leaks  leaked    leak-")
        .prints("fix: make `Node.next` Weak");
    assert_eq!(project.files(), before);
    let summary = project.outside().join("summary.md");
    let annotated = |args: &[&str]| {
        let mut command = project.command("", args);
        command.env("GITHUB_ACTIONS", "true");
        command.env("GITHUB_WORKSPACE", project.folder().parent().unwrap());
        Ran::of(
            command
                .env("GITHUB_STEP_SUMMARY", &summary)
                .output()
                .unwrap(),
        )
    };
    annotated(&["test"])
        .exits_with(1)
        .prints("\n::error file=a program/src/lib.rs,line=")
        .prints(",title=leak in shop%3A%3Atests%3A%3Aleaks::2 objects leaked");
    let text = std::fs::read_to_string(&summary).unwrap();
    assert!(text.starts_with("### cargo objgraph\n\n```text\nobjgraph: 4 tests: 1 leaks"));
    annotated(&["test", "--fail-on", "none", "--json"])
        .exits_with(0)
        .prints("::warning file=")
        .does_not_print("::error");
    let ran = project.run(&["test", "is_clean"]);
    ran.exits_with(0).prints("1 test: 1 is clean");
}

#[test]
fn a_test_that_fails_fails_as_it_does_without() {
    let project =
        Project::program("fn main() {}\n\n#[test]\nfn fails() {\n    assert_eq!(1, 2);\n}\n");
    let ran = project.run(&["test"]);
    ran.exits_with(101)
        .prints("test fails ... FAILED")
        .prints("src/main.rs:5:");
}
