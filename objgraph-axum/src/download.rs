//! Answers that are written whole before they are sent, and how many are under way.
//!
//! A small answer stays in memory. A large one is in a temporary file without a name, so that a slow
//! reader holds no snapshot. The number of files is bounded: each has a place, and the oldest gives its
//! place to a new one when it has had its time. No timer runs for that.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::http::header::{self, HeaderValue};
use axum::response::Response;
use futures_util::stream;
use tempfile::{SpooledData, SpooledTempFile, spooled_tempfile};
use tokio::task::spawn_blocking;

use crate::answer::{Refusal, answer};

/// Maximum number of bytes of an answer that stays in memory.
const IN_MEMORY: usize = 1 << 20;

/// Number of bytes that are read from a file at a time.
const CHUNK: usize = 1 << 17;

/// The answers that are under way.
#[derive(Debug)]
pub(crate) struct Downloads {
    max: usize,
    time: Duration,
    under_way: Mutex<Vec<Weak<Place>>>,
}

/// The place of an answer. It is free again when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    taken: Instant,
    /// `None` before the answer is written, and after the place was given to another.
    file: Mutex<Option<File>>,
}

impl Downloads {
    pub(crate) fn new(max: usize, time: Duration) -> Self {
        Self {
            max: max.max(1),
            time,
            under_way: Mutex::default(),
        }
    }

    /// Takes a place, if need be that of the oldest answer that has had its time.
    pub(crate) fn take_place(&self) -> Result<Arc<Place>, Refusal> {
        let mut under_way = locked(&self.under_way);
        under_way.retain(|place| place.strong_count() > 0);
        if under_way.len() >= self.max && !self.end_oldest(&mut under_way) {
            return Err(Refusal::busy(
                "As many answers as may be are under way to slow readers. Ask again later, or end one \
                 of them.",
            ));
        }
        let place = Arc::new(Place {
            taken: Instant::now(),
            file: Mutex::new(None),
        });
        under_way.push(Arc::downgrade(&place));
        Ok(place)
    }

    /// Ends the oldest answer that has had its time, and returns whether there was one.
    fn end_oldest(&self, under_way: &mut Vec<Weak<Place>>) -> bool {
        // The list is in the order of time.
        let found = under_way.iter().enumerate().find_map(|(at, place)| {
            let place = place.upgrade()?;
            let is_over = place.taken.elapsed() >= self.time;
            (is_over && locked(&place.file).take().is_some()).then_some(at)
        });
        if let Some(at) = found {
            under_way.remove(at);
        }
        found.is_some()
    }
}

impl Place {
    /// Returns the next bytes of the file; `None` at its end.
    fn read(&self) -> io::Result<Option<Bytes>> {
        let mut file = locked(&self.file);
        let Some(file) = &mut *file else {
            return Err(io::Error::other(
                "the place of a slow reader was given to another",
            ));
        };
        let mut chunk = Vec::with_capacity(CHUNK);
        file.take(CHUNK as u64).read_to_end(&mut chunk)?;
        Ok((!chunk.is_empty()).then(|| chunk.into()))
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An answer that is being written.
pub(crate) struct Spool<'w> {
    out: SpooledTempFile,
    /// Whether the client has gone.
    is_gone: &'w dyn Fn() -> bool,
}

impl<'w> Spool<'w> {
    pub(crate) fn new(is_gone: &'w dyn Fn() -> bool) -> Self {
        Self {
            out: spooled_tempfile(IN_MEMORY),
            is_gone,
        }
    }

    /// Ends writing.
    pub(crate) fn finish(self) -> io::Result<Written> {
        Ok(match self.out.into_inner() {
            SpooledData::InMemory(bytes) => Written::InMemory(bytes.into_inner()),
            SpooledData::OnDisk(mut file) => {
                let length = file.stream_position()?;
                file.rewind()?;
                Written::OnDisk(file, length)
            }
        })
    }
}

impl Write for Spool<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if (self.is_gone)() {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// An answer that is written.
pub(crate) enum Written {
    InMemory(Vec<u8>),
    OnDisk(File, u64),
}

impl Written {
    /// Returns the response, which keeps the place as long as there is a file.
    pub(crate) fn into_response(self, media_type: &'static str, place: Arc<Place>) -> Response {
        let (file, length) = match self {
            Self::InMemory(bytes) => return answer(media_type, bytes),
            Self::OnDisk(file, length) => (file, length),
        };
        *locked(&place.file) = Some(file);
        let chunks = stream::try_unfold(place, |place| async move {
            let read = spawn_blocking(move || place.read().map(|chunk| Some((chunk?, place))));
            read.await.map_err(io::Error::other)?
        });
        let mut response = answer(media_type, Body::from_stream(chunks));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        response
    }
}
