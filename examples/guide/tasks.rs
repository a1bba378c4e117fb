//! Tasks of tokio, and what they keep alive.

use std::path::Path;

use objgraph::sync::Arc;
use objgraph::{Tracked, scope::Scope};
use tokio::sync::mpsc;

use crate::Outcome;

#[derive(Tracked)]
struct Session {
    user: String,
    inbox: mpsc::UnboundedSender<String>,
}

/// The task runs until every sender is dropped, and holds the session, which holds a sender.
fn open(user: &str) -> Arc<Session> {
    let (inbox, mut mail) = mpsc::unbounded_channel::<String>();
    let user = user.to_owned();
    let session = Arc::new(Session { user, inbox });
    tokio::spawn(objgraph::future!([session] async move {
        while let Some(text) = mail.recv().await {
            println!("{}: {text}", session.user);
        }
    }));
    session
}

pub(crate) fn run(_: &Path) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(async {
        a_task_that_never_ends().await?;
        requests().await
    })
}

async fn a_task_that_never_ends() -> Outcome {
    let session = open("alice");
    session.inbox.send("hello".to_owned())?;
    tokio::task::yield_now().await;
    drop(session);

    println!("{} session", objgraph::count("Session"));
    objgraph::backrefs(objgraph::by_type("Session")).print()?;
    Ok(())
}

#[derive(Tracked)]
struct Reply {
    text: String,
}

async fn handle(number: u32, slow: &mut Vec<Arc<Reply>>) {
    let text = format!("reply {number}");
    let reply = Arc::new(Reply { text });
    tokio::task::yield_now().await;
    if reply.text.ends_with('1') {
        slow.push(reply);
    }
}

async fn requests() -> Outcome {
    let mut slow = Vec::new();
    for number in 0..3 {
        let request = Scope::new("request");
        request.in_future(handle(number, &mut slow)).await;
        for object in request.objects() {
            println!("request {number} left a {}", object.type_name());
        }
    }
    Ok(())
}
