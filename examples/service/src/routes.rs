//! What clients can ask.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::middleware;
use axum::routing::{get, post, put};

use crate::chat::{Chat, Unknown};
use crate::pages::Pages;
use crate::pointers::Arc;
use crate::spans::in_span;

/// All that the service has.
#[cfg_attr(feature = "objgraph", derive(objgraph::Tracked))]
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) chat: Chat,
    pub(crate) pages: Pages,
}

type Shared = State<Arc<App>>;

pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/sessions/{name}", put(log_in).delete(log_out))
        .route("/sessions/{name}/messages", post(say))
        .route("/sessions/{name}/rooms/{room}", put(join))
        .route("/rooms/{room}", get(read))
        .route("/pages/{number}", get(page))
        .layer(middleware::from_fn(in_span))
        .with_state(app)
}

async fn log_in(State(app): Shared, Path(name): Path<String>) {
    app.chat.log_in(&name);
}

async fn log_out(State(app): Shared, Path(name): Path<String>) -> StatusCode {
    status(app.chat.log_out(&name))
}

async fn join(State(app): Shared, Path((name, room)): Path<(String, String)>) -> StatusCode {
    status(app.chat.join(&name, &room))
}

async fn say(State(app): Shared, Path(name): Path<String>, text: String) -> StatusCode {
    status(app.chat.say(&name, text))
}

async fn read(State(app): Shared, Path(room): Path<String>) -> Result<String, StatusCode> {
    app.chat.read(&room).ok_or(StatusCode::NOT_FOUND)
}

async fn page(State(app): Shared, Path(number): Path<u32>) -> String {
    app.pages.get(number).text.clone()
}

fn status(done: Result<(), Unknown>) -> StatusCode {
    match done {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(Unknown) => StatusCode::NOT_FOUND,
    }
}
