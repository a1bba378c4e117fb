use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use objgraph_core::file::write_whole;

use super::super::dot_program::{DotProgram, Outcome};
#[cfg(unix)]
use super::save_by;
use super::{PictureError, render, save, to_svg};
use crate::analysis::testkit::Kit;
use crate::analysis::{Direction, Neighbourhood, PictureOptions};
use crate::draw::{Drawing, DrawingOptions};

const DOT: &str = "digraph G {\n  a -> b [label=\"x\"];\n}\n";

fn drawing() -> Drawing {
    let mut kit = Kit::new();
    let (a, b) = (kit.node("app::A", 1), kit.node("app::B", 0));
    kit.edge(a, "x", b);
    let snapshot = kit.snapshot();
    let picture =
        Neighbourhood::around(&snapshot, &[a], Direction::Refs, &PictureOptions::default());
    Drawing::new(&snapshot, &picture.unwrap(), &DrawingOptions::default())
}

/// A folder of this test alone, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("objgraph-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn files(&self) -> usize {
        fs::read_dir(&self.0).unwrap().count()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn has_dot() -> bool {
    let missing = matches!(DotProgram::installed().run("svg", DOT), Outcome::Missing);
    assert!(
        !missing || std::env::var("OBJGRAPH_REQUIRE_TOOLS").as_deref() != Ok("1"),
        "graphviz is required"
    );
    if missing {
        let _ = writeln!(io::stderr(), "skipped: needs graphviz");
    }
    !missing
}

#[test]
fn text_files_are_the_text() {
    let folder = Folder::new("text");
    let drawing = drawing();
    let names = [
        ("a.dot", drawing.to_dot()),
        ("b.gv", drawing.to_dot()),
        ("c.DOT", drawing.to_dot()),
        ("d.txt", drawing.to_text()),
        ("e.json", drawing.to_json()),
        ("f.graphml", drawing.to_graphml()),
        ("g.mmd", drawing.to_mermaid()),
    ];
    for (name, text) in &names {
        let path = folder.0.join(name);
        save(&drawing, &path).unwrap();
        save(&drawing, &path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), *text);
    }
    assert_eq!(folder.files(), names.len());
}

#[test]
fn formats_that_cannot_be_are_refused() {
    for path in ["picture", "", "..", "a.", "a.p-g", "a.png:cairo", "a.é"] {
        let error = save(&drawing(), path.as_ref()).unwrap_err();
        assert!(
            matches!(error, PictureError::UnknownFormat { .. }),
            "{path}: {error}"
        );
    }
    assert!(matches!(
        render(&drawing(), "-Tpng").unwrap_err(),
        PictureError::UnknownFormat { .. }
    ));
}

#[test]
fn a_page_needs_its_feature() {
    let error = save(&drawing(), "x.HTML".as_ref()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "objgraph writes .html files with its feature `html`: turn it on with `cargo add objgraph \
         --features html`"
    );
    assert!(matches!(
        error,
        PictureError::FeatureMissing {
            feature: "html",
            ..
        }
    ));
}

#[test]
fn a_file_that_cannot_be_written_leaves_nothing_behind() {
    let folder = Folder::new("unwritable");
    let error = save(&drawing(), &folder.0.join("no/such/folder.dot")).unwrap_err();
    assert!(error.to_string().starts_with("cannot write "), "{error}");
    // A folder is where the file should be.
    let path = folder.0.join("taken.dot");
    fs::create_dir(&path).unwrap();
    fs::write(path.join("inside"), "").unwrap();
    assert!(write_whole(&path, b"text").is_err());
    assert_eq!(folder.files(), 1);
}

#[test]
fn graphviz_makes_pictures() {
    if !has_dot() {
        return;
    }
    let folder = Folder::new("dot");
    save(&drawing(), &folder.0.join("a.png")).unwrap();
    assert!(
        fs::read(folder.0.join("a.png"))
            .unwrap()
            .starts_with(b"\x89PNG")
    );
    assert!(to_svg(&drawing()).unwrap().contains("<svg"));
    let error = save(&drawing(), &folder.0.join("a.nosuch")).unwrap_err();
    assert!(error.to_string().contains("nosuch"), "{error}");
    let PictureError::DotFailed { kept, .. } = error else {
        panic!("{error}");
    };
    fs::remove_file(kept.expect("the text was kept")).unwrap();
    assert_eq!(folder.files(), 1);
}

#[test]
fn a_missing_program_is_reported() {
    let dot = DotProgram {
        name: OsStr::new("no-such-program-as-this"),
        limit: Duration::from_secs(5),
    };
    assert!(matches!(dot.run("svg", DOT), Outcome::Missing));
    let error = PictureError::DotMissing {
        format: "png".to_owned(),
    };
    assert_eq!(
        error.to_string(),
        "dot is not installed, and .png needs it: install graphviz, or save as .svg or .dot"
    );
}

