//! Who gets an answer.

use axum::Router;
use axum::extract::Request;
use axum::http::{Method, StatusCode, Version};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use objgraph_axum::{Endpoints, TokenError, router};

use crate::support::{ask, from, get, local};

const ROUTES: [&str; 10] = [
    "/",
    "/style.css",
    "/growth",
    "/leaks",
    "/why?id=1",
    "/refs?type=String",
    "/snapshot",
    "/pprof",
    "/metrics",
    "/nowhere",
];

#[tokio::test]
async fn only_clients_on_this_host_get_an_answer() {
    let router: Router = router();
    for peer in [
        "127.0.0.1:1",
        "127.9.9.9:1",
        "[::1]:1",
        "[::ffff:127.0.0.1]:1",
    ] {
        let request = from(peer).uri("/growth").header("host", "127.0.0.1:3000");
        let answer = ask(&router, request).await;
        assert_ne!(answer.status, StatusCode::FORBIDDEN, "{peer}");
    }
    for peer in [
        "10.0.0.1:1",
        "192.168.0.7:1",
        "[::2]:1",
        "[::ffff:10.0.0.1]:1",
    ] {
        for route in ROUTES {
            let request = from(peer).uri(route).header("host", "localhost");
            let answer = ask(&router, request).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{peer} {route}");
            assert!(answer.text().contains(".token(TOKEN)"), "{}", answer.text());
        }
    }
}

/// Law 11: says exactly what to write.
#[tokio::test]
async fn without_the_address_of_the_client_nobody_gets_an_answer() {
    let router: Router = router();
    for route in ROUTES {
        let request = Request::builder().uri(route).header("host", "localhost");
        let answer = ask(&router, request).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{route}");
        assert!(
            answer
                .text()
                .contains("app.into_make_service_with_connect_info::<std::net::SocketAddr>()"),
            "{}",
            answer.text()
        );
    }
}

#[tokio::test]
async fn what_a_proxy_on_this_host_passes_on_is_refused() {
    let router: Router = router();
    for (name, value) in [
        ("forwarded", "for=10.0.0.1"),
        ("x-forwarded-for", "127.0.0.1"),
        ("X-Forwarded-For", ""),
        ("x-real-ip", "10.0.0.1"),
        ("via", "1.1 proxy"),
        ("x-forwarded-host", "app.example"),
    ] {
        let answer = ask(&router, local("/growth").header(name, value)).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}");
        assert!(answer.text().contains("proxy"), "{}", answer.text());
    }
    let old = local("/growth").version(Version::HTTP_10);
    let answer = ask(&router, old).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.text().contains("HTTP/1.0"), "{}", answer.text());
}

/// A page whose name was made to lead to this host keeps its own name in `Host`.
#[tokio::test]
async fn names_of_other_sites_are_refused() {
    let router: Router = router();
    let hosts = [
        "evil.example",
        "evil.example:3000",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "",
    ];
    for host in hosts {
        let request = from("127.0.0.1:1").uri("/growth").header("host", host);
        let answer = ask(&router, request).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{host}");
        assert!(answer.text().contains("localhost"), "{}", answer.text());
    }
    let answer = ask(&router, from("127.0.0.1:1").uri("/growth")).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let two = local("/growth").header("host", "evil.example");
    assert_eq!(ask(&router, two).await.status, StatusCode::FORBIDDEN);
    // HTTP/2 has the name in the URI.
    let authority = local("http://evil.example/growth");
    assert_eq!(ask(&router, authority).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn requests_of_other_sites_in_a_browser_are_refused() {
    let router: Router = router();
    let cross = local("/growth").header("sec-fetch-site", "cross-site");
    assert_eq!(ask(&router, cross).await.status, StatusCode::FORBIDDEN);
    for origin in [
        "https://evil.example",
        "null",
        "http://localhost.evil.example:1",
    ] {
        let post = local("/look").method(Method::POST).header("origin", origin);
        assert_eq!(
            ask(&router, post).await.status,
            StatusCode::FORBIDDEN,
            "{origin}"
        );
    }
    let own = local("/style.css").header("sec-fetch-site", "same-origin");
    let own = own.header("origin", "http://localhost:3000");
    let answer = ask(&router, own).await;
    assert_eq!(answer.status, StatusCode::OK);
    // With `no-referrer`, a browser would hide the origin of the form of the page.
    assert_eq!(answer.header("referrer-policy"), "same-origin");
}

#[tokio::test]
async fn a_token_opens_the_routes_to_every_client() {
    let guarded = Endpoints::new().token("s3cret").expect("it is a token");
    let router: Router = guarded.router();
    let with = |value: &str| {
        let request = from("10.0.0.1:1").uri("/style.css");
        request.header("authorization", value.to_owned())
    };
    for value in ["Bearer s3cret", "bearer s3cret", "Bearer  s3cret "] {
        assert_eq!(
            ask(&router, with(value)).await.status,
            StatusCode::OK,
            "{value}"
        );
    }
    for value in [
        "Bearer s3cre",
        "Bearer s3cret2",
        "Bearer",
        "Bearer ",
        "Basic s3cret",
        "s3cret",
        "é",
    ] {
        let answer = ask(&router, with(value)).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{value}");
        assert_eq!(
            answer.header("www-authenticate"),
            "Bearer realm=\"objgraph\""
        );
        assert!(!answer.text().contains("s3cret"));
    }
    // A client on this host needs it too.
    for route in ROUTES {
        assert_eq!(get(&router, route).await.status, StatusCode::UNAUTHORIZED);
    }
}

#[test]
fn a_token_that_protects_nothing_is_refused() {
    let error = |token: &str| Endpoints::new().token(token).expect_err("it is refused");
    assert_eq!(error(""), TokenError::Empty);
    for token in ["a b", "a\n", "ä", "\0"] {
        assert_eq!(error(token), TokenError::NotVisibleAscii, "{token:?}");
    }
    let options = Endpoints::new().token("s3cret").expect("it is a token");
    assert!(!format!("{options:?}").contains("s3cret"));
}

#[tokio::test]
async fn a_layer_of_the_app_decides_if_it_is_asked_to() {
    async fn admins_only(request: Request, next: Next) -> Response {
        match request.headers().get("x-admin") {
            Some(_) => next.run(request).await,
            None => StatusCode::UNAUTHORIZED.into_response(),
        }
    }
    let routes: Router = Endpoints::new().guarded_by_outer_layer().router();
    let router = routes.layer(middleware::from_fn(admins_only));
    let request = || from("10.0.0.1:1").uri("/style.css");
    assert_eq!(
        ask(&router, request()).await.status,
        StatusCode::UNAUTHORIZED
    );
    let admin = request().header("x-admin", "yes");
    assert_eq!(ask(&router, admin).await.status, StatusCode::OK);
}
