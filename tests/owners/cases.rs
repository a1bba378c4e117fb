//! Handles that other operations than `clone` create.

use std::cell::RefCell;
use std::fmt::Debug;
use std::sync::Mutex;

use objgraph::rc::{Rc, Weak};
use objgraph::sync::Arc;
use objgraph::{ObjectId, Tracked, owners::Owners, unsize};

fn owners(id: ObjectId) -> Option<Owners> {
    let owners = objgraph::owners::owners(id);
    assert_eq!(owners.is_some(), objgraph::ENABLED);
    let owners = owners?;
    assert_eq!(owners.are_known(), cfg!(feature = "owners"));
    if !owners.are_known() {
        let text = owners.to_string();
        assert!(text.contains("turn on the feature `owners`"), "{text}");
    }
    Some(owners).filter(Owners::are_known)
}

/// Returns the lines of the external handles of one kind.
fn lines(owners: &Owners, strong: bool) -> Vec<u32> {
    let sites = owners.external().iter().filter(|one| one.strong == strong);
    sites.map(|one| one.site.line).collect()
}

#[test]
fn a_handle_keeps_its_place_when_its_type_changes() {
    let (made, line) = (Rc::new(5_u64), line!());
    let id = objgraph::id(&made);
    let shown: Rc<dyn Debug> = unsize!(made => dyn Debug);
    if let Some(owners) = owners(id) {
        assert_eq!(lines(&owners, true), [line]);
    }
    drop(shown);
    let (made, line) = (Rc::new(6_u64), line!());
    let id = objgraph::id(&made);
    let any: Rc<dyn std::any::Any> = unsize!(made => dyn std::any::Any);
    let back = any.downcast::<u64>().expect("it is one");
    if let Some(owners) = owners(id) {
        assert_eq!(lines(&owners, true), [line]);
    }
    drop(back);
}

