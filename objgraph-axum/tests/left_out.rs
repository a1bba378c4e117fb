//! Growth names the types that are left out by choice.

#[path = "support/mod.rs"]
mod support;

use axum::Router;
use objgraph::sync::Arc;
use objgraph::tracking;
use objgraph_axum::router;
use serde_json::Value;

use support::get;

struct Token;

#[tokio::test]
async fn growth_names_what_is_not_counted() {
    if !objgraph::ENABLED {
        return;
    }
    let router: Router = router();
    assert!(!get(&router, "/growth").await.text().contains("not counted"));
    tracking::except(["Token"]).expect("it can match");
    let token = Arc::new(Token);
    let expected = "not counted, because objgraph::tracking leaves them out: left_out::Token";
    for uri in ["/growth", "/"] {
        let text = get(&router, uri).await.text();
        assert!(text.contains(expected), "{text}");
        assert!(!text.contains("No object is known"), "{text}");
    }
    let growth = get(&router, "/growth?format=json").await;
    let growth: Value = serde_json::from_slice(&growth.bytes).expect("it is JSON");
    assert_eq!(growth["left_out"], serde_json::json!(["left_out::Token"]));
    drop(token);
}
