//! Requests that are wrong, and routes where tracking is off.

use axum::Router;
use axum::http::{Method, StatusCode};
use objgraph_axum::{Endpoints, router};

use crate::support::{Answer, ask, get, local};

/// Law 11: every refusal is a short text.
fn assert_refused(answer: &Answer, status: StatusCode, expected: &str, request: &str) {
    let text = answer.text();
    assert_eq!(answer.status, status, "{request}: {text}");
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    assert!(text.contains(expected), "{request}: {text}");
    assert!(text.len() < 600, "{request}: {text}");
}

#[tokio::test]
async fn requests_that_are_wrong_get_what_to_ask_instead() {
    if !objgraph::ENABLED {
        return;
    }
    let router: Router = router();
    let long = format!("/refs?type={}", "x".repeat(5000));
    let long_name = format!("/refs?type={}", "x".repeat(3000));
    for (uri, status, expected) in [
        ("/nowhere", 404, "growth, leaks, why"),
        ("/leaks/", 404, "there are"),
        ("/why", 400, "why?id=17"),
        ("/why?id=", 400, "why?id=17"),
        ("/why?id=abc", 400, "`abc` is no id"),
        ("/why?id=99999999999999999999", 400, "is no id"),
        ("/why?id=-1", 400, "is no id"),
        ("/why?id=1.2.3", 400, "is no id"),
        ("/why?id=std5", 400, "valid in one snapshot only"),
        ("/why?id=4000000000", 404, "No object #4000000000 is alive"),
        ("/why?id=%23", 400, "is no id"),
        ("/why?id=1&id=2", 400, "given twice"),
        ("/why?ID=1", 400, "there are: id"),
        ("/why?id=%ff", 400, "UTF-8"),
        ("/why?%ff=1", 400, "UTF-8"),
        ("/refs", 400, "refs?type=Session"),
        ("/refs?type=A&id=1", 400, "refs?type=Session"),
        ("/refs?type=NoSuchType", 404, "`NoSuchType`"),
        ("/refs?type=%00%e2%80%ae", 404, "\\u{202e}"),
        ("/refs?type=<script>alert(1)</script>", 404, "No object"),
        ("/refs?id=4000000000.7", 404, "#4000000000.7"),
        ("/refs?type=A&depth=0", 400, "from 1 to 10"),
        ("/refs?type=A&depth=99", 400, "from 1 to 10"),
        ("/refs?type=A&limit=x", 400, "from 1 to 40"),
        ("/refs?type=A&show=sideways", 400, "refs, backrefs"),
        ("/refs?type=A&format=png", 400, "svg, dot, text"),
        ("/growth?format=xml", 400, "text, json"),
        ("/growth?since=2026", 400, "last, start"),
        ("/growth?x", 400, "`x` is unknown"),
        ("/leaks?format=yaml", 400, "text, json, svg"),
        ("/snapshot?format=zip", 400, "objgraph, heapsnapshot, json"),
        ("/pprof?profile=cpu", 400, "site, chain"),
        ("/pprof?seconds=30", 400, "`delta` to false"),
        ("/metrics?name=x", 400, "there are: traced"),
        ("/?theme=dark", 400, "refresh"),
        (&*long, 400, "at most 4096"),
        (&*long_name, 404, "…"),
    ] {
        let Ok(uri) = uri
            .replace('<', "%3C")
            .replace('>', "%3E")
            .parse::<axum::http::Uri>()
        else {
            panic!("{uri} is no URI");
        };
        let uri = uri.to_string();
        let answer = get(&router, &uri).await;
        let status = StatusCode::from_u16(status).expect("it is a status");
        assert_refused(&answer, status, expected, &uri);
    }
    #[cfg(not(feature = "html"))]
    for route in ["/leaks", "/snapshot", "/refs"] {
        let uri = format!("{route}?type=A&format=html")
            .replace("?type=A&", if route == "/refs" { "?type=A&" } else { "?" });
        let answer = get(&router, &uri).await;
        assert_refused(&answer, StatusCode::BAD_REQUEST, "the feature `html`", &uri);
    }
}

#[tokio::test]
async fn other_methods_are_refused() {
    if !objgraph::ENABLED {
        return;
    }
    let router: Router = router();
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
        for route in [
            "/",
            "/growth",
            "/leaks",
            "/snapshot",
            "/metrics",
            "/style.css",
        ] {
            let answer = ask(&router, local(route).method(&method)).await;
            let request = format!("{method} {route}");
            assert_refused(&answer, StatusCode::METHOD_NOT_ALLOWED, "GET", &request);
            assert_eq!(answer.header("allow"), "GET, HEAD", "{request}");
        }
    }
    let answer = get(&router, "/look").await;
    assert_refused(&answer, StatusCode::METHOD_NOT_ALLOWED, "POST", "GET /look");
}

#[tokio::test]
async fn traces_can_be_refused_altogether() {
    if !objgraph::ENABLED {
        return;
    }
    let kept = objgraph::rc::Rc::new(vec![1_u16]);
    let id = objgraph::id(&kept).to_string().replace('#', "");
    let router: Router = Endpoints::new().without_traces().router();
    for uri in [
        "/leaks".to_owned(),
        format!("/why?id={id}"),
        format!("/refs?id={id}"),
        "/snapshot".to_owned(),
        "/pprof".to_owned(),
    ] {
        let answer = get(&router, &uri).await;
        assert_refused(&answer, StatusCode::FORBIDDEN, ".without_traces()", &uri);
    }
    let look = ask(&router, local("/look").method(Method::POST)).await;
    assert_eq!(look.status, StatusCode::FORBIDDEN);
    for route in ["/", "/growth", "/metrics"] {
        assert_eq!(get(&router, route).await.status, StatusCode::OK, "{route}");
    }
    let page = get(&router, "/").await.text();
    assert!(!page.contains("<form"), "{page}");
    assert!(!page.contains("refs?type"), "{page}");
}

/// Law 2: says that tracking is off, and which line turns it on.
#[tokio::test]
async fn without_tracking_every_route_says_how_to_turn_it_on() {
    if objgraph::ENABLED {
        return;
    }
    let router: Router = router();
    for route in [
        "/",
        "/growth",
        "/leaks",
        "/leaks?format=json",
        "/why?id=1",
        "/refs?type=A",
        "/snapshot",
        "/pprof",
        "/metrics",
    ] {
        let answer = get(&router, route).await;
        let expected = match route {
            "/" => StatusCode::OK,
            _ => StatusCode::SERVICE_UNAVAILABLE,
        };
        assert_eq!(answer.status, expected, "{route}");
        let text = answer.text().replace("&quot;", "\"");
        assert!(text.contains("racking is off"), "{route}: {text}");
        assert!(text.contains("features = [\"always\"]"), "{route}: {text}");
    }
}
