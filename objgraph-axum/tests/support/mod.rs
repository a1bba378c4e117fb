//! Requests to a router, without a socket.

#![allow(dead_code, reason = "not every test program uses all")]

use std::net::SocketAddr;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::request::Builder;
use axum::http::{HeaderMap, Request, StatusCode};
use tower::ServiceExt as _;

/// What a router answers.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).expect("it is text")
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("it is ASCII"))
    }
}

/// Returns a request as a client on this host sends it.
pub fn local(uri: &str) -> Builder {
    from("127.0.0.1:50000")
        .uri(uri)
        .header("host", "localhost:3000")
}

/// Returns a request of a client with this address.
pub fn from(peer: &str) -> Builder {
    let peer: SocketAddr = peer.parse().expect("it is an address");
    Request::builder().extension(ConnectInfo(peer))
}

pub async fn ask(router: &Router, request: Builder) -> Answer {
    let request = request.body(Body::empty()).expect("it is a request");
    let response = router.clone().oneshot(request).await;
    let (parts, body) = response.expect("it never fails").into_parts();
    Answer {
        status: parts.status,
        headers: parts.headers,
        bytes: to_bytes(body, usize::MAX)
            .await
            .expect("it is whole")
            .into(),
    }
}

pub async fn get(router: &Router, uri: &str) -> Answer {
    ask(router, local(uri)).await
}
