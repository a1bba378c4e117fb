//! Pictures with the options of users: what is drawn, what is omitted, and what is an error.

#![allow(
    unused_qualifications,
    reason = "where tracking is off, our pointers are those of std"
)]
use std::cell::RefCell;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use objgraph::rc::{Rc, Weak};
use objgraph::{
    Tracked,
    picture::{Drawing, EdgeKind, Picture, PictureError, Role},
};

mod other {
    use objgraph::Tracked;

    #[derive(Tracked, Debug)]
    pub(super) struct Config(#[allow(dead_code, reason = "it is shown")] pub(super) u32);
}

#[derive(Tracked, Debug)]
struct Config(#[allow(dead_code, reason = "it is shown")] u32);

#[derive(Tracked)]
#[allow(dead_code, reason = "the trace reads it")]
struct App {
    sessions: RefCell<Vec<Rc<Session>>>,
    config: Rc<Config>,
    defaults: Rc<other::Config>,
}

#[derive(Tracked)]
#[allow(dead_code, reason = "the trace reads it")]
struct Session {
    user: Rc<User>,
    app: RefCell<Weak<App>>,
    peer: RefCell<Option<Rc<Session>>>,
}

#[derive(Tracked)]
#[allow(dead_code, reason = "the trace reads it")]
struct User {
    name: Rc<String>,
}

/// Lets one test run at a time, since some count all objects.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn alone() -> impl Drop {
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

fn app(sessions: usize) -> Rc<App> {
    let app = Rc::new(App {
        sessions: RefCell::default(),
        config: Rc::new(Config(1)),
        defaults: Rc::new(other::Config(2)),
    });
    for number in 0..sessions {
        let session = Rc::new(Session {
            user: Rc::new(User {
                name: Rc::new(format!("user {number}")),
            }),
            app: RefCell::new(Rc::downgrade(&app)),
            peer: RefCell::default(),
        });
        app.sessions.borrow_mut().push(session);
    }
    app
}

fn drawn(picture: &Picture<'_>) -> Drawing {
    picture.drawing().expect("it is small")
}

/// Returns the first line of each node.
fn types(drawing: &Drawing) -> Vec<&str> {
    let nodes = drawing.nodes.iter();
    nodes.filter_map(|node| node.label.lines().next()).collect()
}

fn paths(drawing: &Drawing) -> Vec<&str> {
    drawing
        .edges
        .iter()
        .map(|edge| edge.label.as_str())
        .collect()
}

#[test]
fn a_big_neighbourhood_is_folded() {
    let _alone = alone();
    if !objgraph::ENABLED {
        return;
    }
    let app = app(398);
    let drawing = drawn(&objgraph::refs(&app));
    let all = [
        "App",
        "398 × Session",
        "pictures::Config",
        "other::Config",
        "398 × User",
        "398 × String",
    ];
    assert_eq!(types(&drawing), all);
    assert_eq!(
        paths(&drawing),
        [
            "sessions[0..=397]",
            "config",
            "defaults",
            "user",
            "app",
            "name"
        ]
    );
    assert_eq!(drawing.nodes[1].role, Role::Stack);
    assert_eq!(drawing.objects(), 3 * 398 + 3);
    assert_eq!(drawing.edges[0].references, 398);
    let unfolded = drawn(&objgraph::refs(&app).fold(false));
    assert!(
        unfolded
            .nodes
            .iter()
            .any(|node| node.role == Role::MoreReferences(390))
    );
    let few = drawn(&objgraph::refs(&app).fold_over(398).max_depth(1));
    assert!(few.nodes.iter().all(|node| node.role != Role::Stack));

    // Objects on a cycle, and highlighted ones, are drawn separately.
    let one = app.sessions.borrow()[7].clone();
    *one.peer.borrow_mut() = Some(one.clone());
    let drawing = drawn(&objgraph::refs(&app));
    let odd = drawing
        .nodes
        .iter()
        .position(|node| node.objects == [objgraph::id(&one)]);
    assert_eq!(drawing.cycles, [[odd.unwrap()]]);
    one.peer.take();
    let id = objgraph::id(&one);
    let drawing = drawn(&objgraph::refs(&app).highlight(move |node| node.id() == id));
    assert!(types(&drawing).contains(&"397 × Session"));
}

#[test]
fn cycles_are_red_in_every_picture() {
    let _alone = alone();
    if !objgraph::ENABLED {
        return;
    }
    let app = app(3);
    let sessions = app.sessions.borrow().clone();
    for (at, session) in sessions.iter().enumerate() {
        *session.peer.borrow_mut() = Some(sessions[(at + 1) % 3].clone());
    }
    for picture in [
        objgraph::refs(&sessions[0]),
        objgraph::backrefs(&sessions[0]),
    ] {
        let drawing = drawn(&picture);
        assert_eq!(drawing.cycles.len(), 1);
        assert_eq!(drawing.cycles[0].len(), 3);
        let red = drawing
            .edges
            .iter()
            .filter(|edge| edge.kind == EdgeKind::Cycle);
        assert!(red.clone().all(|edge| edge.label == "peer") && red.count() == 3);
        assert!(
            picture
                .to_dot()
                .unwrap()
                .contains("color=red,fontcolor=red,penwidth=2")
        );
    }
    // A reference that is not drawn closes no cycle.
    let part = drawn(&objgraph::refs(&sessions[0]).max_depth(1));
    assert!(part.cycles.is_empty());
    for session in &sessions {
        session.peer.take();
    }
}

#[test]
fn types_paths_and_references_are_left_out() {
    let _alone = alone();
    if !objgraph::ENABLED {
        return;
    }
    let app = app(1);
    let refs = || objgraph::refs(&app);
    let all = [
        "App",
        "Session",
        "pictures::Config",
        "other::Config",
        "User",
        "String",
    ];
    assert_eq!(types(&drawn(&refs())), all);
    let only = drawn(&refs().only_types(["Session", "User"]));
    assert_eq!(types(&only), ["App", "Session", "User"]);
    let without = drawn(&refs().without_types(["Config", "User"]));
    assert_eq!(types(&without), ["App", "Session"]);
    let one = drawn(
        &refs()
            .without_types(["pictures::other::Config"])
            .max_depth(1),
    );
    assert_eq!(types(&one), ["App", "Session", "pictures::Config"]);
    assert_eq!(types(&drawn(&refs().collapse("Session")))[4..], [""; 0]);
    let stopped = drawn(&refs().stop_at(|node| node.type_info().matches("User")));
    assert_eq!(types(&stopped).len(), 5);

    assert_eq!(
        paths(&drawn(&refs().only_paths(["sessions", "user"]))),
        ["sessions[0]", "user"]
    );
    let named = drawn(&refs().only_paths(["App.sessions", "pictures::Session.app"]));
    assert_eq!(paths(&named), ["sessions[0]", "app"]);
    let without = drawn(&refs().without_paths(["App.sessions", "Session.config"]));
    assert_eq!(paths(&without), ["config", "defaults"]);
    let strong = drawn(&refs().weak(false));
    assert!(strong.edges.iter().all(|edge| edge.kind != EdgeKind::Weak));
    let owned = drawn(&refs().filter_edges(|edge| !edge.path().starts_with("def")));
    assert!(!paths(&owned).contains(&"defaults"));
    let ids = [objgraph::id(&app.config), objgraph::id(&app.defaults)];
    assert_eq!(
        types(&drawn(&refs().ignore(ids)))[1..],
        ["Session", "User", "String"]
    );
}

#[test]
fn the_subject_of_a_picture_can_be_named_in_many_ways() {
    let _alone = alone();
    if !objgraph::ENABLED {
        return;
    }
    let _old = (objgraph::growth::new_ids(), objgraph::growth::new_ids());
    let app = app(2);
    let ids = objgraph::growth::new_ids();
    let sessions = app.sessions.borrow().clone();
    let same = |picture: Picture<'_>| assert_eq!(types(&drawn(&picture))[..2], ["Session"; 2]);
    same(objgraph::refs([&sessions[0], &sessions[1]]));
    same(objgraph::refs(&sessions));
    same(objgraph::refs(&ids["Session"]));
    same(objgraph::refs(objgraph::at_addrs(&ids["Session"])));
    same(objgraph::refs(objgraph::by_type("Session")));
    let snapshot = Arc::new(objgraph::snapshot());
    let nodes = ids["Session"].iter().filter_map(|&id| snapshot.find(id));
    same(objgraph::picture::refs_in(&snapshot, nodes));
    let std = [std::rc::Rc::new(3), std::rc::Rc::new(4)];
    assert_eq!(types(&drawn(&objgraph::refs(&std))), ["i32"; 2]);
}

#[test]
fn the_tool_is_not_in_its_own_pictures_or_counts() {
    let _alone = alone();
    if !objgraph::ENABLED {
        return;
    }
    let app = app(2);
    let before = objgraph::alive::objects().len();
    let picture = objgraph::backrefs(&app.config).max_depth(9);
    let drawing = drawn(&picture);
    let chain = objgraph::find_ref_chain(&app, |node| node.type_info().matches("String"));
    let (stats, ids) = (objgraph::typestats(), objgraph::growth::new_ids());
    assert_eq!(objgraph::alive::objects().len(), before);
    assert_eq!(objgraph::snapshot().len(), before);
    assert_eq!(
        types(&drawing),
        ["pictures::Config", "App", "Session", "Session", "outside"]
    );
    assert!(stats.keys().all(|name| !name.contains("objgraph")));
    assert_eq!(
        chain.unwrap().to_string(),
        "App.sessions[0] → Session.user → User.name → String"
    );
    drop(ids);
}

#[test]
fn a_legend_explains_what_is_drawn() {
    let _alone = alone();
    if !objgraph::ENABLED {
        return;
    }
    let app = app(20);
    assert!(drawn(&objgraph::refs(&app)).legend.is_empty());
    let legend = drawn(&objgraph::refs(&app).legend(true)).legend.join("\n");
    for line in [
        "the picture starts here",
        "similar objects",
        "dashed arrow: weak",
    ] {
        assert!(legend.contains(line), "{legend}");
    }
    assert!(
        !legend.contains("green") && !legend.contains("cycle"),
        "{legend}"
    );
    let svg = objgraph::refs(&app).legend(true).to_svg().unwrap();
    assert!(svg.contains("Legend"));
}

#[test]
fn a_picture_that_is_too_large_is_an_error_with_advice() {
    let _alone = alone();
    if !objgraph::ENABLED {
        return;
    }
    let strings: Vec<Rc<String>> = (0..100_000).map(|at| Rc::new(at.to_string())).collect();
    let whole = objgraph::refs(&strings).fold(false).too_many(usize::MAX);
    let error = whole.to_svg().unwrap_err();
    let PictureError::TooLarge { objects, max_nodes } = error else {
        panic!("{error}");
    };
    assert_eq!((objects, max_nodes), (100_000, 1000));
    let text = error.to_string();
    for option in [
        "max_depth",
        "too_many",
        "without_types",
        "collapse",
        "fold(true)",
        "max_nodes",
    ] {
        assert!(text.contains(option), "{text}");
    }
    assert_eq!(
        types(&drawn(&objgraph::refs(&strings))),
        ["100000 × String"]
    );
}

#[test]
fn chains_are_drawn_together() {
    let _alone = alone();
    if !objgraph::ENABLED {
        return;
    }
    let app = app(2);
    let names: Vec<Rc<String>> = app
        .sessions
        .borrow()
        .iter()
        .map(|session| session.user.name.clone())
        .collect();
    let root = vec![app.clone()];
    objgraph::snapshot::with_root("app", &root, || {
        let chain = |name: &Rc<String>| objgraph::find_backref_chain(name, objgraph::is_root);
        let chains: Vec<_> = names.iter().filter_map(chain).collect();
        assert_eq!(
            chains[1].to_string(),
            "app[0] → App.sessions[1] → Session.user → User.name → String"
        );
        // Each was found in a snapshot of its own; the root, which is not an object, is in the
        // last.
        let both = drawn(&objgraph::picture::chain_backrefs(&chains).weak(false));
        let objects = both.nodes.iter().filter(|node| !node.objects.is_empty());
        assert_eq!(objects.count(), 2 * 3 + 2);
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("chain.dot");
        objgraph::show_chain(&chains[0], &path).unwrap();
        assert!(std::fs::read_to_string(path).unwrap().contains("app\\nVec"));
    });
    assert!(objgraph::find_backref_chain(&names[0], objgraph::is_root).is_none());
    let search = objgraph::picture::backref_chain(&names[0]).max_depth(2);
    assert!(
        search
            .find(|node| node.type_info().matches("App"))
            .is_none()
    );
    assert!(drawn(&objgraph::picture::chain_refs([])).nodes.is_empty());
}

#[test]
fn where_tracking_is_off_pictures_are_empty() {
    if objgraph::ENABLED {
        return;
    }
    let app = app(3);
    let drawing = drawn(&objgraph::refs(&app).legend(true));
    assert_eq!(drawing, Drawing::default());
    assert!(objgraph::find_ref_chain(&app, |_| true).is_none());
    let mut text = Vec::new();
    objgraph::backrefs(&app).write(&mut text).unwrap();
    assert!(text.starts_with(b"digraph"));
}

#[test]
fn without_labels_no_debug_runs() {
    let _alone = alone();
    let app = app(1);
    let with = objgraph::refs(&app).to_dot().expect("it is small");
    let without = objgraph::refs(&app).labels(false).to_dot();
    let without = without.expect("it is small");
    if objgraph::ENABLED {
        assert!(with.contains("Config(1)") || with.contains("(1)"), "{with}");
        assert!(!without.contains("(1)"), "{without}");
    }
}
