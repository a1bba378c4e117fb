//! Who gets an answer.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Version, header};

use crate::answer::Refusal;
use crate::token::Token;

/// Who gets an answer.
#[derive(Debug)]
pub(crate) enum Guard {
    /// Clients on the same host.
    Loopback,
    /// Clients that send the token.
    Token(Token),
    /// All, because a layer of the app decides before.
    OuterLayer,
}

/// Headers that proxies add. One of them means that the client is elsewhere.
const OF_PROXIES: [&str; 12] = [
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-forwarded-server",
    "x-real-ip",
    "x-client-ip",
    "x-envoy-external-address",
    "true-client-ip",
    "cf-connecting-ip",
];

impl Guard {
    /// Returns why this request is refused.
    pub(crate) fn check(&self, request: &Parts) -> Result<(), Refusal> {
        match self {
            Self::Loopback => check_loopback(request),
            Self::Token(token) => check_token(token, &request.headers),
            Self::OuterLayer => Ok(()),
        }
    }
}

fn check_token(token: &Token, headers: &HeaderMap) -> Result<(), Refusal> {
    let sent = headers.get(header::AUTHORIZATION).and_then(|value| {
        let (scheme, sent) = value.as_bytes().split_at_checked(7)?;
        scheme.eq_ignore_ascii_case(b"bearer ").then_some(sent)
    });
    if sent.is_some_and(|sent| token.is(sent.trim_ascii())) {
        return Ok(());
    }
    let text = match sent {
        Some(_) => "The token is wrong.",
        None => "A token is needed: send the header `Authorization: Bearer TOKEN`.",
    };
    let refusal = Refusal::new(StatusCode::UNAUTHORIZED, text);
    Err(refusal.with(header::WWW_AUTHENTICATE, "Bearer realm=\"objgraph\""))
}

fn check_loopback(request: &Parts) -> Result<(), Refusal> {
    let refused = |text: &str| Err(Refusal::new(StatusCode::FORBIDDEN, text));
    let peer = request.extensions.get::<ConnectInfo<SocketAddr>>();
    let Some(ConnectInfo(peer)) = peer else {
        return refused(
            "The address of the client is not known, so nobody gets an answer. Serve the app with\n\
             axum::serve(listener, app.into_make_service_with_connect_info::<std::net::SocketAddr>())\n\
             or set a guard: objgraph_axum::Endpoints::new().token(TOKEN)?.router()",
        );
    };
    if !peer.ip().to_canonical().is_loopback() {
        return refused(
            "Only clients on the same host get an answer. To allow others, set a guard:\n\
             objgraph_axum::Endpoints::new().token(TOKEN)?.router()",
        );
    }
    let headers = &request.headers;
    if let Some(name) = OF_PROXIES.iter().find(|name| headers.contains_key(**name)) {
        return Err(Refusal::new(
            StatusCode::FORBIDDEN,
            format!(
                "The request came through a proxy, by its header `{name}`, so the client may be \
                 anywhere. Set a guard:\n\
                 objgraph_axum::Endpoints::new().token(TOKEN)?.router()"
            ),
        ));
    }
    if request.version < Version::HTTP_11 {
        return refused(
            "Requests by HTTP/1.0 are refused, because proxies use it: use HTTP/1.1, or set a \
             guard:\n\
             objgraph_axum::Endpoints::new().token(TOKEN)?.router()",
        );
    }
    if !asks_for_loopback(request) {
        return refused(
            "The host of the request is no name of this host, as if a page of another site had \
             asked. Ask for localhost, 127.0.0.1 or [::1].",
        );
    }
    if is_from_other_site(headers) {
        return refused(
            "A page of another site made this request. Open the address itself in the browser.",
        );
    }
    Ok(())
}

/// Returns whether the request names this host by a name that no other site has: a page whose name
/// was made to lead here keeps its own name in the header.
fn asks_for_loopback(request: &Parts) -> bool {
    let mut hosts = Vec::new();
    // With HTTP/2, and in requests to proxies.
    hosts.extend(request.uri.authority().map(|authority| authority.as_str()));
    for host in request.headers.get_all(header::HOST) {
        hosts.push(host.to_str().unwrap_or_default());
    }
    !hosts.is_empty() && hosts.iter().all(|host| is_loopback(host))
}

/// Returns whether a browser says that another site made the request.
fn is_from_other_site(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site");
    if site.is_some_and(|site| site == "cross-site") {
        return true;
    }
    headers.get_all(header::ORIGIN).iter().any(|origin| {
        let origin = origin.to_str().unwrap_or_default();
        // `null` is the origin of a page that says nothing about itself.
        let host = origin.split_once("://").map(|(_, host)| host);
        !host.is_some_and(is_loopback)
    })
}

/// Returns whether a host, with or without a port, is a name or an address of loopback.
fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => {
            let Some((address, port)) = rest.split_once(']') else {
                return false;
            };
            if !is_port(port) {
                return false;
            }
            address
        }
        None => {
            let end = host.find(':').unwrap_or(host.len());
            if !is_port(&host[end..]) {
                return false;
            }
            &host[..end]
        }
    };
    let name = name.strip_suffix('.').unwrap_or(name);
    let address = name.parse::<IpAddr>();
    name.eq_ignore_ascii_case("localhost")
        || address.is_ok_and(|address| address.to_canonical().is_loopback())
}

/// Returns whether this is nothing, or a colon and digits.
fn is_port(text: &str) -> bool {
    match text.strip_prefix(':') {
        Some(port) => port.bytes().all(|byte| byte.is_ascii_digit()),
        None => text.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn names_of_loopback() {
        for host in [
            "localhost",
            "LOCALHOST:80",
            "localhost.",
            "127.0.0.1",
            "127.1.2.3:3000",
            "[::1]",
            "[::1]:3000",
            "[::ffff:127.0.0.1]:1",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "",
            ":80",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "evil.example:127.0.0.1",
            "localhost:80@evil.example",
            "127.0.0.1:80 evil.example",
            "10.0.0.1",
            "[::1",
            "[::1]x",
            "[::2]",
            "0.0.0.0",
            "2130706433",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
