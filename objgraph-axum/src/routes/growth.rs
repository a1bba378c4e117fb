//! `/growth`: counts and their growth, without a trace.

use axum::http::Uri;
use axum::response::Response;

use super::Shared;
use crate::answer::{JSON, Refusal, TEXT, answer};
use crate::query::Query;

pub(super) async fn growth(state: Shared, uri: Uri) -> Result<Response, Refusal> {
    let query = Query::of(&uri, &["format", "since"])?;
    let is_json = query.choice("format", &[("text", false), ("json", true)])?;
    let is_last = query.choice("since", &[("last", true), ("start", false)])?;
    let (growth, is_last) = match is_last {
        true => state.growth_since_last(),
        false => (state.growth_since_start(), false),
    };
    Ok(match (is_json, is_last) {
        (true, true) => answer(JSON, growth.to_json("last")),
        (true, false) => answer(JSON, growth.to_json("start")),
        (false, true) => answer(TEXT, growth.to_text("the last request")),
        (false, false) => answer(TEXT, growth.to_text("the start")),
    })
}
