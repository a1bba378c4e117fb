//! Inputs that are unusual, or wrong: each works, or says why not.

use std::fs;

use crate::project::{Project, Ran};

#[test]
fn without_a_manifest_it_says_so() {
    let project = Project::new(&[]);
    let ran = project.run(&["run"]);
    ran.exits_with(101).prints("could not find `Cargo.toml`");
}

#[test]
fn a_program_that_does_not_compile_shows_its_own_errors() {
    for (line, error) in [
        ("let x: u32 = \"text\";", "mismatched types"),
        (
            "missing::call(a::A);",
            "cannot find module or crate `missing`",
        ),
    ] {
        let project = Project::program(&format!("mod a;\n\nfn main() {{\n    {line}\n}}\n"));
        project.write("src/a.rs", "pub struct A(std::rc::Rc<u8>);\n");
        let ran = project.run(&["run"]);
        ran.exits_with(101)
            .prints(error)
            .prints("src/main.rs:4:")
            .does_not_print("__objgraph")
            .does_not_print("Repairing");
    }
}

#[test]
fn a_virtual_workspace_with_every_edition_and_kind_of_source() {
    let project = Project::new(&[
        (
            "Cargo.toml",
            "[workspace]\nmembers = [\"app\", \"old\", \"bare\"]\nresolver = \"2\"\n",
        ),
        (
            "app/Cargo.toml",
            "[package]\nname = \"app\"\nedition = \"2018\"\nbuild = \"build.rs\"\n[dependencies]\n\
             old = { path = \"../old\" }\nbare = { path = \"../bare\" }\noutside = { path = \"../../outside\" }\n",
        ),
        (
            "app/build.rs",
            "fn main() {\n    let out = std::env::var(\"OUT_DIR\").unwrap();\n    \
             let text = \"pub struct Generated(pub std::rc::Rc<u32>);\";\n    \
             std::fs::write(format!(\"{out}/generated.rs\"), text).unwrap();\n}\n",
        ),
        (
            "app/src/main.rs",
            "include!(concat!(env!(\"OUT_DIR\"), \"/generated.rs\"));\ninclude!(\"shapes.in\");\n\n\
             fn main() {\n    let g = Generated(std::rc::Rc::new(1));\n    let s = Shape { g: Some(g) };\n    \
             println!(\"{} {} {} {}\", s.g.unwrap().0, old::old(), bare::bare(), outside::outside());\n}\n",
        ),
        (
            "app/src/shapes.in",
            "struct Shape { g: Option<Generated> }\n",
        ),
        (
            "old/Cargo.toml",
            "[package]\nname = \"old\"\nversion = \"0.1.0\"\n",
        ),
        (
            "old/src/lib.rs",
            "mod inner;\nuse std::rc::Rc;\nstruct Old { async: Rc<u32> }\nstruct Older(Rc<u32>);\n\
             pub fn old() -> u32 { *Old { async: Rc::new(inner::two()) }.async + *Older(Rc::new(0)).0 }\n",
        ),
        (
            "old/src/inner.rs",
            "use std::sync::Arc;\npub fn two() -> u32 { *Arc::new(2) }\n",
        ),
        (
            "bare/Cargo.toml",
            "[package]\nname = \"bare\"\nedition = \"2021\"\n",
        ),
        (
            "bare/src/lib.rs",
            "#![no_std]\nextern crate alloc;\nuse alloc::rc::Rc;\npub struct Bare(Rc<u32>);\n\
             pub fn bare() -> u32 { *Bare(Rc::new(3)).0 }\n",
        ),
    ]);
    let outside = project.outside().join("outside");
    fs::create_dir_all(outside.join("src")).unwrap();
    let manifest = "[package]\nname = \"outside\"\nedition = \"2021\"\n[workspace]\n";
    fs::write(outside.join("Cargo.toml"), manifest).unwrap();
    let lib = "pub struct Out(std::rc::Rc<u32>);\npub fn outside() -> u32 { *Out(std::rc::Rc::new(4)).0 }\n";
    fs::write(outside.join("src/lib.rs"), lib).unwrap();
    let before = project.files();
    // From the folder of a member, as cargo does.
    let ran = project.run_in("app/src", &["run"]);
    ran.exits_with(0)
        .prints("1 2 3 4")
        .prints("Instrumented 3 of 4 types");
    let ran = project.run(&["run", "--bin", "app", "--deps", "outside"]);
    ran.exits_with(0)
        .prints("1 2 3 4")
        .prints("Instrumented 4 of 5 types");
    assert_eq!(project.files(), before);
    assert_eq!(fs::read_to_string(outside.join("src/lib.rs")).unwrap(), lib);
    let ran = project.run(&["run", "--deps", "no-such-crate"]);
    ran.prints("--deps no-such-crate: the program has no such dependency");
}

