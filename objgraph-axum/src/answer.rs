//! Responses, and the headers that all of them have.

use axum::body::Body;
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

/// Why a request gets no answer: a status, and a text that says what to do.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    text: String,
    header: Option<(HeaderName, HeaderValue)>,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, text: impl Into<String>) -> Self {
        Self {
            status,
            text: text.into(),
            header: None,
        }
    }

    pub(crate) fn bad_request(text: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, text)
    }

    pub(crate) fn not_found(text: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, text)
    }

    /// Refuses because as many such requests are answered as may be.
    pub(crate) fn busy(text: &str) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, text).with(header::RETRY_AFTER, "1")
    }

    pub(crate) fn with(mut self, name: HeaderName, value: &'static str) -> Self {
        self.header = Some((name, HeaderValue::from_static(value)));
        self
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut text = self.text;
        text.push('\n');
        let mut response = answer(TEXT, text);
        *response.status_mut() = self.status;
        if let Some((name, value)) = self.header {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

/// The type of texts. A browser shows them as they are, whatever is in them.
pub(crate) const TEXT: &str = "text/plain; charset=utf-8";

pub(crate) const JSON: &str = "application/json";

/// What a browser may load and run on behalf of a response: nothing but the style sheet of this router.
const POLICY: &str = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

/// Returns a response of this type.
pub(crate) fn answer(media_type: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

/// Adds the headers that every response has, where it does not have its own.
pub(crate) fn harden(headers: &mut HeaderMap) {
    let common = [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        // With `no-referrer`, a browser hides the origin of the form of the page too.
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ];
    for (name, value) in common {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
}

/// Returns the text of every answer where tracking is off.
pub(crate) fn off() -> &'static str {
    "Tracking is off in this build, so nothing is known. Turn it on in release builds with\n\
     objgraph = { version = \"0.1\", features = [\"always\"] }\n\
     in Cargo.toml; builds with debug assertions have it."
}
