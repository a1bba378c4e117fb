//! What the routes answer.

#![allow(dead_code, reason = "only traces read the fields")]

use std::cell::OnceCell;
use std::io::Read as _;

use axum::Router;
use axum::http::{Method, StatusCode};
use objgraph::sync::Arc;
use objgraph::{Snapshot, Tracked};
use objgraph_axum::{Endpoints, router};
use serde_json::Value;

use crate::support::{ask, get, local};

#[derive(Tracked)]
struct Room {
    guests: Vec<Arc<Guest>>,
}

#[derive(Tracked)]
struct Guest {
    name: Arc<String>,
}

fn room() -> Arc<Room> {
    let guests = ["ann", "bob"].map(|name| {
        Arc::new(Guest {
            name: Arc::new(name.to_owned()),
        })
    });
    Arc::new(Room {
        guests: guests.into(),
    })
}

#[derive(Tracked, Default)]
struct Knot {
    own: std::sync::OnceLock<Arc<Knot>>,
}

/// Leaks one object.
fn leak() {
    let knot = Arc::new(Knot::default());
    let _ = knot.own.set(knot.clone());
}

/// The row of a type in the answer of `/growth?format=json`.
fn row<'j>(json: &'j Value, name: &str) -> &'j Value {
    let types = json["types"].as_array().expect("it is a list");
    let found = types.iter().find(|row| row["short_name"] == name);
    found.unwrap_or_else(|| panic!("{name} is missing in {json}"))
}

#[tokio::test]
async fn growth_is_since_the_last_request_or_the_start() {
    #[derive(Tracked)]
    struct Grown;
    if !objgraph::ENABLED {
        return;
    }
    let mut kept = vec![Arc::new(Grown)];
    let router: Router = router();
    kept.push(Arc::new(Grown));
    let json = async |uri: &str| -> Value {
        let answer = get(&router, uri).await;
        assert_eq!(answer.header("content-type"), "application/json");
        serde_json::from_slice(&answer.bytes).expect("it is JSON")
    };
    let first = json("/growth?format=json").await;
    assert_eq!(first["schema"], "objgraph-growth");
    let grown = row(&first, "Grown");
    assert_eq!((&grown["alive"], &grown["growth"]), (&2.into(), &1.into()));
    kept.extend([Arc::new(Grown), Arc::new(Grown)]);
    // The page does not disturb it.
    get(&router, "/").await;
    let start = json("/growth?format=json&since=start").await;
    assert_eq!(row(&start, "Grown")["growth"], 3);
    let second = json("/growth?format=json").await;
    assert_eq!(row(&second, "Grown")["growth"], 2);
    let sites = row(&second, "Grown")["sites"].as_array().expect("a list");
    assert_eq!(sites.len(), 4);
    assert_eq!(sites[0]["growth"], 1);
    let site = sites[0]["site"].as_str().expect("a text");
    assert!(site.contains("answers.rs:"), "{site}");
    kept.clear();
    let third = json("/growth?format=json").await;
    let grown = row(&third, "Grown");
    assert_eq!(grown["alive"], 0);
    assert_eq!(grown["growth"].as_f64(), Some(-4.0));

    kept.push(Arc::new(Grown));
    let text = get(&router, "/growth").await.text();
    assert!(text.contains("           1          +1  Grown\n"), "{text}");
}

#[tokio::test]
async fn leaks_are_reported_with_the_field_to_change() {
    if !objgraph::ENABLED {
        return;
    }
    leak();
    let router: Router = router();
    let text = get(&router, "/leaks").await;
    assert_eq!(text.header("content-type"), "text/plain; charset=utf-8");
    assert!(
        text.text().contains("fix: make `Knot.own` Weak"),
        "{}",
        text.text()
    );
    let json = get(&router, "/leaks?format=json").await;
    let json: Value = serde_json::from_slice(&json.bytes).expect("it is JSON");
    assert_eq!(json["schema"], "objgraph-leaks");
    let picture = get(&router, "/leaks?format=svg").await;
    assert_eq!(picture.header("content-type"), "image/svg+xml");
    assert!(picture.text().contains("Knot"), "{}", picture.text());
    assert!(
        picture
            .header("content-security-policy")
            .starts_with("sandbox;")
    );
}

