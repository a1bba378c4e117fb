//! Files and labels do no harm.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};

use objgraph::Tracked;
use objgraph::rc::Rc;

use crate::process;

#[derive(Tracked, Default)]
struct Page {
    next: RefCell<Option<Rc<Page>>>,
}

/// Returns an empty folder of one test alone.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("cases")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// What a picture holds may be private, and so its file.
#[cfg(unix)]
mod drop_in {
    use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _, symlink};
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn a_private_file_stays_private() {
        if !objgraph::ENABLED {
            return;
        }
        let folder = folder("private");
        let page = Rc::new(Page::default());
        let picture = objgraph::refs(&page);
        for format in ["dot", "svg", "txt", "json", "graphml", "mmd"] {
            let path = folder.join(format!("page.{format}"));
            fs::write(&path, "before").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            let link = folder.join(format!("link.{format}"));
            symlink(&path, &link).unwrap();
            picture.save(&link).unwrap();
            assert!(link.is_symlink(), "{format}");
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{format}");
            assert_ne!(fs::read(&path).unwrap(), b"before", "{format}");
        }
        let long = "x".repeat(251) + ".dot";
        picture.save(folder.join(&long)).unwrap();
        assert_eq!(names(&folder).len(), 13);
        assert!(names(&folder).contains(&long));
    }

    #[test]
    fn pipes_and_devices_are_written_to() {
        if !objgraph::ENABLED {
            return;
        }
        let folder = folder("pipe");
        let page = Rc::new(Page::default());
        let picture = objgraph::refs(&page);
        let text = picture.to_dot().unwrap();
        // `sh` alone makes no pipe that has a name.
        let pipe = folder.join("pipe.dot");
        let made = Command::new("mkfifo").arg(&pipe).status();
        if made.is_ok_and(|status| status.success()) {
            let reader = std::thread::spawn({
                let pipe = pipe.clone();
                move || fs::read_to_string(pipe).unwrap()
            });
            picture.save(&pipe).unwrap();
            assert_eq!(reader.join().unwrap(), text);
            assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
            fs::remove_file(&pipe).unwrap();
        }
        symlink("/dev/null", folder.join("null.svg")).unwrap();
        picture.save(folder.join("null.svg")).unwrap();
        picture.save("/dev/null").unwrap();
        let null = fs::metadata("/dev/null").unwrap();
        assert!(null.file_type().is_char_device());
        assert_eq!(names(&folder), ["null.svg"]);
    }

    /// Whatever the standard output is: what was printed before and after stays.
    #[test]
    fn a_picture_goes_to_the_standard_output() {
        const TEST: &str = "files::drop_in::a_picture_goes_to_the_standard_output";
        if !objgraph::ENABLED {
            return;
        }
        if process::is_child(TEST) {
            let page = Rc::new(Page::default());
            println!("before");
            objgraph::show_refs(&page, "/dev/stdout").unwrap();
            println!("after");
            return;
        }
        let path = folder("stdout").join("output");
        let file = fs::File::create(&path).unwrap();
        let pipe = process::command(TEST).output().unwrap();
        let mut to_file = process::command(TEST);
        let status = to_file.stdout(Stdio::from(file)).status().unwrap();
        assert!(status.success() && pipe.status.success());
        for printed in [
            String::from_utf8(pipe.stdout).unwrap(),
            fs::read_to_string(&path).unwrap(),
        ] {
            let at = |text: &str| printed.find(text).unwrap_or_else(|| panic!("{printed}"));
            assert!(at("before\n") < at("digraph"), "{printed}");
            assert!(at("digraph") < at("after\n"), "{printed}");
        }
        assert_eq!(names(path.parent().unwrap()), ["output"]);
    }

    /// The limit on the size of files kills the writer in the middle of a write.
    #[test]
    fn a_killed_writer_leaves_the_old_file_and_the_next_tidies_up() {
        const TEST: &str =
            "files::drop_in::a_killed_writer_leaves_the_old_file_and_the_next_tidies_up";
        if !objgraph::ENABLED {
            return;
        }
        let pages: Vec<_> = (0..200).map(|_| Rc::new(Page::default())).collect();
        let picture = objgraph::refs(&pages).fold(false);
        if process::is_child(TEST) {
            let folder = PathBuf::from(std::env::var_os("FOLDER").unwrap());
            let _ = picture.save(folder.join("page.dot"));
            unreachable!("the writer was to be killed");
        }
        let folder = folder("killed");
        fs::write(folder.join("page.dot"), "before").unwrap();
        for _ in 0..3 {
            let child = process::command(TEST);
            let mut shell = Command::new("sh");
            shell.args(["-c", "ulimit -c 0; ulimit -f 1; exec \"$@\"", "sh"]);
            shell.arg(child.get_program()).args(child.get_args());
            let variables = child.get_envs();
            shell.envs(variables.filter_map(|(name, value)| Some((name, value?))));
            let output = shell.env("FOLDER", &folder).output().unwrap();
            assert!(output.status.code().is_none(), "{output:?}");
            assert_eq!(names(&folder), [".objgraph-0.tmp", "page.dot"]);
            assert_eq!(fs::read(folder.join("page.dot")).unwrap(), b"before");
        }
        picture.save(folder.join("other.dot")).unwrap();
        assert_eq!(names(&folder), ["other.dot", "page.dot"]);
    }

    /// As for any writer: what may not be written to stays, and the error says what to do.
    #[test]
    fn what_may_not_be_written_to_stays() {
        if !objgraph::ENABLED {
            return;
        }
        let folder = folder("read-only");
        let page = Rc::new(Page::default());
        let picture = objgraph::refs(&page);
        let file = folder.join("page.dot");
        fs::write(&file, "before").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).unwrap();
        // Root may write to it.
        let may = fs::OpenOptions::new().write(true).open(&file).is_ok();
        match picture.save(&file) {
            Ok(()) => assert!(may),
            Err(error) => {
                assert!(!may, "{error}");
                let error = error.to_string();
                assert!(error.contains("page.dot"), "{error}");
                assert!(error.ends_with("; make it writable, or choose another path"));
                assert_eq!(fs::read(&file).unwrap(), b"before");
            }
        }
        // Its folder allows no new file, so it is written over.
        let file = folder.join("locked/page.dot");
        fs::create_dir(folder.join("locked")).unwrap();
        fs::write(&file, "before").unwrap();
        let locked = |mode| {
            let mode = fs::Permissions::from_mode(mode);
            fs::set_permissions(folder.join("locked"), mode).unwrap();
        };
        locked(0o555);
        let saved = picture.save(&file);
        locked(0o755);
        saved.unwrap();
        assert_eq!(
            fs::read_to_string(&file).unwrap(),
            picture.to_dot().unwrap()
        );
        let error = picture.save(folder.join("no/such.dot")).unwrap_err();
        let error = error.to_string();
        assert!(error.ends_with("; create its folder first"), "{error}");
    }
}
