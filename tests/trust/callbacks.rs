//! Callbacks of the user that panic: the caller gets the panic if there is one, and nothing
//! remains.

use std::cell::RefCell;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::{fmt, fs};

use objgraph::rc::Rc;
use objgraph::sync::Arc;
use objgraph::{
    Tracked, Visitor,
    growth::Growth,
    picture::{Picture, PictureError},
    snapshot::State,
};

use crate::files::folder;
use crate::queries::Subject;
use crate::{MEANT, alone, writers};

fn panics<R>(what: &str, run: impl FnOnce() -> R) {
    let panicked = catch_unwind(AssertUnwindSafe(run)).err();
    let panicked = panicked.unwrap_or_else(|| panic!("{what}: it did not panic"));
    let text = panicked.downcast_ref::<&str>().copied();
    let text = text.or(panicked.downcast_ref::<String>().map(String::as_str));
    assert_eq!(text, Some(MEANT), "{what}");
}

fn throws<R>() -> R {
    panic!("{MEANT}")
}

type DrawFunction = fn(&Picture<'_>, &Path) -> Result<(), PictureError>;

/// Every way to draw a picture.
const ENDS: [(&str, DrawFunction); 11] = [
    ("drawing", |picture, _| picture.drawing().map(drop)),
    ("to_dot", |picture, _| picture.to_dot().map(drop)),
    ("to_svg", |picture, _| picture.to_svg().map(drop)),
    ("to_text", |picture, _| picture.to_text().map(drop)),
    ("to_json", |picture, _| picture.to_json().map(drop)),
    ("to_graphml", |picture, _| picture.to_graphml().map(drop)),
    ("to_mermaid", |picture, _| picture.to_mermaid().map(drop)),
    ("write", |picture, _| picture.write(&mut io::sink())),
    ("print", |picture, _| picture.print()),
    ("save", |picture, folder| picture.save(folder.join("a.dot"))),
    ("evcxr_display", |picture, _| {
        picture.evcxr_display();
        Ok(())
    }),
];

#[test]
fn of_a_picture() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    let folder = folder("picture");
    let subject = Rc::new(Subject::default());
    subject.next.replace(Some(Rc::new(Subject::default())));
    type Set = fn(Picture<'static>) -> Picture<'static>;
    let sets: [(&str, Set); 6] = [
        ("filter", |picture| picture.filter(|_| throws())),
        ("filter_edges", |picture| picture.filter_edges(|_| throws())),
        ("stop_at", |picture| picture.stop_at(|_| throws())),
        ("highlight", |picture| picture.highlight(|_| throws())),
        ("extra_info", |picture| {
            picture.extra_info(|_| throws::<String>())
        }),
        ("node_attrs", |picture| {
            picture.node_attrs(|_| throws::<[(&str, &str); 0]>())
        }),
    ];
    for (name, set) in sets {
        for (end, draw) in ENDS {
            let forth = set(objgraph::refs(&subject));
            panics(&format!("{name}, {end}"), || draw(&forth, &folder));
            let back = set(objgraph::backrefs(subject.next.borrow().as_ref().unwrap()));
            panics(&format!("{name}, {end}, backwards"), || {
                draw(&back, &folder)
            });
        }
    }
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0, "no file is left");
    for (end, draw) in ENDS {
        assert!(draw(&objgraph::refs(&subject), &folder).is_ok(), "{end}");
    }
    assert_eq!(
        (Rc::strong_count(&subject), Rc::weak_count(&subject)),
        (1, 0)
    );
}

