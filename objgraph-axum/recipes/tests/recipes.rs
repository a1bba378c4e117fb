//! Each recipe of `docs/service.md` serves metrics and a profile, and is in the page as it is here.

#![allow(dead_code, reason = "not every feature uses all")]

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;

/// Returns the text without differences of indentation and line breaks.
fn squeezed(text: &str) -> String {
    let mut out: String = text.split_whitespace().collect();
    for end in [")", "]", "}"] {
        out = out.replace(&format!(",{end}"), end);
    }
    out
}

/// Returns the fenced blocks of Rust below the heading.
fn blocks(heading: &str) -> Vec<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/service.md");
    let page = fs::read_to_string(page).expect("it is text");
    let (_, part) = page.split_once(heading).expect("it has the heading");
    let part = part.split("\n## ").next().unwrap_or_default();
    let part = part.split("\n### ").next().unwrap_or_default();
    let blocks = part.split("\n```rust\n").skip(1);
    let blocks = blocks.map(|rest| rest.split("\n```").next().unwrap_or_default().to_owned());
    blocks.collect()
}

#[test]
fn the_page_has_the_recipes() {
    for (heading, file) in [
        ("\n## Routes to mount in axum", "axum.rs"),
        ("\n### hyper", "hyper.rs"),
        ("\n### actix", "actix.rs"),
        ("\n### A thread", "thread.rs"),
    ] {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(file);
        let source = squeezed(&fs::read_to_string(source).expect("it is text"));
        let blocks = blocks(heading);
        assert!(!blocks.is_empty(), "{heading}");
        for block in blocks {
            assert!(
                source.contains(&squeezed(&block)),
                "{file} does not have\n{block}"
            );
            assert!(
                block.lines().count() < 22,
                "{heading} is no recipe of ten lines"
            );
        }
    }
}

/// Asks a server, and returns the head and the body of its answer.
fn get(address: SocketAddr, path: &str) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(address).expect("it is served");
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it is read");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("it is answered");
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n");
    let body = answer.split_off(end.expect("there is a head") + 4);
    (String::from_utf8(answer).expect("it is text"), body)
}

fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    (listener, address)
}

fn assert_serves(address: SocketAddr, metrics: &str, profile: &str) {
    let (head, body) = get(address, metrics);
    assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
    let head = head.to_ascii_lowercase();
    let is_typed = head.contains("content-type: application/openmetrics-text; version=1.0.0")
        || head.contains("content-type: text/plain; version=0.0.4");
    assert!(is_typed, "{head}");
    assert!(String::from_utf8_lossy(&body).contains("# TYPE objgraph"));
    let (head, body) = get(address, profile);
    assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
    let head = head.to_ascii_lowercase();
    assert!(
        head.contains("content-type: application/octet-stream"),
        "{head}"
    );
    // A body in chunks has the length of the first before it.
    let is_gzip = body
        .windows(2)
        .take(16)
        .any(|window| window == [0x1f, 0x8b]);
    assert!(is_gzip, "{head}");
}

#[cfg(feature = "thread")]
#[test]
fn a_thread_serves() {
    let (listener, address) = listener();
    objgraph_recipes::thread::start(listener);
    assert_serves(address, "/metrics", "/pprof");
    let (_, body) = get(address, "/");
    assert!(body.starts_with(b"There are"));
}

#[cfg(feature = "actix")]
#[test]
fn actix_serves() {
    let (listener, address) = listener();
    std::thread::spawn(move || objgraph_recipes::actix::serve(listener));
    assert_serves(address, "/metrics", "/pprof");
}

#[cfg(any(feature = "axum", feature = "hyper"))]
fn start<F: Future>(
    serve: impl FnOnce(tokio::net::TcpListener) -> F + Send + 'static,
) -> SocketAddr {
    let (listener, address) = listener();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_io()
            .build();
        runtime.expect("it starts").block_on(async {
            listener.set_nonblocking(true).expect("it can be set");
            let listener = tokio::net::TcpListener::from_std(listener);
            serve(listener.expect("it is registered")).await;
        });
    });
    address
}

#[cfg(feature = "hyper")]
#[test]
fn hyper_serves() {
    assert_serves(start(objgraph_recipes::hyper::serve), "/metrics", "/pprof");
}

#[cfg(feature = "axum")]
#[test]
fn axum_serves() {
    let address = start(objgraph_recipes::axum::serve);
    assert_serves(address, "/debug/objgraph/metrics", "/debug/objgraph/pprof");
    let (head, _) = get(address, "/debug/objgraph/");
    assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
}
