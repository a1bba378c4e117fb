//! Requests that trace: one at a time, away from the threads of the executor.

use std::io::{self, BufWriter, Write};
use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::spawn_blocking;

use crate::answer::{Refusal, off};
use crate::download::{Downloads, Spool, Written};

/// What runs the requests that trace.
#[derive(Debug)]
pub(crate) struct Traces {
    pub(crate) are_allowed: bool,
    permit: Arc<Semaphore>,
    downloads: Downloads,
}

/// Why a trace has no answer.
pub(crate) enum TraceError {
    /// The question has no answer.
    Refused(Refusal),
    /// The answer could not be written.
    Unwritable(io::Error),
}

impl From<io::Error> for TraceError {
    fn from(error: io::Error) -> Self {
        Self::Unwritable(error)
    }
}

impl From<Refusal> for TraceError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<TraceError> for Refusal {
    fn from(error: TraceError) -> Self {
        match error {
            TraceError::Refused(refusal) => refusal,
            TraceError::Unwritable(error) => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                format!(
                    "The answer does not fit a temporary file: {error}. Make room in the folder for \
                     temporary files, or set TMPDIR to a folder that the service can write to."
                ),
            ),
        }
    }
}

impl Traces {
    pub(crate) fn new(are_allowed: bool, downloads: Downloads) -> Self {
        Self {
            are_allowed,
            permit: Arc::new(Semaphore::new(1)),
            downloads,
        }
    }

    /// Runs `trace` on a thread for blocking work, and answers with what it wrote.
    ///
    /// The trace ends even if the client hangs up; then it stops when it next writes. It owns the
    /// permit, so the next trace begins when this one has dropped its snapshot.
    pub(crate) async fn run(
        &self,
        media_type: &'static str,
        trace: impl FnOnce(&mut dyn Write) -> Result<(), TraceError> + Send + 'static,
    ) -> Result<Response, Refusal> {
        if !objgraph::ENABLED {
            return Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, off()));
        }
        if !self.are_allowed {
            return Err(Refusal::new(
                StatusCode::FORBIDDEN,
                "This route traces, and this service refuses traces: it was built with \
                 `.without_traces()`. Without a trace there are `growth` and `metrics`.",
            ));
        }
        let Ok(permit) = Arc::clone(&self.permit).try_acquire_owned() else {
            return Err(Refusal::busy(
                "Another request traces at this moment. Ask again in a second.",
            ));
        };
        let place = self.downloads.take_place()?;
        let (sender, receiver) = oneshot::channel();
        // Its result comes by the channel, which is closed when the client has gone.
        drop(spawn_blocking(move || {
            let is_gone = || sender.is_closed();
            let written = write(&is_gone, trace);
            drop(permit);
            // The client may have gone.
            let _ = sender.send(written);
        }));
        match receiver.await {
            Ok(written) => Ok(written?.into_response(media_type, place)),
            Err(_) => Err(Refusal::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "The trace panicked, or the service ends. The panic is on standard error.",
            )),
        }
    }
}

/// Returns what the trace writes.
fn write(
    is_gone: &dyn Fn() -> bool,
    trace: impl FnOnce(&mut dyn Write) -> Result<(), TraceError>,
) -> Result<Written, TraceError> {
    let mut out = BufWriter::with_capacity(1 << 16, Spool::new(is_gone));
    trace(&mut out)?;
    let spool = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    Ok(spool.finish()?)
}
