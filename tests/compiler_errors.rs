//! `docs/troubleshooting.md` quotes the compiler. Each program there that must not compile fails
//! with the lines that the page shows below it, and each other program compiles, with tracking on
//! and off.
// recount: no, it builds the programs of a document.

mod nested_cargo;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use nested_cargo::{cargo, text};

/// A program of the page.
struct Entry {
    program: String,
    /// The lines that the compiler prints; empty if the program compiles.
    errors: Vec<String>,
}

#[test]
fn each_program_fails_as_the_page_says_or_compiles() {
    if !objgraph::ENABLED {
        // Both profiles are tried with tracking on.
        return;
    }
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/troubleshooting.md");
    let entries = entries(&fs::read_to_string(page).expect("the page is text"));
    let (failing, compiling): (Vec<&Entry>, Vec<&Entry>) =
        entries.iter().partition(|entry| !entry.errors.is_empty());
    assert!(failing.len() > 14, "{} programs fail", failing.len());
    assert!(compiling.len() > 14, "{} programs compile", compiling.len());

    let mut wrong = String::new();
    let printed = compile("failing", &failing, Profile::Dev);
    for (number, entry) in failing.iter().enumerate() {
        let printed = printed.get(&number).map_or("", String::as_str);
        for line in entry.errors.iter().filter(|line| !printed.contains(*line)) {
            let program = &entry.program;
            wrong += &format!("{program}\nfails, but not with\n\n{line}\n\n{printed}");
        }
    }
    for profile in [Profile::Dev, Profile::Release] {
        let printed = compile("compiling", &compiling, profile);
        for (number, errors) in printed {
            let program = &compiling[number].program;
            wrong += &format!("{program}\nfails in the profile {profile:?}\n\n{errors}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Returns the programs of the page, in its order.
fn entries(page: &str) -> Vec<Entry> {
    let (_, parts) = page
        .split_once("\n## Errors of the compiler\n")
        .expect("the part is there");
    let (of_the_compiler, of_objgraph) = parts.split_once("\n## ").expect("another part follows");
    let mut entries = Vec::new();
    let mut failing = None;
    for (fence, content) in blocks(of_the_compiler) {
        match fence {
            "rust" => entries.push(compiling(content)),
            "rust,compile_fail" => {
                let unanswered = failing.replace(content.to_owned());
                assert_eq!(unanswered, None, "no error is shown below it");
            }
            "text" => entries.push(Entry {
                program: failing.take().unwrap_or_else(|| chain_of_types(content)),
                errors: content.lines().map(str::to_owned).collect(),
            }),
            _ => {}
        }
    }
    assert_eq!(failing, None, "no error is shown below it");
    let rest = blocks(of_objgraph).filter(|(fence, _)| *fence == "rust");
    entries.extend(rest.map(|(_, content)| compiling(content)));
    entries
}

fn compiling(program: &str) -> Entry {
    Entry {
        program: program.to_owned(),
        errors: Vec::new(),
    }
}

/// Returns the fenced blocks: the text on the line of the fence, and the content.
fn blocks(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let between_fences = text.split("\n```").skip(1).step_by(2);
    between_fences.map(|block| block.split_once('\n').expect("a fence is a line"))
}

/// Returns the program of an error that the page shows without one, because it is too long: a chain
/// of distinct types.
fn chain_of_types(error: &str) -> String {
    let (pointer, cell, end) = if error.contains("drop-check") {
        ("rc::Rc", "cell::RefCell", "fn end(_: Pointer<T29>) {}")
    } else {
        let end = "fn end(value: Pointer<T29>) -> impl Send { value }";
        ("sync::Arc", "sync::Mutex", end)
    };
    let mut program =
        format!("use objgraph::{pointer} as Pointer;\nuse std::{cell} as Cell;\nstruct T0;\n");
    for number in 1..30 {
        let next = number - 1;
        program += &format!("struct T{number}(Cell<Option<Pointer<T{next}>>>);\n");
    }
    program + end
}

/// The profile of a build, which decides whether objgraph tracks.
#[derive(Clone, Copy, Debug)]
enum Profile {
    /// With tracking. A build reports what a check does not: instances without end.
    Dev,
    /// Without tracking.
    Release,
}

impl Profile {
    fn command(self) -> &'static [&'static str] {
        match self {
            Self::Dev => &["build"],
            Self::Release => &["check", "--release"],
        }
    }
}

/// Returns the errors of each program that does not compile, by its number.
fn compile(name: &str, entries: &[&Entry], profile: Profile) -> BTreeMap<usize, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let programs = folder.join("src/bin");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&programs).expect("the folder can be made");
    let objgraph = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dependencies]\nobjgraph = {{ path = {objgraph:?} }}\n\n[profile.dev]\ndebug = false\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest).expect("the folder can be written");
    let lock = objgraph.join("Cargo.lock");
    if lock.exists() {
        fs::copy(lock, folder.join("Cargo.lock")).expect("the folder can be written");
    }
    for (number, entry) in entries.iter().enumerate() {
        let path = programs.join(format!("entry_{number}.rs"));
        fs::write(path, whole(&entry.program)).expect("the folder can be written");
    }
    let output = Command::new(cargo())
        .args(profile.command())
        .args(["--bins", "--keep-going", "--message-format", "json"])
        .arg("--target-dir")
        .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("fixtures"))
        .current_dir(&folder)
        .env_remove("CARGO_BUILD_TARGET")
        .env_remove("RUSTFLAGS")
        .env("CARGO_TERM_COLOR", "never")
        .output()
        .expect("cargo runs");
    let mut errors = BTreeMap::new();
    let mut finished = false;
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let message: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
        finished |= message["reason"] == "build-finished";
        let name = message["target"]["name"].as_str().unwrap_or_default();
        let number = name.strip_prefix("entry_");
        let number = number.and_then(|number| number.parse().ok());
        let printed = &message["message"];
        let rendered = printed["rendered"].as_str();
        if let (Some(number), Some(rendered), true) =
            (number, rendered, printed["level"] == "error")
        {
            *errors.entry(number).or_insert_with(String::new) += rendered;
        }
    }
    assert!(finished, "{}", text(&output));
    errors
}

/// Returns the program with a `main`, as rustdoc adds it.
fn whole(program: &str) -> String {
    if program.contains("fn main()") {
        return program.to_owned();
    }
    let (attributes, rest): (Vec<&str>, Vec<&str>) =
        program.lines().partition(|line| line.starts_with("#!["));
    let (attributes, rest) = (attributes.join("\n"), rest.join("\n"));
    format!("{attributes}\nfn main() {{\n{rest}\n}}\n")
}
