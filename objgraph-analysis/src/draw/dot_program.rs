//! Graphviz's program `dot`, run as a child process.

use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use objgraph_core::platform::Instant;

/// The program that draws pictures of DOT text.
#[derive(Clone, Copy, Debug)]
pub(super) struct DotProgram<'p> {
    pub(super) name: &'p OsStr,
    /// Maximum time for one picture.
    pub(super) limit: Duration,
}

/// The result of a run.
pub(super) enum Outcome {
    /// The program is not installed.
    Missing,
    /// It could not be started, or its output could not be read.
    Broken(io::Error),
    /// It did not end in time, and was stopped.
    TimedOut(Duration),
    /// It ended with an error and this message.
    Failed(ExitStatus, String),
    /// It wrote this picture.
    Done(Vec<u8>),
}

impl DotProgram<'_> {
    /// The program that `PATH` leads to.
    pub(super) fn installed() -> DotProgram<'static> {
        DotProgram {
            name: OsStr::new("dot"),
            limit: Duration::from_secs(30),
        }
    }

    /// Runs `dot -T<format>` on the text, without a shell.
    ///
    /// Threads of their own write the text and read the picture, so that neither can block the
    /// other, and this thread waits for the end of the output with a limit.
    pub(super) fn run(&self, format: &str, text: &str) -> Outcome {
        let start = Instant::now();
        let mut child = match Command::new(self.name)
            .arg(format!("-T{format}"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
        {
            Ok(child) => child,
            Err(error) if is_missing(error.kind()) => return Outcome::Missing,
            Err(error) => return Outcome::Broken(error),
        };
        let (picture, messages) = match start_threads(&mut child, text.to_owned()) {
            Ok(outputs) => outputs,
            Err(error) => {
                stop(&mut child);
                return Outcome::Broken(error);
            }
        };
        let receive = |output: Output| {
            let left = self.limit.saturating_sub(start.elapsed());
            output.recv_timeout(left).ok()
        };
        // A program that behaves closes both when it ends, and not before.
        let (Some(picture), Some(messages)) = (receive(picture), receive(messages)) else {
            stop(&mut child);
            return Outcome::TimedOut(self.limit);
        };
        match (child.wait(), picture) {
            (Err(error), _) | (_, Err(error)) => Outcome::Broken(error),
            (Ok(status), Ok(picture)) if status.success() => Outcome::Done(picture),
            (Ok(status), Ok(_)) => {
                let messages = messages.unwrap_or_default();
                let messages = String::from_utf8_lossy(&messages);
                Outcome::Failed(status, messages.trim().to_owned())
            }
        }
    }
}

type Output = mpsc::Receiver<io::Result<Vec<u8>>>;

/// Whether there is no such program, or the platform runs none.
fn is_missing(error: io::ErrorKind) -> bool {
    matches!(error, io::ErrorKind::NotFound | io::ErrorKind::Unsupported)
}

/// Starts the threads of a child, and returns what arrives from its standard output and its
/// standard error.
fn start_threads(child: &mut Child, text: String) -> io::Result<(Output, Output)> {
    if let Some(mut input) = child.stdin.take() {
        spawn(move || {
            // A program that does not read to the end explains why itself.
            let _ = input.write_all(text.as_bytes());
        })?;
    }
    Ok((
        read_all(child.stdout.take())?,
        read_all(child.stderr.take())?,
    ))
}

fn read_all(from: Option<impl Read + Send + 'static>) -> io::Result<Output> {
    let (send, receive) = mpsc::channel();
    spawn(move || {
        let mut all = Vec::new();
        let result = from.map_or(Ok(0), |mut from| from.read_to_end(&mut all));
        // The receiver is gone if the time was over.
        let _ = send.send(result.map(|_| all));
    })?;
    Ok(receive)
}

fn spawn(run: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new()
        .name("objgraph dot".to_owned())
        .spawn(run)
        .map(drop)
}

/// Ends the child. An error means that it ended by itself just now.
fn stop(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}
