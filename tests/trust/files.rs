//! Files and pipes that cannot be written, missing programs, and unknown names: the error says what
//! to do, and nothing is lost.

use std::ffi::OsStr;
use std::io::{self, BufRead as _, BufReader, Read as _, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::{fs, iter};

use objgraph::rc::Rc;
use objgraph::{ObjectId, leaks::Fingerprint, picture::PictureError};

use crate::nested_cargo::has_tool;
use crate::queries::Subject;
use crate::{alone, processes, writers};

/// Returns an empty folder for this test.
pub fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("files")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = names
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn subject() -> Rc<Subject> {
    let subject = Rc::new(Subject::default());
    subject.next.replace(Some(Rc::new(Subject::default())));
    subject
}

/// The formats that need no program.
const OURS: [&str; 6] = ["dot", "gv", "txt", "json", "graphml", "mmd"];

/// A writer that accepts a limited number of bytes.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        match taken {
            0 if !bytes.is_empty() => Err(io::ErrorKind::StorageFull.into()),
            taken => Ok(taken),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_writer_that_is_full_at_any_byte() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    let subject = subject();
    writers::of_all(&subject, |name, write| {
        let mut all = Vec::new();
        write(&mut all).unwrap();
        assert!(!all.is_empty(), "{name}");
        for room in 0..all.len() {
            let error = write(&mut Full(room)).expect_err(name);
            assert_eq!(error.kind(), io::ErrorKind::StorageFull, "{name} at {room}");
        }
        write(&mut Full(all.len())).unwrap();
    });
}

/// The limit on the size of files simulates a full disk.
#[cfg(unix)]
#[test]
fn a_full_disk_leaves_what_was_there() {
    const CHILD: &str = "files::a_full_disk_leaves_what_was_there";
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    if processes::is_child(CHILD) {
        let folder = PathBuf::from(std::env::var_os("FOLDER").unwrap());
        let many: Vec<_> = iter::repeat_with(subject).take(200).collect();
        let picture = objgraph::refs(&many).fold(false);
        for format in OURS {
            let path = folder.join(format!("old.{format}"));
            let error = picture.save(&path).unwrap_err();
            assert!(matches!(error, PictureError::Unwritable { .. }), "{error}");
            assert!(error.to_string().contains("old."), "{error}");
        }
        // Nor does a picture in the temporary folder leave half a file.
        assert!(picture.show().is_err());
        return;
    }
    let folder = folder("full");
    let old: Vec<String> = OURS.iter().map(|format| format!("old.{format}")).collect();
    for name in &old {
        fs::write(folder.join(name), "as it was").unwrap();
    }
    let child = processes::child(CHILD);
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", "trap '' XFSZ; ulimit -f 1; exec \"$@\"", "sh"]);
    shell.arg(child.get_program()).args(child.get_args());
    shell.envs(
        child
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    let output = shell
        .env("FOLDER", &folder)
        .env("TMPDIR", &folder)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let mut expected = old.clone();
    expected.sort();
    assert_eq!(names(&folder), expected);
    for name in &old {
        assert_eq!(fs::read_to_string(folder.join(name)).unwrap(), "as it was");
    }
}

#[test]
fn paths_that_cannot_be_written_or_have_no_format() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    let folder = folder("paths");
    let subject = subject();
    let picture = objgraph::refs(&subject);
    let unwritable = [
        folder.join("no/such.dot"),
        folder.join("nul\0.dot"),
        folder.join("x".repeat(300) + ".dot"),
    ];
    for path in unwritable {
        let error = picture.save(&path).unwrap_err();
        assert!(matches!(error, PictureError::Unwritable { .. }), "{error}");
        let shown = objgraph::show_refs(&subject, &path).unwrap_err();
        assert_eq!(shown.to_string(), error.to_string());
    }
    for name in [
        "none",
        "a.",
        ".svg",
        "a.-Tpng",
        "a.p/g",
        "a.pn g",
        "a.\u{202e}",
        "",
    ] {
        let error = picture.save(folder.join(name)).unwrap_err();
        assert!(
            matches!(error, PictureError::UnknownFormat { .. }),
            "{name:?}: {error}"
        );
        assert!(
            error.to_string().contains("end the file name in"),
            "{error}"
        );
    }
    assert_eq!(names(&folder), [""; 0]);
}

