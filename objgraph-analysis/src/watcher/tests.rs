use std::sync::Arc;
use std::time::Duration;

use expect_test::{Expect, expect};
use objgraph_core::Snapshot;

use super::{WatchReport, Watcher};
use crate::analysis::find_leaks;
use crate::analysis::testkit::Kit;

/// Returns what is reported of these snapshots, which are five minutes apart.
fn reported(watcher: Watcher, snapshots: impl Iterator<Item = Arc<Snapshot>>) -> Vec<WatchReport> {
    let mut watcher = watcher;
    let times = (0..).map(|look| Duration::from_secs(5 * 60 * look));
    let looks = times.zip(snapshots);
    looks
        .flat_map(|(now, snapshot)| watcher.tick(now, &find_leaks(&snapshot)))
        .collect()
}

fn check(reports: &[WatchReport], expected: &Expect) {
    let texts: Vec<String> = reports.iter().map(ToString::to_string).collect();
    let text = texts.join("\n");
    assert!(text.lines().all(|line| line.chars().count() < 80), "{text}");
    expected.assert_eq(&text);
}

/// A server below a root, whose sessions have users.
fn server(look: u32) -> Arc<Snapshot> {
    let mut kit = Kit::new();
    kit.epoch(look);
    let server = kit.node("app::Server", 0);
    kit.root(server, "static app::SERVER");
    for number in 0..10 * look {
        let session = kit.node("app::Session", 0);
        let user = kit.node("app::User", 0);
        kit.element(server, "sessions", number, session);
        kit.edge(session, "user", user);
        kit.row(session).epoch = number / 10;
        kit.row(user).epoch = number / 10;
    }
    kit.length(server, "sessions", u64::from(10 * look));
    kit.snapshot()
}

#[test]
fn growth_is_one_report_with_its_line_its_numbers_and_its_chain() {
    let reports = reported(
        Watcher::new(Duration::from_secs(5 * 60)),
        (1..40).map(server),
    );
    check(
        &reports,
        &expect![[r#"
        growing steadily: Session made at src/app.rs:11:5
          10, 20, 30, 40, 50, 60: +10.0 every 5 min
          for example #21: Server.sessions[10] → Session
            held by the root static app::SERVER
          and with it objects of User made at src/app.rs:12:5"#]],
    );
}

#[test]
fn a_leak_is_reported_with_its_lines_and_its_fix() {
    let leak = |look| {
        let mut kit = Kit::new();
        kit.epoch(look);
        let folder = kit.node("app::files::Folder", 0);
        let file = kit.node("app::files::File", 0);
        kit.edge(folder, "file", file);
        kit.edge(file, "^parent", folder);
        kit.snapshot()
    };
    let reports = reported(Watcher::new(Duration::from_secs(5 * 60)), (1..40).map(leak));
    check(
        &reports,
        &expect![[r#"
        new leak: 2 objects leaked, 64 B  leak-42994c054c15a206
          1 × Folder made at src/app.rs:10:5
          1 × File made at src/app.rs:11:5
          Folder.file → File.parent → (the first)
          fix: make `File.parent` Weak"#]],
    );
}

/// Rings of a folder and a file, more at each look.
#[test]
fn the_growth_of_a_leak_is_one_report() {
    let leak = |look: u32| {
        let mut kit = Kit::new();
        kit.epoch(look);
        for number in 0..10 * look {
            let folder = kit.node("app::Folder", 0);
            let file = kit.node("app::File", 0);
            kit.edge(folder, "file", file);
            kit.edge(file, "^parent", folder);
            kit.row(folder).epoch = number / 10;
            kit.row(file).epoch = number / 10;
        }
        kit.snapshot()
    };
    let reports = reported(Watcher::new(Duration::from_secs(5 * 60)), (1..40).map(leak));
    check(
        &reports,
        &expect![[r#"
        new leak: 20 objects leaked, 640 B  leak-2e0612a7d3b44b7d
          10 × Folder made at src/app.rs:10:5
          10 × File made at src/app.rs:11:5
          Folder.file → File.parent → (the first)
          fix: make `File.parent` Weak
        growing steadily: File made at src/app.rs:11:5
          10, 20, 30, 40, 50, 60: +10.0 every 5 min
          for example #21: File
            it has leaked
          part of the leak leak-2e0612a7d3b44b7d
          and with it objects of Folder made at src/app.rs:10:5"#]],
    );
}

/// Tasks and their inboxes hold each other, and the runtime holds both.
#[test]
fn objects_that_hold_each_other_are_one_report() {
    let tasks = |look: u32| {
        let mut kit = Kit::new();
        kit.epoch(look);
        for number in 0..10 * look {
            let task = kit.node("app::Task", 1);
            let inbox = kit.node("app::Inbox", 0);
            kit.edge(task, "inbox", inbox);
            kit.edge(inbox, "task", task);
            kit.length(inbox, "mails", 3);
            kit.row(task).epoch = number / 10;
            kit.row(inbox).epoch = number / 10;
        }
        kit.snapshot()
    };
    // So short that the items in all inboxes are counted long enough.
    let period = Duration::from_secs(5 * 60 * 30);
    let watcher = Watcher::new(Duration::from_secs(5 * 60)).load_period(period);
    let reports = reported(watcher, (1..90).map(tasks));
    check(
        &reports,
        &expect![[r#"
        growing steadily: Task made at src/app.rs:10:5
          10, 20, 30, 40, 50, 60: +10.0 every 5 min
          for example #20: Task
            it is held by 1 reference from outside
          and with it objects of Inbox made at src/app.rs:11:5"#]],
    );
}

#[test]
fn where_tracking_is_off_nothing_is_reported() {
    let off = std::iter::repeat_with(|| Arc::new(Snapshot::empty())).take(10);
    assert_eq!(reported(Watcher::new(Duration::ZERO), off), []);
}