#[test]
fn make_mut_makes_a_handle_or_leaves_weak_ones_behind() {
    #[derive(Clone)]
    struct Value(#[allow(dead_code, reason = "something to clone")] u8);

    let mut one = Rc::new(Value(1));
    let other = one.clone();
    #[rustfmt::skip]
    let line = { Rc::make_mut(&mut one).0 = 2; line!() };
    if let Some(owners) = owners(objgraph::id(&one)) {
        assert_eq!(lines(&owners, true), [line]);
    }
    assert!(objgraph::id(&one) != objgraph::id(&other) || !objgraph::ENABLED);

    let id = objgraph::id(&other);
    let mut other = other;
    let weak = Rc::downgrade(&other);
    Rc::make_mut(&mut other).0 = 3;
    assert!(weak.upgrade().is_none());
    if let Some(owners) = owners(id) {
        assert_eq!(
            (owners.counts(true), owners.counts(false)),
            ((0, 1), (0, 0))
        );
        let zombies = objgraph::owners::zombies();
        let of_type = zombies.rows().iter().filter(|row| row.type_name == "Value");
        assert_eq!(of_type.map(|row| row.allocations).sum::<usize>(), 1);
    }
}

#[test]
fn memory_that_weak_handles_keep_is_listed() {
    struct Big(#[allow(dead_code, reason = "it has a size")] [u8; 1000]);

    let weak = Rc::downgrade(&Rc::new(Big([0; 1000])));
    let again = weak.clone();
    let zombies = objgraph::owners::zombies();
    let of_type = || zombies.rows().iter().filter(|row| row.type_name == "Big");
    let known = usize::from(objgraph::ENABLED && cfg!(feature = "owners"));
    assert_eq!(of_type().map(|row| row.handles).sum::<usize>(), 2 * known);
    let bytes: u64 = of_type().map(|row| row.bytes).sum();
    assert_eq!(bytes, 2 * 1024 * known as u64);
    drop((weak, again));
    let zombies = objgraph::owners::zombies();
    assert!(zombies.rows().iter().all(|row| row.type_name != "Big"));
}

#[derive(Tracked)]
struct Parent {
    me: RefCell<Option<Rc<Parent>>>,
    child: Rc<Child>,
}

#[derive(Tracked)]
struct Child(RefCell<Weak<Parent>>);

#[inline(never)]
fn let_go_of(parent: Rc<Parent>) {
    drop(parent);
}

#[test]
fn a_leak_is_born_at_the_last_external_drop() {
    objgraph::owners::follow::<Parent>();
    let parent = Rc::new(Parent {
        me: RefCell::default(),
        child: Rc::new(Child(RefCell::default())),
    });
    let id = objgraph::id(&parent.child);
    parent.child.0.replace(Rc::downgrade(&parent));
    parent.me.replace(Some(parent.clone()));
    drop(parent.clone());
    assert!(
        objgraph::owners::leak_birth(id).is_none(),
        "it has not leaked"
    );
    let_go_of(parent);
    let birth = objgraph::owners::leak_birth(id);
    assert_eq!(
        birth.is_some(),
        objgraph::ENABLED && cfg!(feature = "owners")
    );
    let Some(birth) = birth else {
        return;
    };
    assert!(birth.last_drop.was_followed());
    if let Some(place) = birth.last_drop.place() {
        // If it is inlined, this is the caller.
        let known = ["let_go_of", "the_last_drop_from_outside"];
        assert!(known.iter().any(|name| place.contains(name)), "{place}");
    }
}

#[derive(Tracked)]
struct Ring(Mutex<Option<Arc<Ring>>>);

#[test]
fn without_a_backtrace_the_birth_of_a_leak_has_thread_and_handle() {
    let one = Arc::new(Ring(Mutex::default()));
    let other = Arc::new(Ring(Mutex::new(Some(one.clone()))));
    let ids = [objgraph::id(&one), objgraph::id(&other)];
    *one.0.lock().expect("nobody panicked") = Some(other.clone());
    // The test's handle is dropped before the thread's.
    let (last, line) = (one.clone(), line!());
    drop((one, other));
    let worker = std::thread::Builder::new().name("closer".into());
    let closed = worker.spawn(move || drop(last)).expect("it began");
    closed.join().expect("it ended");
    for id in ids {
        let birth = objgraph::owners::leak_birth(id);
        let known = objgraph::ENABLED && cfg!(feature = "owners");
        assert_eq!(birth.is_some(), known, "known where handles are");
        let Some(birth) = birth else {
            continue;
        };
        assert_eq!(birth.object, ids[0]);
        assert_eq!(birth.last_drop.thread(), Some("closer"));
        assert_eq!(birth.last_drop.made().map(|made| made.line), Some(line));
        assert!(!birth.last_drop.was_followed());
        let text = birth.to_string();
        let expected = format!(
            "The last handle from outside to Ring {} was dropped on thread closer; it was \
             made at tests/owners/cases.rs:{line}:",
            ids[0]
        );
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words(&text).starts_with(&expected), "{text}");
        assert!(
            text.contains("objgraph::owners::follow::<Ring>()"),
            "{text}"
        );
    }
}

#[derive(Tracked)]
struct App {
    #[allow(dead_code, reason = "something to hold")]
    session: Arc<Session>,
}

#[derive(Tracked)]
struct Session;

#[test]
fn a_survivor_is_reported_with_the_lines_that_hold_it() {
    let app = Arc::new(App {
        session: Arc::new(Session),
    });
    let (kept, line) = (app.clone(), line!());
    let worker = std::thread::Builder::new().name("worker".into());
    let cloned = worker.spawn(move || (kept.clone(), line!(), kept));
    let (cloned, line_of_worker, kept) = cloned.expect("it began").join().expect("it ended");
    let failed = std::panic::catch_unwind(move || objgraph::assert_drops!(app));
    assert_eq!(failed.is_err(), objgraph::ENABLED);
    let Err(message) = failed else {
        return;
    };
    let text = message.downcast_ref::<String>().expect("a message");
    assert!(
        text.lines()
            .all(|line| line.chars().count() <= 80 || line.contains("picture:"))
    );
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for place in [
        format!("still held by handles made at tests/owners/cases.rs:{line}:"),
        format!(" tests/owners/cases.rs:{line_of_worker}:"),
        "(worker".to_owned(),
    ] {
        assert_eq!(words.contains(&place), cfg!(feature = "owners"), "{text}");
    }
    let line = format!("cases.rs:{line_of_worker}:");
    let expected = usize::from(cfg!(feature = "owners"));
    assert_eq!(words.matches(&line).count(), expected, "{text}");
    drop((cloned, kept));
}

#[test]
fn each_of_several_survivors_has_its_own_lines() {
    thread_local! {
        static KEPT: RefCell<Vec<Arc<dyn std::any::Any + Send + Sync>>> =
            const { RefCell::new(Vec::new()) };
    }
    const LINE: u32 = line!() + 9;
    /// A value that survives its drop.
    #[derive(Tracked)]
    struct Pair(Arc<Session>, Arc<Other>);
    #[derive(Tracked)]
    struct Other;
    impl Drop for Pair {
        fn drop(&mut self) {
            KEPT.with_borrow_mut(|kept| {
                kept.push(objgraph::unsize!(self.0.clone() => dyn std::any::Any + Send + Sync));
                kept.push(objgraph::unsize!(self.1.clone() => dyn std::any::Any + Send + Sync));
            });
        }
    }
    let pair = Pair(Arc::new(Session), Arc::new(Other));
    let failed = std::panic::catch_unwind(move || objgraph::assert_drops!(pair));
    assert_eq!(failed.is_err(), objgraph::ENABLED);
    let Err(message) = failed else {
        return;
    };
    let text = message.downcast_ref::<String>().expect("a message");
    for (name, line) in [("Session", LINE), ("Other", LINE + 1)] {
        let start = format!("{name} #");
        let parts = text.split("\n\n").filter(|part| part.starts_with(&start));
        let own: Vec<&str> = parts.collect();
        assert_eq!(own.len(), 1, "{text}");
        let line = format!("cases.rs:{line}:");
        let expected = usize::from(cfg!(feature = "owners"));
        assert_eq!(own[0].matches(&line).count(), expected, "{text}");
        assert_eq!(text.matches(&line).count(), expected, "{text}");
    }
}

#[test]
fn a_picture_shows_the_threads_of_external_handles() {
    #[derive(Tracked)]
    struct SharedValue;
    let shared = Arc::new(SharedValue);
    let line = line!() + 3;
    let by = |name: &str| {
        let given = shared.clone();
        let cloned = move || [(); 2].map(|()| given.clone());
        let thread = std::thread::Builder::new().name(name.into()).spawn(cloned);
        thread.expect("it began").join().expect("it ended")
    };
    // Two threads of one name, like the workers of a pool, and one whose name imitates other text.
    let kept = [by("worker"), by("worker"), by("<b>\n\"}")];
    let Ok(dot) = objgraph::backrefs(&shared).to_dot() else {
        panic!("it is small");
    };
    let known = objgraph::ENABLED && cfg!(feature = "owners");
    let text = objgraph::backrefs(&shared).to_text().expect("it is small");
    for (what, text) in [("dot", dot.replace("\\n", " ")), ("text", text)] {
        let workers = text.lines().filter(|text| text.contains("(worker)"));
        assert_eq!(workers.count(), usize::from(known), "{what}: {text}");
        let line = format!("cases.rs:{line}:");
        assert_eq!(
            text.matches(&line).count(),
            if known { 2 } else { 0 },
            "{what}: {text}"
        );
        assert!(!text.contains("(main)"), "{what}: {text}");
    }
    if let Some(owners) = owners(objgraph::id(&shared)) {
        let of_workers = owners
            .external()
            .iter()
            .filter(|one| one.thread.as_deref() == Some("worker"));
        let counts: Vec<usize> = of_workers.map(|one| one.count).collect();
        assert!(!cfg!(feature = "owners") || counts == [4], "{owners}");
    }
    drop(kept);
}

#[test]
fn handles_of_a_thread_that_ended_are_explained() {
    #[derive(Tracked)]
    struct Lasso(
        RefCell<Option<Rc<Lasso>>>,
        #[allow(dead_code, reason = "it holds the leaf")] Rc<Leaf>,
    );
    #[derive(Tracked)]
    struct Leaf;

    let worker = std::thread::Builder::new().name("worker".into());
    let ended = worker.spawn(|| {
        let leaf = Rc::new(Leaf);
        let lasso = Rc::new(Lasso(RefCell::default(), leaf.clone()));
        lasso.0.replace(Some(lasso.clone()));
        std::mem::forget(leaf.clone());
        objgraph::id(&leaf)
    });
    let id = ended.map(|ended| ended.join().expect("it ends"));
    if let Some(owners) = owners(id.expect("it began")) {
        assert_eq!(owners.counts(true), (1, 1));
        assert_eq!(owners.external()[0].thread.as_deref(), Some("worker"));
    }
}
