//! The record of what tests found, in place of failures: `OBJGRAPH_RECORD` names its folder.
//!
//! Each process appends a line of JSON for each test to its own file. `docs/ci.md` describes the
//! fields, and the crate `objgraph-findings` reads them.

use std::env;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use objgraph_core::file::write_whole;
use objgraph_core::platform::process_id;

use super::conclusion::Conclusion;
use super::failure::{Failure, Found, Point};
use super::test_name::{Target, TestName};
use crate::analysis::{Leaks, UnprovenObjects};
use crate::draw::to_svg_without_dot;
use crate::report::{leaks_as_json, unproven_text};
use crate::words::json::{Json, VERSION};

/// What was found at the end of a test.
pub(super) struct Record<'c> {
    conclusion: &'c Conclusion,
    test: &'c TestName,
    target: &'c Target,
}

/// The verdict, and how many objects and bytes it is about.
type Sum = (&'static str, usize, u64);

impl<'c> Record<'c> {
    pub(super) fn new(conclusion: &'c Conclusion, test: &'c TestName, target: &'c Target) -> Self {
        Self {
            conclusion,
            test,
            target,
        }
    }

    /// Appends the record to the file of this process, in one write.
    ///
    /// # Errors
    ///
    /// If it cannot be written; the error names the file.
    pub(super) fn write(&self, folder: &Path) -> io::Result<()> {
        if !crate::HAS_OBJECTS {
            crate::nothing::<()>();
            return Ok(());
        }
        static FILE: Mutex<()> = Mutex::new(());

        let path = file(folder);
        let line = format!("{}\n", self.json(folder));
        let _guard = FILE.lock().unwrap_or_else(PoisonError::into_inner);
        let append = || {
            fs::create_dir_all(folder)?;
            let mut file = OpenOptions::new().create(true).append(true).open(&path)?;
            file.write_all(line.as_bytes())
        };
        append().map_err(|error| {
            let path = path.display();
            io::Error::new(error.kind(), format!("{path} cannot be written: {error}"))
        })
    }

    fn json(&self, folder: &Path) -> Json<'_> {
        let failure = self.conclusion.found.as_ref().err();
        let (verdict, objects, bytes) = self.sum();
        let leaks = match failure.map(Failure::found) {
            Some(Found::Leaks(leaks)) => leaks_as_json(leaks),
            _ => Json::Null,
        };
        let (krate, test) = self
            .test
            .name
            .split_once("::")
            .unwrap_or(("", &self.test.name));
        let krate = krate.rsplit('/').next().unwrap_or(krate);
        let points = failure.map_or(&[][..], Failure::points);
        Json::Object(vec![
            ("schema", Json::text("objgraph-test")),
            ("version", Json::Number(VERSION)),
            (
                "package",
                self.target.package.map_or(Json::Null, Json::text),
            ),
            ("target", Json::text(self.target.kind())),
            ("crate", Json::text(krate)),
            ("test", Json::text(test)),
            ("passed", self.conclusion.has_succeeded.into()),
            ("verdict", Json::text(verdict)),
            ("fails", failure.is_some().into()),
            ("objects", Json::number(objects)),
            ("bytes", Json::Number(bytes)),
            ("leaks", leaks),
            (
                "notes",
                Json::list(self.notes().into_iter().map(Json::text)),
            ),
            ("points", Json::list(points.iter().map(point))),
            ("text", Json::text(self.text())),
            (
                "picture",
                self.picture(folder).map_or(Json::Null, Json::text),
            ),
        ])
    }

    fn sum(&self) -> Sum {
        match &self.conclusion.found {
            Ok(None) => ("clean", 0, 0),
            Ok(Some(unproven)) => sum_of_unproven(unproven),
            Err(failure) => match failure.found() {
                Found::Other => ("clean", 0, 0),
                Found::Leaks(leaks) => sum_of_leaks(leaks),
                Found::Unproven(unproven) => sum_of_unproven(unproven),
            },
        }
    }

    /// Returns what is not proven; about several tests, with their names.
    fn notes(&self) -> Vec<String> {
        let mut notes = self.conclusion.notes.clone();
        if let Some((tests, line)) = &self.conclusion.together {
            let tests: Vec<&str> = tests.iter().map(String::as_str).collect();
            notes.push(format!("while {} ran, {line}", tests.join(", ")));
        }
        notes
    }

    fn text(&self) -> String {
        match &self.conclusion.found {
            Ok(None) => String::new(),
            Ok(Some(unproven)) => unproven_text(unproven).trim_end().to_owned(),
            Err(failure) => failure.to_string(),
        }
    }

    /// Draws the picture, without the program `dot`: hundreds of tests may leak. Returns its path.
    fn picture(&self, folder: &Path) -> Option<String> {
        let failure = self.conclusion.found.as_ref().err()?;
        let svg = to_svg_without_dot(failure.picture()?).ok()?;
        let path = folder.join(format!("{}.svg", self.test.file()));
        fs::create_dir_all(folder).ok()?;
        write_whole(&path, svg.as_bytes()).ok()?;
        Some(path.display().to_string())
    }
}

/// Returns the file of this process.
fn file(folder: &Path) -> PathBuf {
    let program = env::current_exe().ok();
    let name = program.as_deref().and_then(Path::file_stem);
    let name = name.map_or("tests".into(), |name| name.to_string_lossy());
    folder.join(format!("{name}-{}.jsonl", process_id()))
}

fn sum_of_leaks(leaks: &Leaks) -> Sum {
    let (verdict, kinds, objects) = match leaks.is_empty() {
        true => ("likely", leaks.likely_kinds(), leaks.likely_leaked().len()),
        false => ("leaked", leaks.kinds(), leaks.len()),
    };
    let bytes: u64 = kinds.all().iter().map(|kind| kind.retained).sum();
    (verdict, objects, bytes + kinds.shared_bytes())
}

fn sum_of_unproven(unproven: &UnprovenObjects) -> Sum {
    let verdict = match unproven.has_possibly_leaked() {
        true => "possibly",
        false => "unproven",
    };
    (verdict, unproven.nodes().count(), unproven.bytes())
}

fn point(point: &Point) -> Json<'_> {
    Json::Object(vec![
        ("file", Json::text(&*point.site.file)),
        ("line", Json::Number(point.site.line.into())),
        ("column", Json::Number(point.site.column.into())),
        ("text", Json::text(&*point.text)),
    ])
}