/// A folder, a dangling link, and a read-only file: the old content remains, or all of it is
/// replaced.
#[cfg(unix)]
#[test]
fn paths_where_there_is_something_else() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    let folder = folder("something-else");
    let subject = subject();
    let picture = objgraph::refs(&subject);
    let mut formats = OURS.to_vec();
    formats.push("svg");
    if has_tool("graphviz", "dot", &["-V"]) {
        formats.push("png");
    }
    for format in formats {
        let path = folder.join(format!("folder.{format}"));
        fs::create_dir(&path).unwrap();
        fs::write(path.join("inside"), "as it was").unwrap();
        let error = picture.save(&path).unwrap_err();
        assert!(matches!(error, PictureError::Unwritable { .. }), "{error}");
        assert!(error.to_string().contains("folder."), "{error}");
        assert!(
            picture
                .save(path.join(format!("../folder.{format}/")))
                .is_err()
        );
        assert_eq!(names(&path), ["inside"]);
        fs::remove_dir_all(&path).unwrap();

        let path = folder.join(format!("link.{format}"));
        symlink("no/such/folder", &path).unwrap();
        if picture.save(&path).is_ok() {
            assert!(fs::metadata(&path).unwrap().len() > 0);
        }
        fs::remove_file(&path).unwrap();

        let path = folder.join(format!("locked.{format}"));
        fs::write(&path, "as it was").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
        match picture.save(&path) {
            Ok(()) => assert_ne!(fs::read(&path).unwrap(), b"as it was"),
            Err(_) => assert_eq!(fs::read(&path).unwrap(), b"as it was"),
        }
        fs::remove_file(&path).unwrap();
        assert_eq!(names(&folder), [""; 0], "{format}: nothing is left beside");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn paths_that_are_no_text() {
    use std::os::unix::ffi::OsStrExt as _;

    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    let folder = folder("no-text");
    let subject = subject();
    let picture = objgraph::refs(&subject);
    let odd: [&[u8]; 3] = [b"\xff\xfe.dot", b"-rf \"$(x)\" \n.dot", b"\xf0\x28.txt"];
    for name in odd {
        let path = folder.join(OsStr::from_bytes(name));
        picture.save(&path).unwrap();
        assert!(fs::metadata(&path).unwrap().len() > 0);
        objgraph::show_refs(&subject, &path).unwrap();
    }
    assert_eq!(names(&folder).len(), odd.len());
    let path = folder.join(OsStr::from_bytes(b"a.\xff"));
    let error = picture.save(path).unwrap_err();
    assert!(matches!(error, PictureError::UnknownFormat { .. }));
    // A read-only folder, which root may write to.
    use std::os::unix::fs::PermissionsExt as _;
    let locked = folder.join("locked");
    fs::create_dir(&locked).unwrap();
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o555)).unwrap();
    match picture.save(locked.join("a.dot")) {
        Ok(()) => assert_eq!(names(&locked), ["a.dot"]),
        Err(error) => assert!(matches!(error, PictureError::Unwritable { .. }), "{error}"),
    }
    assert!(picture.save("/dev/null/a.dot").is_err());
    assert!(picture.save("/proc/a.dot").is_err());
}

#[test]
fn without_any_program() {
    const CHILD: &str = "files::without_any_program";
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    let folder = folder(if processes::is_child(CHILD) {
        "bare"
    } else {
        "bare-parent"
    });
    if !processes::is_child(CHILD) {
        processes::run_with(CHILD, |child| {
            child.env("PATH", "");
        });
        return;
    }
    let subject = subject();
    let picture = objgraph::refs(&subject);
    for format in OURS.iter().chain(&["svg"]) {
        picture.save(folder.join(format!("a.{format}"))).unwrap();
    }
    let error = picture.save(folder.join("a.png")).unwrap_err();
    assert!(matches!(error, PictureError::DotMissing { .. }), "{error}");
    assert!(error.to_string().contains("install graphviz"), "{error}");
    assert_eq!(names(&folder).len(), OURS.len() + 1);
    let path = picture.show().unwrap();
    assert!(fs::read_to_string(&path).unwrap().contains("<svg"));
    fs::remove_file(path).unwrap();
    picture.print().unwrap();
    picture.evcxr_display();
}

/// Puts a program in place of `dot`, first in the path.
#[cfg(unix)]
#[test]
fn a_dot_that_fails() {
    use std::os::unix::fs::PermissionsExt as _;

    const CHILD: &str = "files::a_dot_that_fails";
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    if !processes::is_child(CHILD) {
        let folder = folder("failing");
        let dot = folder.join("dot");
        fs::write(
            &dot,
            "#!/bin/sh\necho 'syntax error near nothing' >&2\nexit 3\n",
        )
        .unwrap();
        fs::set_permissions(&dot, fs::Permissions::from_mode(0o755)).unwrap();
        processes::run_with(CHILD, |child| {
            child.env("PATH", &folder).env("TMPDIR", &folder);
        });
        // Its input is kept, and no picture is written.
        let mut names = names(&folder);
        names.retain(|name| !(name.starts_with("objgraph-") && name.ends_with(".dot")));
        assert_eq!(names, ["dot"]);
        return;
    }
    let folder = PathBuf::from(std::env::var_os("PATH").unwrap());
    let subject = subject();
    let picture = objgraph::refs(&subject);
    for name in ["a.png", "a.svg", "a.nosuch"] {
        let error = picture.save(folder.join(name)).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("syntax error near nothing"), "{text}");
        let PictureError::DotFailed {
            kept: Some(kept), ..
        } = error
        else {
            panic!("{text}");
        };
        assert!(text.contains(&kept.display().to_string()), "{text}");
        let kept = fs::read_to_string(kept).unwrap();
        assert!(kept.starts_with("digraph") && kept.contains("Subject"));
    }
    // In an assertion or a notebook the error is reported, and not fatal.
    picture.evcxr_display();
    let failed = std::panic::catch_unwind(|| objgraph::assert_count!(Subject, 0)).unwrap_err();
    let said = failed.downcast_ref::<String>().unwrap();
    assert!(said.contains("syntax error near nothing"), "{said}");
}