#[tokio::test]
async fn why_is_asked_by_id() {
    if !objgraph::ENABLED {
        return;
    }
    let room = room();
    let id = objgraph::id(&room.guests[0].name).to_string();
    let router: Router = router();
    for id in [id.replace('#', ""), id.replace('#', "%23")] {
        let answer = get(&router, &format!("/why?id={id}")).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.text().contains("guests"), "{}", answer.text());
    }
}

#[tokio::test]
async fn refs_are_a_picture_around_a_type_or_an_object() {
    if !objgraph::ENABLED {
        return;
    }
    let room = room();
    let id = objgraph::id(&room).to_string().replace('#', "");
    let router: Router = router();
    let by_type = get(&router, "/refs?type=Room").await;
    assert_eq!(by_type.header("content-type"), "image/svg+xml");
    assert!(by_type.text().contains("<svg"), "{}", by_type.text());
    let dot = get(&router, &format!("/refs?id={id}&depth=1&format=dot"))
        .await
        .text();
    assert!(dot.contains("digraph") && dot.contains("Guest"), "{dot}");
    assert!(!dot.contains("String"), "{dot}");
    let text = get(&router, &format!("/refs?id={id}&format=text"))
        .await
        .text();
    assert!(text.starts_with("1 of 1 objects\n\nRoom"), "{text}");
    assert!(text.contains("guests[0]"), "{text}");
    let back = get(
        &router,
        "/refs?type=Guest&show=backrefs&format=text&limit=1",
    )
    .await;
    let back = back.text();
    assert!(back.contains("← Room"), "{back}");
    drop(room);
}

#[tokio::test]
async fn pictures_that_nobody_could_read_are_refused() {
    #[derive(Tracked)]
    struct Wide(Vec<Arc<Leaf>>);
    #[derive(Tracked)]
    enum Leaf {
        A(Option<Arc<u8>>),
        B(Option<Arc<u16>>, Option<Arc<u32>>),
    }
    if !objgraph::ENABLED {
        return;
    }
    let leaf = |at: u8| match at % 2 {
        0 => Leaf::A(Some(Arc::new(at))),
        _ => Leaf::B(Some(Arc::new(at.into())), Some(Arc::new(at.into()))),
    };
    let wide: Vec<Arc<Wide>> = (0..40)
        .map(|_| Arc::new(Wide((0..9).map(|at| Arc::new(leaf(at))).collect())))
        .collect();
    let router: Router = router();
    let answer = get(&router, "/refs?type=Wide&limit=40&depth=10").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.text());
    assert!(
        answer.text().contains("a smaller `depth` or `limit`"),
        "{}",
        answer.text()
    );
    let answer = get(&router, "/refs?type=Wide&limit=3&depth=1").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    drop(wide);
}

#[tokio::test]
async fn a_snapshot_is_a_file() {
    if !objgraph::ENABLED {
        return;
    }
    let room = room();
    let router: Router = router();
    let file = get(&router, "/snapshot").await;
    let name = file.header("content-disposition").to_owned();
    assert!(name.ends_with(".objgraph\""), "{name}");
    let loaded = Snapshot::read_from(&file.bytes[..]).expect("it is a snapshot");
    assert!(loaded.find(objgraph::id(&room)).is_some());
    for format in ["json", "heapsnapshot"] {
        let file = get(&router, &format!("/snapshot?format={format}")).await;
        assert!(file.header("content-disposition").contains(format));
        let json: Value = serde_json::from_slice(&file.bytes).expect("it is JSON");
        assert!(json.is_object());
    }
}

#[tokio::test]
async fn a_profile_is_gzipped_once() {
    if !objgraph::ENABLED {
        return;
    }
    let router: Router = router();
    let room = room();
    for uri in ["/pprof", "/pprof?profile=site", "/pprof?profile=chain"] {
        let answer = get(&router, uri).await;
        assert_eq!(answer.header("content-type"), "application/octet-stream");
        assert_eq!(answer.header("content-encoding"), "");
        let mut profile = Vec::new();
        let mut gzip = flate2::read::GzDecoder::new(&answer.bytes[..]);
        gzip.read_to_end(&mut profile).expect("it is gzipped");
        let names = String::from_utf8_lossy(&profile).into_owned();
        assert!(names.contains("inuse_space") && names.contains("leaked_objects"));
    }
    drop(room);
}

