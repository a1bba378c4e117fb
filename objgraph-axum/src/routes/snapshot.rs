//! `/snapshot`: everything that is alive, as a file.

use std::io::Write;

use axum::http::Uri;
use axum::response::Response;
use objgraph::Snapshot;
use objgraph_analysis::export::write_heapsnapshot_with;

use super::{Shared, attach};
use crate::answer::{JSON, Refusal};
use crate::query::Query;

#[cfg(feature = "html")]
pub(super) const HTML: &str = "text/html; charset=utf-8";

#[derive(Clone, Copy, PartialEq)]
enum Format {
    Objgraph,
    HeapSnapshot,
    Json,
    #[cfg(feature = "html")]
    Html,
}

const FORMATS: &[(&str, Format)] = &[
    ("objgraph", Format::Objgraph),
    ("heapsnapshot", Format::HeapSnapshot),
    ("json", Format::Json),
    #[cfg(feature = "html")]
    ("html", Format::Html),
];

impl Format {
    fn media_type(self) -> &'static str {
        match self {
            Self::Objgraph => "application/octet-stream",
            Self::HeapSnapshot | Self::Json => JSON,
            #[cfg(feature = "html")]
            Self::Html => HTML,
        }
    }

    /// Returns the extension of the file; `None` for what a browser shows.
    fn extension(self) -> Option<&'static str> {
        match self {
            Self::Objgraph => Some("objgraph"),
            Self::HeapSnapshot => Some("heapsnapshot"),
            Self::Json => Some("json"),
            #[cfg(feature = "html")]
            Self::Html => None,
        }
    }
}

pub(super) async fn snapshot(state: Shared, uri: Uri) -> Result<Response, Refusal> {
    let query = Query::of(&uri, &["format"])?;
    let format = query.choice("format", FORMATS)?;
    let has_labels = state.has_labels;
    let keep_look = state.keep_look();
    let trace = move |out: &mut dyn Write| {
        match format {
            Format::Objgraph => taken(has_labels).write_to(out)?,
            Format::Json => objgraph::picture::write_json(&taken(has_labels), out)?,
            Format::HeapSnapshot => {
                let leaks = objgraph::find_leaks();
                keep_look(&leaks);
                write_heapsnapshot_with(&leaks, out)?;
            }
            #[cfg(feature = "html")]
            Format::Html => {
                let leaks = objgraph::find_leaks();
                keep_look(&leaks);
                write_page(&leaks, &[], has_labels, out)?;
            }
        }
        Ok(())
    };
    let mut response = state.traces.run(format.media_type(), trace).await?;
    if let Some(extension) = format.extension() {
        let name = format!("objgraph-{}.{extension}", std::process::id());
        attach(&mut response, &name);
    }
    #[cfg(feature = "html")]
    if format == Format::Html {
        super::isolate_page(&mut response);
    }
    Ok(response)
}

/// Takes a snapshot, without the messages of panics unless labels are allowed: a message may have the
/// text of a value.
fn taken(has_labels: bool) -> Snapshot {
    let snapshot = objgraph::snapshot();
    if has_labels || snapshot.parts().panics.is_empty() {
        return snapshot;
    }
    let mut parts = snapshot.parts().clone();
    for (_, message) in &mut parts.panics {
        message.clear();
    }
    Snapshot::from_parts(parts)
}

/// Writes a page to explore in a browser, which opens at these objects or, without any, at the leaks.
#[cfg(feature = "html")]
pub(super) fn write_page(
    leaks: &objgraph::leaks::Leaks,
    starts: &[objgraph::snapshot::NodeId],
    has_labels: bool,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    use objgraph_analysis::page::Page;

    let labelled;
    let page = match has_labels {
        true => {
            labelled = objgraph::leaks::with_labels(leaks.clone());
            Page::of(&labelled)
        }
        false => Page::of(leaks).without_labels(),
    };
    page.open_at(starts).write(out)
}
