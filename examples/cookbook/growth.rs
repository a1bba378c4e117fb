//! What has grown, and since when.

use std::cell::RefCell;
use std::path::Path;

use objgraph::Tracked;
use objgraph::rc::Rc;

use crate::Outcome;

#[derive(Tracked, Default)]
struct Server {
    sessions: RefCell<Vec<Rc<Session>>>,
    waiting: RefCell<Vec<Rc<Job>>>,
}

#[derive(Tracked)]
struct Session;

#[derive(Tracked)]
struct Job;

impl Server {
    /// Every third session is forgotten, and every job is done.
    fn serve(&self, number: u32) {
        let session = Rc::new(Session);
        if number % 3 == 0 {
            self.sessions.borrow_mut().push(session);
        }
        self.waiting.borrow_mut().push(Rc::new(Job));
        self.waiting.borrow_mut().pop();
    }
}

pub(crate) fn run(_: &Path) -> Outcome {
    let server = Rc::new(Server::default());
    per_line(&server);
    steadily(&server);
    Ok(())
}

fn per_line(server: &Server) {
    let before = objgraph::alive::counts();
    (0..30).for_each(|number| server.serve(number));

    for now in objgraph::alive::counts() {
        let was = before
            .iter()
            .find(|was| (was.type_name, &was.site) == (now.type_name, &now.site));
        let grown = now.alive.saturating_sub(was.map_or(0, |was| was.alive));
        if grown > 0 {
            println!("+{grown} {} made at {}", now.type_name, now.site);
        }
    }
}

fn steadily(server: &Server) {
    let mut trend = objgraph::growth::Trend::new();
    for _ in 0..6 {
        (0..9).for_each(|number| server.serve(number));
        trend.observe(&objgraph::snapshot());
    }
    println!("{trend}");
}