#[test]
fn a_target_folder_that_cannot_be_written_is_an_error_that_says_what_to_do() {
    let project = Project::program("fn main() {}\n");
    fs::write(project.folder().join("target"), "a file").unwrap();
    let ran = project.run(&["run"]);
    ran.exits_with(101).prints("CARGO_TARGET_DIR");
}

#[test]
#[cfg(target_os = "linux")]
fn names_that_are_no_text_work_where_cargo_lets_them() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let name = OsStr::from_bytes(b"\xff");
    let main = "mod a;\nfn main() {\n    a::a();\n}\n";
    let project = Project::program(main);
    project.write(
        "src/a.rs",
        "pub struct A(std::rc::Rc<u8>);\npub fn a() {}\n",
    );
    fs::write(project.folder().join("src").join(name), "x").unwrap();
    project
        .run(&["run"])
        .exits_with(0)
        .prints("Instrumented 1 of 1 types");
    let folder = project.folder().join(name);
    fs::create_dir_all(folder.join("src")).unwrap();
    let manifest = "[package]\nname = \"inner\"\nedition = \"2024\"\n[workspace]\n";
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::write(folder.join("src/main.rs"), "fn main() {}\n").unwrap();
    let mut command = project.command("", &["run"]);
    let ran = Ran::of(command.current_dir(&folder).output().unwrap());
    ran.exits_with(101)
        .prints("cargo needs folders whose names are valid UTF-8");
    assert!(!folder.join("target").exists());
}

#[test]
#[cfg(unix)]
fn a_toolchain_without_rustup_is_enough() {
    let project = Project::program("fn main() {}\n");
    let sysroot = std::process::Command::new("rustc")
        .args(["--print", "sysroot"])
        .output()
        .unwrap();
    let bin =
        std::path::Path::new(std::str::from_utf8(&sysroot.stdout).unwrap().trim()).join("bin");
    let mut command = project.command("", &["run"]);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("RUSTUP_") {
            command.env_remove(name);
        }
    }
    command.env("CARGO", bin.join("cargo"));
    command.env("PATH", format!("{}:/usr/bin:/bin", bin.display()));
    Ran::of(command.output().unwrap())
        .exits_with(0)
        .prints("Nothing leaked");
}

#[test]
fn a_run_after_one_that_was_interrupted_repairs_the_copy() {
    let project = Project::program("mod a;\nfn main() {\n    a::a();\n}\n");
    project.write("src/a.rs", "struct A;\npub fn a() {\n    let _ = A;\n}\n");
    project.run(&["run"]).exits_with(0);
    let copy = project.folder().join("target/objgraph/tree");
    fs::remove_file(copy.join("src/a.rs")).unwrap();
    fs::write(copy.join("src/b.rs.objgraph-new"), "half a fi").unwrap();
    fs::write(copy.join("Cargo.toml"), "[pack").unwrap();
    fs::write(
        project.folder().join("target/objgraph/repairs.json"),
        "{\"made",
    )
    .unwrap();
    project.run(&["run"]).exits_with(0);
    assert!(!copy.join("src/b.rs.objgraph-new").exists());
}