#[tokio::test]
async fn metrics_have_the_type_that_the_client_reads() {
    if !objgraph::ENABLED {
        return;
    }
    const OPEN: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    const OLD: &str = "text/plain; version=0.0.4; charset=utf-8";
    let kept = room();
    let router: Router = router();
    let prometheus = "application/openmetrics-text;version=1.0.0;q=0.5,\
                      application/openmetrics-text;version=0.0.1;q=0.4,\
                      text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
    for (accept, expected) in [
        (prometheus, OPEN),
        ("application/openmetrics-text", OPEN),
        ("application/openmetrics-text; q=0, */*", OLD),
        ("text/plain;version=0.0.4", OLD),
        ("text/html,*/*;q=0.8", OLD),
    ] {
        let answer = ask(&router, local("/metrics").header("accept", accept)).await;
        assert_eq!(answer.header("content-type"), expected, "{accept}");
        assert_eq!(answer.text().ends_with("# EOF\n"), expected == OPEN);
    }
    let plain = get(&router, "/metrics").await;
    assert_eq!(plain.header("content-type"), OLD);
    assert!(
        plain.text().contains("objgraph_objects{type="),
        "{}",
        plain.text()
    );
    assert!(!plain.text().contains("objgraph_trace_objects"));
    let traced = get(&router, "/metrics?traced=yes").await.text();
    assert!(traced.contains("objgraph_trace_objects"), "{traced}");
    drop(kept);
}

#[tokio::test]
async fn the_page_shows_the_last_look() {
    struct Shown<T>(T);
    if !objgraph::ENABLED {
        return;
    }
    leak();
    let kept = Arc::new(Shown(Vec::<u8>::new()));
    let router: Router = router();
    let page = get(&router, "/").await.text();
    assert!(page.contains("Nobody has searched for leaks yet"), "{page}");
    assert!(page.contains("http-equiv=\"refresh\""), "{page}");
    let quiet = get(&router, "/?refresh=off").await.text();
    assert!(!quiet.contains("http-equiv=\"refresh\""), "{quiet}");
    let look = ask(&router, local("/look").method(Method::POST)).await;
    assert_eq!(look.status, StatusCode::SEE_OTHER);
    let answer = get(&router, "/").await;
    let page = answer.text();
    assert!(page.contains("make `Knot.own` Weak"), "{page}");
    assert!(page.contains("Coverage"), "{page}");
    assert!(page.contains("Shown&lt;Vec&lt;u8&gt;&gt;"), "{page}");
    assert!(!page.contains("Shown<"), "{page}");
    let policy = answer.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; style-src 'self'"),
        "{policy}"
    );
    assert!(
        !page.contains("<script") && !page.contains("style=\""),
        "{page}"
    );
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    drop(kept);
}

/// Without `labels(true)`, no `Debug` runs: see `canary.rs`.
#[tokio::test]
async fn labels_are_shown_where_they_are_allowed() {
    #[derive(Tracked, Debug)]
    struct Labelled(u32);
    if !objgraph::ENABLED {
        return;
    }
    let kept = Arc::new(Labelled(4711));
    let allowed: Router = Endpoints::new().labels(true).router();
    let text = get(&allowed, "/refs?type=Labelled&format=text")
        .await
        .text();
    assert!(text.contains("4711"), "{text}");
    let text = get(&router(), "/refs?type=Labelled&format=text")
        .await
        .text();
    assert!(!text.contains("4711"), "{text}");
    drop(kept);
}

/// A thread of the executor traces nothing: the objects of another thread are counted.
#[tokio::test]
async fn rc_objects_are_counted() {
    #[derive(Tracked)]
    struct Local(OnceCell<u8>);
    if !objgraph::ENABLED {
        return;
    }
    let kept = objgraph::rc::Rc::new(Local(OnceCell::new()));
    let router: Router = router();
    let growth = get(&router, "/growth?format=json").await;
    let growth: Value = serde_json::from_slice(&growth.bytes).expect("it is JSON");
    assert_eq!(row(&growth, "Local")["alive"], 1);
    let snapshot = get(&router, "/snapshot").await;
    let snapshot = Snapshot::read_from(&snapshot.bytes[..]).expect("it is a snapshot");
    let node = snapshot.find(objgraph::id(&kept)).expect("it is listed");
    assert_eq!(
        snapshot.node(node).state(),
        objgraph::snapshot::State::OtherThread
    );
    let _ = kept.0.set(1);
}
