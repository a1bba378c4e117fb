//! A server that is observed while it runs.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use objgraph::sync::Arc;
use objgraph::{
    Tracked,
    growth::{Growth, RunningWatch, Trend, Watcher},
    scope::alive_in,
};

use crate::Outcome;

#[derive(Tracked)]
struct Session {
    user: String,
}

#[derive(Tracked, Default)]
struct Server {
    sessions: Mutex<HashMap<u32, Arc<Session>>>,
    recent: Mutex<Vec<Arc<Session>>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Server {
    /// One of every three sessions is never closed.
    fn serve(&self, number: u32) -> usize {
        let user = format!("user {number}");
        let session = Arc::new(Session { user });
        locked(&self.sessions).insert(number, session.clone());
        if number % 3 != 0 {
            locked(&self.sessions).remove(&number);
        }
        let length = session.user.len();
        let mut recent = locked(&self.recent);
        recent.push(session);
        if recent.len() > 3 {
            recent.remove(0);
        }
        length
    }

    fn serve_for_an_hour(&self, hour: u32) {
        for number in 0..10 {
            self.serve(hour * 10 + number);
        }
    }
}

pub(crate) fn run(_: &Path) -> Outcome {
    let server = Arc::new(Server::default());

    let mut growth = Growth::default();
    server.serve_for_an_hour(0);
    growth.grown();
    server.serve_for_an_hour(1);
    for grown in growth.grown() {
        println!("{} {} +{}", grown.name, grown.count, grown.delta);
    }

    let before = objgraph::snapshot();
    let mut trend = Trend::new();
    for hour in 2..10 {
        server.serve_for_an_hour(hour);
        trend.observe(&objgraph::snapshot());
    }
    println!("{trend}");

    println!(
        "{}",
        objgraph::snapshot::diff(&before, &objgraph::snapshot())
    );

    let sessions = objgraph::by_type("Session");
    let session = sessions.first().ok_or("no session is alive")?;
    objgraph::backrefs(session).print()?;
    println!("{}", report());

    let minutes = |number: u64| Duration::from_secs(60 * number);
    let mut watcher = Watcher::new(minutes(5));
    for look in 0..=5 {
        for report in watcher.tick(minutes(5) * look, &objgraph::find_leaks()) {
            println!("{report}");
        }
        for hour in 0..6 {
            server.serve_for_an_hour(10 + 6 * look + hour);
        }
    }

    watch()?.stop();
    println!("{}", old_objects_of_requests());
    leave_out_tokens()
}

struct Token(u32);

/// Tracks what the service declares, without what is not worth it.
fn leave_out_tokens() -> Outcome {
    use objgraph::tracking;

    tracking::only(["service::*", "*::service::*"])?;
    tracking::except(["*::hot::*", "Token"])?;
    let token = Arc::new(Token(7));
    let session = Arc::new(Session {
        user: format!("user {}", token.0),
    });
    println!("left out: {:?}", tracking::left_out());
    tracking::all();
    drop((token, session));
    Ok(())
}

/// Starts to watch the server.
fn watch() -> std::io::Result<RunningWatch> {
    let watch = objgraph::watch_growth(Duration::from_secs(5 * 60))
        .warm_up(Duration::from_secs(3600))
        .on_report(|report| println!("{report}"))
        .start()?;
    Ok(watch)
}

/// Makes the spans of the server scopes.
#[cfg(feature = "tracing")]
#[allow(dead_code, reason = "a program has one subscriber")]
fn observe_spans() -> Outcome {
    use objgraph::scope::SpanScopes;
    use tracing_subscriber::layer::SubscriberExt as _;

    let subscriber = tracing_subscriber::registry().with(SpanScopes::new());
    tracing::subscriber::set_global_default(subscriber)?;
    Ok(())
}

/// Returns another page for administrators.
fn old_objects_of_requests() -> String {
    alive_in("request")
        .older_than(Duration::from_secs(3600))
        .to_string()
}

/// Returns a page of the server for administrators.
fn report() -> String {
    objgraph::find_leaks().to_string()
}
