//! `/leaks`: what has leaked.

use std::io::Write;

use axum::extract::OriginalUri;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use objgraph::leaks::{Leaks, with_labels};

use super::{Shared, isolate_picture, no_parameters};
use crate::answer::{JSON, Refusal, TEXT};
use crate::query::Query;
use crate::traces::TraceError;

#[derive(Clone, Copy, PartialEq)]
enum Format {
    Text,
    Json,
    Svg,
    #[cfg(feature = "html")]
    Html,
}

const FORMATS: &[(&str, Format)] = &[
    ("text", Format::Text),
    ("json", Format::Json),
    ("svg", Format::Svg),
    #[cfg(feature = "html")]
    ("html", Format::Html),
];

impl Format {
    fn media_type(self) -> &'static str {
        match self {
            Self::Text => TEXT,
            Self::Json => JSON,
            Self::Svg => super::refs::SVG,
            #[cfg(feature = "html")]
            Self::Html => super::snapshot::HTML,
        }
    }
}

pub(super) async fn leaks(state: Shared, uri: Uri) -> Result<Response, Refusal> {
    let query = Query::of(&uri, &["format"])?;
    let format = query.choice("format", FORMATS)?;
    let has_labels = state.has_labels;
    let keep_look = state.keep_look();
    let trace = move |out: &mut dyn Write| {
        let leaks = objgraph::find_leaks();
        keep_look(&leaks);
        let leaks = match has_labels {
            true => with_labels(leaks),
            false => leaks,
        };
        write(&leaks, format, has_labels, out)
    };
    let mut response = state.traces.run(format.media_type(), trace).await?;
    match format {
        Format::Svg => isolate_picture(&mut response),
        #[cfg(feature = "html")]
        Format::Html => super::isolate_page(&mut response),
        _ => {}
    }
    Ok(response)
}

fn write(
    leaks: &Leaks,
    format: Format,
    has_labels: bool,
    out: &mut dyn Write,
) -> Result<(), TraceError> {
    match format {
        Format::Text => writeln!(out, "{}", leaks.to_string().trim_end())?,
        Format::Json => writeln!(out, "{}", leaks.to_json())?,
        Format::Svg => {
            let picture = objgraph::picture::leaked(leaks).ok_or_else(|| {
                Refusal::not_found("Nothing has leaked that a picture could show: see `leaks`.")
            })?;
            let picture = picture.max_objects(16).too_many(4).labels(has_labels);
            super::refs::write_svg(&picture, out)?;
        }
        #[cfg(feature = "html")]
        Format::Html => super::snapshot::write_page(leaks, &[], has_labels, out)?,
    }
    Ok(())
}

/// Searches for leaks, and leads the browser back to the page.
pub(super) async fn look(
    state: Shared,
    OriginalUri(uri): OriginalUri,
) -> Result<Response, Refusal> {
    no_parameters(&uri)?;
    let keep_look = state.keep_look();
    let trace = move |_: &mut dyn Write| {
        keep_look(&objgraph::find_leaks());
        Ok(())
    };
    state.traces.run(TEXT, trace).await?;
    // The page is where this path ends without its last part. A relative link is true behind a proxy
    // too.
    let page = match uri.path().rsplit('/').nth(1) {
        None | Some("") => "./".to_owned(),
        Some(last) => format!("../{last}"),
    };
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, page)]).into_response())
}
