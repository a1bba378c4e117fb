//! Everything that objgraph writes: a picture in every format, and every report.

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use objgraph::rc::Rc;
use objgraph::{
    Snapshot, Tracked,
    growth::{Growth, NewIds},
    leaks::LeakCheck,
    picture::Picture,
    scope::Scope,
};

/// Texts, each with the name of what wrote it.
pub type Outputs = Vec<(&'static str, String)>;

/// Returns what a function writes.
pub fn written(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Returns a picture in each of its formats.
pub fn formats(picture: &Picture<'_>) -> Outputs {
    let drawing = picture.drawing().unwrap();
    vec![
        ("dot", picture.to_dot().unwrap()),
        ("svg", picture.to_svg().unwrap()),
        ("txt", picture.to_text().unwrap()),
        ("json", picture.to_json().unwrap()),
        ("graphml", picture.to_graphml().unwrap()),
        ("mmd", picture.to_mermaid().unwrap()),
        ("drawing", format!("{drawing:?}")),
        ("picture", format!("{picture:?}")),
    ]
}

/// Returns the files of a whole snapshot.
pub fn of_snapshot(snapshot: &Arc<Snapshot>) -> Outputs {
    vec![
        (
            "JSON",
            written(|out| objgraph::picture::write_json(snapshot, out)),
        ),
        (
            "GraphML",
            written(|out| objgraph::picture::write_graphml(snapshot, out)),
        ),
        (
            "heap snapshot",
            written(|out| objgraph::snapshot::write_heapsnapshot_in(snapshot, out)),
        ),
        ("snapshot", format!("{snapshot:?}")),
    ]
}

/// Returns the texts for people: reports and tables, about the whole process and about one object.
pub fn reports<T: Tracked + 'static>(object: &Rc<T>) -> Outputs {
    let snapshot = Arc::new(objgraph::snapshot());
    let id = objgraph::id(object);
    let leaks = objgraph::leaks::with_labels(objgraph::find_leaks());
    let chain = objgraph::find_backref_chain(object, objgraph::is_root);
    let forth = objgraph::find_ref_chain(object, |node| node.id() != id);
    let mut outputs = vec![
        ("leaks", leaks.to_string()),
        (
            "leaks in the snapshot",
            objgraph::leaks::find_leaks_in(&snapshot).to_string(),
        ),
        ("blind spots", objgraph::blind_spots().to_string()),
        ("cycles", objgraph::find_cycles(object).to_string()),
        ("cycles of types", objgraph::type_cycles().to_string()),
        ("retained", objgraph::bytes::retained().to_string()),
        ("sizes", objgraph::bytes::typesizes().to_string()),
        ("zombies", objgraph::owners::zombies().to_string()),
        ("counts", format!("{:?}", objgraph::alive::counts())),
        ("objects", format!("{:?}", objgraph::alive::objects())),
        ("growth", format!("{:?}", Growth::default().grown())),
        ("new ids", format!("{:?}", NewIds::default())),
        (
            "table",
            written(|out| objgraph::alive::stats().write_most_common_types(out)),
        ),
        ("types", format!("{:?}", objgraph::alive::types())),
    ];
    let empty = Snapshot::empty();
    outputs.push((
        "diff",
        objgraph::snapshot::diff(&empty, &snapshot).to_string(),
    ));
    for chain in chain.iter().chain(&forth) {
        outputs.push(("chain", format!("{chain}\n{chain:?}")));
        outputs.extend(formats(&objgraph::picture::chain_backrefs([chain])));
    }
    let why = objgraph::why_alive(id);
    outputs.extend(why.map(|why| ("why it is alive", why.to_string())));
    let dropped = objgraph::what_if::what_if_dropped(id);
    outputs.extend(dropped.map(|what| ("what if it is dropped", what.to_string())));
    let owners = objgraph::owners::owners(id);
    outputs.extend(owners.map(|owners| ("owners", owners.to_string())));
    let leaked = objgraph::picture::leaked(&leaks);
    outputs.extend(leaked.iter().flat_map(formats));
    outputs.extend(of_snapshot(&snapshot));
    outputs
}

/// Returns the messages and pictures of failing assertions about objects in a scope of this name.
pub fn failures<T: Tracked + 'static>(scope: &str, make: impl Fn() -> Rc<T>) -> Outputs {
    let scope = Scope::new(scope);
    let entered = scope.enter();
    let object = make();
    let alive = LeakCheck::of(&scope)
        .deny_survivors()
        .wait(Duration::ZERO)
        .run()
        .unwrap_err();
    let said = |assert: &dyn Fn()| {
        let panic = catch_unwind(AssertUnwindSafe(assert)).expect_err("it fails");
        let text = panic.downcast_ref::<String>().cloned();
        text.expect("it says why")
    };
    let outputs = vec![
        ("alive", format!("{alive}\n{alive:?}")),
        ("count", said(&|| objgraph::assert_count!(T > 1_000_000))),
        (
            "growth",
            said(&|| objgraph::assert_no_growth!(|| std::mem::forget(make()))),
        ),
        (
            "drops",
            said(&|| objgraph::assert_drops!(vec![object.clone()])),
        ),
    ];
    drop(entered);
    outputs
}
