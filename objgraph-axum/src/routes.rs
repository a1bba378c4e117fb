//! The routes: what each reads of a request, and what it answers.

mod growth;
mod leaks;
mod metrics;
mod pprof;
mod refs;
mod snapshot;
mod why;

use std::sync::Arc;

use axum::Router;
use axum::extract::{self, Request};
use axum::handler::Handler;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};

use crate::answer::{Refusal, answer, harden, off};
use crate::index;
use crate::state::State;

/// The state as handlers get it.
type Shared = extract::State<Arc<State>>;

pub(crate) fn router(state: Arc<State>) -> Router {
    let guard = middleware::from_fn_with_state(Arc::clone(&state), guarded);
    Router::new()
        .route("/", read(index::page))
        .route("/style.css", read(style))
        .route("/look", post(leaks::look).fallback(only_post))
        .route("/growth", read(growth::growth))
        .route("/leaks", read(leaks::leaks))
        .route("/why", read(why::why))
        .route("/refs", read(refs::refs))
        .route("/snapshot", read(snapshot::snapshot))
        .route("/pprof", read(pprof::pprof))
        .route("/metrics", read(metrics::metrics))
        .fallback(other)
        .layer(guard)
        .with_state(state)
}

/// Returns a route that can only be read.
fn read<T: 'static, H: Handler<T, Arc<State>>>(handler: H) -> MethodRouter<Arc<State>> {
    get(handler).fallback(only_get)
}

async fn only_get() -> Refusal {
    let refusal = Refusal::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "This route is read with GET.",
    );
    refusal.with(header::ALLOW, "GET, HEAD")
}

async fn only_post() -> Refusal {
    let refusal = Refusal::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "This route begins a trace, with POST. To read what has leaked, GET `leaks`.",
    );
    refusal.with(header::ALLOW, "POST")
}

/// Answers requests to no route.
async fn other() -> Refusal {
    Refusal::not_found(
        "There is no such route; there are: growth, leaks, why, refs, snapshot, pprof, metrics.",
    )
}

async fn style() -> Response {
    answer("text/css; charset=utf-8", include_str!("index.css"))
}

/// Answers only whom the guard lets through, and adds the headers that every response has.
async fn guarded(state: Shared, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let is_page = matches!(parts.uri.path(), "" | "/" | "/style.css");
    let mut response = match state.guard.check(&parts) {
        Err(refusal) => refusal.into_response(),
        Ok(()) if !objgraph::ENABLED && !is_page => {
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, off()).into_response()
        }
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
    };
    harden(response.headers_mut());
    response
}

/// Makes a browser save the response under this name.
fn attach(response: &mut Response, name: &str) {
    let value = format!("attachment; filename=\"{name}\"");
    if let Ok(value) = HeaderValue::try_from(value) {
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
}

/// Allows a picture its own styles, and keeps it apart from the origin of the app.
fn isolate_picture(response: &mut Response) {
    const POLICY: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; \
                          base-uri 'none'; frame-ancestors 'none'";
    set_policy(response, POLICY);
}

/// Allows a page to explore the styles and scripts that it has in itself, and keeps it apart from the
/// origin of the app.
#[cfg(feature = "html")]
fn isolate_page(response: &mut Response) {
    const POLICY: &str = "sandbox allow-scripts allow-downloads; default-src 'none'; \
                          script-src 'unsafe-inline'; style-src 'unsafe-inline'; \
                          img-src data: blob:; base-uri 'none'; form-action 'none'; \
                          frame-ancestors 'none'";
    set_policy(response, POLICY);
}

fn set_policy(response: &mut Response, policy: &'static str) {
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(policy),
    );
}

/// Reads the id of an object.
fn object_id(text: &str) -> Result<objgraph::ObjectId, Refusal> {
    let id = text.parse::<objgraph::ObjectId>().map_err(|_| {
        Refusal::bad_request(format!(
            "`{}` is no id: an id is written like 17 or 17.3, without the # of reports.",
            crate::query::shown(text)
        ))
    })?;
    match id.is_in_table() {
        true => Ok(id),
        false => Err(Refusal::bad_request(format!(
            "{id} is a value behind a pointer of std: its id is valid in one snapshot only. Ask for an \
             object that refers to it."
        ))),
    }
}

/// Refuses an id that no live object has.
fn gone(id: objgraph::ObjectId) -> Refusal {
    Refusal::not_found(format!(
        "No object {id} is alive: it was dropped, or never existed. Ids are never used again."
    ))
}

/// Returns the parameters of a request to a route that has none.
fn no_parameters(uri: &Uri) -> Result<(), Refusal> {
    crate::query::Query::of(uri, &[]).map(drop)
}
