//! Pages of heaps of a program, which the tests in `page/test` open in a browser.
//!
//! The folder of the pages is `target/tmp/page`. Where tracking is off, there is nothing to open.

// recount: no, it needs the feature `html`

#![allow(
    unused_qualifications,
    reason = "where tracking is off, our pointers are those of std"
)]
#![allow(clippy::print_stdout, reason = "the size of a page is measured")]
use std::borrow::Cow;
use std::cell::RefCell;
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use objgraph::core::{
    EdgeRow, FieldName, NodeId, NodeRow, PointerKind, Segment, Site, SnapshotParts, State, TypeInfo,
};
use objgraph::picture::{write_comparison_page, write_page};
use objgraph::rc::{Rc, Weak};
use objgraph::{ObjectId, Snapshot, Tracked};

/// The tests share the objects of the process.
static ALONE: Mutex<()> = Mutex::new(());

fn path(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("page");
    fs::create_dir_all(&folder).unwrap();
    folder.join(name)
}

#[derive(Tracked)]
struct Server {
    sessions: RefCell<Vec<Rc<Session>>>,
    cache: Rc<Cache>,
}

#[derive(Tracked)]
struct Cache {
    entries: RefCell<Vec<Rc<Entry>>>,
}

#[derive(Tracked)]
struct Entry {
    key: String,
    value: Rc<Vec<u8>>,
}

#[derive(Tracked)]
struct Session {
    user: Rc<User>,
    peer: RefCell<Option<Rc<Session>>>,
    server: Weak<Server>,
}

#[derive(Tracked, Debug)]
struct User {
    #[allow(dead_code, reason = "labels show it")]
    name: String,
}

impl Server {
    fn new(entries: usize) -> Rc<Self> {
        let entries = (0..entries).map(|number| {
            Rc::new(Entry {
                key: format!("entry {number}"),
                value: Rc::new(vec![0; 40 + number % 7 * 30]),
            })
        });
        let cache = Rc::new(Cache {
            entries: RefCell::new(entries.collect()),
        });
        Rc::new(Self {
            sessions: RefCell::default(),
            cache,
        })
    }

    fn open(this: &Rc<Self>, name: &str) -> Rc<Session> {
        let session = Rc::new(Session {
            user: Rc::new(User {
                name: name.to_owned(),
            }),
            peer: RefCell::default(),
            server: Rc::downgrade(this),
        });
        this.sessions.borrow_mut().push(session.clone());
        session
    }

    /// Opens two sessions that know each other, and closes them: they leak.
    fn lose(this: &Rc<Self>, name: &str) {
        let (one, two) = (Self::open(this, name), Self::open(this, "her peer"));
        one.peer.replace(Some(two.clone()));
        two.peer.replace(Some(one.clone()));
        let open =
            |session: &Rc<Session>| ![&one, &two].iter().any(|lost| Rc::ptr_eq(session, lost));
        this.sessions.borrow_mut().retain(open);
    }

    fn bytes(&self) -> usize {
        let entries = self.cache.entries.borrow();
        let sizes = entries
            .iter()
            .map(|entry| entry.key.len() + entry.value.len());
        sizes.sum()
    }
}

impl Session {
    fn is_open(&self) -> bool {
        self.server.upgrade().is_some() && !self.user.name.is_empty()
    }
}

