//! All that objgraph writes: a picture in every format, and every report.

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

/// What was written, with a word on what wrote it.
pub type Told = Vec<(&'static str, String)>;

/// What a function writes.
pub fn written(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// A picture in each of its formats.
pub fn formats(picture: &Picture<'_>) -> Told {
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

/// What is written of a whole snapshot.
pub fn of_snapshot(snapshot: &Arc<Snapshot>) -> Told {
    vec![
        (
            "JSON",
            written(|out| objgraph::picture::write_json(snapshot, out)),
        ),
        (
            "GraphML",
            written(|out| objgraph::picture::write_graphml(snapshot, out)),
        ),
        ("snapshot", format!("{snapshot:?}")),
    ]
}

/// What is told to people: reports and tables, on all that there is and on one object.
pub fn reports<T: Tracked + 'static>(object: &Rc<T>) -> Told {
    let snapshot = Arc::new(objgraph::snapshot());
    let id = objgraph::id(object);
    let leaks = objgraph::find_leaks();
    let chain = objgraph::find_backref_chain(object, objgraph::is_root);
    let forth = objgraph::find_ref_chain(object, |node| node.id() != id);
    let mut told = vec![
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
    told.push((
        "diff",
        objgraph::snapshot::diff(&empty, &snapshot).to_string(),
    ));
    for chain in chain.iter().chain(&forth) {
        told.push(("chain", format!("{chain}\n{chain:?}")));
        told.extend(formats(&objgraph::picture::chain_backrefs([chain])));
    }
    let why = objgraph::why_alive(id);
    told.extend(why.map(|why| ("why it is alive", why.to_string())));
    let dropped = objgraph::what_if::what_if_dropped(id);
    told.extend(dropped.map(|what| ("what if it is dropped", what.to_string())));
    let owners = objgraph::owners::owners(id);
    told.extend(owners.map(|owners| ("owners", owners.to_string())));
    told.extend(formats(&objgraph::picture::leaked(&leaks)));
    told.extend(of_snapshot(&snapshot));
    told
}

/// What assertions say that fail, of what is made in a scope of this name; pictures included.
pub fn failures<T: Tracked + 'static>(scope: &str, make: impl Fn() -> Rc<T>) -> Told {
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
    let told = vec![
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
    told
}
