//! The routes work under any path.

use axum::Router;
use axum::http::{Method, StatusCode};
use objgraph_axum::router;

use crate::support::{ask, get, local};

/// Returns the links, forms and style sheets of a page.
fn links(page: &str) -> Vec<String> {
    let mut links = Vec::new();
    for name in ["href=\"", "action=\""] {
        for rest in page.split(name).skip(1) {
            let link = rest.split('"').next().unwrap_or_default();
            links.push(link.replace("&amp;", "&"));
        }
    }
    links
}

/// Returns the path that a browser asks for when a page at `path` has this link.
fn resolved(path: &str, link: &str) -> String {
    if link.starts_with('?') {
        return format!("{path}{link}");
    }
    let folder = &path[..path.rfind('/').expect("paths are absolute")];
    if let Some(link) = link.strip_prefix("../") {
        let above = &folder[..folder.rfind('/').expect("there is a folder above")];
        return format!("{above}/{link}");
    }
    let link = link.strip_prefix("./").expect("links are relative");
    format!("{folder}/{link}")
}

#[tokio::test]
async fn links_of_the_page_lead_to_the_routes_under_any_path() {
    struct Linked;
    let kept = objgraph::rc::Rc::new(Linked);
    let mounts: [(Router, &[&str]); 7] = [
        (router(), &["/"]),
        (
            Router::new().nest_service("/debug/objgraph", router()),
            &["/debug/objgraph", "/debug/objgraph/"],
        ),
        (
            Router::new().nest("/a", Router::new().nest_service("/b/c", router())),
            &["/a/b/c", "/a/b/c/"],
        ),
        (
            Router::new().nest_service("/{tenant}/x", router()),
            &["/one/x", "/t:wo/x/"],
        ),
        (
            Router::new().nest_service("/x/{tenant}", router()),
            &["/x/one", "/x/t:wo", "/x/t%22/"],
        ),
        (Router::new().nest("/nested", router()), &["/nested"]),
        (
            Router::new()
                .nest_service("/state", router())
                .with_state(7_u8),
            &["/state", "/state/"],
        ),
    ];
    for (app, paths) in mounts {
        for path in paths {
            let page = get(&app, path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            let links = links(&page.text());
            assert!(
                links.len() > if objgraph::ENABLED { 10 } else { 1 },
                "{path}: {links:?}"
            );
            for link in links {
                let uri = resolved(path, &link);
                let method = match link.ends_with("/look") {
                    true => Method::POST,
                    false => Method::GET,
                };
                let answer = ask(&app, local(&uri).method(&method)).await;
                let text = String::from_utf8_lossy(&answer.bytes).into_owned();
                // Nothing has leaked here, or an object is gone.
                let is_known = text.starts_with("Nothing has leaked that")
                    || text.starts_with("No object of the type");
                assert!(
                    answer.status == StatusCode::OK
                        || answer.status == StatusCode::SEE_OTHER
                        || is_known,
                    "{path} links to {uri}: {} {text}",
                    answer.status
                );
                if method == Method::POST {
                    let back = answer.header("location").to_owned();
                    let back = resolved(&uri, &back);
                    assert_eq!(
                        back,
                        match *path {
                            "/" => "/",
                            path => path.trim_end_matches('/'),
                        }
                    );
                }
            }
        }
    }
    drop(kept);
}

#[tokio::test]
async fn the_app_keeps_its_own_routes() {
    let app: Router = Router::new()
        .route("/", axum::routing::get(async || "own"))
        .nest_service("/debug/objgraph", router())
        .fallback(async || "own fallback");
    assert_eq!(get(&app, "/").await.text(), "own");
    assert_eq!(get(&app, "/nowhere").await.text(), "own fallback");
    let inside = get(&app, "/debug/objgraph/nowhere").await;
    let expected = match objgraph::ENABLED {
        true => StatusCode::NOT_FOUND,
        false => StatusCode::SERVICE_UNAVAILABLE,
    };
    assert_eq!(inside.status, expected);
}
