//! Writing files and labels does no harm.

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

/// The file of a private picture stays private.
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

    /// Whatever the standard output is, texts printed before and after remain.
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

    /// A read-only file stays, and the error says what to do.
    #[test]
    fn a_read_only_file_stays() {
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
        // Its folder allows no new file, so the file itself is overwritten.
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

/// While a label is written, the `Debug` of our pointers stops at a small depth.
mod labels {
    use std::cell::Cell;
    use std::fmt::{self, Write as _};
    use std::io::{BufRead as _, BufReader};
    use std::process::Stdio;
    use std::sync::{Mutex, RwLock};

    use objgraph::leaks::with_labels;
    use objgraph::sync::Arc;

    use super::*;

    /// A type whose `Debug` formats what it points to before it writes anything.
    macro_rules! recursive {
        ($($name:ident($Pointer:ident, $field:ident, $f:ident) $body:expr;)*) => {$(
            #[derive(Tracked, Default)]
            struct $name {
                $field: RefCell<Vec<$Pointer<$name>>>,
            }

            impl fmt::Debug for $name {
                fn fmt(&self, $f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    let $field = self.$field.borrow();
                    $body
                }
            }
        )*};
    }

    recursive! {
        Forwards(Rc, next, f) match next.first() {
            Some(next) => next.fmt(f),
            None => f.write_str("end"),
        };
        Formats(Rc, next, f) {
            let texts: Vec<String> = next.iter().map(|one| format!("{one:?}")).collect();
            write!(f, "({})", texts.join(" "))
        };
        Displays(Rc, next, f) {
            let texts: Vec<String> = next.iter().map(|one| one.to_string()).collect();
            write!(f, "({})", texts.join(" "))
        };
    }

    impl fmt::Display for Displays {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            fmt::Debug::fmt(self, f)
        }
    }

    #[derive(Tracked, Default)]
    struct SharedNode(Mutex<Vec<Arc<SharedNode>>>);

    impl fmt::Debug for SharedNode {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            let next = self.0.try_lock().map_err(|_| fmt::Error)?.clone();
            let text = next.iter().fold(String::new(), |mut text, one| {
                let _ = write!(text, "{one:?}");
                text
            });
            write!(f, "<{text}>")
        }
    }

    fn leak_a_ring<T: Default + 'static>(next: impl Fn(&T) -> &RefCell<Vec<Rc<T>>>) {
        let ring: Vec<Rc<T>> = (0..3).map(|_| Rc::default()).collect();
        // Each leads to all, so that there are many paths.
        for one in &ring {
            for _ in 0..20 {
                next(one).borrow_mut().extend(ring.iter().cloned());
            }
        }
    }

    #[test]
    fn a_debug_that_follows_a_cycle_ends() {
        if !objgraph::ENABLED {
            return;
        }
        process::succeeds("files::labels::a_debug_that_follows_a_cycle_ends", || {
            leak_a_ring::<Forwards>(|one| &one.next);
            leak_a_ring::<Formats>(|one| &one.next);
            leak_a_ring::<Displays>(|one| &one.next);
            let shared = Arc::new(SharedNode::default());
            shared
                .0
                .lock()
                .unwrap()
                .extend([shared.clone(), shared.clone()]);
            drop(shared);
            let leaks = with_labels(objgraph::find_leaks());
            assert_eq!(leaks.len(), 10);
            let text = leaks.to_string();
            assert!(text.starts_with("10 objects leaked"), "{text}");
            assert!(text.contains("((((((((…"), "{text}");
            let shared = objgraph::by_type("SharedNode");
            let label = shared[0].label().unwrap();
            assert!(label.starts_with("<<<<") && label.contains("<…"), "{label}");
            let dot = objgraph::refs(leaks.iter().next().unwrap().id()).to_dot();
            assert!(dot.unwrap().starts_with("digraph"));
            // Only in labels.
            let held = Rc::new(Formats::default());
            for _ in 0..20 {
                let inner = Rc::new(Formats::default());
                inner.next.borrow_mut().push(held.clone());
                assert!(!format!("{inner:?}").contains('…'));
            }
        });
    }

    /// Counts how often it is formatted.
    #[derive(Tracked, Default)]
    struct Counts(RefCell<Option<Rc<Counts>>>);

    thread_local! {
        static FORMATTED: Cell<u32> = const { Cell::new(0) };
    }

    impl fmt::Debug for Counts {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            FORMATTED.set(FORMATTED.get() + 1);
            write!(f, "as it is, {}", FORMATTED.get())
        }
    }

    /// A query runs no code of the program but `visit`, and a report none at all.
    #[test]
    fn only_with_labels_takes_labels() {
        if !objgraph::ENABLED {
            return;
        }
        process::succeeds("files::labels::only_with_labels_takes_labels", || {
            for _ in 0..20 {
                let counts = Rc::new(Counts::default());
                counts.0.replace(Some(counts.clone()));
            }
            let leaks = objgraph::find_leaks();
            assert!(!leaks.to_string().contains("for example"), "{leaks}");
            assert_eq!(FORMATTED.get(), 0);
            let leaks = with_labels(leaks);
            assert_eq!(FORMATTED.get(), 1, "one ring of one object");
            let first = leaks.ids().next().unwrap();
            objgraph::at(first)
                .unwrap()
                .upgrade::<Counts>()
                .unwrap()
                .0
                .take();
            for _ in 0..2 {
                let text = leaks.to_string();
                let example = format!("for example: Counts {first} as it is, 1\n");
                assert!(text.contains(&example), "{text}");
            }
            assert_eq!(FORMATTED.get(), 1);
            objgraph::alive::labels(false);
            let text = with_labels(objgraph::find_leaks()).to_string();
            assert!(!text.contains("for example"), "{text}");
            assert_eq!(FORMATTED.get(), 1);
        });
    }

    #[derive(Tracked, Default)]
    struct PanicNode(RefCell<Option<Rc<PanicNode>>>);

    impl fmt::Debug for PanicNode {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("not to be printed")
        }
    }

    #[test]
    fn a_debug_that_panics_is_reported() {
        if !objgraph::ENABLED {
            return;
        }
        process::succeeds("files::labels::a_debug_that_panics_is_reported", || {
            let panics = Rc::new(PanicNode::default());
            panics.0.replace(Some(panics.clone()));
            drop(panics);
            let text = with_labels(objgraph::find_leaks()).to_string();
            assert!(text.starts_with("1 object leaked"), "{text}");
            assert!(
                text.contains("(its Debug panicked: not to be printed"),
                "{text}"
            );
        });
    }

    /// A lock that a caller of objgraph holds, and that no field leads to.
    static STATE: Mutex<u32> = Mutex::new(1);

    macro_rules! waits {
        ($($name:ident($Pointer:ident))*) => {$(
            #[derive(Tracked, Default)]
            struct $name {
                own: RwLock<u32>,
                me: Mutex<Option<$Pointer<$name>>>,
            }

            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    let own = *self.own.write().unwrap();
                    write!(f, "state {} {own}", STATE.lock().unwrap())
                }
            }

            impl $name {
                fn cycle() -> $Pointer<Self> {
                    let one = $Pointer::new(Self::default());
                    *one.me.lock().unwrap() = Some(one.clone());
                    one
                }
            }
        )*};
    }

    waits! { Waits(Arc) WaitsHere(Rc) }

    /// The label of a `Send` value is written on a separate thread, which is left behind if it
    /// waits.
    #[test]
    fn a_label_that_waits_is_left_out() {
        const TEST: &str = "files::labels::a_label_that_waits_is_left_out";
        if !objgraph::ENABLED {
            return;
        }
        let printed = process::run(TEST, || {
            drop(Waits::cycle());
            let held = Waits::cycle();
            let own = held.own.read().unwrap();
            let dot = objgraph::refs(&held).to_dot().unwrap();
            assert!(dot.contains("(its Debug waits)"), "{dot}");
            let state = STATE.lock().unwrap();
            // Only the first object of a type is waited for.
            let text = with_labels(objgraph::find_leaks()).to_string();
            assert!(text.starts_with("1 object leaked"), "{text}");
            assert!(text.contains("(its Debug waits)"), "{text}");
            let failure = std::panic::catch_unwind(|| objgraph::assert_drops!(Waits::cycle()));
            let message = failure.unwrap_err().downcast::<String>().unwrap();
            assert!(message.contains("1 object leaked"), "{message}");
            drop(state);
            drop(own);
        });
        let Some(printed) = printed else { return };
        assert!(printed.succeeded, "{printed:?}");
        let announced: Vec<&str> = printed
            .stderr
            .lines()
            .filter(|line| line.starts_with("objgraph: the label of "))
            .collect();
        assert!(!announced.is_empty(), "{printed:?}");
        for line in announced {
            assert!(
                line.contains("::Waits waits; #[tracked(no_label)]"),
                "{line}"
            );
        }
    }

    /// Any other label has to be written on this thread; the report that waits for it is printed.
    #[test]
    fn a_label_that_waits_here_is_announced_with_the_report() {
        const TEST: &str = "files::labels::a_label_that_waits_here_is_announced_with_the_report";
        if !objgraph::ENABLED {
            return;
        }
        if process::is_child(TEST) {
            drop(WaitsHere::cycle());
            let _state = STATE.lock().unwrap();
            // The lock of the standard error is held.
            eprintln!("{}", with_labels(objgraph::find_leaks()));
            unreachable!("the label waits for this thread");
        }
        let mut child = process::command(TEST)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let announced = lines
            .by_ref()
            .map(Result::unwrap)
            .find(|line| line.starts_with("objgraph: the label of "));
        let announced = announced.expect("it is announced");
        assert!(announced.contains("::WaitsHere waits; #[tracked(no_label)]"));
        let report = lines
            .by_ref()
            .map(Result::unwrap)
            .find(|line| line.starts_with("1 object leaked"));
        assert!(report.is_some());
        let fix = lines
            .map(Result::unwrap)
            .find(|line| line.contains("fix: make"));
        assert!(fix.unwrap().contains("WaitsHere.me"));
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

/// The name of a deeply nested type can have a million characters.
mod long_names {
    use std::marker::PhantomData;
    use std::sync::Arc;

    use super::*;

    type Twice<T> = (T, T);
    type Times16<T> = Twice<Twice<Twice<Twice<T>>>>;
    /// Its name has more than 50,000 characters.
    type Long = Times16<Times16<Times16<Marker>>>;

    struct Marker;

    type LongNode = Node<Long>;

    #[derive(Tracked)]
    struct Node<T: 'static> {
        next: RefCell<Option<Rc<Node<T>>>>,
        // Opaque, and its name is as long.
        held: Option<Box<dyn Fn(&T)>>,
        marker: PhantomData<fn(&T)>,
    }

    fn node() -> Rc<Node<Long>> {
        objgraph::register::<Node<Long>>();
        let node = Rc::new(Node {
            next: RefCell::new(None),
            held: None,
            marker: PhantomData,
        });
        node.next.replace(Some(node.clone()));
        node
    }

    /// Returns everything that names the type.
    fn texts(node: &Rc<Node<Long>>) -> Vec<(&'static str, String)> {
        let snapshot = Arc::new(objgraph::snapshot());
        let leaks = objgraph::leaks::find_leaks_in(&snapshot);
        let written = |write: &dyn Fn(&mut dyn std::io::Write) -> std::io::Result<()>| {
            let mut out = Vec::new();
            write(&mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        let mut texts = vec![
            ("leaks", leaks.to_string()),
            ("blind spots", objgraph::blind_spots().to_string()),
            ("cycles", objgraph::find_cycles(node).to_string()),
            ("cycles of types", objgraph::type_cycles().to_string()),
            ("retained", objgraph::bytes::retained().to_string()),
            ("sizes", objgraph::bytes::typesizes().to_string()),
            ("zombies", objgraph::owners::zombies().to_string()),
            (
                "diff",
                objgraph::snapshot::diff(&objgraph::Snapshot::empty(), &snapshot).to_string(),
            ),
            (
                "JSON",
                written(&|out| objgraph::picture::write_json(&snapshot, out)),
            ),
            (
                "GraphML",
                written(&|out| objgraph::picture::write_graphml(&snapshot, out)),
            ),
            (
                "table",
                written(&|out| objgraph::alive::stats().write_most_common_types(out)),
            ),
            ("objects", format!("{:?}", objgraph::alive::objects())),
        ];
        let id = objgraph::id(node);
        texts.extend(objgraph::why_alive(id).map(|why| ("why alive", why.to_string())));
        texts.extend(
            objgraph::what_if::what_if_dropped(id).map(|what| ("dropped", what.to_string())),
        );
        texts.extend(objgraph::owners::owners(id).map(|owners| ("owners", owners.to_string())));
        for shortnames in [false, true] {
            let leaked = objgraph::picture::leaked(&leaks).unwrap();
            for picture in [objgraph::refs(node), leaked] {
                let picture = picture.shortnames(shortnames);
                texts.extend([
                    ("dot", picture.to_dot().unwrap()),
                    ("svg", picture.to_svg().unwrap()),
                    ("txt", picture.to_text().unwrap()),
                    ("json", picture.to_json().unwrap()),
                    ("graphml", picture.to_graphml().unwrap()),
                    ("mmd", picture.to_mermaid().unwrap()),
                ]);
            }
        }
        let failure = |assert: &dyn Fn()| {
            let assert = std::panic::AssertUnwindSafe(assert);
            let panic = std::panic::catch_unwind(assert).unwrap_err();
            *panic.downcast::<String>().unwrap()
        };
        texts.extend([
            ("count", failure(&|| objgraph::assert_count!(LongNode, 77))),
            ("drops", failure(&|| objgraph::assert_drops!(self::node()))),
            (
                "growth",
                failure(&|| objgraph::assert_no_growth!(|| drop(self::node()))),
            ),
        ]);
        texts
    }

    #[test]
    fn names_are_cut_in_every_text() {
        if !objgraph::ENABLED {
            return;
        }
        process::succeeds("files::long_names::names_are_cut_in_every_text", || {
            let held = node();
            drop(node());
            let full = std::any::type_name::<Node<Long>>();
            assert!(full.len() > 50_000);
            // The data contains the whole name.
            assert_eq!(objgraph::at(objgraph::id(&held)).unwrap().type_name(), full);
            for (what, text) in texts(&held) {
                let most = text
                    .split('…')
                    .map(|part| part.matches("Marker").count())
                    .max();
                assert!(most < Some(200), "{what} has {} bytes", text.len());
                assert!(text.len() < 30_000, "{what} has {} bytes", text.len());
            }
        });
    }
}

/// The extension names a format of the whole snapshot, whatever a picture of it would show.
mod whole_snapshots {
    use super::*;

    #[test]
    fn an_extension_is_enough() {
        let folder = folder("whole_snapshots");
        let held = Rc::new(Page::default());
        let page = Rc::new(Page::default());
        page.next.replace(Some(page.clone()));
        let text = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
        objgraph::refs(&held)
            .max_depth(0)
            .max_nodes(0)
            .save(folder.join("held.HeapSnapshot"))
            .unwrap();
        objgraph::write_heapsnapshot(folder.join("all")).unwrap();
        drop(page);
        let leaks = objgraph::find_leaks();
        let leaked = objgraph::picture::leaked(&leaks);
        if !objgraph::ENABLED {
            assert!(leaked.is_none());
            return;
        }
        leaked
            .unwrap()
            .save(folder.join("leaked.heaptimeline"))
            .unwrap();
        for name in ["held.HeapSnapshot", "all", "leaked.heaptimeline"] {
            assert!(text(name).starts_with("{\"snapshot\":{"), "{name}");
            assert!(text(name).contains("::files::Page\""), "{name}");
        }
        let is_leaked = |name: &str| text(name).contains("make Page.next Weak");
        assert!(!is_leaked("held.HeapSnapshot") && is_leaked("leaked.heaptimeline"));
        // Whole or not at all: no temporary is left.
        assert_eq!(
            names(&folder),
            ["all", "held.HeapSnapshot", "leaked.heaptimeline"]
        );
        let missing = folder.join("missing/x.heapsnapshot");
        let error = objgraph::write_heapsnapshot(missing).unwrap_err();
        assert!(
            error.to_string().ends_with("create its folder first"),
            "{error}"
        );
    }
}
