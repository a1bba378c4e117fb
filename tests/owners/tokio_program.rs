//! A task, a closure in a foreign type, a static and a forgotten handle hold the same object.

use std::sync::Mutex;

use objgraph::sync::Arc;

struct Session;

static CACHE: Mutex<Option<Arc<Session>>> = Mutex::new(None);

#[test]
fn four_hidden_handles_are_reported_by_their_lines() {
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.build().expect("there is a runtime");
    let session = Arc::new(Session);
    let id = objgraph::id(&session);

    let (in_task, task) = (session.clone(), line!());
    runtime.spawn(async move {
        std::future::pending::<()>().await;
        drop(in_task);
    });
    let (in_closure, closure) = (session.clone(), line!());
    let foreign = std::iter::from_fn(move || Some(Arc::strong_count(&in_closure)));
    let (in_static, cache) = (session.clone(), line!());
    *CACHE.lock().expect("nobody panicked") = Some(in_static);
    let (forgotten, forgot) = (session.clone(), line!());
    std::mem::forget(forgotten);
    drop(session);
    runtime.block_on(tokio::task::yield_now());

    let owners = objgraph::owners::owners(id);
    let Some(owners) = owners.filter(objgraph::owners::Owners::are_known) else {
        let known = objgraph::ENABLED && cfg!(feature = "owners");
        assert_eq!(usize::from(known), 0, "known where handles are");
        return;
    };
    assert_eq!((owners.strong(), owners.counts(true)), (Some(4), (0, 4)));
    let lines: Vec<u32> = owners.external().iter().map(|one| one.site.line).collect();
    assert_eq!(lines, [task, closure, cache, forgot]);
    let text = owners.to_string();
    let why = objgraph::why_alive(id).expect("it is alive").to_string();
    for line in lines {
        let place = format!("tests/owners/tokio_program.rs:{line}:");
        assert!(
            text.contains(&place) && why.contains(&place),
            "{text}\n{why}"
        );
    }
    assert!(
        text.contains("4 of 4 references are held from outside"),
        "{text}"
    );
    drop((foreign, runtime));
    let owners = objgraph::owners::owners(id).expect("two hold it still");
    let left: Vec<u32> = owners.external().iter().map(|one| one.site.line).collect();
    assert_eq!(left, [cache, forgot]);
}
