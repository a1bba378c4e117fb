//! Graphviz's program `dot`, run as a child process.

use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// What became of a run.
pub(super) enum Outcome {
    /// The program is not there.
    Missing,
    /// It could not be started, or its output could not be read.
    Broken(io::Error),
    /// It did not end in time, and was stopped.
    TimedOut(Duration),
    /// It ended with an error, and said this.
    Failed(ExitStatus, String),
    /// What it wrote.
    Done(Vec<u8>),
}

/// Runs `program -T<format>` on the text, without a shell.
///
/// The text goes in and the picture comes out in threads of their own, so that neither can block
/// the other, and this thread waits for the end of the output with a limit.
pub(super) fn run(program: &OsStr, format: &str, text: &str, limit: Duration) -> Outcome {
    let start = Instant::now();
    let mut child = match Command::new(program)
        .arg(format!("-T{format}"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
    {
        Ok(child) => child,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Outcome::Missing,
        Err(error) => return Outcome::Broken(error),
    };
    let (picture, messages) = match start_threads(&mut child, text.to_owned()) {
        Ok(ends) => ends,
        Err(error) => {
            stop(&mut child);
            return Outcome::Broken(error);
        }
    };
    let receive = |from: mpsc::Receiver<io::Result<Vec<u8>>>| {
        let left = limit.saturating_sub(start.elapsed());
        from.recv_timeout(left).ok()
    };
    // Both ends close when the program ends, and not before, as long as it behaves.
    let (Some(picture), Some(messages)) = (receive(picture), receive(messages)) else {
        stop(&mut child);
        return Outcome::TimedOut(limit);
    };
    match (child.wait(), picture) {
        (Err(error), _) | (_, Err(error)) => Outcome::Broken(error),
        (Ok(status), Ok(picture)) if status.success() => Outcome::Done(picture),
        (Ok(status), Ok(_)) => {
            let messages = messages.unwrap_or_default();
            Outcome::Failed(status, String::from_utf8_lossy(&messages).trim().to_owned())
        }
    }
}

type Output = mpsc::Receiver<io::Result<Vec<u8>>>;

fn start_threads(child: &mut Child, text: String) -> io::Result<(Output, Output)> {
    if let Some(mut input) = child.stdin.take() {
        spawn(move || {
            // A program that does not read to the end says why on its own.
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
        // Nobody listens any more if the time is over.
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

/// Ends the child. It may have ended by itself just now, which is as good.
fn stop(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}
