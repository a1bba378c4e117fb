//! A program that handles interrupts itself, by signal-hook as tokio does, is not ended by the report.

#![cfg(unix)]

use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::{env, fs, thread};

use objgraph_findings::{Reason, read_program};
use signal_hook::consts::SIGINT;
use signal_hook::{flag, low_level};

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the folder can be created");
    folder
}

/// Runs the test `program` in a process of its own.
fn run(folder: &Path, interrupts: &str) -> ExitStatus {
    let mut command = Command::new(env::current_exe().expect("this program has a path"));
    command.args(["--exact", "program", "--test-threads=1"]);
    command
        .env("OBJGRAPH_RUN", folder)
        .env("INTERRUPTS", interrupts);
    command.output().expect("it can be started").status
}

/// The reports in the folder, by the names of their files.
fn reasons(folder: &Path) -> Vec<Reason> {
    let files = fs::read_dir(folder).expect("the folder exists");
    let mut paths: Vec<PathBuf> = files
        .map(|file| file.expect("it can be read").path())
        .collect();
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "json")
    });
    paths.sort();
    let texts = paths
        .iter()
        .map(|path| fs::read_to_string(path).expect("it can be read"));
    texts
        .map(|text| read_program(&text).expect("it is a report").reason)
        .collect()
}

#[test]
fn a_program_with_a_handler_continues() {
    let folder = folder("continues");
    let status = run(&folder, "1");
    assert_eq!(status.code(), Some(0), "{status}");
    assert_eq!(reasons(&folder), [Reason::Signal, Reason::End]);
}

#[test]
fn a_second_interrupt_ends_it() {
    let folder = folder("ends");
    let status = run(&folder, "2");
    assert_eq!(status.signal(), Some(SIGINT), "{status}");
    assert_eq!(reasons(&folder), [Reason::Signal, Reason::Interrupt]);
}

/// The program: it interrupts itself, and waits for the report of the first interrupt.
#[test]
fn program() {
    let Ok(interrupts) = env::var("INTERRUPTS") else {
        return;
    };
    let folder = env::var_os("OBJGRAPH_RUN").map(PathBuf::from);
    let folder = folder.expect("the other tests set both");
    let _guard = objgraph_runtime::main_guard();
    let interrupted = Arc::new(AtomicBool::new(false));
    flag::register(SIGINT, Arc::clone(&interrupted)).expect("a handler can be registered");
    low_level::raise(SIGINT).expect("it can be raised");
    assert!(interrupted.load(Ordering::SeqCst));
    while reasons(&folder).is_empty() {
        thread::yield_now();
    }
    if interrupts == "2" {
        low_level::raise(SIGINT).expect("it can be raised");
        // The other thread ends the process.
        loop {
            thread::park();
        }
    }
}
