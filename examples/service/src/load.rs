//! Users of the service: each logs in, joins a room, reads, says something, and logs out.
//!
//! Prints how many requests were answered. Ends with an error if one was not.

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::{Method, Request, StatusCode};
use clap::Parser;
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

/// Makes load for the service.
#[derive(Clone, Copy, Debug, Parser)]
struct Options {
    /// The port of the service on 127.0.0.1.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Number of users at one time.
    #[arg(long, default_value_t = 50)]
    users: u32,
    /// How long, in seconds.
    #[arg(long, default_value_t = 600.0)]
    seconds: f64,
    /// How much faster than in life: 10 makes a minute of ten.
    #[arg(long, default_value_t = 1.0)]
    scale: f64,
}

/// How long a user thinks between two requests.
const PAUSE: Duration = Duration::from_secs(2);

/// Number of rooms and of pages.
const ROOMS: u32 = 20;
const PAGES: u32 = 2000;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let options = Options::parse();
    let users = (0..options.users).map(|number| tokio::spawn(live(options, number)));
    let users: Vec<_> = users.collect();
    let (mut answered, mut failure) = (0_u64, None);
    for user in users {
        match user.await {
            Ok(Ok(requests)) => answered += requests,
            Ok(Err(error)) => failure = Some(error.to_string()),
            Err(error) => failure = Some(error.to_string()),
        }
    }
    print(&format!("{answered} requests were answered"));
    match failure {
        Some(failure) => {
            print(&failure);
            ExitCode::FAILURE
        }
        None => ExitCode::SUCCESS,
    }
}

type Failure = Box<dyn Error + Send + Sync>;

/// Is a user again and again. Returns how many requests were answered.
async fn live(options: Options, number: u32) -> Result<u64, Failure> {
    let until = Instant::now() + Duration::from_secs_f64(options.seconds);
    let mut user = User {
        client: Client::builder(TokioExecutor::new()).build_http(),
        address: SocketAddr::from((Ipv4Addr::LOCALHOST, options.port)),
        pause: PAUSE.div_f64(options.scale),
        random: 2 * u64::from(number) + 1,
        answered: 0,
    };
    for visit in 0.. {
        let name = format!("user-{number}-{visit}");
        user.visit(&name, until).await?;
        if Instant::now() >= until {
            break;
        }
    }
    Ok(user.answered)
}

struct User {
    client: Client<HttpConnector, Full<Bytes>>,
    address: SocketAddr,
    pause: Duration,
    random: u64,
    answered: u64,
}

impl User {
    /// Stays for a few requests. At the end of the load, leaves in order.
    async fn visit(&mut self, name: &str, until: Instant) -> Result<(), Failure> {
        let room = self.below(ROOMS);
        self.ask(Method::PUT, &format!("/sessions/{name}"), "")
            .await?;
        self.ask(Method::PUT, &format!("/sessions/{name}/rooms/{room}"), "")
            .await?;
        for _ in 0..3 + self.below(6) {
            if Instant::now() >= until {
                break;
            }
            tokio::time::sleep(self.pause.mul_f64(f64::from(self.below(100)) / 50.0)).await;
            match self.below(3) {
                0 => {
                    let path = format!("/sessions/{name}/messages");
                    self.ask(Method::POST, &path, "Hello").await?;
                }
                1 => self.ask(Method::GET, &format!("/rooms/{room}"), "").await?,
                _ => {
                    // Few pages are read often.
                    let page = self.below(PAGES).min(self.below(PAGES));
                    self.ask(Method::GET, &format!("/pages/{page}"), "").await?;
                }
            }
        }
        self.ask(Method::DELETE, &format!("/sessions/{name}"), "")
            .await
    }

    async fn ask(&mut self, method: Method, path: &str, text: &str) -> Result<(), Failure> {
        let uri = format!("http://{}{path}", self.address);
        let request = Request::builder().method(method).uri(uri);
        let request = request.body(Full::from(text.to_owned()))?;
        let response = self.client.request(request).await?;
        let status = response.status();
        response.into_body().collect().await?;
        if !matches!(status, StatusCode::OK | StatusCode::NO_CONTENT) {
            return Err(format!("{path}: {status}").into());
        }
        self.answered += 1;
        Ok(())
    }

    /// Returns a number below the limit, by a linear congruential generator: the load is the same each
    /// time.
    fn below(&mut self, limit: u32) -> u32 {
        self.random = self
            .random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.random >> 33) as u32) % limit
    }
}

#[expect(clippy::print_stdout, reason = "a program for a terminal")]
fn print(line: &str) {
    println!("{line}");
}
