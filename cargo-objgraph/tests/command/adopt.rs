//! Programs that adopt objgraph for good.

use std::process::Command;

use crate::project::{Project, Ran, shared, without_own_variables};

const MANIFEST: &str = "[package]\nname = \"shop\"\nedition = \"2024\"\n";

/// Windows with a method of `Rc<Self>`, a `dyn Trait`, a text behind a pointer, and a waker.
const SHOP: &str = "use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::task::{Wake, Waker};

pub trait Observer {
    fn name(&self) -> String;
}

pub struct App {
    windows: RefCell<Vec<Rc<dyn Observer>>>,
    title: Arc<str>,
}

#[derive(Clone)]
pub struct Window {
    app: Weak<App>,
    id: u32,
}

impl Observer for Window {
    fn name(&self) -> String {
        self.id.to_string()
    }
}

impl App {
    pub fn new(title: &str) -> Rc<App> {
        let title = Arc::from(title);
        Rc::new(App { windows: RefCell::default(), title })
    }

    pub fn open(self: &Rc<Self>, id: u32) -> u32 {
        let window = Rc::new(Window { app: Rc::downgrade(self), id });
        self.windows.borrow_mut().push(window);
        if id == 0 { 1 } else { 1 + self.open(id - 1) }
    }

    pub fn title(&self) -> String {
        format!(\"{} {}\", self.title, self.windows.borrow().len())
    }
}

pub struct Task(pub Rc<u8>);

struct Ring;

impl Wake for Ring {
    fn wake(self: Arc<Self>) {}
}

pub fn waker() -> Waker {
    Waker::from(Arc::new(Ring))
}

#[test]
fn opens() {
    let app = App::new(\"shop\");
    assert_eq!(app.open(app.open(0)), 2);
    assert_eq!(app.title(), \"shop 3\");
}
";

const MAIN: &str = "fn main() {
    let app = shop::App::new(\"shop\");
    app.open(2);
    shop::waker().wake();
    println!(\"{}\", app.title());
}
";

fn shop() -> Project {
    Project::new(&[
        ("Cargo.toml", MANIFEST),
        ("src/lib.rs", SHOP),
        ("src/main.rs", MAIN),
    ])
}

/// Runs cargo on the program itself.
fn cargo(project: &Project, args: &[&str]) -> Ran {
    let mut command = Command::new("cargo");
    command.args(args).arg("--offline");
    without_own_variables(&mut command);
    command
        .current_dir(project.folder())
        .env("CARGO_TARGET_DIR", shared("adopted"));
    Ran::of(command.output().unwrap())
}

#[test]
fn a_program_is_adopted_once_and_builds_in_debug_and_release() {
    let project = shop();
    let before = project.files();
    let ran = project.run(&["adopt", "--check"]);
    ran.exits_with(1)
        .prints("3 files would change")
        .prints("-use std::rc::{Rc, Weak};\n")
        .prints("+use objgraph::rc::{Rc, Weak};\n")
        .prints("+#[derive(Clone, objgraph::Tracked)]\n")
        .prints("+    pub fn open(this: &Rc<Self>, id: u32) -> u32 {\n")
        .prints("1 + App::open(&this, id - 1)")
        .prints("push(objgraph::unsize!(window => dyn Observer))")
        .prints("+    title: std::sync::Arc<str>,\n")
        .prints("+    fn wake(self: std::sync::Arc<Self>) {}\n")
        .prints("+    assert_eq!(App::open(&app, App::open(&app, 0)), 2);\n")
        .prints("+    shop::App::open(&app, 2);\n");
    // Nobody is there to be asked.
    let ran = project.run(&["adopt", "--allow-no-vcs"]);
    ran.exits_with(1).prints("nothing was written; --yes");
    assert_eq!(project.files(), before);

    let ran = project.run(&["adopt", "--allow-no-vcs", "--yes"]);
    ran.exits_with(0).prints("3 files written");
    let adopted = project.files();
    assert_eq!(
        adopted.keys().collect::<Vec<_>>(),
        before.keys().collect::<Vec<_>>()
    );
    project.run(&["adopt", "--check"]).exits_with(0);
    let ran = project.run(&["adopt", "--allow-no-vcs", "--yes"]);
    ran.exits_with(0).prints("nothing is to be changed");
    assert_eq!(project.files(), adopted);

    cargo(&project, &["test"])
        .exits_with(0)
        .prints("test opens ... ok");
    cargo(&project, &["run", "--release"])
        .exits_with(0)
        .prints("shop 3");
}

#[test]
fn containers_of_other_crates_can_be_traced() {
    let manifest =
        "[package]\nname = \"shop\"\nedition = \"2024\"\n\n[dependencies]\nsmallvec = \"1\"\n";
    let lib = "pub struct Shop(pub smallvec::SmallVec<[std::rc::Rc<u8>; 2]>);\n";
    let project = Project::new(&[("Cargo.toml", manifest), ("src/lib.rs", lib)]);
    let ran = project.run(&["adopt", "--check"]);
    ran.exits_with(1)
        .prints("features = [\"scan\", \"smallvec\"]")
        .prints("+#[derive(objgraph::Tracked)]");
}

#[test]
fn what_cannot_be_adopted_is_left_and_listed() {
    let project = Project::new(&[
        (
            "Cargo.toml",
            "[workspace]\nmembers = [\"app\", \"bare\", \"old\"]\nresolver = \"3\"\n\n\
             [workspace.dependencies]\nbare = { path = \"bare\" }\n",
        ),
        (
            "app/Cargo.toml",
            "[package]\nname = \"app\"\nedition = \"2024\"\n\n[dependencies]\nbare.workspace = true\n",
        ),
        (
            "app/src/lib.rs",
            "pub mod shape;\n\nuse std::rc::Rc;\nuse std::sync::Arc;\n\n\
             pub struct Own(pub Rc<bare::Bare>, pub Arc<str>);\n",
        ),
        (
            "app/src/shape.rs",
            "use std::rc::Rc;\n\npub trait Shape {\n    fn share(self: Rc<Self>) -> Rc<dyn Shape>;\n}\n\n\
             pub struct Square(pub Rc<u8>);\n\nimpl Shape for Square {\n    \
             fn share(self: Rc<Self>) -> Rc<dyn Shape> {\n        self\n    }\n}\n",
        ),
        (
            "bare/Cargo.toml",
            "[package]\nname = \"bare\"\nedition = \"2024\"\n",
        ),
        (
            "bare/src/lib.rs",
            "#![no_std]\nextern crate alloc;\npub struct Bare(pub alloc::rc::Rc<u8>);\n",
        ),
        (
            "old/Cargo.toml",
            "[package]\nname = \"old\"\nversion = \"0.1.0\"\n",
        ),
        ("old/src/lib.rs", "pub struct Old(pub std::rc::Rc<u8>);\n"),
    ]);
    let ran = project.run(&["adopt", "--allow-no-vcs", "--yes"]);
    ran.exits_with(0)
        .prints("4 files written")
        .prints("bare is left as it is: it is `no_std`")
        .prints("old is left as it is: it has edition 2015")
        .prints("app/src/shape.rs: it keeps std's pointers: app/src/shape.rs:");
    let text = |name: &str| std::fs::read_to_string(project.folder().join(name)).unwrap();
    // `Arc<str>` is std's, so its import has no use any more.
    assert_eq!(
        text("app/src/lib.rs"),
        "pub mod shape;\n\nuse objgraph::rc::Rc;\n\n#[derive(objgraph::Tracked)]\n\
         pub struct Own(pub Rc<bare::Bare>, pub std::sync::Arc<str>);\n"
    );
    assert!(text("app/src/shape.rs").contains("#[derive(objgraph::Tracked)]\npub struct Square"));
    assert!(text("app/Cargo.toml").ends_with("bare.workspace = true\nobjgraph.workspace = true\n"));
    assert!(text("Cargo.toml").contains("\nobjgraph = { path = "));
    let ran = project.run(&["adopt", "--package", "no-such"]);
    ran.exits_with(101)
        .prints("the workspace has no package no-such");
}

#[test]
fn a_program_that_does_not_compile_is_not_changed() {
    let project =
        Project::program("struct A(std::rc::Rc<u8>);\n\nfn main() {\n    missing();\n}\n");
    let before = project.files();
    let ran = project.run(&["adopt", "--allow-no-vcs", "--yes"]);
    ran.exits_with(101)
        .prints("cannot find function `missing`")
        .prints("the program does not build");
    assert_eq!(project.files(), before);
}

#[test]
#[allow(clippy::print_stderr, reason = "a skipped test says so")]
fn files_that_git_could_not_restore_are_not_changed() {
    let project = shop();
    let ran = project.run(&["adopt", "--yes"]);
    ran.exits_with(101).prints("--allow-no-vcs");
    let git = |args: &[&str]| {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=a", "-c", "user.email=a@b"]);
        command.args(args).current_dir(project.folder());
        command.output()
    };
    if git(&["init", "--quiet"]).is_err() {
        eprintln!("skipped: git is not installed");
        return;
    }
    let ran = project.run(&["adopt", "--yes"]);
    ran.exits_with(101).prints("src/lib.rs (untracked)");
    git(&["add", "Cargo.toml", "src"]).unwrap();
    let ran = project.run(&["adopt", "--yes"]);
    ran.exits_with(101)
        .prints("--allow-staged")
        .prints("src/lib.rs (staged)");
    git(&["commit", "--quiet", "-m", "shop"]).unwrap();
    project.write("src/main.rs", &format!("{MAIN}// More.\n"));
    let ran = project.run(&["adopt", "--yes"]);
    ran.exits_with(101)
        .prints("--allow-dirty")
        .prints("src/main.rs (dirty)")
        .does_not_print("src/lib.rs (");
    project.write("src/main.rs", MAIN);
    project.write("notes.txt", "untracked, and not to be changed\n");
    let ran = project.run(&["adopt"]);
    ran.exits_with(1).prints("3 files would change");
    let text = std::fs::read_to_string(project.folder().join("src/lib.rs")).unwrap();
    assert_eq!(text, SHOP);
}