#[cfg(unix)]
mod programs {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// A program in place of `dot`.
    fn program(folder: &Folder, script: &str) -> PathBuf {
        let path = folder.0.join("program");
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    fn outcome(name: &str, script: &str, text: &str, limit: Duration) -> Outcome {
        let folder = Folder::new(name);
        let path = program(&folder, script);
        // Another thread's child may hold the file open for writing for a moment after `fork`.
        loop {
            let dot = DotProgram {
                name: path.as_os_str(),
                limit,
            };
            match dot.run("svg", text) {
                Outcome::Broken(error) if error.kind() == io::ErrorKind::ExecutableFileBusy => {}
                outcome => return outcome,
            }
        }
    }

    #[test]
    fn more_than_a_pipe_holds_passes_both_ways() {
        let text = "x".repeat(3 << 20);
        match outcome(
            "pipe",
            "cat; cat /dev/null >&2",
            &text,
            Duration::from_secs(60),
        ) {
            Outcome::Done(bytes) => assert_eq!(bytes, text.as_bytes()),
            _ => panic!("it did not come back"),
        }
    }

    #[test]
    fn a_program_that_does_not_read_does_not_block() {
        let text = "x".repeat(3 << 20);
        match outcome(
            "deaf",
            "echo 'bad picture' >&2; exit 3",
            &text,
            Duration::from_secs(60),
        ) {
            Outcome::Failed(status, message) => {
                assert_eq!((status.code(), message.as_str()), (Some(3), "bad picture"));
            }
            _ => panic!("it failed"),
        }
    }

    #[test]
    fn a_viewer_gets_the_text_in_a_file_that_is_the_users_own() {
        use crate::draw::viewer::{Presentation, show};

        let folder = Folder::new("viewer");
        // No shell: the odd name of the folder is one argument.
        let odd = folder.0.join("a b; $(c)");
        fs::create_dir(&odd).unwrap();
        let path = program(&folder, &format!("cat \"$1\" > '{}/seen'", odd.display()));
        let (file, mut child) = loop {
            match show(path.as_os_str(), &drawing(), &odd).unwrap() {
                Presentation::Viewer(file, child) => break (file, child),
                // The program was held open for writing: see above.
                Presentation::File(file) => fs::remove_file(file).unwrap(),
            }
        };
        assert!(child.wait().unwrap().success());
        let seen = fs::read_to_string(odd.join("seen")).unwrap();
        assert_eq!(seen, drawing().to_dot_for_graphviz());
        let mode = fs::metadata(file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    /// Saves a picture, with this script for `dot`.
    fn saved(folder: &Folder, script: &str, limit: Duration, name: &str) -> Option<PictureError> {
        let path = program(folder, script);
        let dot = DotProgram {
            name: path.as_os_str(),
            limit,
        };
        loop {
            match save_by(&dot, &drawing(), &folder.0.join(name)) {
                Err(PictureError::DotBroken(error))
                    if error.kind() == io::ErrorKind::ExecutableFileBusy => {}
                result => return result.err(),
            }
        }
    }

    /// Takes the text that was kept.
    fn take(kept: Option<&PathBuf>) -> String {
        let path = kept.expect("the text was kept");
        let text = fs::read_to_string(path).unwrap();
        fs::remove_file(path).unwrap();
        text
    }

    #[test]
    fn what_dot_fails_at_is_kept_and_reported() {
        let folder = Folder::new("kept");
        let script = "cat >/dev/null; printf 'no \\033[31mfont' >&2; exit 7";
        let error = saved(&folder, script, Duration::from_secs(60), "a.png").unwrap();
        let text = error.to_string();
        let PictureError::DotFailed { kept, message, .. } = error else {
            panic!("{text}");
        };
        assert_eq!(take(kept.as_ref()), drawing().to_dot_for_graphviz());
        assert!(message.contains("font"), "{message}");
        // Nothing that a terminal obeys.
        assert!(
            text.contains("\\u{1b}[31mfont") && !text.contains('\x1b'),
            "{text}"
        );
        assert!(
            text.contains("7") && text.contains("; its input is kept in "),
            "{text}"
        );
        // The program alone: no picture, and no half of one.
        assert_eq!(folder.files(), 1);
    }

    #[test]
    fn what_dot_does_not_end_is_kept_or_drawn_without_it() {
        let folder = Folder::new("endless");
        let limit = Duration::from_millis(200);
        let error = saved(&folder, "exec sleep 60", limit, "a.png").unwrap();
        let text = error.to_string();
        let PictureError::DotTimedOut { kept, .. } = error else {
            panic!("{text}");
        };
        assert_eq!(take(kept.as_ref()), drawing().to_dot_for_graphviz());
        assert_eq!(folder.files(), 1);
        let error = saved(&folder, "exec sleep 60", limit, "a.svg");
        assert!(error.is_none(), "{error:?}");
        let svg = fs::read_to_string(folder.0.join("a.svg")).unwrap();
        assert!(svg.ends_with("</svg>\n"));
    }

    #[test]
    fn a_program_that_hangs_is_stopped() {
        let start = Instant::now();
        let outcome = outcome("hangs", "exec sleep 60", DOT, Duration::from_millis(200));
        assert!(matches!(outcome, Outcome::TimedOut(_)));
        assert!(start.elapsed() < Duration::from_secs(20));
    }
}

#[test]
fn without_a_viewer_the_picture_is_a_file() {
    use super::super::viewer::{Presentation, show};

    let folder = Folder::new("no-viewer");
    let shown = show(OsStr::new("no-such-program-as-this"), &drawing(), &folder.0).unwrap();
    let Presentation::File(path) = shown else {
        panic!("there is no such viewer");
    };
    assert!(fs::read_to_string(&path).unwrap().contains("<svg"));
    assert_eq!(folder.files(), 1);
    let nowhere = folder.0.join("no/such/folder");
    let error = show(OsStr::new("no-such-program-as-this"), &drawing(), &nowhere).unwrap_err();
    assert!(matches!(error, PictureError::Unwritable { .. }), "{error}");
}