#[test]
#[cfg(unix)]
fn the_wrapper_of_the_user_runs_too() {
    use std::os::unix::fs::PermissionsExt as _;
    let project = Project::program("fn main() { let wrapped = 1; drop(wrapped); }\n");
    let log = project.outside().join("log");
    let wrapper = project.outside().join("wrapper");
    let script = format!(
        "#!/bin/sh\necho \"$@\" >> '{}'\nexec \"$@\"\n",
        log.display()
    );
    fs::write(&wrapper, script).unwrap();
    fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = project.command("", &["run"]);
    let output = command.env("RUSTC_WRAPPER", &wrapper).output().unwrap();
    Ran::of(output).exits_with(0);
    let calls = fs::read_to_string(log).unwrap();
    assert!(calls.contains("--crate-name shop"), "{calls}");
}

#[test]
fn a_crate_without_instruments_gets_the_pointers_that_it_wants() {
    let project = Project::program(
        "use std::sync::Arc;

struct Held {
    config: Arc<foreign::Config>,
    name: Arc<String>,
}

struct Task(u32);

impl foreign::Wake for Task {
    fn wake(shared: &Arc<Self>) -> u32 {
        shared.0
    }
}

fn main() {
    let held = Held { config: Arc::new(foreign::Config(3)), name: Arc::new(String::from(\"x\")) };
    let copy = Arc::clone(&held.config);
    let task = Arc::new(Task(4));
    println!(\"{} {} {}\", foreign::take(copy), held.name, foreign::call(&task));
}
",
    );
    let outside = project.outside().join("foreign");
    fs::create_dir_all(outside.join("src")).unwrap();
    let manifest = "[package]\nname = \"foreign\"\nedition = \"2021\"\n[workspace]\n";
    fs::write(outside.join("Cargo.toml"), manifest).unwrap();
    let lib = "use std::sync::Arc;\npub struct Config(pub u32);\n\
               pub fn take(config: Arc<Config>) -> u32 { config.0 }\n\
               pub trait Wake { fn wake(shared: &Arc<Self>) -> u32; }\n\
               pub fn call<W: Wake>(task: &Arc<W>) -> u32 { W::wake(task) }\n";
    fs::write(outside.join("src/lib.rs"), lib).unwrap();
    project.write(
        "Cargo.toml",
        "[package]\nname = \"shop\"\nedition = \"2024\"\n[dependencies]\nforeign = { path = \"../foreign\" }\n",
    );
    let ran = project.run(&["run", "--explain"]);
    ran.exits_with(0)
        .prints("3 x 4")
        .prints("shop: pointers to Config stay std's")
        .prints("shop: pointers to Task stay std's")
        .prints("Instrumented 2 of 2 types")
        .does_not_print("fell back");
    let ran = project.run(&["run", "--explain", "--deps", "foreign"]);
    ran.exits_with(0)
        .prints("3 x 4")
        .does_not_print("stay std's");
}

#[test]
fn what_the_compiler_refuses_falls_back_and_is_explained() {
    let project = Project::program(
        "use std::sync::Arc;
use std::task::{Context, Wake, Waker};

struct Task;

impl Wake for Task {
    fn wake(self: Arc<Self>) {}
}

#[repr(packed)]
struct Packed(u8);

fn main() {
    let name: Arc<str> = Arc::from(\"name\");
    let waker = Waker::from(Arc::new(Task));
    let _context = Context::from_waker(&waker);
    println!(\"{name} {}\", Packed(1).0);
}
",
    );
    let ran = project.run(&["run", "--explain"]);
    ran.exits_with(0)
        .prints("name 1")
        .prints("it is `repr(packed)`");
    let ran = project.run(&["run", "--stable"]);
    ran.exits_with(0)
        .prints("name 1")
        .does_not_print("unstable features");
}

/// Stable Rust coerces only std's pointers. A leak behind a `dyn Trait` is found all the same.
#[test]
fn coercions_are_written_out_with_stable_features() {
    let project = Project::program(
        "use std::cell::RefCell;
use std::rc::{Rc, Weak};

trait Widget {
    fn name(&self) -> String;
}

struct Button { panel: RefCell<Option<Rc<Panel>>> }

struct Panel { widgets: RefCell<Vec<Rc<dyn Widget>>>, parent: RefCell<Option<Weak<dyn Widget>>> }

impl Widget for Button {
    fn name(&self) -> String { format!(\"button {}\", self.panel.borrow().is_some()) }
}

impl Widget for Panel {
    fn name(&self) -> String { format!(\"panel {}\", self.parent.borrow().is_some()) }
}

fn show(widget: Rc<dyn Widget>) -> String { widget.name() }

fn main() {
    let panel = Rc::new(Panel { widgets: RefCell::default(), parent: RefCell::default() });
    let button = Rc::new(Button { panel: RefCell::new(Some(panel.clone())) });
    panel.widgets.borrow_mut().push(button.clone());
    println!(\"{} {}\", show(panel.clone()), show(button));
}
",
    );
    let ran = project.run(&["run", "--stable", "--explain"]);
    ran.exits_with(1)
        .prints("panel false button true")
        .prints("2 objects leaked")
        .prints("Instrumented 2 of 2 types")
        .does_not_print("fell back");
}

#[test]
fn leaks_of_a_package_without_instruments_are_reported_as_not_looked_for() {
    // The compiler refuses what a build script writes, and no edit of the package's files repairs it.
    let build = "fn main() {
    let out = std::env::var(\"OUT_DIR\").unwrap();
    let text = \"fn show() -> std::rc::Rc<dyn std::fmt::Debug> { std::rc::Rc::new(1) }\";
    std::fs::write(format!(\"{out}/generated.rs\"), text).unwrap();
}
";
    let lib = "include!(concat!(env!(\"OUT_DIR\"), \"/generated.rs\"));

pub struct Node {
    next: std::cell::RefCell<Option<std::rc::Rc<Node>>>,
}

pub fn ring() {
    let node = std::rc::Rc::new(Node { next: Default::default() });
    *node.next.borrow_mut() = Some(node.clone());
    println!(\"{:?}\", show());
}
";
    let project = Project::new(&[
        (
            "Cargo.toml",
            "[package]\nname = \"shop\"\nedition = \"2024\"\n[workspace]\n\
             [dependencies]\nshapes = { path = \"shapes\" }\n",
        ),
        (
            "src/main.rs",
            "fn main() {\n    shapes::ring();\n    let _item = std::rc::Rc::new(2);\n}\n",
        ),
        (
            "shapes/Cargo.toml",
            "[package]\nname = \"shapes\"\nedition = \"2024\"\n",
        ),
        ("shapes/build.rs", build),
        ("shapes/src/lib.rs", lib),
    ]);
    let summary = project.outside().join("summary.md");
    let run = |args: &[&str]| {
        let mut command = project.command("", args);
        command.env("GITHUB_STEP_SUMMARY", &summary);
        Ran::of(command.output().unwrap())
    };
    let gap = "1 package is built as it is (--explain lists why)\n\
               Leaks in shapes are not found: it is built as it is\n";
    let ran = run(&["run", "--stable"]);
    ran.exits_with(0).prints("Nothing leaked");
    assert!(ran.stdout.ends_with(gap), "{}", ran.stdout);
    let text = fs::read_to_string(&summary).unwrap();
    assert!(text.contains(&format!("{gap}```\n")), "{text}");
    let ran = run(&["run", "--stable", "--json"]);
    let start = ran.exits_with(0).stdout.find('{').unwrap();
    let json: serde_json::Value = serde_json::from_str(&ran.stdout[start..]).unwrap();
    let reason = &json["instrumented"]["plain_packages"]["shapes"];
    assert!(
        reason
            .as_str()
            .is_some_and(|reason| reason.contains("E0308")),
        "{json:#}"
    );
}