#[test]
fn of_chains_tables_and_scopes() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    let subject = Rc::new(Subject::default());
    let snapshot = std::sync::Arc::new(objgraph::snapshot());
    let node = snapshot.find(objgraph::id(&subject)).unwrap();
    let stats = || objgraph::alive::stats().filter(|_| throws());
    let mut growth = Growth::default();
    let before = objgraph::alive::counts().len();
    for _ in 0..2 {
        panics("find_ref_chain", || {
            objgraph::find_ref_chain(&subject, |_| throws())
        });
        panics("find_backref_chain", || {
            objgraph::find_backref_chain(&subject, |_| throws())
        });
        panics("ref_chain_in", || {
            objgraph::picture::ref_chain_in(&snapshot, [node]).find(|_| throws())
        });
        panics("backref_chain_in", || {
            objgraph::picture::backref_chain_in(&snapshot, [node]).find(|_| throws())
        });
        panics("typestats", || stats().typestats());
        panics("most_common_types", || stats().most_common_types());
        panics("write_most_common_types", || {
            stats().write_most_common_types(&mut io::sink())
        });
        panics("show_most_common_types", || {
            stats().show_most_common_types()
        });
        panics("growth", || stats().growth());
        panics("growth_in", || stats().growth_in(&mut growth));
        panics("write_growth", || stats().write_growth(&mut io::sink()));
        panics("write_growth_in", || {
            stats().write_growth_in(&mut growth, &mut io::sink())
        });
        panics("show_growth", || stats().show_growth());
        panics("show_growth_in", || stats().show_growth_in(&mut growth));
        panics("with_root", || {
            objgraph::snapshot::with_root("thrown", &subject, throws::<()>)
        });
        panics("assert_no_growth", || {
            objgraph::assert_no_growth!(throws::<()>)
        });
        panics("spawn_in_current_scope", || {
            let thread = objgraph::scope::spawn_in_current_scope(throws::<()>);
            std::panic::resume_unwind(thread.join().unwrap_err())
        });
        let scope = objgraph::scope::Scope::new("thrown");
        panics("Scope::enter", || {
            let _entered = scope.enter();
            throws::<()>()
        });
        assert!(objgraph::scope::Scope::current().is_none());
    }
    // The first successful call reports everything: the failed one did not count as reported.
    assert!(!growth.grown().is_empty());
    let snapshot = objgraph::snapshot();
    assert!(snapshot.nodes().all(|node| node.root() != Some("thrown")));
    assert_eq!(objgraph::alive::counts().len(), before);
    assert_eq!(
        (Rc::strong_count(&subject), Rc::weak_count(&subject)),
        (1, 0)
    );
}

/// A writer that panics at a byte.
struct PanickingWriter(usize);

impl Write for PanickingWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        if taken == 0 && !bytes.is_empty() {
            throws()
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A writer that is interrupted before each byte.
#[derive(Default)]
struct InterruptedWriter(Vec<u8>, bool);

impl Write for InterruptedWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.1 = !self.1;
        if self.1 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        self.0.extend(bytes.first());
        Ok(bytes.len().min(1))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn of_a_writer() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    let subject = Rc::new(Subject::default());
    writers::of_all(&subject, |name, write| {
        let mut all = Vec::new();
        write(&mut all).unwrap();
        for room in [0, 1, all.len() / 2, all.len() - 1] {
            panics(name, || write(&mut PanickingWriter(room)));
        }
        let mut slow = InterruptedWriter::default();
        write(&mut slow).unwrap();
        assert_eq!(String::from_utf8(slow.0), String::from_utf8(all), "{name}");
    });
}

mod functions {
    use super::*;

    pub fn with<'a>(_: &'a Rc<Subject>, _: &mut Visitor<'a>) {
        throws()
    }

    pub fn label(_: &LabelPanic, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        throws()
    }
}

#[derive(Tracked)]
struct FunctionPanic {
    #[tracked(with = functions::with)]
    field: Rc<Subject>,
}

#[derive(Tracked, Default)]
#[tracked(label = functions::label)]
struct LabelPanic(RefCell<Option<Rc<LabelPanic>>>);

#[derive(Tracked, Default)]
struct DebugPanic(RefCell<Option<Arc<DebugPanic>>>);

impl fmt::Debug for DebugPanic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("so far")?;
        throws()
    }
}

/// Panics of these are reported in the text, since no caller could get them.
#[test]
fn of_a_value() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    let field = Rc::default();
    let with = Rc::new(FunctionPanic { field });
    let label = Rc::new(LabelPanic::default());
    label.0.replace(Some(label.clone()));
    let debug = Rc::new(DebugPanic::default());
    let snapshot = objgraph::snapshot();
    let node = snapshot.find(objgraph::id(&with)).unwrap();
    assert_eq!(snapshot.node(node).state(), State::Panicked);
    for id in [
        objgraph::id(&with),
        objgraph::id(&label),
        objgraph::id(&debug),
    ] {
        for (end, draw) in ENDS {
            let picture = objgraph::refs(id);
            assert!(draw(&picture, &folder("value")).is_ok(), "{end}");
        }
        let dot = objgraph::refs(id).to_dot().unwrap();
        assert!(dot.contains("panicked"), "{dot}");
    }
    // The same for leaked objects, and in a failing assertion.
    let weak = Rc::downgrade(&label);
    drop(label);
    let leaks = objgraph::show_leaks(folder("leaks").join("a.dot")).unwrap();
    assert!(leaks.to_string().contains("LabelPanic"), "{leaks}");
    let kept = debug.clone();
    let failed = catch_unwind(AssertUnwindSafe(|| objgraph::assert_drops!(debug)));
    let failed = failed.expect_err("it is kept");
    let said = failed.downcast_ref::<String>().unwrap();
    assert!(
        said.contains("the value was dropped, and 1 object"),
        "{said}"
    );
    drop(kept);
    weak.upgrade().unwrap().0.take();
}
