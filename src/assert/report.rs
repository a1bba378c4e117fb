//! Reports a failure where people look: in the message of the panic, in a picture beside the build
//! and, on GitHub, in an annotation and the summary of the job.

#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use objgraph_core::file::write_whole;

use super::failure::{Failure, Point};
use super::surroundings::{Surroundings, short, target_folder};
use super::test_name::TestName;
use crate::draw::save;
use crate::order::SortedMap;
use crate::words::{count as count_of, in_line};

/// Maximum number of lines of a message.
const LINES: usize = 90;

/// Writes the picture, reports to GitHub, and panics with the whole explanation.
#[track_caller]
pub(super) fn fail(failure: &Failure, test: &TestName) -> ! {
    if !crate::HAS_OBJECTS {
        panic!("{}", failure.headline());
    }
    let surroundings = Surroundings::now();
    let folder = target_folder(test.package.as_deref()).join("objgraph");
    let files = write_files(failure, &folder, &file_name(test));
    let message = message(failure, &files);
    // If GitHub's files cannot be written, the message still has everything.
    let _ = report_to_github(failure, test, &message, &surroundings);
    panic!("{message}");
}

/// Returns the name of the files of this failure, without an extension. Each failure of a test has
/// its own files (a loop may catch the panics): `closes`, `closes.2`, ….
fn file_name(test: &TestName) -> String {
    static FAILED: Mutex<SortedMap<String, u32>> = Mutex::new(SortedMap::new());

    let name = test.file();
    let mut failed = FAILED.lock().unwrap_or_else(PoisonError::into_inner);
    let times = failed.get_or_default(name.clone());
    *times += 1;
    match *times {
        1 => name,
        times => format!("{name}.{times}"),
    }
}

/// The files of a failure.
#[derive(Debug, Default)]
struct Files {
    /// The lines of the message that name them.
    lines: Vec<String>,
    /// The path of the whole report, if that was written.
    report: Option<String>,
}

/// Writes the pictures, and the report if it is too long for a message.
fn write_files(failure: &Failure, folder: &Path, name: &str) -> Files {
    let mut files = Files::default();
    let text = failure.to_string();
    let is_long = text.lines().count() > LINES;
    if failure.picture().is_none() && !is_long {
        return files;
    }
    if let Err(error) = fs::create_dir_all(folder) {
        let folder = short(folder);
        files
            .lines
            .push(format!("no picture: cannot make {folder}: {error}"));
        return files;
    }
    let path = |extension: &str| folder.join(format!("{name}.{extension}"));
    if is_long && write_whole(&path("txt"), text.as_bytes()).is_ok() {
        files.report = Some(short(&path("txt")));
    }
    if let Some(drawing) = failure.picture() {
        let [svg, text] = ["svg", "dot"].map(|extension| {
            let path = path(extension);
            let saved = save(drawing, &path);
            saved.map(|()| short(&path))
        });
        files.lines.push(match (svg, text) {
            (Ok(svg), Ok(_)) => format!("picture: {svg}, and .dot"),
            (Ok(path), Err(_)) => format!("picture: {path}"),
            (Err(error), Ok(path)) => format!("picture: {path}, since {error}"),
            (Err(error), Err(_)) => format!("no picture: {error}"),
        });
    }
    files
}

/// Returns the message of the panic: the failure, not too long, and the paths of the files.
fn message(failure: &Failure, files: &Files) -> String {
    let text = failure.to_string();
    let lines: Vec<&str> = text.lines().collect();
    let mut message = lines[..lines.len().min(LINES)].join("\n");
    if lines.len() > LINES {
        let more = count_of(lines.len() - LINES, "more line", "more lines");
        // Writing to a string does not fail.
        let _ = match &files.report {
            Some(path) => write!(message, "\n… {more}, in {path}"),
            None => write!(message, "\n… {more}"),
        };
    }
    for line in &files.lines {
        let _ = write!(message, "\n\n{line}");
    }
    message
}

fn report_to_github(
    failure: &Failure,
    test: &TestName,
    message: &str,
    surroundings: &Surroundings,
) -> io::Result<()> {
    if surroundings.github {
        let annotations = annotations(failure, test, surroundings);
        // A test harness captures `println!`.
        let mut out = io::stdout().lock();
        out.write_all(annotations.as_bytes())?;
        out.flush()?;
    }
    if let Some(summary) = &surroundings.summary {
        // One write, so that the texts of tests that fail at the same time do not mix.
        let mut file = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(summary)?;
        file.write_all(markdown(test, failure, message).as_bytes())?;
    }
    Ok(())
}

/// Returns the annotations, `::error file=…,line=…::…`. They begin with a line break, since the
/// harness may be in the middle of a line.
fn annotations(failure: &Failure, test: &TestName, surroundings: &Surroundings) -> String {
    let mut out = String::from("\n");
    let title = property(&format!("leak in {}", test.name));
    for Point { site, text } in failure.points() {
        let file = in_repository(Path::new(&*site.file), test, surroundings);
        let _ = writeln!(
            out,
            "::error file={},line={},col={},title={title}::{}",
            property(&file),
            site.line,
            site.column,
            data(text)
        );
    }
    if failure.points().is_empty() {
        let _ = writeln!(out, "::error title={title}::{}", data(failure.headline()));
    }
    out
}

/// Returns the path of a source file relative to the repository. The compiler knows it relative to
/// the workspace.
fn in_repository(file: &Path, test: &TestName, surroundings: &Surroundings) -> String {
    let folders = test.package.iter().flat_map(|package| package.ancestors());
    let found = folders
        .map(|folder| folder.join(file))
        .find(|path| path.is_file());
    let below = found.and_then(|path| {
        let repository = surroundings.workspace.as_deref()?;
        path.strip_prefix(repository).ok().map(PathBuf::from)
    });
    let path = below.unwrap_or_else(|| file.to_path_buf());
    path.display().to_string().replace('\\', "/")
}

/// Escapes a text for the message of a workflow command.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// Escapes a text for a property of a workflow command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

fn markdown(test: &TestName, failure: &Failure, message: &str) -> String {
    // A line of the message must not end the block.
    let longest = message.split(|c| c != '`').map(str::len).max();
    let fence = "`".repeat(longest.unwrap_or(0).max(2) + 1);
    format!(
        "### {}\n\n{}\n\n<details><summary>The whole explanation</summary>\n\n\
         {fence}text\n{message}\n{fence}\n\n</details>\n\n",
        inline(&test.name),
        inline(failure.headline())
    )
}

/// Escapes a text for Markdown.
fn inline(text: &str) -> String {
    let mut out = String::new();
    for c in in_line(text).chars() {
        if matches!(c, '<' | '>' | '_' | '*' | '`' | '[' | ']' | '\\' | '&') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
