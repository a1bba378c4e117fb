//! Requests that trace, over real sockets: one at a time, from clients that are slow or hang up.
//!
//! A trace waits at a gate inside the `visit` of an object, so that the tests know where it is.

#[path = "support/mod.rs"]
mod support;

use std::net::SocketAddr;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use objgraph::sync::Arc;
use objgraph::{Tracked, Visit, Visitor};
use objgraph_axum::{Endpoints, router};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use support::get;

/// One test at a time: a gate stops every trace of the process.
static ONE_TEST: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// Whether the gate is closed, and whether a trace waits at it.
static GATE: Mutex<(bool, bool)> = Mutex::new((false, false));
static CHANGED: Condvar = Condvar::new();

struct Gate;

impl Visit for Gate {
    fn visit<'a>(&'a self, _: &mut Visitor<'a>) {
        let mut gate = GATE.lock().unwrap_or_else(PoisonError::into_inner);
        while gate.0 {
            gate.1 = true;
            CHANGED.notify_all();
            gate = CHANGED.wait(gate).unwrap_or_else(PoisonError::into_inner);
        }
        gate.1 = false;
    }
}

/// A gate that traces wait at while it is there.
struct ClosedGate(#[allow(dead_code, reason = "it is alive")] Arc<Gate>);

impl ClosedGate {
    fn new() -> Self {
        objgraph::core::register::<Gate>();
        GATE.lock().unwrap_or_else(PoisonError::into_inner).0 = true;
        Self(Arc::new(Gate))
    }

    /// Waits until a trace is at the gate, without a thread of the executor.
    async fn reached(&self) {
        let wait = tokio::task::spawn_blocking(|| {
            let gate = GATE.lock().unwrap_or_else(PoisonError::into_inner);
            drop(CHANGED.wait_while(gate, |gate| !gate.1));
        });
        wait.await.expect("it does not panic");
    }

    fn open(self) {
        drop(self);
    }
}

impl Drop for ClosedGate {
    fn drop(&mut self) {
        GATE.lock().unwrap_or_else(PoisonError::into_inner).0 = false;
        CHANGED.notify_all();
    }
}

#[derive(Tracked)]
struct Item(#[allow(dead_code, reason = "only the trace reads it")] u64);

/// Objects whose snapshot as JSON is larger than what the sockets hold.
fn many() -> Vec<Arc<Item>> {
    (0..100_000).map(|at| Arc::new(Item(at))).collect()
}

/// Serves the routes, and returns their address.
async fn serve(routes: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    let app = Router::new().nest_service("/debug/objgraph", routes);
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    address
}

/// A client that reads as it likes.
struct Client(TcpStream);

impl Client {
    async fn ask(address: SocketAddr, route: &str) -> Self {
        let mut stream = TcpStream::connect(address).await.expect("it is served");
        let request = format!(
            "GET /debug/objgraph{route} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
        );
        stream
            .write_all(request.as_bytes())
            .await
            .expect("it is read");
        Self(stream)
    }

    /// Reads the head of the response.
    async fn head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.0.read_u8().await.expect("there is a head"));
        }
        String::from_utf8(head).expect("it is text")
    }

    /// Reads the rest, to the end or to where the server ended it.
    async fn rest(mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        // What was read before an error stays.
        let _ = self.0.read_to_end(&mut rest).await;
        rest
    }
}

fn length(head: &str) -> usize {
    let head = head.to_ascii_lowercase();
    let (_, rest) = head
        .split_once("content-length: ")
        .expect("it has a length");
    let (number, _) = rest.split_once('\r').expect("it is a line");
    number.parse().expect("it is a number")
}

/// Asks until the status is another: what ends on other threads takes its time.
async fn get_until_not(router_or_address: SocketAddr, route: &str, status: &str) -> String {
    loop {
        let head = Client::ask(router_or_address, route).await.head().await;
        if !head.starts_with(&format!("HTTP/1.1 {status}")) {
            return head;
        }
        tokio::task::yield_now().await;
    }
}

