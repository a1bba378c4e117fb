//! `/metrics`: numbers for Prometheus, without a trace unless it is asked for.

use std::collections::HashMap;
use std::io::Write;

use axum::http::{HeaderMap, Uri, header};
use axum::response::Response;
use objgraph::metrics::{CONTENT_TYPE, metrics_text_with};

use super::Shared;
use crate::answer::{Refusal, answer};
use crate::query::Query;

/// The older format of Prometheus, for clients that do not read OpenMetrics.
const PROMETHEUS: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(super) async fn metrics(
    state: Shared,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refusal> {
    let query = Query::of(&uri, &["traced"])?;
    let is_traced = query.choice("traced", &[("no", false), ("yes", true)])?;
    let (media_type, written): (_, fn(String) -> String) = match accepts_open_metrics(&headers) {
        true => (CONTENT_TYPE, |text| text),
        false => (PROMETHEUS, |text| in_older_format(&text)),
    };
    if !is_traced {
        return Ok(answer(media_type, written(objgraph::metrics_text())));
    }
    let keep_look = state.keep_look();
    let trace = move |out: &mut dyn Write| {
        let leaks = objgraph::find_leaks();
        keep_look(&leaks);
        out.write_all(written(metrics_text_with(&leaks)).as_bytes())?;
        Ok(())
    };
    state.traces.run(media_type, trace).await
}

/// Returns whether the client names OpenMetrics among what it reads, as Prometheus does.
fn accepts_open_metrics(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter();
    let accepted = accepted.filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let is_refused = parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
        name.eq_ignore_ascii_case("application/openmetrics-text") && !is_refused
    })
}

/// Returns the text in the older format: there, a counter is declared with its suffix, and neither
/// the type `info` nor units exist.
fn in_older_format(text: &str) -> String {
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let types: HashMap<&str, &str> = types.filter_map(|line| line.split_once(' ')).collect();
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let mut words = line.splitn(4, ' ');
        let is_comment = words.next() == Some("#");
        let (keyword, name, rest) = (words.next(), words.next(), words.next());
        match (keyword, name, rest) {
            (Some(keyword @ ("HELP" | "TYPE")), Some(name), Some(rest)) if is_comment => {
                let (suffix, older) = match types.get(name) {
                    Some(&"counter") => ("_total", "counter"),
                    Some(&"info") => ("_info", "gauge"),
                    _ => ("", rest),
                };
                let rest = if keyword == "TYPE" { older } else { rest };
                out.push_str(&format!("# {keyword} {name}{suffix} {rest}\n"));
            }
            _ if is_comment => {}
            _ => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::in_older_format;

    #[test]
    fn the_older_format_declares_samples_by_their_names() {
        let text = "# HELP app Version.\n# TYPE app info\napp_info{version=\"1\"} 1\n\
                    # TYPE made counter\n# UNIT made objects\nmade_total{type=\"# A\"} 3\n\
                    # TYPE alive gauge\nalive 2\n# EOF\n";
        let expected = "# HELP app_info Version.\n# TYPE app_info gauge\napp_info{version=\"1\"} 1\n\
                        # TYPE made_total counter\nmade_total{type=\"# A\"} 3\n\
                        # TYPE alive gauge\nalive 2\n";
        assert_eq!(in_older_format(text), expected);
    }
}