#[test]
fn a_format_that_dot_does_not_know() {
    if !objgraph::ENABLED || !has_tool("graphviz", "dot", &["-V"]) {
        return;
    }
    let _alone = alone();
    let folder = folder("unknown");
    let subject = subject();
    let error = objgraph::show_refs(&subject, folder.join("a.nosuch")).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("nosuch"), "{text}");
    let PictureError::DotFailed {
        kept: Some(kept), ..
    } = error
    else {
        panic!("{text}");
    };
    fs::remove_file(kept).unwrap();
    assert_eq!(names(&folder), [""; 0]);
}

/// The reader of the standard output has ended.
#[test]
fn a_standard_output_that_is_closed() {
    const CHILD: &str = "files::a_standard_output_that_is_closed";
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    if processes::is_child(CHILD) {
        let folder = folder("closed");
        println!("ready");
        let mut go = [0];
        io::stdin().read_exact(&mut go).unwrap();
        let gone = io::stdout().write_all(b"nobody reads this\n");
        let gone = gone.and_then(|()| io::stdout().flush());
        assert_eq!(gone.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
        let subject = subject();
        let picture = objgraph::refs(&subject);
        objgraph::show_growth();
        objgraph::show_most_common_types();
        objgraph::growth::show_new_ids();
        objgraph::bytes::show_retained();
        objgraph::bytes::show_typesizes();
        objgraph::growth::query_new_ids().show();
        objgraph::show_refs(&subject, folder.join("a.dot")).unwrap();
        drop(objgraph::show_leaks(folder.join("b.dot")).unwrap());
        picture.print().unwrap();
        picture.evcxr_display();
        fs::remove_file(picture.show().unwrap()).unwrap();
        // The annotations of a failure, too.
        let failed = std::panic::catch_unwind(|| objgraph::assert_count!(Subject, 0));
        assert!(failed.is_err());
        eprintln!("all was queried");
        // The harness itself would fail.
        std::process::exit(0);
    }
    let mut child = processes::child(CHILD)
        .env("PATH", "")
        .env("GITHUB_ACTIONS", "true")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("ready") {
        line.clear();
        assert!(
            stdout.read_line(&mut line).unwrap() > 0,
            "it ends too early"
        );
    }
    drop(stdout);
    child.stdin.take().unwrap().write_all(b"!").unwrap();
    let output = child.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    assert!(errors.contains("all was queried"), "{errors}");
}

#[test]
fn unknown_ids_and_types() {
    let _alone = alone();
    let gone = {
        let subject = subject();
        objgraph::id(&subject)
    };
    for id in [gone, ObjectId::NONE] {
        assert!(objgraph::at(id).is_none());
        assert!(objgraph::at_addrs([id]).is_empty());
        assert!(objgraph::why_alive(id).is_none());
        assert!(objgraph::what_if::what_if_dropped(id).is_none());
        assert!(objgraph::owners::owners(id).is_none());
        assert!(objgraph::core::label_of(id).is_none());
        assert!(objgraph::snapshot().find(id).is_none());
        let picture = objgraph::refs(id);
        assert!(picture.to_dot().unwrap().starts_with("digraph"));
    }
    for name in [
        "",
        "no::Such",
        "Sub",
        "\0",
        "<",
        "::",
        "Subject::",
        "[",
        "\u{202e}",
    ] {
        assert_eq!(objgraph::count(name), 0, "{name:?}");
        assert!(objgraph::by_type(name).is_empty());
        assert!(objgraph::what_if::what_if_weak(name).is_none());
        assert!(objgraph::what_if::what_if_weak(&format!("{name}.next")).is_none());
        let picture = objgraph::refs(ObjectId::NONE)
            .only_types([name])
            .collapse(name);
        assert!(picture.drawing().unwrap().nodes.is_empty());
    }
    for text in [
        "",
        "leak-",
        "leak-0",
        "leak-+000000000000001",
        "leak-000000000000000\u{661}",
    ] {
        assert!(text.parse::<Fingerprint>().is_err(), "{text:?}");
    }
}