/// With one thread of the executor, which a trace would block.
#[tokio::test]
async fn one_request_traces_at_a_time_and_the_others_are_answered() {
    if !objgraph::ENABLED {
        return;
    }
    let _one = ONE_TEST.lock().await;
    let router = router();
    let gate = ClosedGate::new();
    let first = tokio::spawn({
        let router = router.clone();
        async move { get(&router, "/leaks").await }
    });
    gate.reached().await;
    for route in ["/leaks", "/snapshot", "/pprof", "/refs?type=Gate"] {
        let answer = get(&router, route).await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "{route}");
        assert_eq!(answer.header("retry-after"), "1");
        assert!(answer.text().contains("Another request traces"));
    }
    for route in ["/", "/growth", "/metrics"] {
        assert_eq!(get(&router, route).await.status, StatusCode::OK, "{route}");
    }
    gate.open();
    let first = first.await.expect("it does not panic");
    assert_eq!(first.status, StatusCode::OK);
    assert_eq!(get(&router, "/leaks").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_hangs_up_in_a_trace_leaves_nothing() {
    if !objgraph::ENABLED {
        return;
    }
    let _one = ONE_TEST.lock().await;
    let address = serve(Endpoints::new().downloads(1, Duration::MAX).router()).await;
    let gate = ClosedGate::new();
    let client = Client::ask(address, "/snapshot?format=json").await;
    gate.reached().await;
    drop(client);
    // The trace goes on, and nobody else may trace meanwhile.
    let head = Client::ask(address, "/leaks").await.head().await;
    assert!(head.starts_with("HTTP/1.1 429 "), "{head}");
    gate.open();
    let head = get_until_not(address, "/leaks", "429").await;
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_reader_does_not_keep_others_from_tracing() {
    if !objgraph::ENABLED {
        return;
    }
    let _one = ONE_TEST.lock().await;
    let kept = many();
    let address = serve(Endpoints::new().downloads(2, Duration::MAX).router()).await;
    let mut slow = Client::ask(address, "/snapshot?format=json").await;
    let head = slow.head().await;
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    let length = length(&head);
    assert!(length > 8 << 20, "{length}");
    let head = Client::ask(address, "/leaks").await.head().await;
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    // It gets all in the end.
    assert_eq!(slow.rest().await.len(), length);
    drop(kept);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_hangs_up_in_a_download_gives_its_place_back() {
    if !objgraph::ENABLED {
        return;
    }
    let _one = ONE_TEST.lock().await;
    let kept = many();
    let address = serve(Endpoints::new().downloads(1, Duration::MAX).router()).await;
    let mut slow = Client::ask(address, "/snapshot?format=json").await;
    slow.head().await;
    let mut refused = Client::ask(address, "/leaks").await;
    let head = refused.head().await;
    assert!(head.starts_with("HTTP/1.1 429 "), "{head}");
    let text = String::from_utf8(refused.rest().await).expect("it is text");
    assert!(text.contains("slow readers"), "{text}");
    drop(slow);
    let head = get_until_not(address, "/leaks", "429").await;
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    drop(kept);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_reader_that_had_its_time_gives_way() {
    if !objgraph::ENABLED {
        return;
    }
    let _one = ONE_TEST.lock().await;
    let kept = many();
    let address = serve(Endpoints::new().downloads(1, Duration::ZERO).router()).await;
    let mut slow = Client::ask(address, "/snapshot?format=json").await;
    let length_of_slow = length(&slow.head().await);
    let mut other = Client::ask(address, "/snapshot?format=json").await;
    let head = other.head().await;
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert_eq!(other.rest().await.len(), length(&head));
    // Its length says that the rest is missing.
    assert!(slow.rest().await.len() < length_of_slow);
    drop(kept);
}

#[tokio::test]
async fn an_app_that_does_not_know_its_clients_refuses_all() {
    if !objgraph::ENABLED {
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    let app = Router::new().nest_service("/debug/objgraph", router());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let mut client = Client::ask(address, "/growth").await;
    let head = client.head().await;
    assert!(head.starts_with("HTTP/1.1 403 "), "{head}");
    let text = String::from_utf8(client.rest().await).expect("it is text");
    assert!(
        text.contains("into_make_service_with_connect_info"),
        "{text}"
    );
}
