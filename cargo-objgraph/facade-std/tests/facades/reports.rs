//! The report of an instrumented program, for each way in which it ends.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use objgraph_findings::{ProgramReport, Reason, Verdict, read_program};

use crate::build::{STABLE, compile};

static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| compile("leaks", "2021", Some(&*STABLE), &[]));

/// An empty folder for the reports of one test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("reports")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the folder can be created");
    folder
}

fn command(ending: &str, folder: Option<&Path>) -> Command {
    let mut command = Command::new(&*PROGRAM);
    command
        .arg(ending)
        .env_remove("OBJGRAPH_RUN")
        .env_remove("OBJGRAPH_RECORD");
    if let Some(folder) = folder {
        command.env("OBJGRAPH_RUN", folder);
    }
    command
}

fn run(ending: &str, folder: Option<&Path>) -> Output {
    command(ending, folder)
        .output()
        .expect("the program can be started")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Returns the names of the files, with `PID` in place of the process.
fn files(folder: &Path, pid: u32) -> Vec<String> {
    let names = fs::read_dir(folder).expect("the folder exists");
    let names = names.map(|file| file.expect("it can be read").file_name());
    let mut names: Vec<String> = names
        .map(|name| name.to_string_lossy().replace(&pid.to_string(), "PID"))
        .collect();
    names.sort();
    names
}

/// Reads the only report in the folder whose name ends in `.json`.
fn report(folder: &Path) -> ProgramReport {
    let files = fs::read_dir(folder).expect("the folder exists");
    let mut reports = files
        .map(|file| file.expect("it can be read").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        });
    let path = reports.next().expect("there is a report");
    assert_eq!(reports.next(), None);
    let json = fs::read_to_string(path).expect("it can be read");
    read_program(&json).expect("it is a report of this version")
}

fn is_narrow(text: &str) -> bool {
    text.lines().all(|line| line.chars().count() <= 80)
}

#[test]
fn the_end_of_main() {
    let folder = folder("end");
    let output = run("", Some(&folder));
    assert!(output.status.success());
    assert_eq!(text(&output.stderr), "", "the command prints the report");
    let report = report(&folder);
    assert_eq!((report.reason, report.number), (Reason::End, 1));
    assert_eq!(report.leaks.verdict(), Verdict::Leaked);
    let kinds = &report.leaks.kinds;
    assert_eq!(kinds.len(), 2);
    let fixes: Vec<_> = kinds.iter().map(|kind| kind.fix.as_deref()).collect();
    assert!(fixes.contains(&Some("make `Node.next` Weak")), "{fixes:?}");
    assert!(fixes.contains(&Some("make `Shared.own` Weak")), "{fixes:?}");
    let node = kinds.iter().find(|kind| kind.sites[0].type_name == "Node");
    let site = &node.expect("the node leaked").sites[0];
    assert!(
        site.file
            .as_deref()
            .is_some_and(|file| file.ends_with("programs/leaks.rs"))
    );
    assert_eq!(site.line, Some(16));
    assert_eq!(report.growth[0].more, 1);
    assert!(
        (report.types.traced, report.types.total) == (2, 2),
        "{:?}",
        report.types
    );
    for kind in kinds {
        let picture = kind.picture.as_deref().expect("each kind has a picture");
        let svg = fs::read_to_string(picture).expect("it can be read");
        assert!(svg.starts_with("<svg") || svg.starts_with("<?xml"), "{svg}");
        assert!(
            report
                .text
                .contains(&kind.text.lines().next().expect("it has text")[..20])
        );
    }
    let snapshot = report.snapshot.as_deref().expect("a snapshot was saved");
    let snapshot = fs::read(snapshot).expect("it can be read");
    assert!(snapshot.starts_with(b"objgraph"));
    assert_eq!(files(&folder, report.pid).len(), 5);
    let txt = folder.join(format!("leaks-{}.txt", report.pid));
    assert_eq!(fs::read_to_string(txt).expect("it exists"), report.text);
    let shown = report.text.replace(&folder.display().to_string(), "");
    assert!(
        is_narrow(&shown.replace(env!("CARGO_MANIFEST_DIR"), "")),
        "{}",
        report.text
    );
}

#[test]
fn nothing_leaked() {
    let folder = folder("clean");
    assert!(run("clean", Some(&folder)).status.success());
    let report = report(&folder);
    assert_eq!(report.leaks.verdict(), Verdict::Clean);
    assert!(
        report.growth.is_empty() && report.text.contains("Nothing leaked"),
        "{}",
        report.text
    );
}

#[test]
fn other_ends() {
    for (ending, code, reason) in [("exit", 7, Reason::Exit), ("panic", 101, Reason::Panic)] {
        let folder = folder(ending);
        let output = run(ending, Some(&folder));
        assert_eq!(output.status.code(), Some(code), "{ending}");
        let report = report(&folder);
        assert_eq!((report.reason, report.number), (reason, 1), "{ending}");
        assert_eq!(report.leaks.kinds.len(), 2, "{ending}");
    }
}

#[test]
fn started_by_hand() {
    let output = run("", None);
    assert!(output.status.success());
    let error = text(&output.stderr);
    assert!(error.contains("fix: make `Node.next` Weak"), "{error}");
}

#[test]
fn a_folder_that_does_not_exist() {
    let folder = folder("missing").join("below");
    let output = run("", Some(&folder));
    assert!(output.status.success());
    let error = text(&output.stderr);
    assert!(error.contains("fix: make `Node.next` Weak"), "{error}");
    assert!(error.contains("objgraph: there is no report: "), "{error}");
}

#[cfg(unix)]
#[test]
fn signals() {
    use std::os::unix::process::ExitStatusExt as _;

    let folder = folder("signals");
    let mut program = command("wait", Some(&folder))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program can be started");
    let pid = program.id();
    // `wait` closes what it finds, and the program ends when its input does.
    let input = program.stdin.take();
    let kill = |signal: &str| {
        let killed = Command::new("kill")
            .args([signal, &pid.to_string()])
            .status();
        assert!(killed.expect("kill can be started").success());
    };
    let mut out = BufReader::new(program.stdout.take().expect("it is piped"));
    let mut line = String::new();
    out.read_line(&mut line).expect("it can be read");
    assert_eq!(line, "ready\n");

    kill("-USR1");
    let mut errors = BufReader::new(program.stderr.take().expect("it is piped"));
    let mut report_text = String::new();
    while !report_text.contains("other threads") {
        assert!(
            errors.read_line(&mut report_text).expect("it can be read") > 0,
            "{report_text}"
        );
    }
    assert!(report_text.contains("while it runs"), "{report_text}");
    // The node belongs to the thread of `main`, so only the `Arc` could be seen.
    assert!(
        report_text.contains("fix: make `Shared.own` Weak"),
        "{report_text}"
    );
    assert!(
        !report_text.contains("fix: make `Node.next` Weak"),
        "{report_text}"
    );
    let first = report(&folder);
    assert_eq!((first.reason, first.number), (Reason::Signal, 1));
    assert!(files(&folder, pid).contains(&"leaks-PID.1.json".to_owned()));

    kill("-INT");
    let status = program.wait().expect("it ends");
    assert_eq!(status.signal(), Some(2), "{status}");
    drop(input);
    let json = folder.join(format!("leaks-{pid}.json"));
    let json = fs::read_to_string(json).expect("there is a report");
    let last = read_program(&json).expect("it is a report of this version");
    assert_eq!((last.reason, last.number), (Reason::Interrupt, 2));
}
