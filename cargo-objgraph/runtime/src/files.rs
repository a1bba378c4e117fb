//! Where a report goes: into files, or to standard error.

use std::io::{self, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use objgraph::core::file;
use objgraph::leaks::Leaks;
use objgraph_analysis::report::leaks_as_json;

use crate::report::{Reason, Report};
use crate::{findings, process, text};

/// Maximum number of pictures of a report: one for each kind of leak.
const PICTURES: usize = 8;

/// Number of reports that this process began.
static REPORTS: AtomicU32 = AtomicU32::new(0);

/// Reports. A failure to do so is printed: it is no failure of the program.
pub(crate) fn write_report(reason: Reason) {
    let written = catch_unwind(AssertUnwindSafe(|| try_write(reason)));
    let error = match written {
        Ok(Ok(())) => return,
        Ok(Err(error)) => error.to_string(),
        Err(_) => "it panicked".to_owned(),
    };
    print(&format!("objgraph: there is no report: {error}\n"));
}

fn try_write(reason: Reason) -> io::Result<()> {
    let start = process::start();
    let number = REPORTS.fetch_add(1, Ordering::Relaxed) + 1;
    // Before the trace, which makes no object of the program.
    let growth = findings::growth();
    let leaks = objgraph::find_leaks();
    let mut report = Report {
        program: process::program(),
        pid: std::process::id(),
        number,
        reason,
        growth,
        leaks: leaks_as_json(&leaks),
        pictures: Vec::new(),
        types: findings::types(&leaks),
        snapshot: None,
        text: String::new(),
    };
    let Some(folder) = &start.folder else {
        print(&text::text(&report, &leaks.to_string()));
        return Ok(());
    };
    let files = Files::of(folder, &report);
    report.pictures = draw(&leaks, &files);
    let snapshot = files.path("objgraph");
    // Without it, the report is whole.
    if leaks.snapshot().save(&snapshot).is_ok() {
        report.snapshot = Some(snapshot.display().to_string());
    }
    report.text = text::text(&report, &leaks.to_string());
    let json = report.json().to_string();
    let written = write_whole(&files.path("txt"), &report.text)
        .and_then(|()| write_whole(&files.path("json"), &json));
    // Last, so that the files are there when people read it.
    if written.is_err() || reason == Reason::Signal {
        print(&report.text);
    }
    written
}

/// Writes the pictures, and returns their paths. Without a picture, the report is whole.
fn draw(leaks: &Leaks, files: &Files) -> Vec<Option<String>> {
    let kinds = findings::kinds(leaks).take(PICTURES);
    let drawn = kinds.map(|kind| {
        let path = files.path(&format!("{}.svg", kind.fingerprint));
        let svg = findings::picture(leaks, kind)?;
        write_whole(&path, &svg).ok()?;
        Some(path.display().to_string())
    });
    drawn.collect()
}

/// The files of one report.
struct Files {
    folder: PathBuf,
    /// The name without an extension.
    name: String,
}

impl Files {
    fn of(folder: &Path, report: &Report) -> Self {
        let name = format!("{}-{}", report.program, report.pid);
        Self {
            folder: folder.to_path_buf(),
            name: match report.reason {
                Reason::Signal => format!("{name}.{}", report.number),
                _ => name,
            },
        }
    }

    fn path(&self, extension: &str) -> PathBuf {
        self.folder.join(format!("{}.{extension}", self.name))
    }
}

/// Writes a file whole or not at all.
fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    file::write_whole(path, text.as_bytes()).map_err(|error| {
        io::Error::new(
            error.kind(),
            format!("{} cannot be written: {error}", path.display()),
        )
    })
}

/// Prints on standard error; if that is closed, there is nobody to report to.
pub(crate) fn print(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
