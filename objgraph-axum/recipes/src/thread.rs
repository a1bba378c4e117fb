//! Metrics and profiles from a thread, without any framework.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use objgraph::{metrics, metrics_text, pprof};

fn answer(mut stream: TcpStream) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let lines = BufReader::new(&stream).lines().map_while(Result::ok);
    let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    let (media_type, body) = match head.first().and_then(|line| line.split(' ').nth(1)) {
        Some("/metrics") => (metrics::CONTENT_TYPE, metrics_text().into_bytes()),
        Some("/pprof") => ("application/octet-stream", pprof()),
        _ => ("text/plain", b"There are: /metrics, /pprof.".to_vec()),
    };
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: {media_type}\r\n\r\n"
    )?;
    stream.write_all(&body)
}

/// Starts a thread that answers one request after another, until the process ends.
pub fn start(listener: TcpListener) {
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A client that hangs up ends its own answer alone.
            let _ = answer(stream);
        }
    });
}
