//! `/why`: what keeps an object alive.

use std::io::Write;

use axum::http::Uri;
use axum::response::Response;

use super::{Shared, gone, object_id};
use crate::answer::{Refusal, TEXT};
use crate::query::Query;

pub(super) async fn why(state: Shared, uri: Uri) -> Result<Response, Refusal> {
    let query = Query::of(&uri, &["id"])?;
    let id = query.get("id").ok_or_else(|| {
        Refusal::bad_request(
            "Which object? Ask for `why?id=17`, with an id of `leaks` or of a picture and without its \
             #.",
        )
    })?;
    let id = object_id(id)?;
    // Without a trace.
    if objgraph::at(id).is_none() {
        return Err(gone(id));
    }
    let trace = move |out: &mut dyn Write| {
        let why = objgraph::why_alive(id).ok_or_else(|| gone(id))?;
        writeln!(out, "{}", why.to_string().trim_end())?;
        Ok(())
    };
    state.traces.run(TEXT, trace).await
}