#[test]
fn pages_of_a_server() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let server = Server::new(300);
    for number in 0..40 {
        Server::open(&server, &format!("user {number}"));
    }
    let before = Arc::new(objgraph::snapshot());
    for _ in 0..25 {
        Server::lose(&server, "ann");
    }
    server.sessions.borrow_mut().drain(..10);
    let after = Arc::new(objgraph::snapshot());
    let out = File::create(path("comparison.html")).unwrap();
    write_comparison_page(&before, &after, &mut BufWriter::new(out)).unwrap();
    objgraph::show_leaks(path("leaks.html")).unwrap();
    objgraph::show_refs(&server, path("refs.html")).unwrap();
    assert!(server.bytes() > 0 && server.sessions.borrow()[0].is_open());
    if !objgraph::ENABLED {
        return;
    }
    let leaks = fs::read_to_string(path("leaks.html")).unwrap();
    assert!(leaks.contains("25 leaks of 4 objects each"));
    // Objects of the ring, and those near it, have labels.
    assert!(leaks.contains(r#"User { name: \"ann\" }"#));
    let refs = fs::read_to_string(path("refs.html")).unwrap();
    // What leaked is confirmed by further traces.
    assert!(refs.contains("25 leaks of 4 objects each"));
    let start = objgraph::id(&server);
    assert!(
        refs.contains(r#""starts":["#) && !refs.contains(r#""starts":[]"#),
        "{start}"
    );
    let unlabelled = path("unlabelled.html");
    objgraph::refs(&server)
        .labels(false)
        .save(&unlabelled)
        .unwrap();
    assert!(!fs::read_to_string(&unlabelled).unwrap().contains("user 7"));
    fs::remove_file(unlabelled).unwrap();
}

const HOSTILE: &str = "</script><script>window.hostile=1</script><img src=x onerror=window.hostile=2>\
                       \"'`\u{202e}txt\u{2066}\nnext &lt;b&gt; ${1}";

/// A heap in which every name tries to be markup.
#[test]
fn a_page_of_hostile_names() {
    let mut parts = SnapshotParts::default();
    parts.enabled = true;
    parts.types = vec![Arc::new(TypeInfo::opaque(&format!("app::{HOSTILE}"), 64))];
    parts.sites = vec![Site {
        file: Cow::Borrowed(HOSTILE),
        line: 3,
        column: 7,
    }];
    parts.threads = vec![HOSTILE.to_owned()];
    let start = parts.paths.start(0);
    let field = parts
        .paths
        .step(start, Segment::Field(FieldName::new(HOSTILE)));
    let row = |number| NodeRow {
        id: ObjectId::new(number, 0),
        type_index: 0,
        site: 0,
        thread: 0,
        scope: 0,
        epoch: 0,
        strong: 1,
        weak: 0,
        heap: 10,
        pointer_kind: PointerKind::Rc,
        state: State::Visited,
    };
    parts.nodes = (0..3).map(row).collect();
    let edge = |target| EdgeRow {
        path: field,
        index: 0,
        target: NodeId::new(target),
        strong: true,
        words: 0,
    };
    parts.edge_starts = vec![0, 1, 2, 2];
    parts.edges = vec![edge(1), edge(0)];
    parts.labels = vec![
        (NodeId::new(0), HOSTILE.to_owned()),
        (NodeId::new(2), HOSTILE.to_owned()),
    ];
    parts.roots = vec![(NodeId::new(2), HOSTILE.to_owned())];
    parts.panics = vec![(NodeId::new(2), HOSTILE.to_owned())];
    let snapshot = Arc::new(Snapshot::from_parts(parts));
    let out = File::create(path("hostile.html")).unwrap();
    write_page(&snapshot, &mut BufWriter::new(out)).unwrap();
}

/// Set, the test of a million objects runs.
const MILLION: &str = "OBJGRAPH_PAGE_OF_A_MILLION";

#[test]
fn a_page_of_a_million_objects() {
    if std::env::var_os(MILLION).is_none() {
        return;
    }
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let server = Server::new(470_000);
    for number in 0..10_000 {
        Server::open(&server, &format!("user {number}"));
    }
    for _ in 0..10_000 {
        Server::lose(&server, "ann");
    }
    let snapshot = Arc::new(objgraph::snapshot());
    let started = std::time::Instant::now();
    let file = path("million.html");
    let out = File::create(&file).unwrap();
    write_page(&snapshot, &mut BufWriter::new(out)).unwrap();
    let size = fs::metadata(&file).unwrap().len();
    println!(
        "{} objects, {} references: {} bytes, written in {:?}",
        snapshot.len(),
        snapshot.edge_count(),
        size,
        started.elapsed()
    );
}
