//! The router and its options.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;

use crate::access::Guard;
use crate::download::Downloads;
use crate::routes;
use crate::state::State;
use crate::token::{Token, TokenError};
use crate::traces::Traces;

/// Returns the routes with all defaults: clients on the same host get answers, without labels.
/// [`Endpoints`] has options.
///
/// The path is that of the app, whatever its state. `nest` also works, but then the page has no path
/// with a slash at its end.
///
/// ```
/// let app: axum::Router =
///     axum::Router::new().nest_service("/debug/objgraph", objgraph_axum::router());
/// ```
pub fn router() -> Router {
    Endpoints::new().router()
}

/// Options of the routes. [`router`](Self::router) ends them.
///
/// ```
/// # fn app() -> Result<axum::Router, objgraph_axum::TokenError> {
/// let token = std::env::var("OBJGRAPH_TOKEN").unwrap_or_default();
/// let routes = objgraph_axum::Endpoints::new().token(token)?.router();
/// # Ok(axum::Router::new().nest_service("/debug/objgraph", routes))
/// # }
/// assert!(app().is_err(), "an empty token is refused");
/// ```
#[derive(Debug)]
#[must_use = "options alone are no routes: end them with `.router()`"]
pub struct Endpoints {
    guard: Guard,
    has_labels: bool,
    has_traces: bool,
    downloads: (usize, Duration),
}

impl Endpoints {
    /// Returns the defaults.
    pub fn new() -> Self {
        Self {
            guard: Guard::Loopback,
            has_labels: false,
            has_traces: true,
            downloads: (4, Duration::from_secs(600)),
        }
    }

    /// Answers every client that sends `Authorization: Bearer` with this token, wherever it is, and no
    /// other. The token is compared in constant time. Use TLS, or a network that nobody listens to.
    ///
    /// # Errors
    ///
    /// If the token is empty, or has a character that a header cannot carry.
    pub fn token(mut self, token: impl Into<String>) -> Result<Self, TokenError> {
        self.guard = Guard::Token(Token::new(token.into())?);
        Ok(self)
    }

    /// Answers everybody, because a layer of the app has already decided who may ask: put it around
    /// the router.
    ///
    /// ```
    /// use axum::extract::Request;
    /// use axum::http::StatusCode;
    /// use axum::middleware::{self, Next};
    /// use axum::response::{IntoResponse, Response};
    ///
    /// async fn admins_only(request: Request, next: Next) -> Response {
    ///     match request.headers().get("x-admin") {
    ///         Some(_) => next.run(request).await,
    ///         None => StatusCode::UNAUTHORIZED.into_response(),
    ///     }
    /// }
    ///
    /// let routes = objgraph_axum::Endpoints::new().guarded_by_outer_layer().router();
    /// let routes = routes.layer(middleware::from_fn(admins_only));
    /// let app: axum::Router = axum::Router::new().nest_service("/debug/objgraph", routes);
    /// ```
    pub fn guarded_by_outer_layer(mut self) -> Self {
        self.guard = Guard::OuterLayer;
        self
    }

    /// Sets whether responses may contain labels: the `Debug` texts of values; `false` by default. With
    /// `true`, `/leaks` and pages show those of a few leaked objects, and pictures those of the objects that
    /// they draw. A `Debug` that waits for a lock of the program delays the answer, and the next trace.
    ///
    /// ```
    /// let routes = objgraph_axum::Endpoints::new().labels(true).router();
    /// let app: axum::Router = axum::Router::new().nest_service("/debug/objgraph", routes);
    /// ```
    pub fn labels(mut self, labels: bool) -> Self {
        self.has_labels = labels;
        self
    }

    /// Refuses the requests that trace, with the status 403: growth and metrics remain.
    ///
    /// ```
    /// let routes = objgraph_axum::Endpoints::new().without_traces().router();
    /// let app: axum::Router = axum::Router::new().nest_service("/debug/objgraph", routes);
    /// ```
    pub fn without_traces(mut self) -> Self {
        self.has_traces = false;
        self
    }

    /// Sets how many large answers may be under way, at least 1, and how old one gets before it gives way
    /// to another; 4 and ten minutes by default. Each holds a temporary file, and no snapshot.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let routes = objgraph_axum::Endpoints::new().downloads(1, Duration::from_secs(60)).router();
    /// let app: axum::Router = axum::Router::new().nest_service("/debug/objgraph", routes);
    /// ```
    pub fn downloads(mut self, number: usize, time: Duration) -> Self {
        self.downloads = (number, time);
        self
    }

    /// Returns the routes, relative to the path where the app nests them; see [`router`]. Requests to clones
    /// of the router trace one at a time, and so do those to one router at several paths.
    pub fn router(self) -> Router {
        let downloads = Downloads::new(self.downloads.0, self.downloads.1);
        let traces = Traces::new(self.has_traces, downloads);
        let state = State::new(self.guard, self.has_labels, traces);
        routes::router(Arc::new(state))
    }
}

impl Default for Endpoints {
    fn default() -> Self {
        Self::new()
    }
}
