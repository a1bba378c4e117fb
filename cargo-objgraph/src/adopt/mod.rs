//! `cargo objgraph adopt`: the imports, derives, tests and the dependency of objgraph, for good.
//!
//! The texts are compiled in a copy first, and repaired there until they compile. Only then are they
//! shown, and written: all of them or none.

mod adoption;
mod diff;
mod file;
mod remedy;
mod rounds;
mod vcs;
mod write;

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::cargo::say;
use crate::cli::Adopt;
use crate::error::Error;
use crate::project::Project;
use crate::report::plural;
use crate::session::lock;

use self::adoption::{Adoption, Change};
use self::rounds::Rounds;

/// Writes objgraph into the program, or checks that it is there.
pub(crate) fn adopt(options: &Adopt) -> Result<ExitCode, Error> {
    let project = Project::read(
        options.manifest_path.as_deref(),
        options.target_dir.as_deref(),
    )?;
    let mut adoption = Adoption::new(&project, &options.package)?;
    let first = adoption.changes()?;
    if first.is_empty() {
        list_left(&adoption);
        say("Adopted", "nothing is to be changed");
        return Ok(ExitCode::SUCCESS);
    }
    if !options.check {
        vcs::check(&project.root, options, first.keys())?;
    }
    let _lock = lock(&project.target.join("objgraph"))?;
    Rounds::new(&project, options).run(&mut adoption)?;
    let changes = adoption.changes()?;
    diff::show(&project.root, &changes).map_err(|error| Error::io("standard output", error))?;
    list_left(&adoption);
    if changes.is_empty() {
        say("Adopted", "nothing is to be changed");
        return Ok(ExitCode::SUCCESS);
    }
    decide(options, &changes)
}

fn decide(options: &Adopt, changes: &BTreeMap<PathBuf, Change>) -> Result<ExitCode, Error> {
    let files = plural(changes.len(), "file", "files");
    if options.check {
        say("Checked", &format!("{files} would change"));
        return Ok(ExitCode::from(1));
    }
    if !options.yes {
        if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
            say(
                "Stopped",
                &format!("{files} would change, nothing was written; --yes writes without asking"),
            );
            return Ok(ExitCode::from(1));
        }
        if !ask(&format!("Write these changes to {files}? [y/N] "))? {
            say("Stopped", "nothing was written");
            return Ok(ExitCode::from(1));
        }
    }
    write::write(changes)?;
    say(
        "Adopted",
        &format!("{files} written; `cargo test` now checks the tests for leaks"),
    );
    Ok(ExitCode::SUCCESS)
}

fn ask(question: &str) -> Result<bool, Error> {
    let failed = |error| Error::io("the terminal", error);
    let mut terminal = io::stderr();
    write!(terminal, "{question}").map_err(failed)?;
    terminal.flush().map_err(failed)?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).map_err(failed)?;
    let answer = answer.trim().to_lowercase();
    Ok(answer == "y" || answer == "yes")
}

/// Lists what is not adopted, and why.
#[allow(clippy::print_stderr, reason = "it is what the command says")]
fn list_left(adoption: &Adoption) {
    for (package, reason) in &adoption.left {
        anstream::eprintln!("{package} is left as it is: {reason}");
    }
    for file in adoption.files.values() {
        let is_left = |package: &String| adoption.left.contains_key(package);
        if file.packages.iter().all(is_left) {
            continue;
        }
        let shown = shown(&adoption.root, &file.path);
        for left in &file.left {
            let place = match left.line {
                0 => shown.clone(),
                line => format!("{shown}:{line}"),
            };
            anstream::eprintln!("{place}: {}: {}", left.what, left.reason);
        }
    }
}

/// Returns a path for people: in the workspace, relative to it.
fn shown(root: &Path, path: &Path) -> String {
    let path = path.strip_prefix(root).unwrap_or(path);
    path.to_string_lossy().replace('\\', "/")
}
