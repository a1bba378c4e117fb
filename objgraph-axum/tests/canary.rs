//! No response contains the `Debug` text of a value, and no `Debug` runs, unless labels are allowed.

#[path = "support/mod.rs"]
mod support;

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc as StdArc, OnceLock};

use axum::http::{Method, StatusCode};
use objgraph::sync::Arc;
use objgraph::{Tracked, Visit, Visitor};
use objgraph_axum::{Endpoints, router};

use support::{ask, get, local};

const CANARY: &str = "canary-5f2a91";

static RUNS: AtomicUsize = AtomicUsize::new(0);

/// A value whose `Debug` prints the canary, and then panics.
#[derive(Tracked)]
struct Secret {
    next: OnceLock<Arc<Secret>>,
    plain: Arc<String>,
    #[allow(dead_code, reason = "only the trace reads it")]
    std: StdArc<Inner>,
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        RUNS.fetch_add(1, Ordering::SeqCst);
        f.write_str(CANARY)?;
        panic!("{CANARY}");
    }
}

/// Of std's pointers, a snapshot takes the label when it is taken.
#[derive(Tracked)]
struct Inner(#[allow(dead_code, reason = "it is alive")] Arc<u8>);

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        RUNS.fetch_add(1, Ordering::SeqCst);
        f.write_str(CANARY)?;
        panic!("{CANARY}");
    }
}

/// A value whose visit panics with the canary.
struct Panics;

impl Visit for Panics {
    fn visit<'a>(&'a self, _: &mut Visitor<'a>) {
        panic!("{CANARY}");
    }
}

fn secret() -> Arc<Secret> {
    Arc::new(Secret {
        next: OnceLock::new(),
        plain: Arc::new(CANARY.to_owned()),
        std: StdArc::new(Inner(Arc::new(7))),
    })
}

fn contains_canary(bytes: &[u8]) -> bool {
    bytes
        .windows(CANARY.len())
        .any(|window| window == CANARY.as_bytes())
}

/// Returns the text without gzip.
fn unpacked(bytes: &[u8]) -> Vec<u8> {
    use std::io::Read as _;

    // The file of a snapshot has 16 bytes or less before its gzip.
    for start in (0..bytes.len().min(16)).filter(|&at| bytes[at..].starts_with(&[0x1f, 0x8b])) {
        let mut out = Vec::new();
        if flate2::read::GzDecoder::new(&bytes[start..])
            .read_to_end(&mut out)
            .is_ok()
        {
            return out;
        }
    }
    bytes.to_vec()
}

#[tokio::test]
async fn no_response_has_a_label_and_no_debug_runs() {
    if !objgraph::ENABLED {
        return;
    }
    let kept = secret();
    let leaked = secret();
    let _ = leaked.next.set(leaked.clone());
    drop(leaked);
    objgraph::core::register::<Panics>();
    let panics = Arc::new(Panics);
    let ids = [
        objgraph::id(&kept),
        objgraph::id(&kept.plain),
        objgraph::id(&panics),
    ];
    let router = router();
    let mut uris: Vec<String> = [
        "/",
        "/?refresh=off",
        "/style.css",
        "/growth",
        "/growth?format=json",
        "/growth?since=start",
        "/growth?since=start&format=json",
        "/metrics",
        "/metrics?traced=yes",
        "/leaks",
        "/leaks?format=json",
        "/leaks?format=svg",
        "/snapshot",
        "/snapshot?format=json",
        "/snapshot?format=heapsnapshot",
        "/pprof",
        "/pprof?profile=chain",
        "/",
    ]
    .map(str::to_owned)
    .into();
    if cfg!(feature = "html") {
        uris.extend(["/leaks?format=html", "/snapshot?format=html"].map(str::to_owned));
        uris.push("/refs?type=Secret&format=html".to_owned());
    }
    for id in ids.map(|id| id.to_string().replace('#', "")) {
        uris.push(format!("/why?id={id}"));
        for format in ["svg", "dot", "text"] {
            for show in ["refs", "backrefs"] {
                uris.push(format!("/refs?id={id}&show={show}&format={format}"));
                for name in ["Secret", "Inner", "String", "Panics"] {
                    uris.push(format!("/refs?type={name}&show={show}&format={format}"));
                }
            }
        }
    }
    for uri in &uris {
        let answer = get(&router, uri).await;
        // A value behind std's pointers is in no counter.
        let is_known = answer.status == StatusCode::OK || uri.contains("type=Inner");
        assert!(
            is_known,
            "{uri}: {} {}",
            answer.status,
            String::from_utf8_lossy(&answer.bytes)
        );
        assert!(!contains_canary(&unpacked(&answer.bytes)), "{uri}");
        let headers = format!("{:?}", answer.headers);
        assert!(!headers.contains(CANARY), "{uri}: {headers}");
    }
    ask(&router, local("/look").method(Method::POST)).await;
    assert!(!contains_canary(&get(&router, "/").await.bytes));
    assert_eq!(RUNS.load(Ordering::SeqCst), 0);

    // The canary works: where labels are allowed, it sings.
    let allowed = Endpoints::new().labels(true).router();
    let text = get(&allowed, "/refs?type=String&format=text").await;
    assert!(contains_canary(&text.bytes));
    for uri in ["/snapshot", "/snapshot?format=json"] {
        let file = get(&allowed, uri).await;
        assert!(
            contains_canary(&unpacked(&file.bytes)),
            "{uri}: the message of a panic"
        );
    }
    let leaks = get(&allowed, "/leaks").await;
    assert_eq!(leaks.status, StatusCode::OK);
    assert!(RUNS.load(Ordering::SeqCst) > 0);
    drop((kept, panics));
}
