//! `/pprof`: everything that is alive, as a profile.

use std::io::Write;

use axum::http::Uri;
use axum::response::Response;
use objgraph_analysis::export::{pprof_by_chain_with, pprof_with};

use super::{Shared, attach};
use crate::answer::Refusal;
use crate::query::Query;

pub(super) async fn pprof(state: Shared, uri: Uri) -> Result<Response, Refusal> {
    let query = Query::of(&uri, &["profile", "seconds"])?;
    let is_by_chain = query.choice("profile", &[("site", false), ("chain", true)])?;
    if query.get("seconds").is_some() {
        return Err(Refusal::bad_request(
            "A profile is of one moment, so there is none of some seconds: leave `seconds` out. In \
             Grafana Alloy and Parca, set `delta` to false.",
        ));
    }
    let keep_look = state.keep_look();
    let trace = move |out: &mut dyn Write| {
        let leaks = objgraph::find_leaks();
        keep_look(&leaks);
        let profile = match is_by_chain {
            true => pprof_by_chain_with(&leaks),
            false => pprof_with(&leaks),
        };
        out.write_all(&profile)?;
        Ok(())
    };
    // The profile itself is gzipped; that is no encoding of the response.
    let mut response = state.traces.run("application/octet-stream", trace).await?;
    attach(&mut response, "objgraph.pb.gz");
    Ok(response)
}
