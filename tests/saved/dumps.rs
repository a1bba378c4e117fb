//! Snapshots that a program saves because the environment asks for them: each program is a test of this
//! file, run in a process of its own.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc as StdArc;
use std::sync::atomic::{AtomicUsize, Ordering};

use objgraph::leaks::find_leaks_in;
use objgraph::rc::Rc;
use objgraph::sync::Arc;
use objgraph::{Snapshot, Tracked};

use crate::path;

#[derive(Tracked, Default)]
struct Ring {
    next: RefCell<Option<Rc<Ring>>>,
}

#[derive(Tracked)]
struct Service;

fn leak() {
    let ring = Rc::new(Ring::default());
    *ring.next.borrow_mut() = Some(ring.clone());
}

/// Runs a program with these variables, and with a folder that no other test uses.
fn run(program: &str, variables: &[(&str, &str)]) -> (PathBuf, Output) {
    static RUNS: AtomicUsize = AtomicUsize::new(0);

    let number = RUNS.fetch_add(1, Ordering::SeqCst);
    let folder = path(&format!("dumps of {program} {number}"));
    let _ = fs::remove_dir_all(&folder);
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args([
            "--exact",
            &format!("dumps::{program}"),
            "--ignored",
            "--nocapture",
        ])
        .env("OBJGRAPH_DUMP", &folder)
        .env_remove("OBJGRAPH_DUMP_ON")
        .env_remove("OBJGRAPH_TAGS")
        .envs(variables.iter().copied());
    let output = command.output().unwrap();
    (folder, output)
}

/// Loads the snapshots in a folder, each after the name of its occasion, in the order of their numbers.
fn saved(folder: &Path) -> Vec<(String, StdArc<Snapshot>)> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut all: Vec<_> = entries
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let mut parts = name.rsplitn(3, '-');
            let occasion = parts.next().unwrap().to_owned();
            let number: u32 = parts.next().unwrap().parse().unwrap();
            (
                number,
                occasion,
                StdArc::new(Snapshot::load(&path).unwrap()),
            )
        })
        .collect();
    all.sort_by_key(|(number, ..)| *number);
    all.into_iter()
        .map(|(_, occasion, snapshot)| (occasion, snapshot))
        .collect()
}

fn leaked(snapshot: &StdArc<Snapshot>) -> Vec<String> {
    let leaks = find_leaks_in(snapshot);
    leaks
        .iter()
        .map(|object| object.node().type_info().short_name.clone())
        .collect()
}

fn tag<'s>(snapshot: &'s Snapshot, name: &str) -> Option<&'s str> {
    let found = snapshot.tags().iter().find(|tag| tag.0 == name);
    found.map(|tag| &*tag.1)
}

#[test]
#[ignore = "a program for the tests below"]
fn leaks_and_ends() {
    leak();
}

#[test]
#[ignore = "a program for the tests below"]
fn leaks_and_exits() {
    leak();
    let _service = Arc::new(Service);
    std::process::exit(7);
}

#[test]
#[ignore = "a program for the tests below"]
fn panics_often() {
    leak();
    for _ in 0..20 {
        let request = std::thread::spawn(|| {
            let _alive = Arc::new(Service);
            panic!("a request failed");
        });
        request.join().unwrap_err();
    }
}

#[test]
fn at_the_end_of_a_program() {
    let variables = [("OBJGRAPH_TAGS", "version=1.4.2,region=eu")];
    let (folder, output) = run("leaks_and_ends", &variables);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    let saved = saved(&folder);
    if !objgraph::ENABLED {
        assert!(saved.is_empty());
        return;
    }
    let [(occasion, snapshot)] = &saved[..] else {
        panic!("{saved:?} {stderr}");
    };
    assert_eq!(occasion, "exit");
    assert_eq!(leaked(snapshot), ["Ring"]);
    assert_eq!(tag(snapshot, "version"), Some("1.4.2"));
    assert_eq!(tag(snapshot, "region"), Some("eu"));
    assert_eq!(tag(snapshot, "occasion"), Some("exit"));
    assert!(tag(snapshot, "program").unwrap().starts_with("saved"));
    assert!(!snapshot.is_of_this_process());
    assert!(
        stderr.contains("objgraph: a snapshot was saved in "),
        "{stderr}"
    );
}

/// The thread that calls `exit` never ends, so its objects are alive.
#[test]
fn when_a_thread_calls_exit() {
    let (folder, output) = run("leaks_and_exits", &[("OBJGRAPH_DUMP_ON", "exit")]);
    assert_eq!(output.status.code(), Some(7));
    let saved = saved(&folder);
    if !objgraph::ENABLED {
        return;
    }
    assert_eq!(saved.len(), 1);
    let is_service = |info: &objgraph::alive::TypeInfo| info.matches("Service");
    let services = saved[0]
        .1
        .nodes()
        .filter(|node| is_service(node.type_info()));
    assert_eq!(services.count(), 1);
}

#[test]
fn when_threads_panic() {
    let (folder, output) = run("panics_often", &[("OBJGRAPH_DUMP_ON", "panic")]);
    assert!(output.status.success());
    let saved = saved(&folder);
    if !objgraph::ENABLED {
        return;
    }
    // A program that catches a panic for each request does not fill the disk.
    assert_eq!(saved.len(), 16);
    for (occasion, snapshot) in &saved {
        assert_eq!(occasion, "panic");
        let is_alive = |name: &str| snapshot.nodes().any(|node| node.type_info().matches(name));
        assert!(is_alive("Service") && is_alive("Ring"));
    }
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        text.matches("a request failed").count(),
        20,
        "the hook before ours runs"
    );
}

#[test]
fn what_cannot_be_done_is_said_once() {
    let file = path("a file");
    fs::write(&file, "no folder").unwrap();
    let variables = [
        ("OBJGRAPH_DUMP", file.to_str().unwrap()),
        ("OBJGRAPH_DUMP_ON", "exit,quit"),
    ];
    let (_, output) = run("leaks_and_ends", &variables);
    assert!(output.status.success());
    let stderr = String::from_utf8_lossy(&output.stderr);
    if objgraph::ENABLED {
        let unknown = "objgraph: `quit` in OBJGRAPH_DUMP_ON is no occasion; there are exit, panic \
                       and signal";
        assert_eq!(stderr.matches(unknown).count(), 1, "{stderr}");
        assert_eq!(
            stderr
                .matches("objgraph: no snapshot was saved in ")
                .count(),
            1,
            "{stderr}"
        );
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "no folder");
}

#[cfg(unix)]
mod signals {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::process::Stdio;

    use super::*;

    #[test]
    #[ignore = "a program for the test below"]
    fn waits() {
        leak();
        writeln!(std::io::stdout(), "READY").unwrap();
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).unwrap();
    }

    /// The program continues.
    #[test]
    fn on_a_signal() {
        if !objgraph::ENABLED {
            return;
        }
        let folder = path("dumps of signals");
        let _ = fs::remove_dir_all(&folder);
        let mut program = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "dumps::signals::waits",
                "--ignored",
                "--nocapture",
            ])
            .env("OBJGRAPH_DUMP", &folder)
            .env("OBJGRAPH_DUMP_ON", "signal")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(program.stdout.take().unwrap());
        let mut lines = stdout.lines().map(Result::unwrap);
        assert!(lines.any(|line| line.contains("READY")));
        let mut errors = BufReader::new(program.stderr.take().unwrap()).lines();
        for _ in 0..2 {
            let id = program.id().to_string();
            let sent = Command::new("kill").args(["-USR1", &id]).status().unwrap();
            assert!(sent.success());
            let line = errors.next().unwrap().unwrap();
            assert!(
                line.starts_with("objgraph: a snapshot was saved in "),
                "{line}"
            );
        }
        program.stdin.take().unwrap().write_all(b"end\n").unwrap();
        assert!(program.wait().unwrap().success());
        let saved = saved(&folder);
        assert_eq!(saved.len(), 2);
        assert!(saved.iter().all(|(occasion, _)| occasion == "signal"));
        // The thread that holds nothing of the ring is alive: only it may visit an `Rc`.
        assert!(
            saved[1]
                .1
                .nodes()
                .any(|node| node.type_info().matches("Ring"))
        );
    }
}
